"""A site as its file describes it, checked and typed; which site an address is on."""

import logging
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urljoin, urlsplit

import regex
from pydantic import Field, model_validator

from archive.records import SiteRecord
from crawler.sitefile.addresses import Addresses
from crawler.sitefile.hours import left
from crawler.sitefile.tables import (
    DEFAULT_PORTS,
    Address,
    Assertions,
    Hours,
    Layout,
    Pattern,
    Source,
    Strict,
    Text,
    Zone,
)

MIN_DELAY = 0.5
"""Seconds between requests to a host that is not this machine, whatever a site file asks for."""
MATCH_TIMEOUT = 0.2
"""Seconds that a site's pattern may take on one address."""

log = logging.getLogger(__name__)


class Site(Strict):
    """One entry of the catalogue, or one of the owner's own."""

    id: str
    """The stem of its file."""
    name: Text
    """In its own language."""
    english: Text | None = None
    home: Address
    """Its host is the site's own; no other is crawled."""
    kind: Literal["union", "news"] | None = None
    level: (
        Literal["international", "national", "provincial", "city", "county", "enterprise"] | None
    ) = None
    """Of whom it is the union or the paper."""
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None
    """BCP 47."""
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] | None = None
    """ISO 3166-2."""
    timezone: Zone = "Asia/Shanghai"
    delay: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 1.0
    """Seconds between two requests, as the file asks for; `pause` is what is kept."""
    hours: Hours | None = None
    """The hours there, such as 22-06, outside which no timer and no backfill crawls it."""
    max_pages: Annotated[int, Field(ge=1)] = 5_000
    """Pages that one run asks for; the next one goes on."""
    preset: Text | None = None
    """The family of content management systems that gives what the file leaves out."""
    article: Pattern | None = None
    """Which of its addresses are articles: a pattern searched for in path and query."""
    evidence: Address | None = None
    """A page of it that was seen, and that the pattern matches."""
    verified: Annotated[date, Field(strict=False)] | None = None
    """The day on which `sites check` last found the live site as the file says."""
    sources: Annotated[tuple[Source, ...], Field(strict=False)] = ()
    layouts: Annotated[tuple[Layout, ...], Field(strict=False)] = ()
    images: bool = False
    """Whether the pictures of its articles are fetched, too."""
    browser: bool = False
    """Whether scripts draw all its lists."""
    assertions: Assertions = Assertions()
    addresses: Addresses = Addresses()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for number, source in enumerate(self.sources):
            if not self.owns(self.source_url(source)):
                raise ValueError(
                    f"sources[{number}].{source.kind}: got {source.address!r}, "
                    f"expected an address on the site's own host ({self.home})"
                )
            if source.more is not None and not self.is_drawn(source):
                raise ValueError(
                    f"sources[{number}].more: got {source.more!r}, "
                    "expected it beside a list with browser = true only"
                )
        if self.article is None and any(source.list for source in self.sources):
            raise ValueError("article: missing, expected a pattern that tells articles in a list")
        if self.evidence is not None and not self.is_article(self.evidence):
            raise ValueError(
                f"evidence: got {self.evidence!r}, expected an address that is one of its articles"
            )
        untils = [layout.until for layout in self.layouts]
        if len(set(untils)) < len(untils):
            raise ValueError("layouts: got two with the same until, expected one for each time")
        return self

    @property
    def rules(self) -> Self | None:
        """What its pages are read with."""
        return self

    @property
    def standing(self) -> str:
        """How much is known of it: verified on a day, seen in a stored page, or unverified."""
        if self.verified is not None:
            return f"verified {self.verified}"
        return "seen" if self.evidence is not None else "unverified"

    @property
    def host(self) -> str:
        """Its host without www.: all its requests go there."""
        return self.authority[0]

    def open_for(self, moment: datetime) -> float:
        """Give the seconds for which it may be crawled unattended, by its `hours`."""
        return left(self.hours, self.timezone, moment)

    @cached_property
    def authority(self) -> tuple[str, int | None]:
        """Its own host and port, as the function `authority` has them."""
        return authority(self.home)

    def owns(self, url: str) -> bool:
        """Whether an address is on the site's own host (www. or not, http or https)."""
        return web_authority(url) == self.authority

    def is_article(self, url: str) -> bool:
        """Whether an address is one of the site's articles, going by host and pattern.

        A pattern that takes too long on an address does not match it, and a warning is logged.
        """
        if not self.owns(url):
            return False
        if self.article is None:
            return True
        target = path_and_query(url)
        try:
            return regex.search(self.article, target, timeout=MATCH_TIMEOUT) is not None
        except TimeoutError:
            log.warning("%s: article pattern took over %s s on %s", self.id, MATCH_TIMEOUT, url)
            return False

    def source_url(self, source: Source) -> str:
        """Give a source's absolute address."""
        return urljoin(self.home, source.address)

    def is_drawn(self, source: Source) -> bool:
        """Whether a browser is needed to read a source."""
        return source.list is not None and (self.browser or source.browser)

    def layout_at(self, day: date | None) -> Layout | None:
        """Give the layout in use on a day (None: today's); None where the file has none."""
        line = sorted(self.layouts, key=lambda layout: layout.until or date.max)
        if day is not None:
            return next((each for each in line if each.until is None or day <= each.until), None)
        return next((layout for layout in line if layout.until is None), None)

    @property
    def loopback(self) -> bool:
        """Whether the site is on this machine."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def pause(self) -> float:
        """Seconds between two requests that are kept: 0 only on this machine."""
        return self.delay if self.loopback else max(self.delay, MIN_DELAY)

    def record(self) -> SiteRecord:
        """Say what the archive shows of the site."""
        return SiteRecord(
            id=self.id,
            name=self.name,
            home=self.home,
            kind=self.kind,
            language=self.language,
            region=self.region,
            timezone=self.timezone,
            addresses=self.addresses.record(),
            min_articles=self.assertions.min_articles,
        )


class Host(Site):
    """A host that no site file names."""

    @property
    def rules(self) -> None:
        """Nothing: its pages are read as those of a site that nobody knows."""

    def record(self) -> SiteRecord:
        """Say what the archive shows of it: its name is all that is known."""
        return SiteRecord(id=self.id, name=self.name, home=self.home)

    @classmethod
    def of(cls, url: str) -> Self | None:
        """Give the host that a web address is on; None where it is not on any."""
        try:
            record = host_record(url)
            return cls(id=record.id, name=record.name, home=record.home) if record else None
        except ValueError:
            return None


def path_and_query(url: str) -> str:
    """Give what of an address a site's patterns are searched for in: /news?id=1."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def authority(url: str) -> tuple[str, int | None]:
    """Host without www. and port (None for the scheme's own). Raises ValueError on a bad one.

    A host in other letters is given as it is asked for (RFC 3490): 工会.example as xn--….
    """
    parts = urlsplit(url)
    port = parts.port
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    return host, None if port in (None, DEFAULT_PORTS.get(parts.scheme)) else port


def web_authority(url: str) -> tuple[str, int | None] | None:
    """Give the `authority` of an address of the web; None for any other."""
    try:
        return authority(url) if urlsplit(url).scheme in DEFAULT_PORTS else None
    except ValueError:
        return None


def host_record(url: str) -> SiteRecord | None:
    """Make up what the archive shows of an address's host; None for an address without one."""
    parts = urlsplit(url)
    if not parts.netloc:
        return None
    host = parts.netloc.rpartition("@")[2].lower()
    host = host.removesuffix(f":{DEFAULT_PORTS.get(parts.scheme)}")  # as older crawlers write it
    return SiteRecord(id=host, name=host, home=f"{parts.scheme}://{host}/")


def find_site(sites: Iterable[Site], url: str) -> Site | None:
    """Find the site whose own host an address is on; None where no site names it."""
    place = web_authority(url)
    return None if place is None else next((s for s in sites if s.authority == place), None)
