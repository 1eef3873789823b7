"""Downloads that are too long or too slow are ended so that what came of them can be kept.

Left to itself, Scrapy throws away what has come when a limit is passed. It keeps it where a
download is stopped by a signal, or where data loss is allowed.
"""

from time import monotonic
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.exceptions import StopDownload

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

IN_TIME = 0.95
"""The part of a request's time after which what has come is taken; past it Scrapy gives nothing."""
_LIMITS = {"download_maxsize": 0, "download_fail_on_dataloss": False}
_STATE = ("received", "deadline", "truncated")


class Truncation:
    """Sets the limits of downloads. A server that falls silent altogether leaves nothing."""

    def __init__(self, crawler: "Crawler") -> None:
        self._max_size: int = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        crawler.signals.connect(self._begins, signal=signals.headers_received)
        crawler.signals.connect(self._received, signal=signals.bytes_received)

    @staticmethod
    def prepare(request: Request) -> None:
        """Take the limits of a request from Scrapy."""
        for name in _STATE:
            request.meta.pop(name, None)
        request.meta.update(_LIMITS)

    @staticmethod
    def settle(request: Request, response: "Response | None" = None) -> str | None:
        """Give the limits back; say why a response is truncated, None for one that is whole.

        The reasons are those of WARC: length, time, disconnect.
        """
        for name in _LIMITS:
            request.meta.pop(name, None)
        why: str | None = request.meta.pop("truncated", None)
        if response is not None and "dataloss" in response.flags:
            return "disconnect"
        return why

    @staticmethod
    def _begins(request: Request) -> None:
        elapsed = request.meta.get("download_latency", 0.0)
        timeout = request.meta.get("download_timeout")
        if timeout:
            request.meta["deadline"] = monotonic() + IN_TIME * timeout - elapsed

    def _received(self, data: bytes, request: Request) -> None:
        meta = request.meta
        if meta.get("download_maxsize") != 0:
            return
        meta["received"] = meta.get("received", 0) + len(data)
        if self._max_size and meta["received"] > self._max_size:
            meta["truncated"] = "length"
        elif monotonic() > meta.get("deadline", float("inf")):
            meta["truncated"] = "time"
        if "truncated" in meta:
            raise StopDownload(fail=False)
