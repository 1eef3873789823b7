"""The index of articles and how it is asked; `register` gives SQLite the functions it needs.

The index is fed with text that `hanzi.segment` has cut, through a function, so that a tool without
it cannot write nonsense. A row leaves by FTS5's 'delete', which wants the very tokens it was made
of: a new SEGMENTER_VERSION therefore builds the index anew (`rebuild`).
"""

import json
import sqlite3
from collections.abc import Iterator

from archive import hanzi
from archive.search import query
from archive.search.marks import marks
from archive.search.selection import Selection, match
from archive.search.snippets import LENGTH, snippet
from archive.search.terms import MARKS

COLUMNS = f"{', '.join(query.FIELDS)}, {MARKS}"
"""The columns of the index."""
SEGMENTED = """
fts_pk, zh_seg(title), zh_seg(text), zh_seg(zh_names(authors)), zh_seg(source), zh_seg(editor),
zh_seg(section), zh_seg((SELECT group_concat(text, char(10)) FROM (SELECT documents.text
FROM attachments JOIN documents ON digest = document
WHERE article = articles.id ORDER BY number))), zh_marks(site, language, flags, published)
"""
"""What a row of articles is in the index: its key, then the columns."""
RANKED = 2000
"""Relevance is looked at among that many hits, the newest."""
BYTES = 1 << 20
"""What the index gathers in memory before it writes: FTS5's own default."""
BULK_BYTES = 1 << 26
"""The same while it is built anew."""
_WEIGHTS = "8, 1, 2, 2, 1, 1, 0.5, 0"
"""What a find in each column is worth."""


def newest(db: sqlite3.Connection, selection: Selection, limit: int, offset: int = 0) -> list[int]:
    """Give the keys of articles, newest first."""
    source, binds = selection.sql(db)
    rows = db.execute(
        f"SELECT {selection.key} {source} ORDER BY {selection.key} DESC LIMIT :limit"
        " OFFSET :offset",
        {**binds, "limit": limit, "offset": offset},
    )
    return [row[0] for row in rows]


def ranked(db: sqlite3.Connection, selection: Selection, limit: int, offset: int = 0) -> list[int]:
    """Give the keys of the most relevant of the newest RANKED articles; of equal ones the newest.

    Where no words are looked for, that is the newest first.
    """
    if not selection.words:
        return newest(db, selection, min(limit, max(0, RANKED - offset)), offset)
    source, binds = selection.sql(db)
    rows = db.execute(
        f"SELECT key FROM ({_scores(source)}) ORDER BY score, key DESC LIMIT :limit OFFSET :offset",
        {**binds, "limit": limit, "offset": offset},
    )
    return [row[0] for row in rows]


def scored(db: sqlite3.Connection, selection: Selection) -> list[tuple[int, float]]:
    """Give the keys of the newest RANKED articles and the score of each: less is more relevant.

    Words must be looked for.
    """
    source, binds = selection.sql(db)
    return [(row[0], row[1]) for row in db.execute(_scores(source), binds)]


def _scores(source: str) -> str:
    return (
        f"SELECT f.rowid AS key, bm25(articles_fts, {_WEIGHTS}) AS score {source}"
        f" ORDER BY f.rowid DESC LIMIT {RANKED}"
    )


def count(db: sqlite3.Connection, selection: Selection, most: int | None = None) -> int:
    """Give how many articles are meant: exactly, or `most` where there are as many or more."""
    source, binds = selection.sql(db)
    if most is None:
        counted = f"SELECT count(*) {source}"
    else:
        counted = f"SELECT count(*) FROM (SELECT 1 {source} LIMIT {most})"
    total: int = db.execute(counted, binds).fetchone()[0]
    return total


def index_row(db: sqlite3.Connection, key: int) -> None:
    """Have the article with that fts_pk indexed and joined with its reprints by `flush`.

    Many at once cost a fifth less than each by itself.
    """
    db.execute("INSERT OR IGNORE INTO temp.waiting VALUES (?)", [key])


