"""The index of articles and how it is asked; `register` gives SQLite the functions it needs.

The index is fed with text that `hanzi.segment` has cut, through a function, so that a tool without
it cannot write nonsense. A row leaves by FTS5's 'delete', which wants the very tokens it was made
of: a new SEGMENTER_VERSION therefore builds the index anew (`rebuild`).
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from archive import hanzi, keys, query
from archive.snippets import LENGTH, snippet

_COLUMNS = ", ".join(query.FIELDS)
_ROW = """
SELECT {command} fts_pk, zh_seg(title), zh_seg(text), zh_seg(zh_names(authors)),
       zh_seg(source), zh_seg(editor), zh_seg(section) FROM articles
"""


@dataclass(frozen=True)
class Selection:
    """Which articles are meant: those a query finds, of a site, of certain days; all by itself."""

    query: str | None = None
    site: str | None = None
    since: str | None = None
    """The first day: 2009-05-01, 2009-05 or 2009."""
    until: str | None = None
    """The last day, in the same forms."""

    def sql(self) -> tuple[str, dict[str, str | int]]:
        """Give FROM and WHERE over articles AS a, and what to bind; UsageError for a wrong date."""
        binds: dict[str, str | int] = {}
        tables = "articles AS a"
        conditions = ["1"]
        key = "a.fts_pk"
        if self.query is not None:
            # CROSS JOIN keeps the index outermost, in whose order newest first costs nothing.
            tables = "articles_fts AS f CROSS JOIN articles AS a ON a.fts_pk = f.rowid"
            conditions.append("f.articles_fts MATCH :match")
            binds["match"] = parse(self.query)
            key = "f.rowid"
        span = keys.bounds(self.since, self.until)
        if span is not None:
            conditions.append(f"{key} >= :first AND {key} < :past")
            binds |= {"first": span[0], "past": span[1]}
        if self.site is not None:
            conditions.append("a.site = :site")
            binds["site"] = self.site
        return f"FROM {tables} WHERE {' AND '.join(conditions)}", binds

    @property
    def order(self) -> str:
        """The key to order by."""
        return "a.fts_pk" if self.query is None else "f.rowid"


@dataclass(frozen=True)
class Hit:
    """An article that was found."""

    id: str
    title: str
    url: str
    published: str | None
    site: str | None
    snippet: str
    """A piece of its text with MARK and UNMARK about what was looked for."""


@dataclass(frozen=True)
class Hits:
    """What a search found."""

    total: int
    """How many there are in all, exactly."""
    results: tuple[Hit, ...]
    """The newest of them, undated ones last."""


def parse(text: str) -> str:
    """Give the FTS5 expression of a query; never raises, and FTS5 takes every one."""
    return query.parse(text).match


def search(  # noqa: PLR0913 - one keyword each for what a reader may narrow
    db: sqlite3.Connection,
    text: str,
    *,
    site: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int = 20,
    offset: int = 0,
) -> Hits:
    """Find articles, newest first. Raises UsageError for a date that is none."""
    selection = Selection(text, site, since, until)
    where, binds = selection.sql()
    rows = db.execute(
        f"SELECT a.id, a.title, a.url, a.published, a.site, a.text {where}"
        f" ORDER BY {selection.order} DESC LIMIT :limit OFFSET :offset",
        {**binds, "limit": limit, "offset": offset},
    )
    results = tuple(
        Hit(row[0], row[1], row[2], row[3], row[4], snippet(row[5], text)) for row in rows
    )
    return Hits(count(db, selection), results)


def count(db: sqlite3.Connection, selection: Selection) -> int:
    """Give how many articles are meant, exactly."""
    where, binds = selection.sql()
    if selection.query is not None and selection.site is None:
        where = where.replace(" CROSS JOIN articles AS a ON a.fts_pk = f.rowid", "")
    total: int = db.execute(f"SELECT count(*) {where}", binds).fetchone()[0]
    return total


def index_row(db: sqlite3.Connection, key: int) -> None:
    """Put the article with that fts_pk into the index, and join it with its reprints.

    In the caller's transaction.
    """
    from archive import reprints  # noqa: PLC0415 - readers need no numpy

    db.execute(
        f"INSERT INTO articles_fts(rowid, {_COLUMNS}) {_ROW.format(command='')} WHERE fts_pk = ?",
        [key],
    )
    reprints.add(db, key)


def unindex_row(db: sqlite3.Connection, key: int) -> None:
    """Take the article with that fts_pk out of the index and from its reprints.

    To be called before its row is changed.
    """
    from archive import reprints  # noqa: PLC0415 - readers need no numpy

    row = _ROW.format(command="'delete',")
    db.execute(
        f"INSERT INTO articles_fts(articles_fts, rowid, {_COLUMNS}) {row} WHERE fts_pk = ?", [key]
    )
    reprints.remove(db, key)


def rebuild(db: sqlite3.Connection) -> None:
    """Build the index anew, and find all reprints anew, in the caller's transaction."""
    from archive import reprints  # noqa: PLC0415 - readers need no numpy

    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')")
    db.execute(f"INSERT INTO articles_fts(rowid, {_COLUMNS}) {_ROW.format(command='')}")
    reprints.rebuild(db)


def register(connection: sqlite3.Connection) -> None:
    """Give a connection our SQL functions; escape_fts is what Datasette's search box calls."""

    def function(name: str, arguments: int, body: object) -> None:
        connection.create_function(name, arguments, body, deterministic=True)  # type: ignore[arg-type]

    function("zh_fold", 1, lambda text: None if text is None else hanzi.fold(str(text)))
    function("zh_seg", 1, lambda text: hanzi.segment(str(text or "")))
    function("zh_names", 1, lambda names: "、".join(_names(names)))
    function("escape_fts", 1, lambda text: parse(str(text or "")))
    function("zh_snippet", 2, lambda text, q: snippet(str(text or ""), str(q or "")))
    function(
        "zh_snippet", 3, lambda text, q, n: snippet(str(text or ""), str(q or ""), n or LENGTH)
    )
    function("zh_mark", 2, lambda text, q: snippet(str(text or ""), str(q or ""), 0, "title"))


def _names(names: str | None) -> Iterator[str]:
    """Give the names in a JSON list."""
    yield from map(str, json.loads(names or "[]"))
