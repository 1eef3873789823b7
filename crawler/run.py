"""Crawl sites in one process: what `union-archive crawl` and the demo do."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from archive.errors import LockedError, UnionArchiveError
from archive.holdings import Holdings
from archive.store import COUNTS
from crawler.accession import Accession
from crawler.runs import Report, Runs, tally
from crawler.site import Site
from crawler.spiders.loader import spider_for
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger(__name__)

_NOTHING = dict.fromkeys(COUNTS, 0)


def crawl(  # noqa: PLR0913 - one keyword each for what narrows a crawl
    holdings: Holdings,
    sites: Iterable[Site],
    *,
    max_articles: int | None = None,
    since: str | None = None,
    due: bool = False,
    log_level: str = "WARNING",
) -> list[Report]:
    """Crawl sites side by side into a holdings, until all are done or Ctrl-C has drained them.

    With `due` only what is due is asked for, of these sites.
    Once in a process, since Twisted's reactor starts but once. Raises UsageError for a site that
    needs a contact while there is none, LockedError while other processes crawl all of them; one
    that is taken among several is reported, and the others are crawled.
    """
    spiders = [spider_for(site, holdings) for site in sites]
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("UNION_ARCHIVE_HOLDINGS", str(holdings.root), priority="cmdline")
    settings.set("LOG_LEVEL", log_level, priority="cmdline")
    reports: list[Report] = []
    with _told(reports), Accession.open(holdings) as accession:
        free, taken = _lock(accession, spiders)
        process = AsyncCrawlerProcess(settings)
        crawlers = [process.create_crawler(spider) for spider in free]
        tasks = [
            process.crawl(crawler, max_articles=max_articles, since=since, due=due)
            for crawler in crawlers
        ]
        process.start()
        pairs = zip(crawlers, tasks, strict=True)
        reports += [_report(crawler, task) for crawler, task in pairs] + taken
    return reports


def _lock(
    accession: Accession, spiders: Sequence[type[SiteSpider]]
) -> tuple[list[type[SiteSpider]], list[Report]]:
    """Lock the sites that nobody else crawls; report the others. Raises where there is no other."""
    free: list[type[SiteSpider]] = []
    taken: list[Report] = []
    for spider in spiders:
        try:
            accession.lock(spider.site.id)
        except LockedError as error:
            if not free and spider is spiders[-1]:
                raise
            why = "another crawl of it is at work"
            taken.append(Report(spider.site.id, "locked", _NOTHING, why, error.exit_code))
        else:
            free.append(spider)
    return free, taken


@contextmanager
def _told(reports: list[Report]) -> Iterator[None]:
    """Let an error at the end pass where a report has told why its crawl failed."""
    try:
        yield
    except UnionArchiveError:
        if not any(report.why for report in reports):
            raise


def _report(crawler: Crawler, task: "asyncio.Future[None]") -> Report:
    """Say how a crawl went, also one that broke before it could say so itself."""
    runs = crawler.get_extension(Runs) if crawler._extensions else None  # noqa: SLF001
    if runs is not None and runs.report is not None:
        return runs.report
    if not task.done():  # a second Ctrl-C
        return Report(str(crawler.spidercls.name), "stopped", tally(crawler.stats))
    error = task.exception() if task.done() and not task.cancelled() else None
    if error is not None:
        log.debug("the crawl broke", exc_info=error)
    why = f"{type(error).__name__}: {error}" if error else "stopped before it began"
    return Report(str(crawler.spidercls.name), "failed", _NOTHING, why)