def flush(db: sqlite3.Connection) -> None:
    """Index what waits for it; to be called before the caller's transaction ends."""
    waiting = [row[0] for row in db.execute("SELECT key FROM temp.waiting ORDER BY key")]
    if not waiting:
        return
    from archive.reprints import finding as reprints  # noqa: PLC0415 - readers need no numpy

    db.execute(
        f"INSERT INTO articles_fts(rowid, {COLUMNS}) SELECT {SEGMENTED} FROM articles"
        " WHERE fts_pk IN temp.waiting ORDER BY fts_pk"
    )
    reprints.add(db, waiting)
    db.execute("DELETE FROM temp.waiting")


def unindex_row(db: sqlite3.Connection, key: int) -> None:
    """Take the article with that fts_pk out of the index and from its reprints.

    To be called before its row is changed.
    """
    if db.execute("DELETE FROM temp.waiting WHERE key = ?", [key]).rowcount:
        return
    from archive.reprints import finding as reprints  # noqa: PLC0415 - readers need no numpy

    unindex_words(db, key)
    reprints.remove(db, key)


def _waits(db: sqlite3.Connection, key: int) -> bool:
    return bool(db.execute("SELECT 1 FROM temp.waiting WHERE key = ?", [key]).fetchone())


def index_words(db: sqlite3.Connection, key: int) -> None:
    """Put the article with that fts_pk into the index, and leave its reprints as they are."""
    if _waits(db, key):
        return
    db.execute(
        f"INSERT INTO articles_fts(rowid, {COLUMNS}) SELECT {SEGMENTED} FROM articles"
        " WHERE fts_pk = ?",
        [key],
    )


def unindex_words(db: sqlite3.Connection, key: int) -> None:
    """Take it out again, before anything is changed of what the index has of it."""
    if _waits(db, key):
        return
    db.execute(
        f"INSERT INTO articles_fts(articles_fts, rowid, {COLUMNS}) SELECT 'delete', {SEGMENTED}"
        " FROM articles WHERE fts_pk = ?",
        [key],
    )


def rebuild(db: sqlite3.Connection) -> None:
    """Build the index anew, and find all reprints anew, in the caller's transaction."""
    from archive.reprints import finding as reprints  # noqa: PLC0415 - readers need no numpy

    rebuild_index(db)
    reprints.rebuild(db)


def rebuild_index(db: sqlite3.Connection) -> None:
    """Build the index anew, in the caller's transaction."""
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')")
    # What is gathered in memory need not be merged on disk.
    size = "INSERT INTO articles_fts(articles_fts, rank) VALUES ('hashsize', ?)"
    db.execute(size, [BULK_BYTES])
    db.execute(
        f"INSERT INTO articles_fts(rowid, {COLUMNS}) SELECT {SEGMENTED} FROM articles"
        " ORDER BY fts_pk"
    )
    db.execute(size, [BYTES])
    # Else the few articles that come next pay for the merging of large pieces with their small one.
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('optimize')")


def register(connection: sqlite3.Connection) -> None:
    """Give a connection our SQL functions; escape_fts is what Datasette's search box calls.

    It looks up sites in the archive, and so holds the connection: that is to be closed, not just
    forgotten.
    """

    def function(name: str, arguments: int, body: object) -> None:
        connection.create_function(name, arguments, body, deterministic=True)  # type: ignore[arg-type]

    function("zh_fold", 1, lambda text: None if text is None else hanzi.fold(str(text)))
    function("zh_seg", 1, lambda text: hanzi.segment(str(text or "")))
    function("zh_names", 1, lambda names: "、".join(_names(names)))
    function("zh_marks", 4, marks)
    function("escape_fts", 1, lambda text: match(connection, str(text or "")))
    function("zh_snippet", 2, lambda text, q: snippet(str(text or ""), str(q or "")))
    function(
        "zh_snippet", 3, lambda text, q, n: snippet(str(text or ""), str(q or ""), n or LENGTH)
    )
    function("zh_mark", 2, lambda text, q: snippet(str(text or ""), str(q or ""), 0, "title"))


def _names(names: str | None) -> Iterator[str]:
    """Give the names in a JSON list."""
    yield from map(str, json.loads(names or "[]"))
