"""register.db: what people decided and time taught. Never served, backed up like the WARCs.

archive.db is made again from WARCs, site files and this. A decision is therefore written here
first, and carried out in archive.db afterwards: see `archive.register.withdrawals` and
`archive.register.corrections`.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from archive.database import explained
from archive.errors import UnionArchiveError
from archive.readonly import BUSY_SECONDS
from archive.schema import Schema

APPLICATION_ID = 0x554E5247
"""Marks the file as one of ours."""

migrations = Schema("union-archive-register")

FIRST_SCHEMA = """
CREATE TABLE withdrawals (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL,
    url TEXT NOT NULL,
    reason TEXT NOT NULL,
    by TEXT,
    at TEXT NOT NULL,
    undone TEXT,
    -- what archive.db had of it, as JSON: rows by table
    rows TEXT NOT NULL
) STRICT;
CREATE INDEX withdrawals_article ON withdrawals(article);

-- WARC records that are neither read, replayed nor exported while their withdrawal holds.
CREATE TABLE withdrawn_records (
    withdrawal TEXT NOT NULL REFERENCES withdrawals(id),
    record_id TEXT NOT NULL,
    warc TEXT NOT NULL,
    PRIMARY KEY (withdrawal, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX withdrawn_records_record ON withdrawn_records(record_id);

CREATE TABLE corrections (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL,
    url TEXT NOT NULL,
    field TEXT NOT NULL,
    -- JSON
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    by TEXT,
    at TEXT NOT NULL,
    undone TEXT
) STRICT;
CREATE INDEX corrections_article ON corrections(article);

CREATE TABLE boilerplate (
    site TEXT NOT NULL,
    line TEXT NOT NULL,
    learned TEXT NOT NULL,
    PRIMARY KEY (site, line)
) STRICT, WITHOUT ROWID;
"""


@migrations.step
def first_schema(db: sqlite3.Connection) -> None:
    """Withdrawals with their records, corrections, boilerplate."""
    for statement in FIRST_SCHEMA.split(";\n"):
        if statement.strip():
            db.execute(statement)


ADDRESSES = """
-- All addresses of a withdrawn article, and the ids they give: none of them is taken in.
CREATE TABLE withdrawn_addresses (
    withdrawal TEXT NOT NULL REFERENCES withdrawals(id),
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (withdrawal, id)
) STRICT, WITHOUT ROWID
"""


@migrations.step
def addresses(db: sqlite3.Connection) -> None:
    """The addresses of withdrawn articles."""
    db.execute(ADDRESSES)


PAUSES = """
-- A site whose last pause has no end is not crawled.
CREATE TABLE pauses (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    reason TEXT NOT NULL,
    by TEXT,
    at TEXT NOT NULL,
    resumed TEXT
) STRICT
"""


@migrations.step
def pauses(db: sqlite3.Connection) -> None:
    """Sites that are not crawled for now."""
    db.execute(PAUSES)


ADDRESS_RULES = """
-- What [addresses] has said in site files of a host, as JSON: ids were made by it.
CREATE TABLE address_rules (
    host TEXT NOT NULL,
    rules TEXT NOT NULL,
    PRIMARY KEY (host, rules)
) STRICT, WITHOUT ROWID
"""


@migrations.step
def address_rules(db: sqlite3.Connection) -> None:
    """Rules that ids were made by."""
    db.execute(ADDRESS_RULES)


@dataclass(frozen=True, slots=True)
class Decision:
    """Why something was decided, by whom, and when."""

    reason: str
    by: str | None
    at: str


class Register:
    """A register open for writing: `with Register(path) as register`. Makes or upgrades the file.

    Everything raises LockedError where another process holds it too long, else UnionArchiveError.
    """

    def __init__(self, path: Path, timeout: float = BUSY_SECONDS) -> None:
        self.path = path
        with explained(path):
            self.db = sqlite3.connect(
                path, timeout=timeout, isolation_level=None, check_same_thread=False
            )
            try:
                self.db.row_factory = sqlite3.Row
                self.db.execute("PRAGMA foreign_keys = ON")
                self._upgrade()
            except BaseException:
                self.db.close()
                raise

    def _upgrade(self) -> None:
        """Bring the schema up to date; refuse what is not ours or is newer than we are."""
        if self.db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            if self.db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise UnionArchiveError(f"{self.path}: a database of something else; move it away")
            if migrations.unknown(self.db):
                raise UnionArchiveError(
                    f"{self.path}: made by a newer Union Archive;"
                    " upgrade with `pip install -U union-archive`"
                )
        if migrations.pending(self.db):
            with self.transaction():  # another process may have done it while we waited
                self.db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                migrations.apply(self.db)

    def __enter__(self) -> Self:
        """Give the register itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close the file; calling it again does nothing."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is done within, or nothing; on the disk when it ends."""
        with explained(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            with self.db:
                yield self.db

    def boilerplate(self, site: str) -> frozenset[str]:
        """Give the lines that were learned of a site, as `hanzi.letters` has them."""
        rows = self.db.execute("SELECT line FROM boilerplate WHERE site = ?", [site])
        return frozenset(row[0] for row in rows)

    def learn(self, site: str, lines: Iterable[str], at: str) -> frozenset[str]:
        """Note lines of a site, with the day for those that are new; give all that are known.

        A line once learned is kept: old captures have it still.
        """
        if new := frozenset(lines) - self.boilerplate(site):
            with self.transaction() as db:
                db.executemany(
                    "INSERT INTO boilerplate VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    [(site, line, at) for line in sorted(new)],
                )
        return self.boilerplate(site)
