"""Archives in several files, read together as if `merge` had made one of them.

An article that several hold is that of the archive which saw it last, of the first one where both
did, or of one that reads the same and has it corrected; withdrawn in one, it is in none. Two hold
the same article where they share an address of it.
Sites are known to all; of one that several describe, the first is right.
"""

import heapq
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from archive.database import open_readonly
from archive.errors import UsageError
from archive.search.selection import HIDDEN
from archive.search.together import Archives

AFRESH = 60.0
"""Seconds that must pass until archives which have changed are compared again."""

SHOWN = {"articles": "id", "flags": "article", "versions": "article", "reprints": "article"}
"""Tables that a hidden article is left out of, and the column with its id."""
_SIBLINGS = """
SELECT id FROM addresses WHERE article IN
    (SELECT article FROM addresses WHERE id IN (SELECT value FROM json_each(?)))
"""
_SEEN = """
SELECT last_captured, fts_pk, EXISTS (SELECT 1 FROM corrections WHERE article = articles.id)
FROM articles WHERE id = ?
"""
Site = tuple[str | int | None, ...]
"""A row of sites."""
Hidden = dict[int, str]
"""Ids of articles that are not shown, by key."""


class _Seen(NamedTuple):
    """An article as one archive has it."""

    last: str
    """When it was captured last."""
    key: int
    """Its fts_pk."""
    corrected: int
    """Whether somebody corrected it there."""


@dataclass(frozen=True, eq=False)
class _Compared:
    """What comparing the archives told."""

    stamp: tuple[object, ...]
    at: float
    hidden: tuple[Hidden, ...]
    """Of each archive what others have in its stead."""
    instead: dict[str, str]
    """Ids of hidden articles that have another id where they are shown."""
    sites: tuple[Site, ...]


class Shelf:
    """Archives in the order in which they were named.

    Each thread has connections of its own, on which tables of SQLite's temp schema stand before
    those of the file: `sites` has the sites of all, the others not what is hidden.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self._own = threading.local()
        self._lock = threading.Lock()
        self._last: _Compared | None = None

    def archives(self) -> Archives:
        """Give this thread's connections. Raises UnionArchiveError, as `open_readonly` does."""
        compared = self.compared()
        if not hasattr(self._own, "archives"):
            with ExitStack() as undo:
                self._own.archives = [
                    undo.enter_context(closing(open_readonly(path))) for path in self.paths
                ]
                undo.pop_all()
            self._own.told = None
        if self._own.told is not compared:
            for db, hidden in zip(self._own.archives, compared.hidden, strict=True):
                _tell(db, hidden, compared.sites)
            self._own.told = compared
        archives: Archives = self._own.archives
        return archives

    def instead(self, id_: str) -> str | None:
        """Give the id that a hidden article has where it is shown, if that is another."""
        return self.compared().instead.get(id_)

    def compared(self) -> _Compared:
        """Compare the archives, unless that was done since they changed, or just now.

        One thread does it; others take what was told before, if anything was.
        """
        last = self._last
        if last is not None and not self._is_stale(last):
            return last
        if not self._lock.acquire(blocking=last is None) and last is not None:
            return last
        try:
            if self._last is None or self._is_stale(self._last):
                self._last = self._compare()
            return self._last
        finally:
            self._lock.release()

    def _is_stale(self, last: _Compared) -> bool:
        if time.monotonic() - last.at <= AFRESH:
            return False
        return last.stamp != tuple(map(stamp_of, self.paths))

    def _compare(self) -> _Compared:
        stamp = tuple(map(stamp_of, self.paths))
        with ExitStack() as opened:
            dbs = [opened.enter_context(closing(open_readonly(path))) for path in self.paths]
            for db in dbs:
                db.execute("BEGIN")  # so that all is read in one state
            hidden, instead = _hidden(dbs)
            return _Compared(stamp, time.monotonic(), hidden, instead, _sites(dbs))


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[Archives]:
    """Open an archive, or several as one, to read them in this thread.

    Raises UnionArchiveError, as `open_readonly` does, and UsageError for one that is named twice.
    """
    expect_others(paths)
    with ExitStack() as held:
        archives = Shelf(paths).archives() if len(paths) > 1 else [open_readonly(paths[0])]
        for db in archives:
            held.enter_context(closing(db))
        yield archives


