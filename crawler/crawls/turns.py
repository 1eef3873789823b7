"""The crawls of one process: side by side, but those of one host one after another."""

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar, cast

from scrapy.crawler import Crawler

if TYPE_CHECKING:
    from crawler.site import Site
    from crawler.spiders.site import SiteSpider


class HostCrawler(Crawler):
    """A crawl of a site that waits while another one of this process is at its host.

    Between the two is the site's pause, so that the host sees one visitor.
    """

    _turns: ClassVar[defaultdict[str, asyncio.Lock]] = defaultdict(asyncio.Lock)
    _called_off = False

    async def crawl_async(self, *arguments: Any, **keywords: Any) -> None:  # noqa: ANN401
        """Crawl, once it is this crawl's turn and nobody has stopped it meanwhile."""
        site: Site = cast("type[SiteSpider]", self.spidercls).site
        turn = self._turns[site.host]
        waits = turn.locked()
        async with turn:
            if waits and not self._called_off:
                await asyncio.sleep(site.pause)
            if not self._called_off:
                await super().crawl_async(*arguments, **keywords)

    async def stop_async(self) -> None:
        """Stop, also where it has not begun."""
        self._called_off = True
        await super().stop_async()
