"""The files that articles lead to: which capture each link stands for, and what was read of it.

The rows follow from the shown reading of an article and from the captures, in whatever order these
came in. A link stands for the newest capture at its address that is a document, or at the address
that it redirects to. Everything is done in the caller's transaction.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable
from typing import NamedTuple

from archive.addresses.urls import article_id, canonical_url
from archive.records import Attachment, Capture, Document
from archive.search import index as search

OUTCOME = "attachment"
"""Outcome of a capture that is a document."""
MOST_REDIRECTS = 5


class Files(NamedTuple):
    """Some files and their captures."""

    urls: set[str]
    records: list[tuple[str, str]]
    """Record ids of the captures, and the WARC files that they are in."""


class Attached(NamedTuple):
    """A file as an article's readers see it."""

    number: int
    url: str
    name: str
    kind: str | None
    """None where it was not captured, as are those after it."""
    size: int | None
    """In bytes."""
    characters: int | None
    """Of its text."""
    why: str | None
    """Why there is no text, or not all of it."""
    capture: str | None
    captured: str | None


def attached(db: sqlite3.Connection, article: str) -> list[Attached]:
    """Give the files that an article leads to, in its order."""
    if not _is_here(db):
        return []
    found = db.execute(
        "SELECT t.number, t.url, t.name, d.kind, d.size, length(d.text), d.why, t.capture,"
        " c.captured FROM attachments AS t LEFT JOIN documents AS d ON d.digest = t.document"
        " LEFT JOIN captures AS c ON c.record_id = t.capture WHERE t.article = ? ORDER BY t.number",
        [article],
    )
    return [Attached(*row) for row in found]


def links(db: sqlite3.Connection, article: str) -> tuple[Attachment, ...]:
    """Give the links to files that were read of an article."""
    if not _is_here(db):
        return ()
    found = db.execute(
        "SELECT url, name FROM attachments WHERE article = ? ORDER BY number", [article]
    )
    return tuple(Attachment(*row) for row in found)


def _is_here(db: sqlite3.Connection) -> bool:
    """Tell whether the archive has the table: one that is just being upgraded has not."""
    return bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'attachments'").fetchone())


def put(db: sqlite3.Connection, article: str, attachments: Iterable[Attachment]) -> None:
    """Write the files that an article leads to, while it is out of the index."""
    db.execute("DELETE FROM attachments WHERE article = ?", [article])
    db.executemany(
        "INSERT INTO attachments(article, number, url, name, capture, document)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (article, number, each.url, each.name, *_stands_for(db, each.url))
            for number, each in enumerate(attachments, 1)
        ],
    )


def keep(db: sqlite3.Connection, capture: Capture, document: Document) -> None:
    """Keep what was read of a capture that archive.db has, and show it with its articles."""
    if document.kind is None:
        return
    db.execute(
        "INSERT INTO documents(digest, kind, size, text, why) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [capture.digest, document.kind, document.size, document.text, document.why],
    )
    arrived(db, capture.url)


def document_of(db: sqlite3.Connection, capture: Capture) -> Document | None:
    """Give what was read of a capture; None where that was no document."""
    row = db.execute(
        "SELECT kind, size, text, why FROM documents WHERE digest = (SELECT digest FROM captures"
        " WHERE record_id = ? AND outcome = ?)",
        [capture.record_id, OUTCOME],
    ).fetchone()
    return None if row is None else Document(*row)


def arrived(db: sqlite3.Connection, url: str) -> None:
    """Bring up to date the articles whose files a capture at an address may be of."""
    urls = {url}
    for _ in range(MOST_REDIRECTS):
        query = "SELECT url FROM captures WHERE location IN (SELECT value FROM json_each(?))"
        more = {row[0] for row in db.execute(query, [_list(urls)])}
        if more <= urls:
            break
        urls |= more
    found = db.execute(
        "SELECT DISTINCT article FROM attachments WHERE url IN (SELECT value FROM json_each(?))",
        [_list(urls)],
    )
    for (article,) in found.fetchall():
        _settle(db, article)