def expect_others(paths: Sequence[Path]) -> None:
    """Raise UsageError where an archive is named twice."""
    if len({path.resolve() for path in paths}) < len(paths):
        raise UsageError("got the same holdings twice, expected others")


def stamp_of(path: Path) -> tuple[tuple[int, int], ...]:
    """Tell one state of a database from another: time and size of its file and of its WAL."""
    found = []
    for file in (path, path.with_name(f"{path.name}-wal")):
        with suppress(FileNotFoundError):  # a writer that ends takes its WAL away
            stat = file.stat()
            found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _hidden(dbs: Archives) -> tuple[tuple[Hidden, ...], dict[str, str]]:
    """Find what each archive is not asked for, and what has another id where it is shown.

    Ids are read in order from all at once, so that none has to be held.
    """
    hidden: tuple[Hidden, ...] = tuple({} for _ in dbs)
    instead = {}
    withdrawn = _withdrawn(dbs)
    for id_, rows in groupby(heapq.merge(*map(_addresses, range(len(dbs)), dbs)), itemgetter(0)):
        held = [(number, article) for _, number, article in rows]
        if len(held) == 1 and id_ not in withdrawn:
            continue
        seen = [_seen(dbs[number], article) for number, article in held]
        shown = None if id_ in withdrawn else _shown(dbs, held, seen)
        for place, (number, article) in enumerate(held):
            if place != shown:
                hidden[number][seen[place].key] = article
                if shown is not None and article != held[shown][1]:
                    instead[article] = held[shown][1]
    return hidden, instead


def _withdrawn(dbs: Archives) -> set[str]:
    """Give the ids of what is withdrawn: those of all addresses of an article that has one such."""
    found = {row[0] for db in dbs for row in db.execute("SELECT id FROM withdrawn")}
    fresh = found
    while fresh:
        asked = json.dumps([*fresh])
        fresh = {row[0] for db in dbs for row in db.execute(_SIBLINGS, [asked])} - found
        found = found | fresh
    return found


def _addresses(number: int, db: sqlite3.Connection) -> Iterator[tuple[str, int, str]]:
    for row in db.execute("SELECT id, article FROM addresses ORDER BY id"):
        yield row[0], number, row[1]


def _seen(db: sqlite3.Connection, article: str) -> _Seen:
    return _Seen(*db.execute(_SEEN, [article]).fetchone())


def _shown(dbs: Archives, held: list[tuple[int, str]], seen: list[_Seen]) -> int:
    """Say which of those that hold an article is to show it."""
    last = max(range(len(held)), key=lambda n: (seen[n].last, -n))
    corrected = [n for n in range(len(held)) if seen[n].corrected]
    return next((n for n in corrected if _reads(dbs, *held[n]) == _reads(dbs, *held[last])), last)


def _reads(dbs: Archives, number: int, article: str) -> tuple[str, str]:
    query = "SELECT title, text FROM articles WHERE id = ?"
    title, text = dbs[number].execute(query, [article]).fetchone()
    return title, text


def _sites(dbs: Archives) -> tuple[Site, ...]:
    sites: dict[object, Site] = {}
    for db in dbs:
        for row in db.execute("SELECT * FROM sites"):
            sites.setdefault(row["id"], tuple(row))
    return tuple(sites.values())


def _tell(db: sqlite3.Connection, hidden: Hidden, sites: tuple[Site, ...]) -> None:
    """Let an archive know the sites of all, and what it is not asked for."""
    db.execute("DROP TABLE IF EXISTS temp.sites")
    db.execute("CREATE TEMP TABLE sites AS SELECT * FROM main.sites WHERE false")
    db.execute("CREATE UNIQUE INDEX temp.sites_id ON sites(id)")
    for site in sites:
        db.execute(f"INSERT INTO temp.sites VALUES ({', '.join('?' * len(site))})", site)
    db.execute(f"DROP TABLE IF EXISTS temp.{HIDDEN}")
    for table, column in SHOWN.items():
        db.execute(f"DROP VIEW IF EXISTS temp.{table}")
        if hidden:
            db.execute(
                f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table}"
                f" WHERE {column} NOT IN (SELECT id FROM temp.{HIDDEN})"
            )
    if hidden:
        db.execute(f"CREATE TEMP TABLE {HIDDEN} (key INTEGER PRIMARY KEY, id TEXT UNIQUE)")
        db.executemany(f"INSERT INTO temp.{HIDDEN} VALUES (?, ?)", hidden.items())
