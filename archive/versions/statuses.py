"""What became of an article's page: gone, moved, closed. Read from its captures, in order of time.

One look is not believed: a server has bad days. A status is confirmed when a later look finds the
same, and ends when one finds the article again, or something else. An error says nothing.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

AMISS = frozenset(
    {"gone", "redirect", "soft_404", "block_page", "parked_domain", "list_page"}
    | {"emptied", "hijacked"}
)
"""Outcomes of a capture that can become a status."""
FOUND = frozenset({"article", "unchanged"})
"""Outcomes that end one: the page was read, or the site said that it is as it was."""


@dataclass(frozen=True, slots=True)
class Status:
    """That a page was amiss from one look on."""

    status: str
    """One of AMISS."""
    since: str
    """When it was first seen: ISO 8601 in UTC."""
    confirmed: str | None = None
    """When a later look found the same; None while it is not believed."""
    ended: str | None = None
    """When a look found otherwise; None while it lasts."""


def statuses(db: sqlite3.Connection, article: str) -> list[Status]:
    """Give what befell an article's page, the first first."""
    looks = db.execute(
        "SELECT outcome, captured, address FROM captures WHERE article = ?"
        " ORDER BY captured, record_id",
        [article],
    )
    return follow(where_it_stood((row[0], row[1], row[2]) for row in looks))


def where_it_stood(looks: Iterable[tuple[str, str, str | None]]) -> Iterator[tuple[str, str]]:
    """Give looks, but those that found an address amiss where the article was not read last.

    An article with several addresses is not gone because one of them is: looks are (outcome,
    time, address), in order of time.
    """
    stood: str | None = None
    for outcome, time, address in looks:
        if outcome in FOUND:
            stood = address
        if outcome not in AMISS or address == stood:
            yield outcome, time


def believed(found: Sequence[Status]) -> str | None:
    """Give the status that lasts, where a second look has confirmed it."""
    last = found[-1] if found else None
    return last.status if last and last.ended is None and last.confirmed else None


def follow(looks: Iterable[tuple[str, str]]) -> list[Status]:
    """Give the statuses that looks come to: (outcome, time) of each, in order of time.

    What was seen before the article itself was is none of its history.
    """
    found: list[Status] = []
    known = False
    for outcome, time in looks:
        known = known or outcome == "article"
        lasting = found[-1] if found and found[-1].ended is None else None
        if lasting is not None and outcome == lasting.status:
            if lasting.confirmed is None and time > lasting.since:
                found[-1] = replace(lasting, confirmed=time)
            continue
        if lasting is not None and outcome in AMISS | FOUND:
            found[-1] = replace(lasting, ended=time)
        if known and outcome in AMISS:
            found.append(Status(outcome, time))
    return found
