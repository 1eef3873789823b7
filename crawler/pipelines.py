"""From a response to archive.db: pages are cleaned in worker processes, then stored."""

import asyncio
import logging
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import DropItem

from archive.errors import UnionArchiveError
from archive.records import Article, Capture
from crawler.accession import Accession
from crawler.cleaning import explain, readable, with_section
from crawler.fetch.guard import give_up, site_of
from crawler.fetch.memory import Links

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

Validators = tuple[str | None, str | None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """A response that is to be read as an article."""

    capture: Capture
    body: bytes = field(repr=False)
    """Free of its content encoding."""
    validators: Validators
    """ETag and Last-Modified."""
    section: str | None = None
    """What its list calls it, where the page does not say."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list page, feed or sitemap that was read to its end."""

    capture: Capture
    links: Links = field(repr=False)
    rules: str
    """What its links were found by."""
    validators: Validators


class Archiver:
    """Item pipeline: cleans and stores pages, then remembers what they were served with."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._accession = Accession.of(crawler.settings)
        crawler.signals.connect(self._close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def _close(self) -> None:
        self._accession.release()

    async def process_item(self, item: Page | Listing) -> Page | Listing:
        """Store a page; remember a listing, whose capture has been recorded already."""
        try:
            if isinstance(item, Page):
                await self._take_in(item)
            else:
                self._remember(item)
        except (UnionArchiveError, sqlite3.Error) as error:
            give_up(self._crawler, str(error))
            raise DropItem(str(error), log_level="DEBUG") from error
        return item

    async def _take_in(self, page: Page) -> None:
        site, stats = site_of(self._crawler), self._crawler.stats
        article = await self._clean(page)
        if article is None:
            self._accession.keep(page.capture, None, site, "error")
            stats.inc_value("archive/errors")
            return
        saved = self._accession.keep(page.capture, with_section(article, page.section), site)
        stats.inc_value(f"archive/{saved.change}")
        if saved.change != "no_article":  # a block page is to be asked for again in full
            self._remember(page)

    async def _clean(self, page: Page) -> Article | None:
        """Read a page in a worker; None where that failed, which is logged."""
        capture = page.capture
        if not readable(capture.content_type):
            log.warning("%s: got %s, expected a page", capture.url, capture.content_type)
            return None
        site = site_of(self._crawler)
        future = self._accession.cleaner.submit(
            page.body,
            capture.url,
            capture.content_type,
            site,
            boilerplate=self._accession.boilerplate(site.id),
        )
        try:
            return await asyncio.wrap_future(future)
        except Exception as error:  # noqa: BLE001 - whatever befell one page, the crawl goes on
            log.warning("%s: %s", capture.url, explain(error))
            return None

    def _remember(self, item: Page | Listing) -> None:
        rules = item.rules if isinstance(item, Listing) else ""
        links = item.links if isinstance(item, Listing) else None
        self._accession.remember(
            item.capture.url, item.validators, item.capture.record_id, rules, links
        )
