"""Scrapy's scheduler on the frontier in crawl.db: a crawl goes on where the last one ended."""

import logging
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Self, cast

from scrapy import Request, signals
from scrapy.core.scheduler import BaseScheduler

from archive.errors import UnionArchiveError
from crawler.accession import Accession
from crawler.crawls.plan import HOUR
from crawler.fetch.agenda import Agenda
from crawler.fetch.frontier import Entry, Frontier
from crawler.fetch.guard import give_up

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred

    from crawler.spiders.site import SiteSpider

IN_FLIGHT = 64
"""Requests that are out, being read or not yet noted as done; a crash repeats no more."""
RETRY_FACTOR = 10.0
"""The first retry waits for so many times a site's delay; each further one twice as long."""
URL_LENGTH = 2083
MOST_IN_VAIN = 10
"""Requests in a row without an answer, or with a refusal, after which a run asks no more."""
LONGEST_HOLD = 60.0
"""Seconds that a run waits where a site asks for it; for longer it leaves the site alone."""
LONGEST_RUN = 2 * HOUR
"""Seconds of a timer's run: while a slow site is crawled, no other one has its turn."""

log = logging.getLogger(__name__)


def time_for(spider: "SiteSpider", now: datetime) -> float:
    """Give the seconds that a run may last: as its site's hours and the other sites have it."""
    if not (spider.due or spider.backfill):
        return inf
    return min(spider.site.open_for(now), LONGEST_RUN if spider.due else inf)


class Scheduler(BaseScheduler):
    """Gives out the frontier's requests; the spider and the pipeline say what became of each.

    A request without an entry in its meta is none of the frontier's: it is kept in memory.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._accession = Accession.of(crawler.settings)
        self._others: deque[Request] = deque()
        self._redirected: dict[str, Request] = {}
        self._in_vain = 0
        self.rest = 0.0
        """Seconds for which the site is to be left alone; this run then asks no more."""
        crawler.signals.connect(self._broken, signal=signals.spider_error)
        crawler.signals.connect(self._broken, signal=signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def open(self, spider: "Spider") -> None:
        """Begin a pass over the spider's site, or go on with one."""
        self._spider = cast("SiteSpider", spider)
        site = self._spider.site
        self.agenda = Agenda(self._accession.crawl_db, site.id)
        self.frontier = Frontier(
            self._accession.crawl_db,
            # No site has such a name; what a backfill has done, others have not.
            f"{site.id} backfill" if self._spider.backfill else site.id,
            since=self._spider.since,
            max_articles=self._spider.max_articles,
            max_pages=site.max_pages,
            seconds=time_for(self._spider, datetime.now(UTC)),
        )
        try:
            self._accession.lock_site(site)
            last = self.frontier.last_capture
            # An archive that has lost what the frontier calls done is filled again.
            self.frontier.begin(anew=last is not None and not self._accession.holds(last))
            self._accession.commit_regularly(self._failed_to_commit)
        except UnionArchiveError as error:
            self._spider.note(error)  # with nothing to ask, the crawl ends by itself

    def close(self, reason: str) -> "Deferred[None] | None":
        """Bring all to crawl.db; a run that came to its end ends its pass."""
        try:
            if self._spider.failure is None:
                self._accession.commit()
                if reason == "finished":
                    self._spider.plan()
                    self.frontier.finish()
        except UnionArchiveError as error:
            self._spider.note(error)
        finally:
            self._accession.release()
        return None

    def has_pending_requests(self) -> bool:
        """Whether there is anything left to ask for, now or later."""
        if self._spider.failure is not None:
            return False
        try:
            return bool(self._others) or self.frontier.pending
        except UnionArchiveError as error:
            give_up(self._crawler, error)
            return False

    def enqueue_request(self, request: Request) -> bool:
        """Queue a request; False for one that this pass has asked for."""
        if self._spider.failure is not None:
            return False
        entry: Entry | None = request.meta.get("entry")
        if entry is None:
            self._others.append(request)
            return True
        if request.url == entry.url:
            return self.frontier.add(entry)
        # A redirect: what it leads to is a request of its own, and the first one is done.
        target = replace(entry, url=request.url, attempts=0)
        request.meta["entry"] = target
        added = self.frontier.add(target)
        if added:
            self._redirected[target.url] = request
        self.frontier.done(entry.url)
        return added

    def next_request(self) -> Request | None:
        """Give the next request; None where there is none that may be asked now."""
        if self._others:
            return self._others.popleft()
        try:
            while self._spider.failure is None and self.frontier.has_room(IN_FLIGHT):
                entry = self.frontier.take()
                if entry is None:
                    return None
                request = self._redirected.pop(entry.url, None) or self._spider.request(entry)
                if request is not None:
                    return request
                self.frontier.done(entry.url)
        except UnionArchiveError as error:
            give_up(self._crawler, error)
        return None

    def add(self, entry: Entry) -> bool:
        """Queue what a list leads to."""
        if len(entry.url) > URL_LENGTH:
            log.info("not asked for: an address of %s characters", len(entry.url))
            return False
        return self.frontier.add(entry)

    @property
    def enough(self) -> bool:
        """Whether as many articles are queued as this run is to ask for."""
        most = self._spider.max_articles
        return most is not None and self.frontier.queued_articles >= most

    def done(self, url: str, capture: str | None = None) -> None:
        """What a request yielded is safe; `capture` is its record in archive.db."""
        self._in_vain = 0
        if url in self.frontier.taken:
            self.frontier.done(url, capture)

    def in_vain(self, rest: float) -> None:
        """Note a request that got no answer, or was turned away.

        After so many in a row this run asks no more, and the site is left alone for `rest` seconds.
        """
        self._in_vain += 1
        if self._in_vain >= MOST_IN_VAIN:
            self._leave_alone(rest)

    def wait(self, seconds: float) -> None:
        """Ask for nothing more until a time that the site has named."""
        if seconds <= LONGEST_HOLD:
            self.frontier.hold(seconds)
        else:
            self._leave_alone(seconds)

    def _leave_alone(self, seconds: float) -> None:
        self.rest = max(self.rest, seconds)
        self.frontier.stop()

    def failed(self, url: str, *, again: bool = False) -> bool:
        """A request brought nothing. Say whether it is tried once more in this run."""
        if url not in self.frontier.taken:
            return False
        _, entry = self.frontier.taken[url]
        if again and entry.attempts < self._crawler.settings.getint("RETRY_TIMES"):
            pause = self._spider.site.pause * RETRY_FACTOR
            self.frontier.postpone(url, pause * 2**entry.attempts)
            return True
        self.frontier.fail(url)
        return False

    def _broken(self, response: object) -> None:
        request = getattr(response, "request", None)
        if request is not None:
            self.failed(request.url)

    def _failed_to_commit(self, error: UnionArchiveError) -> None:
        give_up(self._crawler, error)
