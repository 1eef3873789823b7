"""Crawl sites in one process: what `union-archive crawl` and the demo do."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from archive.errors import LockedError, UnionArchiveError, UsageError
from archive.holdings import Holdings
from archive.store import COUNTS
from archive.warc.naming import now
from crawler.accession import Accession
from crawler.crawls.journal import journal
from crawler.crawls.record import Report, Runs, tally
from crawler.crawls.turns import HostCrawler
from crawler.site import Site
from crawler.spiders.loader import spider_for
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger(__name__)

SLOWER = 3
"""How many times longer the pauses of a backfill are."""

_NOTHING = dict.fromkeys(COUNTS, 0)


def crawl(  # noqa: PLR0913 - one keyword each for what narrows a crawl
    holdings: Holdings,
    sites: Iterable[Site],
    *,
    max_articles: int | None = None,
    since: str | None = None,
    due: bool = False,
    backfill: bool = False,
    log_level: str = "WARNING",
) -> list[Report]:
    """Crawl sites side by side into a holdings, until all are done or Ctrl-C has drained them.

    With `due` only what is due is asked for, of these sites; with `backfill` the articles of their
    old list pages that nobody has looked at, slowly.
    Once in a process, since Twisted's reactor starts but once. Raises UsageError where they lack a
    contact or a browser, LockedError while other processes crawl all of them; one that is taken or
    lacks something among several is reported, and the others are crawled.
    """
    spiders, unfit = _spiders([slowed(site) if backfill else site for site in sites], holdings)
    settings = settings_for(holdings, log_level)
    reports: list[Report] = []
    with _told(reports), Accession.open(holdings) as accession, journal(holdings):
        free, taken = _lock(accession, spiders)
        process = AsyncCrawlerProcess(settings)
        crawlers = [HostCrawler(spider, settings) for spider in free]
        bounds = {"max_articles": max_articles, "since": since, "due": due, "backfill": backfill}
        tasks = [process.crawl(crawler, **bounds) for crawler in crawlers]
        process.start()
        pairs = zip(crawlers, tasks, strict=True)
        reports += [_report(crawler, task) for crawler, task in pairs] + taken
        reports += [_failed(accession, site, error) for site, error in unfit]
        for report in reports:
            log.info("%s", report)
        accession.measure()
    return reports


def slowed(site: Site) -> Site:
    """Give a site that is asked less often, for what is in no hurry."""
    return site.model_copy(update={"delay": site.pause * SLOWER})


def settings_for(holdings: Holdings, log_level: str) -> Settings:
    """Give Scrapy's settings for what is fetched into a holdings."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("UNION_ARCHIVE_HOLDINGS", str(holdings.root), priority="cmdline")
    settings.set("LOG_LEVEL", log_level, priority="cmdline")
    return settings


def _spiders(
    sites: Sequence[Site], holdings: Holdings
) -> tuple[list[type[SiteSpider]], list[tuple[Site, UsageError]]]:
    """Make the spiders, and say what other sites lack. Raises where there is no other."""
    made: list[type[SiteSpider]] = []
    unfit: list[tuple[Site, UsageError]] = []
    for site in sites:
        try:
            made.append(spider_for(site, holdings))
        except UsageError as error:
            if not made and site is sites[-1]:
                raise
            unfit.append((site, error))
    return made, unfit


def _failed(accession: Accession, site: Site, error: UsageError) -> Report:
    """Record a run that could not be begun, so that its site's owner hears of it."""
    accession.store.put_site(site.record())
    run = accession.store.start_run(site.id, now())
    accession.store.finish_run(run, now(), "failed", _NOTHING, {"why": str(error)})
    return Report(site.id, "failed", _NOTHING, str(error), error.exit_code)


def _lock(
    accession: Accession, spiders: Sequence[type[SiteSpider]]
) -> tuple[list[type[SiteSpider]], list[Report]]:
    """Lock the sites that nobody else crawls; report the others. Raises where there is no other."""
    free: list[type[SiteSpider]] = []
    taken: list[Report] = []
    for spider in spiders:
        try:
            accession.lock_site(spider.site)
        except LockedError as error:
            if not free and spider is spiders[-1]:
                raise
            _, _, why = str(error).removesuffix("; try again later").partition(": ")
            why = why.removeprefix(f"{spider.site.id}: ")
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
    error = task.exception() if task.done() and not task.cancelled() else None
    if error is None:  # before its turn, or by a second Ctrl-C
        return Report(
            str(crawler.spidercls.name), "stopped", tally(crawler.stats) if runs else _NOTHING
        )
    log.debug("the crawl broke", exc_info=error)
    why = f"{type(error).__name__}: {error}"
    return Report(str(crawler.spidercls.name), "failed", _NOTHING, why)
