"""Whether the search index has what the articles have, no more and no less.

A contentless index cannot be asked for a row. So the articles are indexed again, some at a time in
a temporary table, and what both indexes say of each term is summed up and compared; where the sums
differ, the articles are found by the terms.
"""

import sqlite3
from collections.abc import Iterator

from archive.search.index import COLUMNS, SEGMENTED

BATCH = 2000
"""Articles that are indexed again at a time."""
TERMS = 20
"""Terms that differ, by which the articles are found: the rarest."""
_SEGMENTED = f"SELECT {SEGMENTED} FROM articles WHERE fts_pk > ? ORDER BY fts_pk LIMIT ?"
_SUMS = """
SELECT term, count(*), sum((doc % 2147483647 * 31 + offset * 1000003
    + instr('title text author source editor section attachment marks', col) * 7919) % 2147483647)
FROM {vocabulary} GROUP BY term
"""
_TABLES = {
    "again": f"""VIRTUAL TABLE temp.again USING fts5({COLUMNS},
        content='', tokenize='unicode61 remove_diacritics 2')""",
    "again_terms": "VIRTUAL TABLE temp.again_terms USING fts5vocab('temp', 'again', 'instance')",
    "held_terms": "VIRTUAL TABLE temp.held_terms USING fts5vocab(main, articles_fts, instance)",
    "expected": "TABLE temp.expected(term TEXT PRIMARY KEY, n INTEGER, mix INTEGER) WITHOUT ROWID",
    "held": "TABLE temp.held(term TEXT, doc INTEGER, col TEXT, offset INTEGER)",
}


def check_index(db: sqlite3.Connection) -> Iterator[str]:
    """Say where index and articles differ. `db` has our functions, and is in a transaction.

    Raises sqlite3.DatabaseError where the index is too damaged to be read.
    """
    yield from _rows(db)
    for definition in _TABLES.values():
        db.execute(f"CREATE {definition}")
    try:
        for _ in _again(db):
            db.execute(
                f"INSERT INTO temp.expected {_SUMS.format(vocabulary='again_terms')}"
                " ON CONFLICT(term) DO UPDATE SET n = n + excluded.n, mix = mix + excluded.mix"
            )
        if terms := _differing(db):
            yield from _articles(db, terms)
    finally:
        for table in reversed(_TABLES):
            db.execute(f"DROP TABLE temp.{table}")


def _rows(db: sqlite3.Connection) -> Iterator[str]:
    """Compare which rows there are."""
    missing = "SELECT id FROM articles WHERE fts_pk NOT IN (SELECT id FROM articles_fts_docsize)"
    for (id_,) in db.execute(missing):
        yield f"article {id_} is not in the index"
    extra = "SELECT id FROM articles_fts_docsize WHERE id NOT IN (SELECT fts_pk FROM articles)"
    for (key,) in db.execute(extra):
        yield f"row {key} of the index belongs to no article"


def _again(db: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """Index the articles again, some at a time; give the first and the last key of each time."""
    last = -1
    while True:
        db.execute("INSERT INTO again(again) VALUES ('delete-all')")
        db.execute(
            f"INSERT INTO again(rowid, {COLUMNS}) {_SEGMENTED}",
            [last, BATCH],
        )
        first, highest = db.execute("SELECT min(id), max(id) FROM again_docsize").fetchone()
        if highest is None:
            return
        yield first, highest
        last = highest


def _differing(db: sqlite3.Connection) -> list[str]:
    """Give terms of which the index says something else than it should, the rarest first."""
    rows: list[tuple[int, str]] = []
    expected = db.execute("SELECT term, n, mix FROM temp.expected ORDER BY term")
    held = db.execute(_SUMS.format(vocabulary="held_terms"))
    ours, theirs = expected.fetchone(), held.fetchone()
    while ours or theirs:
        if ours and theirs and tuple(ours) == tuple(theirs):
            ours, theirs = expected.fetchone(), held.fetchone()
            continue
        behind = theirs is None or (ours is not None and _bytes(ours[0]) <= _bytes(theirs[0]))
        row = ours if behind else theirs
        rows = sorted([*rows, (row[1], row[0])])[:TERMS]
        if ours and theirs and ours[0] == theirs[0]:
            ours, theirs = expected.fetchone(), held.fetchone()
        elif behind:
            ours = expected.fetchone()
        else:
            theirs = held.fetchone()
    return [term for _, term in rows]


def _bytes(term: str) -> bytes:
    """Give a term as SQLite orders it."""
    return term.encode("utf-8", "surrogatepass")


def _articles(db: sqlite3.Connection, terms: list[str]) -> Iterator[str]:
    """Say which articles have such terms elsewhere than the index has them."""
    for term in terms:
        db.execute(
            "INSERT INTO temp.held SELECT term, doc, col, offset FROM held_terms WHERE term = ?",
            [term],
        )
    marks = ", ".join("?" * len(terms))
    again = f"SELECT term, doc, col, offset FROM again_terms WHERE term IN ({marks})"
    differ: set[int] = set()
    for first, last in _again(db):
        held = f"SELECT term, doc, col, offset FROM temp.held WHERE doc BETWEEN {first} AND {last}"
        rows = db.execute(
            f"SELECT doc FROM (SELECT * FROM ({again}) EXCEPT {held})"
            f" UNION SELECT doc FROM (SELECT * FROM ({held}) EXCEPT {again})",
            [*terms, *terms],
        )
        differ.update(row[0] for row in rows)
    for key in sorted(differ):
        row = db.execute("SELECT id FROM articles WHERE fts_pk = ?", [key]).fetchone()
        yield f"article {row[0] if row else key} is indexed otherwise than it reads"
    if not differ:
        yield f"the index has entries of no article, such as {terms[0]!r}"
