"""The agenda: when a site's sources and articles are to be looked at again, in crawl.db."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from archive import readonly
from archive.database import explained
from archive.errors import UnionArchiveError
from crawler.crawls.plan import FIRST, LEAST, MOST, REST, YEAR, next_interval
from crawler.fetch.crawldb import CrawlDatabase, is_damage
from crawler.site import Site

ARTICLES: Final = ""
"""Stands for the site's articles among its sources."""
RESTS: Final = "!"
"""Stands among them for a site that is left alone."""

PUT = (
    "INSERT INTO agenda(site, source, due, every, walked) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET due = excluded.due, every = excluded.every,"
    " walked = max(walked, excluded.walked)"
)


class Agenda:
    """What crawl.db says of one site. What is noted lasts with the database's next flush.

    `clock` gives the seconds since 1970.
    """

    def __init__(
        self, database: CrawlDatabase, site: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._database, self._site, self._clock = database, site, clock
        self._begun = int(clock())

    def is_due(self, source: str) -> bool:
        """Whether a source is to be asked now; one that never was is."""
        found = self._database.ask(
            "SELECT due FROM agenda WHERE site = ? AND source = ?", self._site, source
        )
        return not found or _is_due(found[0][0], source, self._clock())

    def walked(self, source: str) -> float:
        """Give when the last run began that followed a source to its end; 0 where none has."""
        query = "SELECT walked FROM agenda WHERE site = ? AND source = ?"
        return next((row[0] for row in self._database.ask(query, self._site, source)), 0)

    def read(self, source: str, *, new: int, changed: bool) -> None:
        """Note that a source has been read to its end, and what it brought."""
        every = next_interval(self._every(source), new=new, changed=changed)
        self._put(source, self._clock() + every, every, walked=True)

    def failed(self, source: str) -> None:
        """Note that a source could not be read: it is soon asked again, then less and less."""
        every = self._every(source, LEAST)
        self._put(source, self._clock() + every, min(every * 2, MOST), walked=False)

    def rest(self, seconds: float) -> None:
        """Leave the site alone for a while, and longer than before where it has just been so."""
        now = self._clock()
        query = "SELECT due, every FROM agenda WHERE site = ? AND source = ?"
        for due, before in self._database.ask(query, self._site, RESTS):
            if now - due < before:
                seconds = max(seconds, min(2 * before, REST))
        seconds = min(seconds, MOST)
        self._put(RESTS, now + seconds, seconds, walked=False)

    def articles(self, due: float | None, *, silent: bool = False) -> None:
        """Note when the first of the site's articles is to be looked at again, if it has any.

        What could not be fetched is due still, and is not to be asked for at every turn; of a site
        that is `silent`, ever less.
        """
        now = self._clock()
        every = min(self._every(ARTICLES, LEAST), MOST) if silent else LEAST
        when = now + YEAR if due is None else max(due, now + every)
        self._put(ARTICLES, when, every * 2 if silent else LEAST, walked=True)

    def _every(self, source: str, unknown: float = FIRST) -> float:
        query = "SELECT every FROM agenda WHERE site = ? AND source = ?"
        return next((row[0] for row in self._database.ask(query, self._site, source)), unknown)

    def _put(self, source: str, due: float, every: float, *, walked: bool) -> None:
        self._database.later(PUT, self._site, source, due, every, self._begun if walked else 0)


def due(crawl_db: Path, sites: Iterable[Site]) -> list[Site]:
    """Give the sites that a run has something to ask of, as `has_due` tells.

    Without Scrapy and without writing anything. Of a damaged crawl.db, which is begun anew by what
    opens it for writing, all are given. Raises UnionArchiveError.
    """
    now = time.time()
    try:
        planned, left = _noted(crawl_db) if crawl_db.exists() else ({}, set())
    except UnionArchiveError as error:
        if not is_damage(error.__cause__):
            raise
        planned, left = {}, set()
    return [
        site for site in sites if has_due(site, planned.get(site.id, {}), now, left=site.id in left)
    ]


def _noted(crawl_db: Path) -> tuple[dict[str, dict[str, float]], set[str]]:
    """Give when the sources of each site are due, and the sites that were left in the middle."""
    planned: dict[str, dict[str, float]] = {}
    with explained(crawl_db), closing(readonly.connect(crawl_db)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'agenda'").fetchone():
            return {}, set()
        for site, source, when in db.execute("SELECT site, source, due FROM agenda"):
            planned.setdefault(site, {})[source] = when
        return planned, {site for (site,) in db.execute("SELECT site FROM passes")}


def has_due(site: Site, planned: Mapping[str, float], now: float, *, left: bool) -> bool:
    """Whether a run has something to ask of a site: due, new, or `left` in the middle.

    Not where it is left alone, or may not be crawled at this hour. `planned` has when each of its
    sources is due, in seconds since 1970.
    """
    rests = now < planned.get(RESTS, 0.0) <= now + MOST
    if rests or not site.open_for(datetime.fromtimestamp(now, UTC)):
        return False
    sources = {source.address for source in site.sources}
    if left and sources:
        return True
    return bool(sources - planned.keys()) or any(
        _is_due(when, source, now)
        for source, when in planned.items()
        if source in sources or source == ARTICLES
    )


def _is_due(when: float, source: str, now: float) -> bool:
    """Whether a time has come; one too far ahead was noted by a clock that was wrong."""
    return when <= now or when > now + (YEAR if source == ARTICLES else MOST)
