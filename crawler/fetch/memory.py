"""What the crawler remembers between runs, in crawl.db: validators, and the links of a list."""

import json
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    url TEXT PRIMARY KEY,
    etag TEXT,
    last_modified TEXT,
    record_id TEXT NOT NULL,
    rules TEXT NOT NULL,
    links TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""

log = logging.getLogger(__name__)

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
    """crawl.db. It may be lost: a damaged one is begun anew."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = _connect(path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            log.warning("%s is damaged and is begun anew; all pages are asked for again", path)
            for file in (
                path,
                path.with_name(path.name + "-wal"),
                path.with_name(path.name + "-shm"),
            ):
                file.unlink(missing_ok=True)
            self._db = _connect(path)

    def recall(self, url: str) -> Remembered | None:
        """Give what is remembered of an address."""
        row = self._db.execute(
            "SELECT record_id, rules, links, etag, last_modified FROM pages WHERE url = ?", (url,)
        ).fetchone()
        if row is None:
            return None
        record_id, rules, links, etag, last_modified = row
        articles, lists = json.loads(links)
        found = Links([tuple(link) for link in articles], [tuple(link) for link in lists])
        return Remembered(record_id, rules, found, etag, last_modified)

    def remember(self, url: str, page: Remembered) -> None:
        """Remember a page, once what it yielded is in archive.db."""
        links = json.dumps([page.links.articles, page.links.lists], ensure_ascii=False)
        values = (url, page.etag, page.last_modified, page.record_id, page.rules, links)
        self._db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?)", values)

    def close(self) -> None:
        """Close crawl.db."""
        with suppress(sqlite3.Error):
            self._db.close()


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=10)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(SCHEMA)
    return db