def _settle(db: sqlite3.Connection, article: str) -> None:
    """Write what the files of an article stand for now, and index it anew where that is other."""
    rows = db.execute(
        "SELECT url, number, capture, document FROM attachments WHERE article = ?", [article]
    ).fetchall()
    now = {row["number"]: _stands_for(db, row["url"]) for row in rows}
    reads_otherwise = any(row["document"] != now[row["number"]][1] for row in rows)
    key = db.execute("SELECT fts_pk FROM articles WHERE id = ?", [article]).fetchone()["fts_pk"]
    if reads_otherwise:
        search.unindex_words(db, key)
    db.executemany(
        "UPDATE attachments SET capture = ?, document = ? WHERE article = ? AND number = ?",
        [(*both, article, number) for number, both in now.items()],
    )
    if reads_otherwise:
        search.index_words(db, key)


def _stands_for(db: sqlite3.Connection, url: str) -> tuple[str | None, str | None]:
    """Give the record id and the digest of the capture that a link stands for, if there is one."""
    newest = "ORDER BY captured DESC, record_id DESC LIMIT 1"
    for _ in range(MOST_REDIRECTS + 1):
        row = db.execute(
            f"SELECT record_id, digest FROM captures WHERE url = ? AND outcome = ? {newest}",
            [url, OUTCOME],
        ).fetchone()
        if row is not None:
            return row[0], row[1]
        row = db.execute(
            f"SELECT location FROM captures WHERE url = ? AND location IS NOT NULL {newest}", [url]
        ).fetchone()
        if row is None:
            break
        url = row[0]
    return None, None


def uncaptured(db: sqlite3.Connection, url: str) -> list[str]:
    """Give the addresses of files that the article at an address leads to and that never came."""
    found = db.execute(
        "SELECT DISTINCT t.number, t.url FROM captures AS c JOIN attachments AS t"
        " ON t.article = c.article WHERE c.url = ? AND t.capture IS NULL ORDER BY t.number",
        [url],
    )
    return [row[1] for row in found]


def only_of(db: sqlite3.Connection, article: str) -> Files:
    """Give the files and pictures that no other article leads to."""
    found = db.execute(
        "SELECT url FROM attachments WHERE article = ?1 AND url NOT IN"
        " (SELECT url FROM attachments WHERE article <> ?1)",
        [article],
    )
    files = {row[0] for row in found if not _is_article(db, row[0])}
    for _ in range(MOST_REDIRECTS):
        query = (
            "SELECT location FROM captures WHERE location IS NOT NULL"
            " AND url IN (SELECT value FROM json_each(?)) AND location NOT IN"
            " (SELECT url FROM attachments WHERE article <> ?)"
        )
        files |= {row[0] for row in db.execute(query, [_list(files), article])}
    records = db.execute(
        "SELECT record_id, warc FROM captures WHERE article IS NULL"
        " AND url IN (SELECT value FROM json_each(?))",
        [_list(files | _pictures(db, article))],
    )
    return Files(files, [(row[0], row[1]) for row in records])


def _is_article(db: sqlite3.Connection, url: str) -> bool:
    query = "SELECT 1 FROM addresses WHERE id = ?"
    return bool(db.execute(query, [article_id(canonical_url(url))]).fetchone())


def _pictures(db: sqlite3.Connection, article: str) -> set[str]:
    """Give the addresses of the pictures of an article which no other article of its site shows."""
    found = db.execute(
        "SELECT value ->> 'url' FROM articles AS a, json_each(a.images) WHERE a.id = ?1 EXCEPT"
        " SELECT value ->> 'url' FROM articles AS a, json_each(a.images) WHERE a.id <> ?1"
        " AND a.site IS (SELECT site FROM articles WHERE id = ?1)",
        [article],
    )
    return {row[0] for row in found}


def forget(db: sqlite3.Connection, records: Collection[str]) -> None:
    """Take captures of files out of the archive, and what was read of them alone."""
    wanted = "record_id IN (SELECT value FROM json_each(?)) AND article IS NULL"
    urls = db.execute(f"SELECT DISTINCT url FROM captures WHERE {wanted}", [_list(records)])
    gone = [row[0] for row in urls]
    db.execute("PRAGMA defer_foreign_keys = ON")  # links are settled after their captures are gone
    db.execute(f"DELETE FROM captures WHERE {wanted}", [_list(records)])
    for url in gone:
        arrived(db, url)
    prune(db)


def prune(db: sqlite3.Connection) -> None:
    """Take out what was read of files that no capture has any more."""
    db.execute(
        "DELETE FROM documents WHERE digest NOT IN"
        " (SELECT digest FROM captures WHERE outcome = 'attachment')"
    )


def _list(values: Iterable[str]) -> str:
    return json.dumps(sorted(values))
