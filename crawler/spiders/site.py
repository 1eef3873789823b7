"""The spider: from a site's sources to its articles. All it knows of a site is its site file."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archive.errors import UsageError
from crawler import sources
from crawler.accession import Accession, digest
from crawler.fetch.memory import Links
from crawler.pipelines import Listing, Page, Validators
from crawler.site import Site, Source

NOT_MODIFIED = 304
READER = 1
"""To be raised when sources are read otherwise, so that links found before are found again."""
MAX_PAGES = 5_000
"""List pages of one source; what has more is a trap."""
MAX_INDEX_DEPTH = 3
"""How deep sitemap indexes may nest."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Trail:
    """How far one source has been followed."""

    source: Source
    pages: int = 0
    articles: set[str] = field(default_factory=set)
    """The articles that it has led to."""
    seen: int = 0
    """How many they were when its last page had been read."""


class SiteSpider(Spider):
    """Follows the sources of `site`, and hands over their articles.

    `max_articles` bounds how many articles are asked for; `since` leaves out what a source dates
    before that day.
    """

    site: ClassVar[Site]

    def __init__(self, *, max_articles: str | int | None = None, since: str | None = None) -> None:
        super().__init__()
        try:
            self.max_articles = None if max_articles is None else int(max_articles)
            self.since = None if since is None else date.fromisoformat(since).isoformat()
        except ValueError as error:
            raise UsageError(f"max_articles={max_articles} since={since}: {error}") from error
        self.asked: set[str] = set()
        self.failure: str | None = None
        """Why the crawl was given up."""

    async def start(self) -> AsyncIterator[Any]:
        """Ask for every source."""
        for source in self.site.sources:
            yield self._listing(self.site.source_url(source), Trail(source))

    def give_up(self, why: str) -> None:
        """End the crawl: what it fetches could not be kept."""
        if self.failure is None:
            self.failure = why
            log.error("%s", why)
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason="failed")
            )

    def parse_listing(self, response: Response, trail: Trail, level: int = 0) -> Iterator[Any]:
        """Follow a list page, feed or sitemap; where it has not changed, as it led before."""
        capture = response.meta["capture"]
        if response.status == NOT_MODIFIED:
            with Accession.of(self.settings) as accession:
                remembered = accession.memory.recall(capture.url)
            links = remembered.links if remembered else Links()
        else:
            links = self._read(response, trail.source)
            yield Listing(capture, links, response.meta["rules"], _validators(response))
        self.crawler.stats.inc_value("archive/lists")
        yield from self._articles(links, trail)
        yield from self._further(links, trail, level)

    def parse_article(self, response: Response) -> Iterator[Page]:
        """Hand an article's page over."""
        yield Page(
            response.meta["capture"],
            response.body,
            _validators(response),
            response.meta.get("section"),
        )

    def failed(self, failure: Failure) -> None:
        """Note a request that brought no page. What was answered has been recorded."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, HttpError):
            if request.meta["role"] == "list":
                log.warning("%s: answered %s", request.url, error.response.status)
        elif isinstance(error, IgnoreRequest):
            log.info("%s: %s", request.url, error)
        else:
            self.crawler.stats.inc_value("archive/errors")
            log.warning("%s: %s", request.url, str(error) or type(error).__name__)

    def _read(self, response: Response, source: Source) -> Links:
        if source.feed is not None:
            return sources.from_feed(response.body, response.url, self.site)
        if source.sitemap is not None:
            return sources.from_sitemap(response.body, response.url, self.site)
        if not isinstance(response, TextResponse):
            log.warning("%s: got no text, expected a list page", response.url)
            return Links()
        return sources.from_list(response.text, response.url, response.encoding, self.site, source)

    def _articles(self, links: Links, trail: Trail) -> Iterator[Request]:
        """Ask for the articles that a page of a source leads to."""
        for url, _ in sources.since(links, self.since):
            trail.articles.add(url)
            if url in self.asked or self._enough():
                continue
            self.asked.add(url)
            meta = {"role": "article", "section": trail.source.section}
            yield Request(url, self.parse_article, errback=self.failed, meta=meta)

    def _further(self, links: Links, trail: Trail, level: int) -> Iterator[Request]:
        """Ask for a list's next page, while it leads anywhere new; for an index's sitemaps."""
        trail.pages += 1
        grown = len(trail.articles) > trail.seen
        trail.seen = len(trail.articles)
        if self._enough() or trail.pages >= MAX_PAGES:
            return
        if trail.source.list is not None and not grown:
            return
        if level >= MAX_INDEX_DEPTH:
            return
        for url, day in links.lists:
            if self.since is None or day is None or day >= self.since:
                yield self._listing(url, trail, level + (trail.source.sitemap is not None))

    def _listing(self, url: str, trail: Trail, level: int = 0) -> Request:
        source = trail.source
        rules = digest(repr((READER, source.kind, self.site.article, source.next)))
        return Request(
            url,
            self.parse_listing,
            errback=self.failed,
            # A list's hundredth page is no deeper than its first.
            meta={
                "role": "list",
                "rules": rules,
                "depth": 0,
                "section": source.section,
                "handle_httpstatus_list": [NOT_MODIFIED],
            },
            cb_kwargs={"trail": trail, "level": level},
        )

    def _enough(self) -> bool:
        return self.max_articles is not None and len(self.asked) >= self.max_articles


def _validators(response: Response) -> Validators:
    etag, modified = (response.headers.get(name) for name in ("ETag", "Last-Modified"))
    return (
        etag.decode("latin-1") if etag else None,
        modified.decode("latin-1") if modified else None,
    )
