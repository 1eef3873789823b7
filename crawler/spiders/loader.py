"""Every site file is a spider: `scrapy list` shows its id and `scrapy crawl ID` crawls it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider

from archive.errors import UnionArchiveError, UsageError
from archive.holdings import Holdings
from archive.version import version
from crawler.fetch import browser
from crawler.site import Site
from crawler.sitefile.loading import load_sites
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

PAUSE = 1.03
"""Of a site's delay: what is waited on average, so that a late request is not followed too soon."""
JITTER = 0.01
"""Share of a pause, either way: what keeps sites off one beat."""
NO_DELAY = 0.001
"""Seconds; without any delay Scrapy begins all the requests that wait for a host at once."""


def spider_for(
    site: Site, holdings: Holdings, kind: type[SiteSpider] = SiteSpider
) -> type[SiteSpider]:
    """Make the spider class of a site, of that kind.

    Raises UsageError for a site beyond this machine while config.toml names no contact, and for one
    whose lists need a browser while there is none.
    """
    if any(map(site.is_drawn, site.sources)):
        browser.find()
    settings = {"USER_AGENT": user_agent(site, holdings), **_pace(site)}
    attributes = {"name": site.id, "site": site, "custom_settings": settings}
    return type(f"SiteSpider_{site.id}", (kind,), attributes)


def user_agent(site: Site, holdings: Holdings) -> str:
    """Say who we are, and whom a site's owner may write to."""
    contact = holdings.contact()
    if contact is None:
        if not site.loopback:
            raise UsageError(
                f"{site.id}: got no contact, expected a line such as "
                f'contact = "archive@example.org" in {holdings.root / "config.toml"}, '
                "so that the site's owner can reach you"
            )
        return f"union-archive/{version()}"
    if not contact.isascii() or not contact.isprintable() or not contact.strip():
        raise UsageError(
            f"{holdings.root / 'config.toml'}: contact: got {contact!r}, "
            "expected an address in plain letters"
        )
    return f"union-archive/{version()} (+{contact.strip()})"


def _pace(site: Site) -> dict[str, Any]:
    if site.pause == 0:
        pace: dict[str, Any] = {"DOWNLOAD_DELAY": NO_DELAY, "DOWNLOAD_DELAY_JITTER": 0}
        return pace | {"AUTOTHROTTLE_ENABLED": False}
    delay = site.pause * PAUSE
    pace = {"DOWNLOAD_DELAY": delay, "AUTOTHROTTLE_START_DELAY": delay}
    return pace | {"DOWNLOAD_DELAY_JITTER": JITTER, "AUTOTHROTTLE_ENABLED": not site.loopback}


class SiteLoader:
    """Scrapy's way to the spiders."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._sites = load_sites(holdings.sites)

    @classmethod
    def from_settings(cls, settings: "BaseSettings") -> Self:
        """Read the catalogue and the owner's site files."""
        try:
            return cls(Holdings(Path(settings["UNION_ARCHIVE_HOLDINGS"])))
        except UnionArchiveError as error:
            raise SystemExit(f"union-archive: {error}") from error

    def load(self, spider_name: str) -> type[Spider]:
        """Give a site's spider; KeyError for an id that there is not."""
        if spider_name not in self._sites:
            raise KeyError(f"no site {spider_name}; there are: {', '.join(self._sites) or 'none'}")
        try:
            return spider_for(self._sites[spider_name], self._holdings)
        except UnionArchiveError as error:
            raise SystemExit(f"union-archive: {error}") from error

    def find_by_request(self, request: Request) -> list[str]:
        """Give the sites that a request is to."""
        return [site.id for site in self._sites.values() if site.owns(request.url)]

    def list(self) -> list[str]:
        """Give the sites' ids."""
        return list(self._sites)
