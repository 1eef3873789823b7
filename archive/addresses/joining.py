"""The addresses of articles: which article each leads to, and articles that become one.

An article's id is that of its own address; the ids of its other addresses, which were articles
before they were found to be twins, lead to it. Everything is done in the caller's transaction.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from archive.addresses import former
from archive.addresses.twins import form, own, same, twins
from archive.addresses.urls import ID_LENGTH, address_key, article_id
from archive.records import Article
from archive.register import corrections
from archive.search import index as search
from archive.versions import readings
from archive.versions.readings import Held


@dataclass(frozen=True, slots=True)
class Address:
    """An address, its id, and the article it leads to, where there is one."""

    id: str
    url: str
    article: str | None = None


def address_of(db: sqlite3.Connection, url: str) -> Address:
    """Give a canonical address with its id; two addresses that would share one differ in length."""
    for length in count(ID_LENGTH, 2):
        id_ = article_id(url, length)
        row = db.execute("SELECT url, article FROM addresses WHERE id = ?", [id_]).fetchone()
        if row is None:
            return Address(id_, url)
        if address_key(row["url"]) == address_key(url):
            return Address(id_, url, row["article"])
    raise AssertionError  # count never ends


def addresses(db: sqlite3.Connection, article: str) -> list[Address]:
    """Give all addresses of an article: its own, then the others by id."""
    found = db.execute(
        "SELECT id, url, article FROM addresses WHERE article = ? ORDER BY id <> article, id",
        [article],
    )
    return [Address(*row) for row in found]


def ids(db: sqlite3.Connection, article: str) -> list[str]:
    """Give all ids that lead to an article, its own first."""
    others = [at.id for at in addresses(db, article) if at.id != article]
    return [article, *others, *former.of(db, article)]


def matches(db: sqlite3.Connection, at: Address, reading: Article) -> set[str]:
    """Give the articles that read the same at another address of the same form."""
    shape = form(at.url).shape
    found = db.execute(
        "SELECT url, article FROM addresses WHERE shape = ? AND id <> ?", [shape, at.id]
    ).fetchall()
    near = {row["article"] for row in found if twins(at.url, row["url"])} - {at.article}
    return {
        article
        for article in near
        if any(same(reading, one.article) for one in readings.held(db, article).values())
    }


def claim(db: sqlite3.Connection, article: str, places: Sequence[Address]) -> None:
    """Have addresses lead to an article: the first by its site's rules, others as it is written.

    Twins are looked for by the first alone.
    """
    for place in places:
        shape = form(place.url).shape if place is places[0] else None
        db.execute(
            "INSERT INTO addresses(id, url, article, shape) VALUES (?, ?, ?, ?)"
            " ON CONFLICT(id) DO UPDATE SET article = excluded.article,"
            " url = max(url, excluded.url), shape = coalesce(excluded.shape, shape)",
            [place.id, place.url, article, shape],
        )
        corrections.move(db, place.id, article)


def remember(db: sqlite3.Connection, article: str, ids: Iterable[str], address: Address) -> None:
    """Have ids that rules of before made of an address lead to its article where no address does.

    The address is as it is written, so that no rule of today takes it away.
    """
    for id_ in ids:
        former.put(db, id_, address.id)
        if not db.execute("SELECT 1 FROM addresses WHERE id = ?", [id_]).fetchone():
            corrections.move(db, id_, article)


def unclaimed(db: sqlite3.Connection, at: Address) -> list[str]:
    """Give the captures at an address which belong to no article yet."""
    found = db.execute(
        "SELECT record_id FROM captures WHERE article IS NULL AND address = ?", [at.id]
    )
    return [row[0] for row in found]


def lead(db: sqlite3.Connection, articles: Iterable[str], at: Address) -> Address:
    """Give the address that is the own one of what articles and an address make up together."""
    nodes = [at]
    for article in articles:
        rows = db.execute(
            "SELECT id, url FROM addresses WHERE article = ? AND shape IS NOT NULL", [article]
        )
        nodes += [Address(*row) for row in rows]
    return min(nodes, key=lambda node: own(node.url))


def join(db: sqlite3.Connection, articles: Iterable[str], into: str) -> dict[str, Held]:
    """Make articles one, whose id is that of an address; give what was read of them.

    `settling.settle` comes next.
    """
    db.execute("PRAGMA defer_foreign_keys = ON")  # captures come before their article
    found: dict[str, Held] = {}
    for article in articles:
        found = readings.newest(found, readings.held(db, article))
        if article != into:
            _dissolve(db, article, into)
    return found


def _dissolve(db: sqlite3.Connection, article: str, into: str) -> None:
    """Give all that hangs on an article to another, and take its row away."""
    key = db.execute("SELECT fts_pk FROM articles WHERE id = ?", [article]).fetchone()["fts_pk"]
    search.unindex_row(db, key)
    for table in ("captures", "addresses"):
        db.execute(f"UPDATE {table} SET article = ? WHERE article = ?", [into, article])
    for table in ("versions", "removals", "flags", "attachments", "readings", "reprints"):
        db.execute(f"DELETE FROM {table} WHERE article = ?", [article])
    corrections.move(db, article, into)
    db.execute("DELETE FROM articles WHERE id = ?", [article])
