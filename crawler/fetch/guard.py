"""Which addresses may be fetched: a site's own host, and nothing inside a private network."""

import logging
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from archive.errors import UnionArchiveError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred

    from crawler.site import Site

log = logging.getLogger(__name__)


def as_address(host: str) -> IPv4Address | IPv6Address | None:
    """Read a host as an address in any notation that a resolver understands; None for a name.

    Decimal, octal, hexadecimal and shortened forms are IPv4 addresses, ::ffff: ones too.
    """
    host = host.strip("[]").partition("%")[0]
    try:
        address = ip_address(host)
    except ValueError:
        try:
            return IPv4Address(socket.inet_aton(host))
        except (OSError, UnicodeEncodeError):
            return None
    return getattr(address, "ipv4_mapped", None) or address


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open internet."""
    return address.is_global and not address.is_multicast


def refusal(url: str, site: "Site") -> str | None:
    """Why a site's crawl does not fetch an address; None where it does."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "not a web address"
    if parts.scheme not in ("http", "https"):
        return f"the scheme {parts.scheme}"
    address = as_address(host)
    if address is not None and not is_public(address) and host != urlsplit(site.home).hostname:
        return f"a private address, {address}"
    if not site.owns(url):
        return f"another host than the site's own, {host}"
    return None


def site_of(crawler: "Crawler") -> "Site":
    """Give the site that a crawl is of."""
    site: Site = crawler.spider.site  # type: ignore[union-attr]
    return site


def give_up(crawler: "Crawler", why: str | UnionArchiveError) -> None:
    """End a crawl whose finds cannot be kept; an error's exit code becomes the command's."""
    crawler.spider.give_up(why)  # type: ignore[union-attr]


class Guard:
    """Downloader middleware: lets a request through only to its spider's own site.

    All requests of a site queue in one slot, since www.example.org is example.org's visitor too.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest for an address that is not the site's own."""
        reason = refusal(request.url, site_of(self._crawler))
        if reason is not None:
            self._crawler.stats.inc_value("guard/refused")
            log.info("not fetched: %s (%s)", request.url, reason)
            raise IgnoreRequest(reason)
        request.meta[Downloader.DOWNLOAD_SLOT] = site_of(self._crawler).host


class Resolver(CachingThreadedResolver):
    """Refuses a name whose answer is a private address: it sees the address connected to.

    An address written as such has been judged by Guard; localhost is this machine by its name.
    """

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: ANN401, N802
        """Resolve a name to one address, or fail with DNSLookupError."""
        answer = super().getHostByName(name, timeout)
        answer.addCallback(_checked, name)
        return answer


def _checked(answer: str, name: str) -> str:
    address = as_address(answer)
    if address is None or is_public(address) or name == answer:
        return answer
    if address.is_loopback and (name == "localhost" or name.endswith(".localhost")):
        return answer
    why = f"{name} leads to a private address, {answer}"
    log.warning("not fetched: %s", why)  # Twisted keeps the reason to itself
    raise DNSLookupError(why)
