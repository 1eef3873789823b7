"""The spider that only looks: it asks for what a script asks it for, and keeps nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.fetch.failure import in_words
from crawler.spiders.site import SiteSpider

Get = Callable[[str], Awaitable[Response | None]]
"""Asks for a page; None where none came."""
Script = Callable[["LookSpider"], Awaitable[Any]]
OK = 200


class LookSpider(SiteSpider):
    """Runs a script, which asks by `get`; what it gives in the end is the spider's `result`.

    `missed` says why a page did not come.
    """

    def __init__(self, *, script: Script, **bounds: Any) -> None:  # noqa: ANN401
        super().__init__(**bounds)
        self._script = script
        self.result: Any = None
        self.missed: dict[str, str] = {}

    async def start(self) -> AsyncIterator[Request]:
        """Run the script; the crawl has no requests of its own."""
        self.result = await self._script(self)
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    async def get(self, url: str, *, drawn: bool = False) -> Response | None:
        """Ask for a page in the manner of a crawl; None where none came, see `missed`.

        `drawn` has its scripts draw it.
        """
        try:
            response: Response = await self.crawler.engine.download_async(
                Request(url, callback=NO_CALLBACK, meta={"browser": True} if drawn else None)
            )
        except Exception as error:  # noqa: BLE001 - whatever befell one page, the others are asked
            self.missed[url] = in_words(error)
            return None
        if response.status != OK:
            self.missed[url] = f"answered {response.status}"
            return None
        return response
