"""How a response was secured on its way, for its WARC record: Scrapy tells the certificate only."""

import logging
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlsplit

from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.logger import globalLogBeginner
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from crawler.fetch import headers

if TYPE_CHECKING:
    from OpenSSL.SSL import Connection
    from scrapy.crawler import Crawler

HTTPS = 443


@cache
def _hush() -> None:
    """Leave it to `logging` what Twisted says; else it writes tracebacks to stderr, too."""
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    logging.getLogger("twisted").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """Tell of no certificate that names no host: that its request failed is told anyway."""
    return "while verifying certificate" not in record.getMessage()


class Handler(headers.Handler):
    """The handler of https addresses, which keeps the last connection to each host."""

    connections: ClassVar[dict[tuple[str, int], "Connection"]] = {}

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        _hush()
        policy = _Policy(self._contextFactory, self.connections)
        self._contextFactory = cast("IPolicyForHTTPS", policy)


def security_of(url: str) -> tuple[str | None, str | None]:
    """Give protocol and cipher suite of the connection that an address was asked over.

    As tls/1.3 and TLS_AES_256_GCM_SHA384; None twice where it was asked in the clear.
    """
    parts = urlsplit(url)
    connection = Handler.connections.get((parts.hostname or "", parts.port or HTTPS))
    if parts.scheme != "https" or connection is None:
        return None, None
    version = connection.get_protocol_version_name().removeprefix("TLSv")
    return f"tls/{version if '.' in version else version + '.0'}", connection.get_cipher_name()


@implementer(IPolicyForHTTPS)
class _Policy:
    """Another policy, whose connections are kept."""

    def __init__(self, policy: Any, kept: "dict[tuple[str, int], Connection]") -> None:  # noqa: ANN401
        self._policy, self._kept = policy, kept

    def creatorForNetloc(self, hostname: bytes, port: int) -> "_Creator":  # noqa: N802
        """Give what makes the connections to a host."""
        creator = self._policy.creatorForNetloc(hostname, port)
        return _Creator(creator, self._kept, (hostname.decode("ascii"), port))


@implementer(IOpenSSLClientConnectionCreator)
class _Creator:
    """Another creator of connections, the last of which is kept."""

    def __init__(
        self,
        creator: Any,  # noqa: ANN401
        kept: "dict[tuple[str, int], Connection]",
        host: tuple[str, int],
    ) -> None:
        self._creator, self._kept, self._host = creator, kept, host

    def clientConnectionForTLS(self, protocol: Any) -> "Connection":  # noqa: ANN401, N802
        """Make a connection."""
        connection: Connection = self._creator.clientConnectionForTLS(protocol)
        self._kept[self._host] = connection
        return connection
