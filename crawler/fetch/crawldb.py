"""crawl.db: what the crawler remembers. It is written in batches, and may be lost."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from archive.database import explained
from archive.errors import UnionArchiveError

SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    url TEXT PRIMARY KEY,
    etag TEXT,
    last_modified TEXT,
    record_id TEXT NOT NULL,
    rules TEXT NOT NULL,
    links TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS passes (
    site TEXT PRIMARY KEY,
    begun TEXT NOT NULL,
    bounded INTEGER NOT NULL,
    capture TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS requests (
    site TEXT NOT NULL,
    url TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'done', 'failed')),
    rank INTEGER NOT NULL,
    role TEXT NOT NULL,
    source TEXT NOT NULL,
    day TEXT,
    level INTEGER NOT NULL,
    page INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (site, url)
) STRICT, WITHOUT ROWID;

-- When the sources of sites are to be asked again; '' stands for a site's articles.
CREATE TABLE IF NOT EXISTS agenda (
    site TEXT NOT NULL,
    source TEXT NOT NULL,
    due REAL NOT NULL,
    every REAL NOT NULL,
    walked INTEGER NOT NULL,
    PRIMARY KEY (site, source)
) STRICT, WITHOUT ROWID;

-- What the owner has been told of and is not over yet.
CREATE TABLE IF NOT EXISTS told (
    site TEXT NOT NULL,
    illness TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (site, illness)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS requests_queued ON requests(site, rank) WHERE state = 'queued';
"""
BUSY_SECONDS = 10.0
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
MAX_WAITING: Final = 5_000
"""Statements that wait in memory at most."""

Value = str | int | float | None

log = logging.getLogger(__name__)


class CrawlDatabase:
    """crawl.db, open. A damaged one is begun anew; all pages are then asked for again.

    `later` notes a statement, `flush` brings all noted into the file in one transaction. Raises
    LockedError or UnionArchiveError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.flushes = 0
        """How often the file has been written."""
        self._failed = False
        self._waiting: list[tuple[str, tuple[Value, ...]]] = []
        with explained(path):
            try:
                self.db = _connect(path)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                log.warning("%s is damaged and is begun anew; all pages are asked for again", path)
                for ending in ("", "-wal", "-shm"):
                    path.with_name(path.name + ending).unlink(missing_ok=True)
                self.db = _connect(path)

    def ask(self, query: str, *values: Value) -> list[tuple[Any, ...]]:
        """Give the rows that a query finds, as of the last flush."""
        with self._explained():
            return self.db.execute(query, values).fetchall()

    @property
    def waiting(self) -> int:
        """How many statements are noted for the next flush."""
        return len(self._waiting)

    def later(self, statement: str, *values: Value) -> None:
        """Note a statement for the next flush."""
        self._waiting.append((statement, values))

    def flush(self) -> None:
        """Write what has been noted, in that order. After an error it is still noted."""
        if not self._waiting:
            return
        self._failed = True
        with self._explained():
            self.db.execute("BEGIN IMMEDIATE")
            with self.db:
                for statement, rows in groupby(self._waiting, key=itemgetter(0)):
                    self.db.executemany(statement, (values for _, values in rows))
        self._failed = False
        self._waiting.clear()
        self.flushes += 1

    def bound(self) -> None:
        """Flush where much has been noted."""
        if self.waiting >= MAX_WAITING:
            self.flush()

    def close(self) -> None:
        """Flush, unless that has just failed and been told, and close."""
        try:
            if not self._failed:
                self.flush()
        finally:
            with suppress(sqlite3.Error):
                self.db.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            with explained(self.path):
                yield
        except UnionArchiveError as error:
            if not is_damage(error.__cause__):
                raise
            raise UnionArchiveError(
                f"{self.path}: damaged; run the same command again, it is then begun anew"
            ) from error


def is_damage(error: BaseException | None) -> bool:
    """Whether an error of SQLite's says that a file is damaged, or no database."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in DAMAGED


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.executescript(SCHEMA)
        # Damage further in would stop every later crawl at the same place.
        _check(db)
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        damage = sqlite3.DatabaseError(found)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage
