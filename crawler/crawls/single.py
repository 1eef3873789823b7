"""Save single pages in the same way as a crawl does, whatever site they belong to."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import cast
from urllib.parse import urldefrag, urljoin

from scrapy.crawler import AsyncCrawlerProcess
from w3lib.url import safe_url_string

from archive.errors import UnionArchiveError, UsageError
from archive.holdings import Holdings
from archive.store import open_readonly
from archive.warc.naming import now
from crawler.accession import Accession
from crawler.crawls.run import settings_for
from crawler.crawls.turns import HostCrawler
from crawler.site import Host, Site, find_site
from crawler.spiders.loader import spider_for
from crawler.spiders.pages import PageSpider

MOST_REDIRECTS = 5
PARTS = {
    "SCHEDULER": "crawler.fetch.direct.Direct",
    "EXTENSIONS": {"crawler.crawls.record.Runs": None},
}
"""A page asked for by name is no pass over its site, and no run to judge the site's health by."""
LAST = (
    "SELECT outcome, status, location, article FROM captures"
    " WHERE url = ? AND captured >= ? ORDER BY captured DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one page."""

    url: str
    outcome: str
    """article, unchanged, or what it is instead; missed where nothing came."""
    article: str | None = None
    title: str = ""
    why: str = ""
    """Why it was missed."""

    @property
    def came(self) -> bool:
        """Whether a page came, and not an error instead of one."""
        return self.outcome != "missed"


def fetch(holdings: Holdings, urls: Iterable[str], sites: Mapping[str, Site]) -> list[Fetched]:
    """Fetch pages into a holdings; say what became of each, in their order.

    robots.txt, the pause between requests and the limits are those of a crawl. Once in a process,
    since Twisted's reactor starts but once. Raises UsageError for what is no web address, and where
    a contact is needed; LockedError while a site of theirs is being crawled.
    """
    pages = list(dict.fromkeys(address(url) for url in urls))
    begun = now()
    missed = _run(holdings, by_site(pages, sites))
    with closing(open_readonly(holdings.archive_db)) as db:
        return [_outcome(db, page, begun, missed.get(page)) for page in pages]


def by_site(urls: Iterable[str], sites: Mapping[str, Site]) -> Collection[tuple[Site, list[str]]]:
    """Give the sites that addresses are on, with the addresses. Raises UsageError for a bad one."""
    groups: dict[str, tuple[Site, list[str]]] = {}
    for page in dict.fromkeys(address(url) for url in urls):
        site = site_at(page, sites)
        groups.setdefault(site.id, (site, []))[1].append(page)
    return groups.values()


def address(url: str) -> str:
    """Give an address as it is asked for. Raises UsageError for what is none of the web."""
    try:
        return safe_url_string(urldefrag(url.strip()).url)
    except ValueError as error:
        raise UsageError(f"got {url!r}, expected a web address ({error})") from error


def site_at(page: str, sites: Mapping[str, Site]) -> Site:
    """Give the site that an address is on, made up of its host where no site file names it.

    Raises UsageError for what is no address of the web.
    """
    site = find_site(sites.values(), page) or Host.of(page)
    if site is None:
        raise UsageError(f"got {page!r}, expected a web address such as https://www.example.org/a")
    return site


def _run(holdings: Holdings, groups: Iterable[tuple[Site, list[str]]]) -> dict[str, str]:
    """Fetch each site's pages; give why those were missed that were."""
    spiders = {spider_for(site, holdings, PageSpider): pages for site, pages in groups}
    settings = settings_for(holdings, "ERROR")
    settings.update(PARTS, priority="cmdline")
    with Accession.open(holdings) as accession:
        for spider in spiders:
            accession.lock_site(spider.site)
        process = AsyncCrawlerProcess(settings)
        crawlers = {HostCrawler(spider, settings): pages for spider, pages in spiders.items()}
        for crawler, pages in crawlers.items():
            process.crawl(crawler, pages=pages)
        process.start()
        accession.measure()
    missed: dict[str, str] = {}
    for crawler, pages in crawlers.items():
        ran = cast("PageSpider | None", crawler.spider)
        if ran is None or ran.failure is not None:
            raise UnionArchiveError(f"{pages[0]}: {ran.failure if ran else 'not begun'}")
        missed |= ran.missed
    return missed


def _outcome(db: sqlite3.Connection, page: str, begun: str, why: str | None) -> Fetched:
    """Say what archive.db has of a page since then, where it was redirected to at the end."""
    at: str | None = page
    for _ in range(MOST_REDIRECTS + 1):
        row = db.execute(LAST, [at, begun]).fetchone()
        if row is None:
            break
        outcome, status, location, article = row
        if article is not None and outcome in ("article", "unchanged"):
            query = "SELECT title FROM articles WHERE id = ?"
            (title,) = db.execute(query, [article]).fetchone() or ("",)
            return Fetched(page, outcome, article, title)
        if status // 100 == 2:  # noqa: PLR2004
            return Fetched(page, outcome)
        at = location and urljoin(page, location)
    return Fetched(page, "missed", why=why or "nothing came")
