"""Look at live sites without keeping anything: how `sites add` and `sites check` see them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response, TextResponse

from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from archive.records import Article
from crawler.accession import Accession
from crawler.cleaning import explain
from crawler.crawls.run import settings_for
from crawler.crawls.turns import HostCrawler
from crawler.fetch.memory import Links
from crawler.site import Site
from crawler.sitefile.tables import Source
from crawler.spiders.loader import spider_for
from crawler.spiders.look import LookSpider, Script
from crawler.spiders.trail import links_of

PARTS = {
    "SCHEDULER": "crawler.fetch.direct.Direct",
    "EXTENSIONS": {"crawler.crawls.record.Runs": None},
    "ITEM_PIPELINES": {"crawler.pipelines.Archiver": None},
}
KEEPER = "crawler.fetch.capture.CaptureWriter"
TRIED = 3
"""Articles of a site that are read."""


class Looked(NamedTuple):
    """A page that was looked at, and what was read of it."""

    article: Article
    body: bytes
    content_type: str


def look(holdings: Holdings, scripts: Sequence[tuple[Site, Script]]) -> list[Any]:
    """Run a script a site, side by side; give what each came to, in their order.

    Guard, robots.txt, pauses and limits are those of a crawl. Once in a process. Raises LockedError
    while one of the sites is being crawled, UsageError where a contact is needed, UnionArchiveError
    where a script broke.
    """
    spiders = [spider_for(site, holdings, LookSpider) for site, _ in scripts]
    settings = settings_for(holdings, "ERROR")
    settings.update(PARTS, priority="cmdline")
    settings.set(
        "DOWNLOADER_MIDDLEWARES", settings["DOWNLOADER_MIDDLEWARES"].copy_to_dict() | {KEEPER: None}
    )
    with Accession.open(holdings) as accession:
        for spider in spiders:
            accession.lock_site(spider.site)
        process = AsyncCrawlerProcess(settings)
        crawlers = [HostCrawler(spider, settings) for spider in spiders]
        for crawler, (_, script) in zip(crawlers, scripts, strict=True):
            process.crawl(crawler, script=script)
        process.start()
    ran = [cast("LookSpider | None", crawler.spider) for crawler in crawlers]
    for one, (site, _) in zip(ran, scripts, strict=True):
        if one is None or one.result is None:
            why = one.failure if one and one.failure else "looking at it broke off"
            raise UnionArchiveError(why if one and one.failure else f"{site.id}: {why}")
    return [one.result for one in ran if one is not None]


def text_of(response: Response | None) -> str:
    """Give a page's text; none where it is none."""
    return response.text if isinstance(response, TextResponse) else ""


async def follow(spider: LookSpider, site: Site, source: Source) -> Links | None:
    """Read a source of a site as a crawl does; None where it did not come."""
    response = await spider.get(site.source_url(source), drawn=site.is_drawn(source))
    return None if response is None else links_of(response, source, site)


async def read(spider: LookSpider, site: Site, urls: Mapping[str, object]) -> list[Looked]:
    """Read the first few of some articles; `missed` has what could not be, and why."""
    found: list[Looked] = []
    for url in list(urls)[:TRIED]:
        response = await spider.get(url)
        if response is None:
            continue
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        with Accession.of(spider.settings) as accession:
            future = accession.cleaner.submit(response.body, response.url, kind, site.rules)
            try:
                found.append(Looked(await asyncio.wrap_future(future), response.body, kind))
            except Exception as error:  # noqa: BLE001 - whatever befell one page, others are read
                spider.missed[url] = explain(error)
    return found


def read_all(pages: Sequence[str]) -> Script:
    """Make a script that reads all of some pages; it comes to nothing where one does not come."""

    async def script(spider: LookSpider) -> list[Looked] | None:
        found = [page for url in pages for page in await read(spider, spider.site, {url: None})]
        for url, why in spider.missed.items():
            spider.failure = f"{url}: {why}"
            return None
        return found

    return script
