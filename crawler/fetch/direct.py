"""A scheduler for a few pages that somebody asked for by name: nothing of it outlives the run."""

from collections import deque
from typing import TYPE_CHECKING, Self, cast

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

from archive.errors import UnionArchiveError
from crawler.accession import Accession
from crawler.fetch.guard import give_up

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred

    from crawler.fetch.frontier import Entry
    from crawler.spiders.site import SiteSpider


class Direct(BaseScheduler):
    """Stands in for the frontier's scheduler, whose passes it leaves as they are.

    It answers to all that the pipeline, and a spider that follows no source, ask of that one:
    `add`, `done`, `failed`, `in_vain`, `wait`.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._accession = Accession.of(crawler.settings)
        self._waiting: deque[Request] = deque()

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Make one for a run."""
        return cls(crawler)

    def open(self, spider: "Spider") -> None:
        """Have the site to ourselves, since its pages are asked for one by one."""
        self._spider = cast("SiteSpider", spider)
        try:
            self._accession.lock_site(self._spider.site)
            self._accession.commit_regularly(lambda error: give_up(self._crawler, error))
        except UnionArchiveError as error:
            self._spider.note(error)

    def close(self, reason: str) -> "Deferred[None] | None":  # noqa: ARG002
        """Bring all to archive.db."""
        try:
            self._accession.commit()
        except UnionArchiveError as error:
            self._spider.note(error)
        finally:
            self._accession.release()
        return None

    def has_pending_requests(self) -> bool:
        """Whether there is anything left to ask for."""
        return bool(self._waiting) and self._spider.failure is None

    def enqueue_request(self, request: Request) -> bool:
        """Queue a request."""
        self._waiting.append(request)
        return True

    def next_request(self) -> Request | None:
        """Give the next request; None where there is none."""
        return self._waiting.popleft() if self.has_pending_requests() else None

    def add(self, entry: "Entry") -> bool:
        """Queue what a page leads to."""
        request = self._spider.request(entry)
        return request is not None and self.enqueue_request(request)

    def done(self, url: str, capture: str | None = None) -> None:
        """Note nothing: archive.db says what became of a page."""

    def in_vain(self, rest: float) -> None:
        """Go on: the pages that somebody has named are few."""

    def wait(self, seconds: float) -> None:
        """Go on likewise."""

    def failed(self, url: str, *, again: bool = False) -> bool:  # noqa: ARG002
        """Say that nothing is tried again by itself; whoever asked can."""
        return False
