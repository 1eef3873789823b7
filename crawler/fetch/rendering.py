"""Lists that scripts draw: the page is kept as it came, then drawn, and read as it stands then.

The response itself is a WARC response record like any other, and so is each script and each list
that the page asks for: they are asked for by Scrapy, through the guard, robots.txt, the pause and
the limits of the crawl. What the browser made of them is a WARC conversion record, which names the
response it was made from: it is no response of the site's, and a player has no need of it.
"""

import logging
import re
from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.http.request import NO_CALLBACK

from archive.records import Capture
from crawler.accession import Accession
from crawler.fetch.browser import Answer, Asked, Drawing
from crawler.fetch.frontier import LIST
from crawler.fetch.guard import give_up

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

OK = 200
HANDED_ON = ("accept", "content-type", "x-requested-with")
"""Headers of a page's requests that are sent along."""
ENDS = re.compile(rb"</(?:body|html)\s*>", re.IGNORECASE)
CONTENT_TYPE = "text/html; charset=utf-8"

log = logging.getLogger(__name__)


class Rendering:
    """Downloader middleware above HttpCompression: draws what `request.meta["browser"]` asks for.

    `request.meta["more"]` says what to click on, and how long: see `crawler.fetch.browser.More`.
    Raises RenderingError where that failed, so that the list is tried again.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Give a page as it stands when its scripts have come to rest."""
        wanted = request.meta.get("browser") and response.status == OK
        if not wanted or not isinstance(response, TextResponse):
            return response

        async def fetch(asked: Asked) -> Answer | None:
            return await self._fetch(asked, response.url)

        user_agent = (request.headers.get("User-Agent") or b"").decode("latin-1")
        drawing = Drawing(response.url, _answer(response), fetch, request.meta.get("more"))
        pages = [html.encode("utf-8", "replace") for html in await drawing.draw(user_agent)]
        self._crawler.stats.inc_value("archive/drawn")
        capture: Capture | None = request.meta.get("capture")
        if capture is not None:
            self._keep(capture, pages)
        # A list is read for its links, on whichever page they stood; a parser stops at an end.
        body = b"".join([*(ENDS.sub(b"", page) for page in pages[:-1]), pages[-1]])
        return HtmlResponse(
            response.url, response.status, response.headers, body, encoding="utf-8", request=request
        )

    def _keep(self, capture: Capture, pages: list[bytes]) -> None:
        """Write what was drawn beside the response that it was drawn from."""
        try:
            with Accession.of(self._crawler.settings) as accession:
                for page in pages:
                    accession.writer.write_conversion(capture, page, CONTENT_TYPE)
        except OSError as error:
            give_up(self._crawler, f"the WARC could not be written: {error.strerror}")

    async def _fetch(self, asked: Asked, page: str) -> Answer | None:
        """Get what a page asks for in the manner of the crawl; None where that is refused."""
        headers = {name: asked.headers[name] for name in HANDED_ON if name in asked.headers}
        request = Request(
            asked.url,
            NO_CALLBACK,
            method=asked.method,
            body=asked.body,
            headers={**headers, "Referer": page},
            meta={"role": LIST, "part": True, "dont_retry": True},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - the page has to do without, whatever it was
            log.info("not given to %s: %s (%s)", page, asked.url, error)
            return None
        return _answer(response)


def _answer(response: Response) -> Answer:
    kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return Answer(response.status, kind or "application/octet-stream", response.body)
