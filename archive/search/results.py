"""What a search found, to be read by people or by programs."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from archive.search.selection import Selection
from archive.search.snippets import attached_snippet, snippet
from archive.search.together import Archives, count, listed, ranked, rows_of
from archive.versions.statuses import Status, statuses

_HITS = """
SELECT a.fts_pk, a.id, a.title, a.url, a.published, a.site, a.text
FROM json_each(?) AS wanted CROSS JOIN articles AS a ON a.fts_pk = wanted.value
"""


@dataclass(frozen=True)
class Hit:
    """An article that was found."""

    id: str
    title: str
    url: str
    published: str | None
    site: str | None
    snippet: str
    """A piece of its text with MARK and UNMARK about what was looked for."""
    attachment: str | None = None
    """The name of the attached file that the piece is of, where it is of one."""
    statuses: tuple[Status, ...] = ()
    """What befell its page."""


@dataclass(frozen=True)
class Hits:
    """What a search found."""

    total: int
    """How many there are in all, exactly."""
    results: tuple[Hit, ...]
    """The newest of them, undated ones last."""


def search(  # noqa: PLR0913 - one keyword each for what a reader may narrow
    archives: Archives,
    text: str,
    *,
    site: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int = 20,
    offset: int = 0,
    relevance: bool = False,
) -> Hits:
    """Find articles, newest first, or the most relevant of the newest RANKED.

    Raises UsageError for a date that is none.
    """
    selection = Selection(text, site, since, until)
    if relevance:
        spots = ranked(archives, selection, limit, offset)
    else:
        spots = listed(archives, selection, offset + limit)[offset:]
    results = tuple(_hit(db, row, text) for db, row in rows_of(archives, _HITS, spots))
    return Hits(count(archives, selection), results)


def _hit(db: sqlite3.Connection, row: dict[str, Any], text: str) -> Hit:
    """Show what was found, in an attached file where the article itself has not the words."""
    own = f"{row['title']}\n{row['text']}"
    name, piece = attached_snippet(db, row["id"], own, text) or (None, None)
    return Hit(
        id=row["id"],
        title=row["title"],
        url=row["url"],
        published=row["published"],
        site=row["site"],
        snippet=piece or snippet(row["text"], text),
        attachment=name,
        statuses=tuple(statuses(db, row["id"])),
    )
