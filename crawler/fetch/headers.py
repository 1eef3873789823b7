"""How an answer has to begin: left to itself, Scrapy takes headers of any length and any status.

Nothing of an answer can be kept before its headers are over, so that only time would end them.
"""

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.web._newclient import BODY, ParseError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import HTTP11ClientProtocol, Request
    from twisted.web.iweb import IResponse

MAX_SIZE = 256 * 1024
"""Bytes of status line and headers that are heard, those of 1xx answers among them."""
STATUSES = range(100, 600)
"""What a status may be (RFC 9110, 15)."""


class Handler(HTTP11DownloadHandler):
    """Scrapy's handler of http addresses, for which an answer has to begin as HTTP says."""

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory  # noqa: SLF001 - Scrapy sets its own in the same way


class _Factory(_LenientHTTP11ClientFactory):
    """Makes connections."""

    def buildProtocol(self, addr: "IAddress | None") -> "HTTP11ClientProtocol":  # noqa: ARG002, N802
        """Make one."""
        return _Connection(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _Connection(_LenientHTTP11ClientProtocol):
    """A connection whose answers are parsed by ours."""

    def request(self, request: "Request") -> "Deferred[IResponse]":
        """Send a request; Scrapy puts its parser in the place of Twisted's in the same way."""
        answer = super().request(request)
        self._parser.__class__ = _Parser
        return answer


class _Parser(_LenientHTTPClientParser):
    """A parser of one answer. What it raises ends the connection, and is why the request failed."""

    heard = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Count what comes before a body."""
        if self.state != BODY:
            self.heard += len(data)
            if self.heard > MAX_SIZE:
                raise _error(f"got headers of over {MAX_SIZE >> 10} KiB")
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def statusReceived(self, status: bytes) -> None:  # noqa: N802
        """Read the first line."""
        super().statusReceived(status)  # type: ignore[no-untyped-call]
        if self.response.code not in STATUSES:
            raise _error(f"got the status {self.response.code}, which HTTP does not have")


def _error(why: str) -> Exception:
    return ParseError(why, b"")  # type: ignore[no-untyped-call]
