"""Records of archive.db by the time they last changed: those that stand, and those that left."""

import sqlite3
from array import array
from dataclasses import dataclass, replace

from archive.export.wanted import Row, Wanted
from archive.oai.asked import Span

_WANTED = Wanted()
_HEADERS = """
SELECT c.article, c.at, c.site, c.gone, a.fts_pk, a.version
FROM changes AS c LEFT JOIN articles AS a ON a.id = c.article
"""


@dataclass(frozen=True, slots=True)
class Header:
    """What is said of a record beside its metadata."""

    article: str
    at: str
    """When it last changed: UTC, to the second."""
    site: str | None
    gone: bool
    """Whether it was withdrawn, or became part of another article."""
    key: int | None
    """What its article is read by, and which version; None where it is gone."""
    version: int | None


def listed(db: sqlite3.Connection, span: Span, most: int) -> tuple[list[Header], Span | None]:
    """Give the first of a span's headers, the oldest change first, and the span of the others."""
    conditions = ["(c.at, c.article) > (:at, :article)"]
    conditions += ["c.at >= :since"] if span.since else []
    conditions += ["c.at <= :until"] if span.until else []
    conditions += ["c.site = :site"] if span.site is not None else []
    binds = {name: getattr(span, name) for name in ("at", "article", "since", "until", "site")}
    found = db.execute(
        f"{_HEADERS} WHERE {' AND '.join(conditions)} ORDER BY c.at, c.article LIMIT :most",
        {**binds, "most": most + 1},
    ).fetchall()
    headers = [_header(row) for row in found[:most]]
    if len(found) <= most:
        return headers, None
    last, given = headers[-1], span.given + most
    return headers, replace(span, at=last.at, article=last.article, given=given)


def header(db: sqlite3.Connection, article: str) -> Header | None:
    """Give the header of an article; None where there never was one."""
    row = db.execute(f"{_HEADERS} WHERE c.article = ?", [article]).fetchone()
    return None if row is None else _header(row)


def _header(row: sqlite3.Row) -> Header:
    article, at, site, gone, key, version = row
    return Header(article, at, site, bool(gone) or key is None, key, version)


def read(db: sqlite3.Connection, headers: list[Header]) -> dict[str, Row]:
    """Read the articles of headers, by id; there are none of those that are gone."""
    there = [(each.key, each.version) for each in headers if not each.gone]
    keys, numbers = (array("q", [pair[n] or 0 for pair in there]) for n in (0, 1))
    return {str(row["id"]): row for row in _WANTED.read(db, keys, numbers)}


def sets(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Give the sites, by id, with their names."""
    return [(row[0], row[1]) for row in db.execute("SELECT id, name FROM sites ORDER BY id")]


def earliest(db: sqlite3.Connection) -> str | None:
    """Give the oldest datestamp; None where there are no records."""
    found: str | None = db.execute("SELECT min(at) FROM changes").fetchone()[0]
    return found
