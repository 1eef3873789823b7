"""The frontier: what is to be asked of a site, what has been asked, and what has failed.

A *pass* is one look at a whole site. It ends when nothing is queued, so that a run that was
stopped or killed is gone on with by the next one; what the pass has done is not asked for again.
"""

import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from heapq import heappop, heappush
from math import inf
from typing import Final, Literal

from crawler.fetch.crawldb import CrawlDatabase

LIST: Final = "list"
ARTICLE: Final = "article"
ATTACHMENT: Final = "attachment"
IMAGE: Final = "image"
CHUNK = 500
"""Queued requests that are read into memory at once."""
SEQUENCE_BITS = 36
LAST_RESORT = (3600.0, 7 * 86400.0)
"""Seconds until a request that has failed is tried by itself: at first, and at most."""
MAX_WAIT = 3600.0
"""Seconds that a run waits for a retry at most, whatever the clock was when it was noted."""

Role = Literal["list", "article", "attachment", "image"]

ADD = (
    "INSERT INTO requests(site, url, state, rank, role, source, day, level, page)"
    " VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
    " SET state = 'queued', rank = excluded.rank, source = excluded.source, not_before = 0"
    " WHERE state = 'failed'"
)
DONE = "UPDATE requests SET state = 'done' WHERE site = ? AND url = ?"
WAIT = "UPDATE requests SET state = ?, attempts = ?, not_before = ? WHERE site = ? AND url = ?"
LAST = "UPDATE passes SET capture = ? WHERE site = ?"
NEXT = (
    "SELECT rank, url, role, source, day, level, page, attempts, not_before FROM requests"
    " WHERE site = ? AND state = 'queued' AND rank > ? ORDER BY rank LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of the frontier."""

    url: str
    role: Role
    source: str
    """The source that led to it, by its address in the site file."""
    day: str | None = None
    """The day its list gives it."""
    level: int = 0
    """How many sitemap indexes it is below."""
    page: int = 0
    """How many list pages of its source came before it."""
    attempts: int = 0
    """How often it has been tried in vain."""


class Frontier:
    """The requests of one site: lists, then what articles lead to, then articles, the newest first.

    Everything that changes is noted in crawl.db and lasts with its next flush. `since`,
    `max_articles`, `max_pages` and `seconds` bound what this run takes; the rest stays queued.
    """

    def __init__(  # noqa: PLR0913 - one keyword each for what narrows a run
        self,
        database: CrawlDatabase,
        site: str,
        *,
        since: str | None = None,
        max_articles: int | None = None,
        max_pages: int | None = None,
        seconds: float = inf,
    ) -> None:
        self._database, self._site = database, site
        self._max_pages, self._until = max_pages, time.monotonic() + seconds
        self._held = -inf
        """Until when nothing is given out, by the monotonic clock."""
        self._pages = 0
        """Requests that this run has given out."""
        self._since, self._max = since, max_articles
        self._bounded = since is not None or max_articles is not None
        self._heap: list[tuple[int, Entry]] = []
        """Everything that is queued up to the rank `_upto`."""
        self._upto, self._more = -1, True
        self._waiting: list[tuple[float, int, Entry]] = []
        """Retries to come, by the monotonic clock."""
        self._fresh: set[str] = set()
        self._flushes = self._noted = -1
        self._articles = 0
        self.taken: dict[str, tuple[int, Entry]] = {}
        """What is in flight."""
        self.queued_articles = 0
        """Articles that this run has had to ask for, up to now."""
        self.walked: frozenset[str] = frozenset()
        """Lists that earlier runs of this pass have read to their ends."""

    @property
    def last_capture(self) -> str | None:
        """One of the last captures that made a request of this pass done, if any did."""
        query = "SELECT capture FROM passes WHERE site = ?"
        return next((row[0] for row in self._database.ask(query, self._site)), None)

    def begin(self, *, anew: bool = False) -> None:
        """Begin a pass, or go on with one; `anew` forgets what it has done."""
        ask, site = self._database.ask, self._site
        begun = ask("SELECT bounded FROM passes WHERE site = ?", site)
        lists = ask(
            "SELECT url FROM requests WHERE site = ? AND role = 'list' AND state = 'done'", site
        )
        if begun == [(0,)] and not anew and not self._bounded:
            self.walked = frozenset(url for (url,) in lists)
        every = "" if not begun or anew else " AND role = 'list'"
        forget = f"DELETE FROM requests WHERE site = ? AND state = 'done'{every}"
        self._database.later(forget, site)
        self._database.later(
            "INSERT INTO passes VALUES (?, ?, ?, NULL) ON CONFLICT DO UPDATE"
            " SET bounded = max(bounded, excluded.bounded)",
            *(site, datetime.now(UTC).isoformat(timespec="seconds"), int(self._bounded)),
        )
        mask = (1 << SEQUENCE_BITS) - 1
        ((self._sequence, self.queued_articles),) = ask(
            f"SELECT coalesce(max(rank & {mask}), 0), coalesce(sum(role = 'article'), 0)"
            " FROM requests WHERE site = ? AND state = 'queued'",
            site,
        )
        self._failed_before()

    def add(self, entry: Entry) -> bool:
        """Queue a request; False where this pass has it already."""
        if self._knows(entry.url):
            return False
        self._fresh.add(entry.url)
        rank = self._rank(entry)
        self._database.later(
            ADD,
            *(self._site, entry.url, rank, entry.role, entry.source),
            *(entry.day, entry.level, entry.page),
        )
        self._database.bound()
        self.queued_articles += entry.role == ARTICLE
        if not self._more or rank <= self._upto:
            heappush(self._heap, (rank, entry))
        return True

    def take(self) -> Entry | None:
        """Give the next request that may be asked now; None where there is none."""
        self._fill()
        if self.spent or not self._heap or self._full(self._heap[0][1]):
            return None
        if time.monotonic() < self._held:
            return None
        rank, entry = heappop(self._heap)
        self._pages += 1
        self.taken[entry.url] = (rank, entry)
        self._articles += entry.role == ARTICLE
        return entry

    def has_room(self, most: int) -> bool:
        """Whether one more may be taken, so that a crash has no more than `most` asked again.

        Those are what is in flight, and what is done and not yet in crawl.db, of which no more
        can be than it has statements to write.
        """
        if len(self.taken) + self._database.waiting >= most:
            self._database.flush()
        return len(self.taken) < most

    @property
    def pending(self) -> bool:
        """Whether this run has anything left to ask, now or later."""
        self._fill()
        left = self._waiting or (self._heap and not self._full(self._heap[0][1]))
        return bool(left) and not self.spent

    def hold(self, seconds: float) -> None:
        """Give nothing out for some time."""
        self._held = max(self._held, time.monotonic() + seconds)

    def stop(self) -> None:
        """Give nothing more out in this run; what is queued is left to the next."""
        self._until = -inf

    @property
    def spent(self) -> bool:
        """Whether this run has asked for as much, or for as long, as it may."""
        pages = self._max_pages is not None and self._pages >= self._max_pages
        return pages or time.monotonic() >= self._until

    @property
    def cut_short(self) -> bool:
        """Whether this run leaves to the next one what it may not ask for."""
        self._fill()
        return self.spent and bool(self._waiting or self._heap)

    def done(self, url: str, capture: str | None = None) -> None:
        """A request's yield is safe: in archive.db, or queued here before."""
        self.taken.pop(url, None)
        self._database.later(DONE, self._site, url)
        if capture is not None and self._noted != self._database.flushes:
            self._noted = self._database.flushes  # one of each flush is enough
            self._database.later(LAST, capture, self._site)

    def postpone(self, url: str, seconds: float) -> None:
        """Try a request again in this run, after some time, or in a later run."""
        rank, entry = self.taken.pop(url)
        entry = replace(entry, attempts=entry.attempts + 1)
        self._articles -= entry.role == ARTICLE
        heappush(self._waiting, (time.monotonic() + seconds, rank, entry))
        values = ("queued", entry.attempts, time.time() + seconds)
        self._database.later(WAIT, *values, self._site, url)

    def fail(self, url: str) -> None:
        """Give a request up for this run; a later one tries it again."""
        _, entry = self.taken.pop(url)
        first, most = LAST_RESORT
        seconds = min(first * 2 ** min(entry.attempts, 20), most)
        values = ("failed", entry.attempts + 1, time.time() + seconds)
        self._database.later(WAIT, *values, self._site, url)

    def has_failed(self, url: str) -> bool:
        """Whether a request was made in vain: it is tried again by itself, in its own time."""
        query = "SELECT 1 FROM requests WHERE site = ? AND url = ? AND attempts > 0"
        return bool(self._database.ask(query, self._site, url))

    def finish(self) -> None:
        """End the pass, unless something is queued still: what a bound kept back."""
        for url in list(self.taken):
            self.fail(url)
        self._database.flush()
        left = "SELECT 1 FROM requests WHERE site = ? AND state = 'queued' LIMIT 1"
        if not self._database.ask(left, self._site):
            self._database.later(
                "DELETE FROM requests WHERE site = ? AND state = 'done'", self._site
            )
            self._database.later("DELETE FROM passes WHERE site = ?", self._site)
            self._database.flush()

    def _failed_before(self) -> None:
        """Queue again what earlier runs failed at, where its time has come."""
        rows = self._database.ask(
            "SELECT url, role, source, day, level, page FROM requests"
            " WHERE site = ? AND state = 'failed' AND (not_before <= ? OR not_before > ?)",
            # A time too far ahead was noted by a clock that has been put back since.
            *(self._site, time.time(), time.time() + LAST_RESORT[1]),
        )
        self._database.flush()
        for row in rows:
            self.add(Entry(*row))

    def _fill(self) -> None:
        """Bring into memory what is due, and the next chunk where all of the last is taken."""
        while self._waiting and self._waiting[0][0] <= time.monotonic():
            _, rank, entry = heappop(self._waiting)
            heappush(self._heap, (rank, entry))
        while not self._heap and self._more:
            self._database.flush()
            rows = self._database.ask(NEXT, self._site, self._upto, CHUNK)
            self._more = len(rows) == CHUNK
            for rank, *values, not_before in rows:
                self._upto = rank
                self._bring(rank, Entry(*values), not_before)

    def _bring(self, rank: int, entry: Entry, not_before: float) -> None:
        wait = min(not_before - time.time(), MAX_WAIT)
        if self._since and entry.role == ARTICLE and (entry.day or self._since) < self._since:
            return
        if wait > 0:
            heappush(self._waiting, (time.monotonic() + wait, rank, entry))
        else:
            heappush(self._heap, (rank, entry))

    def _knows(self, url: str) -> bool:
        if self._flushes != self._database.flushes:
            self._flushes = self._database.flushes
            self._fresh.clear()
        if url in self._fresh:
            return True
        query = "SELECT state FROM requests WHERE site = ? AND url = ?"
        return self._database.ask(query, self._site, url) not in ([], [("failed",)])

    def _rank(self, entry: Entry) -> int:
        """Order lists first, articles last, newer before older, earlier found before later found.

        What articles lead to comes before more of them: no bound on articles keeps it back.
        """
        self._sequence += 1
        day = datetime.now(UTC).date() if entry.day is None else date.fromisoformat(entry.day)
        age = date.max.toordinal() - day.toordinal()
        first = {LIST: 0, ARTICLE: 1 << 60}.get(entry.role, 1 << 59)
        rank: int = first | (age << SEQUENCE_BITS) | self._sequence
        return rank

    def _full(self, entry: Entry) -> bool:
        return entry.role == ARTICLE and self._max is not None and self._articles >= self._max
