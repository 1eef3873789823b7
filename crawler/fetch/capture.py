"""Every response goes into a WARC record before anything is made of it."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import Response

from archive.errors import UnionArchiveError
from archive.records import Capture
from archive.store import Saved
from archive.warc.exchange import Exchange
from archive.warc.naming import ROLE, SECTION, payload_digest
from crawler.accession import Accession
from crawler.fetch.failure import kind_of
from crawler.fetch.frontier import ARTICLE, ATTACHMENT, IMAGE
from crawler.fetch.guard import give_up, site_of
from crawler.fetch.tls import security_of
from crawler.fetch.truncation import Truncation

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

FAILED = "archive/failed/"
"""How the statistics' names begin of requests that brought nothing; then comes why."""
READ = (ARTICLE, ATTACHMENT)
"""Roles of what is read by a worker."""
GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class CaptureWriter:
    """Downloader middleware below Redirect and HttpCompression.

    It sees redirects themselves and bodies as they were sent. `request.meta["role"]` says what a
    request is for: article, list, attachment or image; a response to one without (robots.txt) goes
    into the WARC only. The capture is left in `request.meta["capture"]`. What no worker is going to
    read is recorded in archive.db here.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._accession = Accession.of(crawler.settings)
        self._truncation = Truncation(crawler)
        crawler.signals.connect(self._close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def _close(self) -> None:
        self._accession.release()

    def process_request(self, request: Request) -> None:
        """Ask for a page we hold only if it has changed since."""
        self._truncation.prepare(request)
        # A redirect's request begins as a copy of the one before it.
        for name in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(name, None)
        # A page may be the same, and what its scripts draw another.
        if "role" in request.meta and not request.meta.keys() & {"browser", "part"}:
            rules = request.meta.get("rules", "")
            for name, value in self._accession.conditions(request.url, rules).items():
                request.headers[name] = value

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Leave a request that brought nothing as it was, and count why."""
        self._truncation.settle(request)
        if not isinstance(exception, IgnoreRequest):  # it was asked, then
            self._crawler.stats.inc_value(f"{FAILED}{kind_of(exception)}")

    def process_response(self, request: Request, response: Response) -> Response:
        """Write the exchange; record what is no page.

        Raises IgnoreRequest, or ResponseDataLossError, for a response that is not whole: it is
        kept, and goes no further.
        """
        truncated = self._truncation.settle(request, response)
        self._keep(request, response, truncated)
        if truncated == "length":
            raise IgnoreRequest("too long; what came of it is kept")
        if truncated is not None:
            raise ResponseDataLossError(f"not whole ({truncated}); what came of it is kept")
        return response

    def _keep(self, request: Request, response: Response, truncated: str | None) -> None:
        stats, role = self._crawler.stats, request.meta.get("role")
        try:
            exchange = _exchange(request, response, truncated)
            original = self._original(exchange)
            capture = self._accession.writer.write_exchange(exchange, original)
            request.meta["capture"] = capture
            stats.inc_value("archive/captures")
            if truncated and role is not None:
                self._accession.keep(capture, None, site_of(self._crawler), "error")
                stats.inc_value("archive/errors", int(truncated == "length"))
            elif role is not None and not (role in READ and response.status // 100 == 2):  # noqa: PLR2004
                picture = role == IMAGE and response.status // 100 == 2  # noqa: PLR2004
                outcome = IMAGE if picture else None
                saved = self._accession.keep(capture, None, site_of(self._crawler), outcome)
                self._count(response.status, saved)
        except UnionArchiveError as error:
            give_up(self._crawler, error)
            raise IgnoreRequest(str(error)) from error
        except OSError as error:
            give_up(self._crawler, f"the WARC could not be written: {error.strerror}")
            raise IgnoreRequest("the WARC could not be written") from error

    def _original(self, exchange: Exchange) -> Capture | None:
        """Give the capture that has the same payload already; None where a new one is to be."""
        if exchange.status == HTTPStatus.NOT_MODIFIED:
            return self._accession.unchanged(exchange.url)
        if not exchange.payload or exchange.truncated:
            return None
        return self._accession.original(payload_digest(exchange.payload))

    def _count(self, status: int, saved: Saved) -> None:
        if status == HTTPStatus.NOT_MODIFIED:
            self._crawler.stats.inc_value("archive/unchanged", int(saved.article is not None))
        elif status >= HTTPStatus.BAD_REQUEST and status not in GONE:
            self._crawler.stats.inc_value("archive/errors")


def _exchange(request: Request, response: Response, truncated: str | None) -> Exchange:
    notes = {ROLE: request.meta.get("role"), SECTION: request.meta.get("section")}
    host = urlsplit(request.url).netloc.rpartition("@")[2]
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = ""
    tls, cipher = security_of(request.url)
    return Exchange(
        url=request.url,
        method=request.method,
        request_headers=[(b"Host", host.encode()), *_pairs(request)],
        status=response.status,
        reason=reason,
        response_headers=_pairs(response),
        payload=response.body,
        sent=request.body,
        protocol=response.protocol or "HTTP/1.1",
        address=str(response.ip_address) if response.ip_address else None,
        tls=tls,
        cipher=cipher,
        truncated=truncated,
        notes={name: " ".join(value.split()) for name, value in notes.items() if value},
    )


def _pairs(message: Request | Response) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in message.headers.items() for value in values]
