"""What the crawler remembers between runs, in crawl.db: validators, and the links of a list."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.fetch.crawldb import CrawlDatabase

Link = tuple[str, str | None]
"""The address of an article and the day its list gives it, as ISO 8601."""


@dataclass(frozen=True, slots=True)
class Links:
    """Where a list page, a feed or a sitemap leads."""

    articles: Sequence[Link] = ()
    lists: Sequence[Link] = ()
    """Next pages; the sitemaps of an index."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last response to an address that was read to its end."""

    record_id: str
    """The capture that its validators came with."""
    rules: str
    """What it was read by; links found by other rules are stale."""
    links: Links
    etag: str | None = None
    last_modified: str | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the page only if it has changed."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


class Memory:
    """The pages of crawl.db."""

    def __init__(self, database: CrawlDatabase) -> None:
        self._database = database

    def recall(self, url: str) -> Remembered | None:
        """Give what is remembered of an address, as of the last flush."""
        rows = self._database.ask(
            "SELECT record_id, rules, links, etag, last_modified FROM pages WHERE url = ?", url
        )
        if not rows:
            return None
        ((record_id, rules, links, etag, last_modified),) = rows
        articles, lists = json.loads(links)
        found = Links([tuple(link) for link in articles], [tuple(link) for link in lists])
        return Remembered(record_id, rules, found, etag, last_modified)

    def remember(self, url: str, page: Remembered) -> None:
        """Remember a page, once what it yielded is in archive.db."""
        links = json.dumps([page.links.articles, page.links.lists], ensure_ascii=False)
        values = (url, page.etag, page.last_modified, page.record_id, page.rules, links)
        self._database.later("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?)", *values)
