"""Rows of archive.db, written in the caller's transaction; `archive.store` decides which."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from archive import attachments
from archive.records import Article, Capture
from archive.search import index as search
from archive.search import keys

Value = str | int | None


def content(article: Article) -> dict[str, Value]:
    """Give what an article's row says of its content."""

    def as_json(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    flags = sorted(article.flags, key=lambda flag: (-flag.score, flag.name))
    return {
        "title": article.title,
        "text": article.text,
        "published": article.published,
        "published_rule": article.published_rule,
        "authors": as_json(article.authors),
        "source": article.source,
        "editor": article.editor,
        "credits": as_json([asdict(credit) for credit in article.credits]),
        "section": article.section,
        "language": article.language,
        "script": article.script,
        "images": as_json([asdict(image) for image in article.images]),
        "flags": as_json(list(dict.fromkeys(flag.name for flag in flags))),
    }


def put_article(
    db: sqlite3.Connection,
    row: Mapping[str, Value],
    article: Article,
    old: sqlite3.Row | None = None,
) -> None:
    """Write an article's row, its removals and flags, and index it.

    `row` has all but its key; `old` is its row until now, already out of the index.
    """
    key = _key(db, str(row["id"]), article, old)
    whole = {**row, "fts_pk": key}
    db.execute(upsert("articles", whole), whole)
    put_marks(db, str(row["id"]), article, anew=old is None)
    attachments.put(db, str(row["id"]), article.attachments)
    search.index_row(db, key)


def _key(db: sqlite3.Connection, id_: str, article: Article, old: sqlite3.Row | None) -> int:
    """Give an article's key: the one it had, unless the day it was published is another."""
    if old is not None and keys.first_key(old["published"]) == keys.first_key(article.published):
        key: int = old["fts_pk"]
        return key
    return _make_room(db, keys.seek(db, article.published, id_))


def _make_room(db: sqlite3.Connection, key: int) -> int:
    """Move the article that has this key up, if there is one, so that it is free; give it back."""
    if db.execute("SELECT 1 FROM articles WHERE fts_pk = ?", [key]).fetchone():
        search.unindex_row(db, key)
        above = _make_room(db, key + 1)
        db.execute("UPDATE articles SET fts_pk = ? WHERE fts_pk = ?", [above, key])
        search.index_row(db, above)
    return key


def touch(db: sqlite3.Connection, id_: str, changes: Mapping[str, Value]) -> None:
    """Change what of an article's row is in no index."""
    sets = ", ".join(f"{name} = :{name}" for name in changes)
    db.execute(f"UPDATE articles SET {sets} WHERE id = :id", {**changes, "id": id_})


def put_reading(db: sqlite3.Connection, old: sqlite3.Row, article: Article) -> None:
    """Write another reading of the same version of an article in place of `old`, its row."""
    search.unindex_row(db, old["fts_pk"])
    key = _key(db, old["id"], article, old)
    row = {**dict(old), **content(article), "fts_pk": key}
    db.execute(upsert("articles", row), row)
    put_marks(db, old["id"], article)
    attachments.put(db, old["id"], article.attachments)
    search.index_row(db, key)


def remove_article(db: sqlite3.Connection, id_: str) -> None:
    """Take an article out of the index and of all tables that refer to it."""
    found = db.execute("SELECT fts_pk FROM articles WHERE id = ?", [id_]).fetchone()
    if found is None:
        return
    search.unindex_row(db, found["fts_pk"])
    tables = db.execute(
        'SELECT t.name, k."from" FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS k'
        " WHERE t.type = 'table' AND k.\"table\" = 'articles'"
    ).fetchall()
    for table, column in tables:
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", [id_])
    db.execute("DELETE FROM articles WHERE id = ?", [id_])


def put_marks(db: sqlite3.Connection, id_: str, article: Article, *, anew: bool = False) -> None:
    """Write an article's removals and flags in place of those it had; `anew`: it had none."""
    if not anew:
        db.execute("DELETE FROM removals WHERE article = ?", [id_])
        db.execute("DELETE FROM flags WHERE article = ?", [id_])
    db.executemany(
        "INSERT INTO removals(article, number, position, kind, rule, text, replacement)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (id_, place, cut.position, cut.kind, cut.rule, cut.text, cut.replacement)
            for place, cut in enumerate(article.removals)
        ],
    )
    db.executemany(
        "INSERT INTO flags(article, name, score, evidence) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [(id_, flag.name, flag.score, flag.evidence) for flag in article.flags],
    )


def put_capture(
    db: sqlite3.Connection, capture: Capture, page: Article | None, more: Mapping[str, Value]
) -> None:
    """Write a capture's row; `more` has outcome, site, article, evidence."""
    row: dict[str, Value] = asdict(capture) | dict(more)
    if page is not None:
        row |= {"encoding": page.encoding or None}
        row |= {"encoding_evidence": page.encoding_evidence or None}
    db.execute(insert("captures", row), row)


def insert(table: str, columns: Iterable[str]) -> str:
    """Give an INSERT with named parameters."""
    names = list(columns)
    return f"INSERT INTO {table}({', '.join(names)}) VALUES (:{', :'.join(names)})"


def upsert(table: str, columns: Iterable[str]) -> str:
    """Give an INSERT that changes the row where its id is there already."""
    names = list(columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    return f"{insert(table, names)} ON CONFLICT(id) DO UPDATE SET {changes}"


def outcome_of(status: int) -> str:
    """Name what a status means for a response that was not read as a page."""
    if status in (404, 410):
        return "gone"
    if status == 304:  # noqa: PLR2004 - Not Modified
        return "unchanged"
    if 300 <= status < 400:  # noqa: PLR2004 - RFC 9110, 15.4
        return "redirect"
    return "list" if status < 300 else "error"  # noqa: PLR2004
