"""One source of a site while a spider follows it: how far it is, and what its pages lead to."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from scrapy.http import Response, TextResponse

from crawler.fetch.memory import Links
from crawler.pipelines import Validators
from crawler.site import Site
from crawler.sitefile.tables import Source
from crawler.spiders import sources

READER = 2
"""To be raised when sources are read otherwise, so that links found before are found again."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Trail:
    """How far one source has been followed."""

    source: Source
    pages: int = 0
    articles: set[str] = field(default_factory=set)
    """The articles that it has led to."""
    read: bool = False
    """Whether any of it could be read."""
    changed: bool = False
    """Whether a page of it leads to other articles than before."""
    new: int = 0
    """How many articles it has led to that nobody had looked at before."""
    edited: int = 0
    """How many it dates later than our last look at them."""

    def grows(self, urls: Iterable[str]) -> bool:
        """Note a page's articles; say whether any of them is new."""
        before = len(self.articles)
        self.articles.update(urls)
        return len(self.articles) > before


def links_of(response: Response, source: Source, site: Site) -> Links:
    """Read a page of a source; one that is no text leads nowhere."""
    if source.feed is not None:
        return sources.from_feed(response.body, response.url, site)
    if source.sitemap is not None:
        return sources.from_sitemap(response.body, response.url, site)
    if not isinstance(response, TextResponse):
        log.warning("%s: got no text, expected a list page", response.url)
        return Links()
    return sources.from_list(response.text, response.url, response.encoding, site, source)


def reading_of(source: Source, site: Site) -> str:
    """Name what the links of a source are found by."""
    found_by = repr((READER, source.kind, site.article, source.next))
    return hashlib.sha256(found_by.encode()).hexdigest()[:16]


def validators_of(response: Response) -> Validators:
    """Give what a server has a response known by: ETag and Last-Modified."""
    etag, modified = (response.headers.get(name) for name in ("ETag", "Last-Modified"))
    return (
        etag.decode("latin-1") if etag else None,
        modified.decode("latin-1") if modified else None,
    )
