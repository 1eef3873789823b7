"""From a response to archive.db: pages are cleaned in worker processes, then stored."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, cast

from scrapy import signals
from scrapy.exceptions import DropItem

from archive.errors import UnionArchiveError
from archive.records import Article, Capture, Document
from archive.store import Saved
from crawler import cleaning
from crawler.accession import Accession
from crawler.cleaning import document_of, explain, readable, with_section
from crawler.crawls.plan import REST
from crawler.fetch.guard import give_up, site_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.fetch.scheduler import Scheduler

Validators = tuple[str | None, str | None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class File:
    """A response that is to be read as a document."""

    capture: Capture
    body: bytes = field(repr=False)
    """Free of its content encoding."""
    validators: Validators
    """ETag and Last-Modified."""


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


class Archiver:
    """Item pipeline: cleans and stores pages; then they are remembered and done in crawl.db."""

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

    async def process_item(self, item: Page | File) -> Page | File:
        """Read a page or a file and store it; its request is then done."""
        if isinstance(item, File):
            await self._process_file(item)
        else:
            await self._process_page(item)
        return item

    async def _process_page(self, page: Page) -> None:
        article = await self._clean(page)
        outcome = None if article else "error"
        if article is not None:
            article = with_section(article, page.section)
            for flag in article.flags:
                self._crawler.stats.inc_value(f"archive/flag/{flag.name}")
        saved = await self._keep(
            page.capture, article, outcome, lambda saved: self._settle(page, article, saved)
        )
        self._crawler.stats.inc_value(f"archive/{saved.change}" if article else "archive/errors")

    async def _process_file(self, file: File) -> None:
        future = self._accession.cleaner.read(file.body)
        done, _ = await asyncio.wait([asyncio.wrap_future(future)], timeout=cleaning.LOST)
        if not done:
            future.cancel()
        document = document_of(future, file.body)
        await self._keep(file.capture, document, None, lambda _: self._settle_file(file, document))
        self._crawler.stats.inc_value("archive/attachments", int(document.kind is not None))

    async def _keep(
        self,
        capture: Capture,
        reading: Article | Document | None,
        outcome: str | None,
        then: Callable[[Saved], None],
    ) -> Saved:
        """Store what was read of a capture. Raises DropItem where that cannot be."""
        try:
            return await self._accession.keep_soon(
                capture, reading, site_of(self._crawler), outcome, then=then
            )
        except (UnionArchiveError, sqlite3.Error) as error:
            give_up(self._crawler, error if isinstance(error, UnionArchiveError) else str(error))
            raise DropItem(str(error), log_level="DEBUG") from error

    def _settle_file(self, file: File, document: Document) -> None:
        """Note in crawl.db what became of a file that archive.db has."""
        if document.kind is not None:  # else it is to be asked for again in full
            self._accession.remember(file.capture.url, file.validators, file.capture.record_id)
        self._scheduler.done(file.capture.url, file.capture.record_id)

    @property
    def _scheduler(self) -> "Scheduler":
        return cast("Scheduler", self._crawler.engine.scheduler)

    def _settle(self, page: Page, article: Article | None, saved: Saved) -> None:
        """Note in crawl.db what became of a page that archive.db has."""
        scheduler, capture = self._scheduler, page.capture
        refused = article is not None and article.no_article == "block_page"
        if refused or (article is None and readable(capture.content_type)):
            scheduler.failed(capture.url)
            if refused:
                scheduler.in_vain(REST)
            return
        if article is not None and saved.change != "no_article":
            # Anything else is to be asked for again in full.
            self._accession.remember(capture.url, page.validators, capture.record_id)
            self._crawler.spider.follow(article)  # type: ignore[union-attr]
        scheduler.done(capture.url, capture.record_id)

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
            site.rules,
            boilerplate=self._accession.boilerplate(site.id),
        )
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), cleaning.LOST)
        except Exception as error:  # noqa: BLE001 - whatever befell one page, the crawl goes on
            log.warning("%s: %s", capture.url, explain(error))
            return None
