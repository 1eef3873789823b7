"""What was withdrawn comes back: its records are read again, as a rebuild would read them."""

from collections.abc import Iterator
from pathlib import Path

from archive.errors import UnionArchiveError
from archive.records import Article, Capture, Document, SiteRecord
from archive.register import corrections, withdrawals
from archive.register.register import Register
from archive.store import Saved, Store
from archive.warc.reading import Stored, captures, locate
from crawler.intake import Intake, Rules

Readings = list[tuple[Capture, Article | Document | None, SiteRecord | None, str | None]]


def readmit(store: Store, register: Register, article: str, warc: Path, rules: Rules) -> Saved:
    """Give archive.db a withdrawn article again, with all its versions.

    `withdrawals.take_back` comes after that, so that a crash in between leaves it withdrawn.
    Nothing is changed where a record cannot be read: raises UnionArchiveError.
    """
    readings = _read(register, article, warc, rules)
    saved = Saved("no_article", None)
    with store.transaction() as db:
        withdrawals.admit(db, register, article)
        corrections.settle(db, register, article)
        for capture, page, site, outcome in readings:
            if site is not None:
                store.put_site(site)
            saved = store.save(capture, page, site.id if site else None, outcome)
    return saved


def _read(register: Register, article: str, warc: Path, rules: Rules) -> Readings:
    """Read the records of a withdrawn article."""
    readings: Readings = []

    def hold(
        capture: Capture,
        page: Article | Document | None,
        site: SiteRecord | None,
        outcome: str | None,
    ) -> Saved:
        readings.append((capture, page, site, outcome))
        return Saved("unchanged", None)

    def refuse(capture: Capture, why: str) -> None:
        raise UnionArchiveError(f"{capture.url}: cannot be read again: {why}")

    intake = Intake(hold, warc, rules, refuse)
    for stored in _records(withdrawals.withdrawn_records(register, article), warc):
        intake.take(stored)
    intake.finish()
    return readings


def _records(wanted: dict[str, str], warc: Path) -> Iterator[Stored]:
    """Give records in their order. Raises UnionArchiveError where one is not in its file."""
    found = [
        stored
        for name in sorted(set(wanted.values()))
        for stored in captures(locate(warc, name))
        if stored.capture.record_id in wanted
    ]
    if missing := wanted.keys() - {stored.capture.record_id for stored in found}:
        record = min(missing)
        raise UnionArchiveError(f"{warc / wanted[record]}: {record} is not in it; restore the file")
    yield from sorted(found, key=lambda s: (s.capture.captured, s.capture.record_id))
