"""A site file as a checked, typed Site; the catalogue and the owner's own files together."""

import logging
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import regex
from cssselect import HTMLTranslator, SelectorError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from archive.errors import UsageError
from archive.records import SiteRecord
from crawler.addressrules import Addresses
from crawler.sitefault import in_one_line

CATALOGUE = Path(__file__).parent / "sites"
MIN_DELAY = 0.5
"""Seconds between requests to a host that is not this machine, whatever a site file asks for."""
MATCH_TIMEOUT = 0.2
"""Seconds that a site's pattern may take on one address."""
DEFAULT_PORTS = {"http": 80, "https": 443}

log = logging.getLogger(__name__)


def _css(value: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(value)
    except SelectorError as error:
        raise ValueError(f"a CSS selector ({error})") from error
    return value


def _pattern(value: str) -> str:
    try:
        regex.compile(value)
    except regex.error as error:
        raise ValueError(f"a regular expression ({error})") from error
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("a name of the IANA time zones, such as Asia/Shanghai") from error
    return value


def _home(value: str) -> str:
    expected = "a web address such as https://www.example.org/"
    try:
        parts = urlsplit(value)
        bad = parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.port == 0
    except ValueError as error:
        raise ValueError(f"{expected} ({error})") from error
    if bad or parts.username is not None or any(c.isspace() for c in value):
        raise ValueError(f"{expected}, with http or https, a host and no password")
    return value if parts.path else parts._replace(path="/").geturl()


Text = Annotated[str, Field(min_length=1)]
Css = Annotated[str, Field(min_length=1), AfterValidator(_css)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Source(_Strict):
    """Where a site announces its articles: exactly one of list, feed and sitemap."""

    list: Text | None = None
    """Address of the first list page, absolute or as seen from home."""
    feed: Text | None = None
    """Address of an RSS or Atom feed."""
    sitemap: Text | None = None
    """Address of a sitemap or of an index of sitemaps."""
    next: Css | None = None
    """CSS of the link to a list's next page."""
    section: Text | None = None
    """The section that its articles belong to, where a page names none."""

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        given = [name for name in ("list", "feed", "sitemap") if getattr(self, name) is not None]
        if len(given) != 1:
            got = " and ".join(given) or "none of them"
            raise ValueError(f"got {got}, expected exactly one of list, feed, sitemap")
        if self.next is not None and self.list is None:
            raise ValueError(f"got next beside {given[0]}, expected it beside list only")
        return self

    @property
    def kind(self) -> Literal["list", "feed", "sitemap"]:
        """Which of the three it is."""
        if self.list is not None:
            return "list"
        return "feed" if self.feed is not None else "sitemap"

    @property
    def address(self) -> str:
        """The address as the site file has it."""
        return self.list or self.feed or self.sitemap or ""


class Layout(_Strict):
    """Where things stood on a site's pages, until the day it was redesigned; all in CSS."""

    until: date | None = None
    """The last day it was in use; None for the layout of today."""
    body: Css | None = None
    title: Css | None = None
    date: Css | None = None
    authors: Css | None = None
    source: Css | None = None
    editor: Css | None = None
    remove: Css | None = None
    """What to take out of the body."""


class Assertions(_Strict):
    """What a crawl of the site should yield."""

    min_articles: Annotated[int, Field(ge=0)] | None = None


class Site(_Strict):
    """One entry of the catalogue, or one of the owner's own."""

    id: str
    """The stem of its file."""
    name: Text
    home: Annotated[Text, AfterValidator(_home)]
    """Its host is the site's own; no other is crawled."""
    kind: Literal["union", "news"] | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None
    """BCP 47."""
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] | None = None
    """ISO 3166-2."""
    timezone: Annotated[Text, AfterValidator(_zone)] = "Asia/Shanghai"
    delay: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 1.0
    """Seconds between two requests, as the file asks for; `pause` is what is kept."""
    article: Annotated[Text, AfterValidator(_pattern)] | None = None
    """Which of its addresses are articles: a pattern searched for in path and query."""
    sources: Annotated[tuple[Source, ...], Field(strict=False)] = ()
    layouts: Annotated[tuple[Layout, ...], Field(strict=False)] = ()
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
        if self.article is None and any(source.list for source in self.sources):
            raise ValueError("article: missing, expected a pattern that tells articles in a list")
        untils = [layout.until for layout in self.layouts]
        if len(set(untils)) < len(untils):
            raise ValueError("layouts: got two with the same until, expected one for each time")
        return self

    @cached_property
    def _authority(self) -> tuple[str, int | None]:
        return authority(self.home)

    def owns(self, url: str) -> bool:
        """Whether an address is on the site's own host (www. or not, http or https)."""
        try:
            return urlsplit(url).scheme in DEFAULT_PORTS and authority(url) == self._authority
        except ValueError:
            return False

    def is_article(self, url: str) -> bool:
        """Whether an address is one of the site's articles, going by host and pattern.

        A pattern that takes too long on an address does not match it, and a warning is logged.
        """
        if not self.owns(url):
            return False
        if self.article is None:
            return True
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            return regex.search(self.article, target, timeout=MATCH_TIMEOUT) is not None
        except TimeoutError:
            log.warning("%s: article pattern took over %s s on %s", self.id, MATCH_TIMEOUT, url)
            return False

    def source_url(self, source: Source) -> str:
        """Give a source's absolute address."""
        return urljoin(self.home, source.address)

    def layout_at(self, day: date | None) -> Layout | None:
        """Give the layout in use on a day (None: today's); None where the file has none."""
        line = sorted(self.layouts, key=lambda layout: layout.until or date.max)
        if day is not None:
            return next((each for each in line if each.until is None or day <= each.until), None)
        return next((layout for layout in line if layout.until is None), None)

    @property
    def loopback(self) -> bool:
        """Whether the site is on this machine."""
        host = self._authority[0]
        if host == "localhost":
            return True
        try:
            return ip_address(host).is_loopback
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


TABLES: dict[str, type[BaseModel]] = {
    "": Site,
    "sources": Source,
    "layouts": Layout,
    "assertions": Assertions,
    "addresses": Addresses,
}
"""The model of each table of a site file."""


def authority(url: str) -> tuple[str, int | None]:
    """Host without www. and port (None for the scheme's own). Raises ValueError on a bad port."""
    parts = urlsplit(url)
    port = parts.port
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    return host, None if port in (None, DEFAULT_PORTS.get(parts.scheme)) else port


def find_site(sites: Iterable[Site], url: str) -> Site | None:
    """Find the site whose own host an address is on; None where no site names it."""
    return next((site for site in sites if site.owns(url)), None)


def load_sites(own: Path | None, catalogue: Path = CATALOGUE) -> dict[str, Site]:
    """Read the catalogue and the owner's folder of site files, which win, by id.

    Raises UsageError, in one line, on the first file that is not a site file.
    """
    sites: dict[str, Site] = {}
    for path in sorted(catalogue.rglob("*.toml")):
        if path.stem in sites:
            raise UsageError(f"{path}: a second site {path.stem} in the catalogue")
        sites[path.stem] = load_site(path)
    if own is not None and own.is_dir():
        sites |= {path.stem: load_site(path) for path in sorted(own.glob("*.toml"))}
    return dict(sorted(sites.items()))


def load_site(path: Path) -> Site:
    """Read one site file. Raises UsageError naming file, key, what was got and expected."""
    if not regex.fullmatch(r"\w[\w.-]*", path.stem):
        raise UsageError(
            f"{path}: got the name {path.stem!r}, expected letters, digits, '-', '_' and '.'"
        )
    try:
        keys = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: got bytes that are not UTF-8, expected UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not TOML: {error}") from error
    if "id" in keys:
        raise UsageError(f"{path}: id: got {keys['id']!r}, expected none: the file's name is it")
    try:
        return Site.model_validate({"id": path.stem, **keys})
    except ValidationError as error:
        raise UsageError(f"{path}: {in_one_line(error, TABLES)}") from error
