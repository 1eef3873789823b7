"""Withdrawals: an article's text leaves archive.db for the register, and can come back.

The register is written first. A crash before archive.db follows leaves a decision that is not yet
carried out; `replay`, called whenever the archive is opened for writing, carries it out. The WARC
records stay as they are: the register names them, and whatever reads WARCs passes them over.
"""

import json
import sqlite3
from dataclasses import astuple, dataclass
from uuid import uuid4

from archive import rows
from archive.records import Capture
from archive.register import Decision, Register
from archive.urls import article_id, canonical_url

_KEPT = {
    "articles": "id",
    "versions": "article",
    "removals": "article",
    "flags": "article",
    "captures": "article",
}
"""What the register keeps of an article: tables, and the column that names it."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One decision to withdraw an article."""

    id: str
    article: str
    url: str
    reason: str
    by: str | None
    at: str
    undone: str | None
    """When it was taken back; None while it holds."""


def withdrawals(register: Register, article: str | None = None) -> list[Withdrawal]:
    """Give all withdrawals, of one article or any, the first one first."""
    found = register.db.execute(
        "SELECT id, article, url, reason, by, at, undone FROM withdrawals"
        " WHERE ?1 IS NULL OR article = ?1 ORDER BY at, id",
        [article],
    )
    return [Withdrawal(*row) for row in found]


def withdrawn_records(register: Register, article: str | None = None) -> dict[str, str]:
    """Give the WARC records that are not to be read, replayed or exported, with their files."""
    found = register.db.execute(
        "SELECT r.record_id, r.warc FROM withdrawn_records AS r JOIN withdrawals AS w"
        " ON w.id = r.withdrawal WHERE w.undone IS NULL AND (?1 IS NULL OR w.article = ?1)",
        [article],
    )
    return dict(found.fetchall())


def withdrawn_since(db: sqlite3.Connection, article: str) -> str | None:
    """Say since when an article has been withdrawn from archive.db; None where it is not."""
    row = db.execute("SELECT at FROM withdrawn WHERE id = ?", [article]).fetchone()
    return None if row is None else str(row[0])


def withdraw(db: sqlite3.Connection, register: Register, article: str, decision: Decision) -> None:
    """Note the withdrawal of an article that archive.db has; `replay` then carries it out."""
    kept = {
        table: [
            dict(row) for row in db.execute(f"SELECT * FROM {table} WHERE {column} = ?", [article])
        ]
        for table, column in _KEPT.items()
    }
    id_ = str(uuid4())
    url = kept["articles"][0]["url"]
    with register.transaction() as own:
        own.execute(
            "INSERT INTO withdrawals(id, article, url, reason, by, at, rows)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [id_, article, url, *astuple(decision), json.dumps(kept, ensure_ascii=False)],
        )
        own.executemany(
            "INSERT INTO withdrawn_records VALUES (?, ?, ?)",
            [(id_, row["record_id"], row["warc"]) for row in kept["captures"]],
        )


def refuse(register: Register, article: str, capture: Capture) -> None:
    """Note a later capture of a withdrawn article: its record is withdrawn too."""
    with register.transaction() as own:
        own.execute(
            "INSERT OR IGNORE INTO withdrawn_records"
            " SELECT id, ?, ? FROM withdrawals WHERE undone IS NULL AND article = ?",
            [capture.record_id, capture.warc, article],
        )


def take_back(register: Register, article: str, at: str) -> None:
    """Note that withdrawals of an article no longer hold, once archive.db has it again."""
    with register.transaction() as own:
        own.execute(
            "UPDATE withdrawals SET undone = ? WHERE article = ? AND undone IS NULL", [at, article]
        )


def admit(db: sqlite3.Connection, register: Register, article: str) -> None:
    """Let archive.db take a withdrawn article in again, in the caller's transaction."""
    for one in withdrawals(register, article):
        db.executemany("DELETE FROM withdrawn WHERE id = ?", [[id_] for id_ in _ids(one)])


def _ids(one: Withdrawal) -> set[str]:
    """Give the ids that are withdrawn: the article's, and what its address gives today."""
    return {one.article, article_id(canonical_url(one.url))}


def replay(db: sqlite3.Connection, register: Register) -> bool:
    """Carry out in archive.db, in the caller's transaction, the withdrawals it has not heard of.

    Gives whether an article left the archive; `scrub` is then to be called after the commit.
    """
    left = False
    for one in withdrawals(register):
        if one.undone is not None:
            continue
        for id_ in _ids(one):
            if withdrawn_since(db, id_) is not None:
                continue  # it was carried out before
            left |= db.execute("SELECT 1 FROM articles WHERE id = ?", [id_]).fetchone() is not None
            rows.remove_article(db, id_)
            db.execute("DELETE FROM corrections WHERE article = ?", [id_])
            db.execute("INSERT INTO withdrawn VALUES (?, ?)", [id_, one.at])
    return left


def scrub(db: sqlite3.Connection) -> bool:
    """Leave no trace of what was removed in the index and the files; tell whether that was done.

    It was not where a reader is still looking at the archive as it was before.
    """
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('optimize')")
    busy: int = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy
