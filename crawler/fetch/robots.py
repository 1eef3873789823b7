"""robots.txt as RFC 9309 has it: what cannot be read forbids, and its Crawl-delay is kept."""

import asyncio
import logging
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http.request import NO_CALLBACK

from crawler.fetch.failure import in_words

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

PRODUCT = "union-archive"
"""The name that a robots.txt speaks to us by."""
MAX_SIZE = 512 * 1024
"""Bytes of a robots.txt that are read (RFC 9309, 2.5)."""
MAX_DELAY = 120.0
"""Seconds of Crawl-delay that are kept; more would be a request never to come back."""
TOO_MANY = 429

log = logging.getLogger(__name__)


class NotAllowed(IgnoreRequest):
    """A page is not fetched for its host's robots.txt: it forbids that, or could not be read."""


class Robots:
    """Downloader middleware: asks each host's robots.txt once, before its first page."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._rules: dict[str, asyncio.Future[Protego | str]] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise NotAllowed for a page that robots.txt does not allow."""
        if request.meta.get("robots"):  # also where it is redirected
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._read(origin))
        rules = await asyncio.shield(self._rules[origin])
        if isinstance(rules, str):
            self._crawler.stats.inc_value("robotstxt/unreachable")
            raise NotAllowed(f"{origin}/robots.txt could not be read: {rules}")
        if not rules.can_fetch(request.url, PRODUCT):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise NotAllowed("forbidden by robots.txt")

    async def _read(self, origin: str) -> Protego | str:
        """Give a host's rules, or why they could not be read."""
        request = Request(
            f"{origin}/robots.txt", priority=1000, callback=NO_CALLBACK, meta={"robots": True}
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, there is no permission
            why = in_words(error)
            log.warning("%s/robots.txt could not be read, so nothing is fetched: %s", origin, why)
            return why
        if response.status >= 500 or response.status == TOO_MANY:  # noqa: PLR2004
            log.warning("%s/robots.txt: %s, so nothing is fetched", origin, response.status)
            return f"answered {response.status}"
        body = response.body[:MAX_SIZE] if response.status == 200 else b""  # noqa: PLR2004
        rules = Protego.parse(body.decode("utf-8", "replace").lstrip("\ufeff"))
        self._slow_down(rules.crawl_delay(PRODUCT))
        return rules

    def _slow_down(self, asked: float | None) -> None:
        """Keep a Crawl-delay that is longer than the site file's delay."""
        if not asked or asked <= self._crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        delay = min(asked, MAX_DELAY)
        downloader = self._crawler.engine.downloader
        downloader._delay = max(downloader._delay, delay)  # noqa: SLF001 - of slots to come
        for slot in downloader.slots.values():
            slot.delay, slot.jitter = max(slot.delay, delay), 0.0
        throttle = self._crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = max(throttle.mindelay, delay)
        log.info("robots.txt asks for %s s between requests: kept", asked)
