"""Withdrawals: an article's text leaves archive.db for the register, and can come back.

The register is written first. A crash before archive.db follows leaves a decision that is not yet
carried out; `replay`, called whenever the archive is opened for writing, carries it out. The WARC
records stay as they are: the register names them, and whatever reads WARCs passes them over.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path
from uuid import uuid4

from archive import attachments, readonly, rows
from archive.addresses import former
from archive.addresses.former import FormerRules
from archive.addresses.joining import Address
from archive.addresses.rules import NONE
from archive.addresses.twins import form, same, twins
from archive.addresses.urls import article_id, canonical_url
from archive.records import Article, Capture
from archive.register.register import Decision, Register

_KEPT = {
    "articles": "id",
    "versions": "article",
    "removals": "article",
    "flags": "article",
    "captures": "article",
    "readings": "article",
    "addresses": "article",
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


_WITHDRAWN_RECORDS = (
    "SELECT r.record_id, r.warc FROM withdrawn_records AS r JOIN withdrawals AS w"
    " ON w.id = r.withdrawal WHERE w.undone IS NULL AND (?1 IS NULL OR w.article = ?1)"
)


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
    return dict(register.db.execute(_WITHDRAWN_RECORDS, [article]).fetchall())


def withheld(register: Path) -> frozenset[str]:
    """Give the same records as a register file has them, which is not written; none without one."""
    if not register.exists():
        return frozenset()
    with closing(readonly.connect(register)) as db:
        return frozenset(row[0] for row in db.execute(_WITHDRAWN_RECORDS, [None]))


def withdrawn_at(db: sqlite3.Connection, id_: str) -> str | None:
    """Give the withdrawn article that an id leads to; None where there is none."""
    row = db.execute("SELECT article FROM withdrawn WHERE id = ?", [id_]).fetchone()
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
        _reach(db, own, id_, article)


def refuse(register: Register, article: str, capture: Capture, at: Address) -> None:
    """Note a later capture of a withdrawn article: its record and its address are withdrawn too."""
    with register.transaction() as own:
        holding = "SELECT id, ?, ? FROM withdrawals WHERE undone IS NULL AND article = ?"
        own.execute(
            f"INSERT OR IGNORE INTO withdrawn_records {holding}",
            [capture.record_id, capture.warc, article],
        )
        own.execute(
            f"INSERT OR IGNORE INTO withdrawn_addresses {holding}", [at.id, at.url, article]
        )


def twin_of(
    db: sqlite3.Connection, register: Register, at: Address, reading: Article
) -> str | None:
    """Give the withdrawn article that reads the same at another address of the same form."""
    near = db.execute(
        "SELECT DISTINCT article FROM withdrawn WHERE shape = ?", [form(at.url).shape]
    )
    for (article,) in near.fetchall():
        for one in withdrawals(register, article):
            urls = addresses(register, one).values()
            if one.undone is None and any(twins(at.url, url) for url in urls):
                text = register.db.execute("SELECT rows FROM withdrawals WHERE id = ?", [one.id])
                if any(same(reading, each) for each in _texts(json.loads(text.fetchone()[0]))):
                    return one.article
    return None


def _texts(kept: dict[str, list[dict[str, str]]]) -> Iterator[Article]:
    """Give all that was read of a withdrawn article, title and text alone."""
    for row in (*kept["articles"], *kept["versions"]):
        if row["text"] is not None:
            yield Article("", row["title"], row["text"])


def take_back(register: Register, article: str, at: str) -> None:
    """Note that withdrawals of an article no longer hold, once archive.db has it again."""
    with register.transaction() as own:
        own.execute(
            "UPDATE withdrawals SET undone = ? WHERE article = ? AND undone IS NULL", [at, article]
        )


def admit(db: sqlite3.Connection, register: Register, article: str) -> None:
    """Let archive.db take a withdrawn article in again, in the caller's transaction.

    Its former ids go too: those that the rules of today do not make are noted as it is read again.
    """
    for one in withdrawals(register, article):
        for id_ in addresses(register, one):
            db.execute("DELETE FROM withdrawn WHERE id = ?", [id_])
            former.forget(db, id_)


def addresses(register: Register, one: Withdrawal) -> dict[str, str]:
    """Give the addresses that are withdrawn, by id: the article's, as it gives them today too."""
    found = register.db.execute(
        "SELECT id, url FROM withdrawn_addresses WHERE withdrawal = ?", [one.id]
    )
    return dict(found.fetchall()) | {
        one.article: one.url,
        article_id(canonical_url(one.url)): one.url,
    }


def replay(db: sqlite3.Connection, register: Register) -> bool:
    """Carry out in archive.db, in the caller's transaction, the withdrawals it has not heard of.

    Gives whether an article left the archive; `scrub` is then to be called after the commit.
    """
    left, rules = False, FormerRules(register.path)
    rules.load(register)
    for one in withdrawals(register):
        if one.undone is not None:
            continue
        for id_ in addresses(register, one):
            row = db.execute("SELECT article FROM addresses WHERE id = ?", [id_]).fetchone()
            if row is not None:
                with register.transaction() as own:
                    _reach(db, own, one.id, row[0])
                rows.remove_article(db, row[0])
                attachments.forget(db, withdrawn_records(register, one.article))
                left = True
        for id_, url in addresses(register, one).items():
            db.execute("DELETE FROM corrections WHERE article = ?", [id_])
            for before in rules.ids(url, NONE) - {id_}:
                former.put(db, before, id_)
            db.execute(
                "INSERT INTO withdrawn(id, at, article, shape) VALUES (?, ?, ?, ?)"
                " ON CONFLICT(id) DO UPDATE SET article = excluded.article, shape = excluded.shape"
                " WHERE article IS NULL",
                [id_, one.at, one.article, form(url).shape],
            )
    return left


def _reach(db: sqlite3.Connection, own: sqlite3.Connection, withdrawal: str, article: str) -> None:
    """Withdraw all addresses and records that an article has here, whoever decided, and where.

    Those of the files that it alone leads to are among them. `own` is the register, in the caller's
    transaction.
    """
    files = attachments.only_of(db, article)
    places = db.execute("SELECT id, url FROM addresses WHERE article = ?", [article]).fetchall()
    places += [(article_id(canonical_url(file)), file) for file in files.urls]
    captures = "SELECT record_id, warc FROM captures WHERE article = ?"
    records = db.execute(captures, [article]).fetchall() + files.records
    own.executemany(
        "INSERT OR IGNORE INTO withdrawn_addresses VALUES (?, ?, ?)",
        [(withdrawal, *place) for place in places],
    )
    own.executemany(
        "INSERT OR IGNORE INTO withdrawn_records VALUES (?, ?, ?)",
        [(withdrawal, *record) for record in records],
    )


def scrub(db: sqlite3.Connection) -> bool:
    """Leave no trace of what was removed in the index and the files; tell whether that was done.

    It was not where a reader is still looking at the archive as it was before.
    """
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('optimize')")
    busy: int = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy
