"""The one writer of what an article's captures come to; all in the caller's transaction.

Whoever has added a capture to an article, or another article's captures, calls `settle`: it tells
the history anew and writes down where it differs from what archive.db says.
"""

import sqlite3
from collections.abc import Mapping

from archive import rows
from archive.records import Article
from archive.register import corrections
from archive.search import index as search
from archive.versions import readings
from archive.versions.history import History, Look, history
from archive.versions.readings import Held
from archive.versions.statuses import Status, believed, follow, where_it_stood

Row = dict[str, rows.Value]
UNINDEXED = frozenset({"capture", "first_captured", "last_captured", "status"})
"""Columns of an article's row that say nothing of its content."""


def begin(db: sqlite3.Connection, id_: str, url: str, look: Look) -> None:
    """Write a new article that one capture shows, before the capture and the address are."""
    found = history([look])
    _put(db, _row(id_, url, [look], found, look.record_id), _reading(look), None, None)
    _put_versions(db, id_, found, [])


def settle(db: sqlite3.Connection, id_: str, fresh: Mapping[str, Held]) -> tuple[int, int]:
    """Bring an article to what its captures say; give how many versions it had and has.

    `fresh` are readings that archive.db has not, by name. At least one capture has one.
    """
    old = db.execute("SELECT * FROM articles WHERE id = ?", [id_]).fetchone()
    was = readings.held(db, id_)
    known = readings.newest(was, fresh)
    line = readings.looks(db, id_, known)
    found = history(line)
    _mark(db, id_, found)
    _put_versions(db, id_, found, _versions(db, id_))
    shown = _reading(found.spans[-1].last)
    name = readings.name(shown)
    url = db.execute("SELECT url FROM addresses WHERE id = ?", [id_]).fetchone()[0]
    _put(db, _row(id_, url, line, found, known[name].moment[1]), shown, old, was.get(name))
    used = {readings.name(look.reading) for look in line if look.reading is not None}
    readings.keep(db, id_, {each: one for each, one in known.items() if each in used - {name}})
    return (0 if old is None else old["version"]), len(found.spans)


def _reading(look: Look) -> Article:
    """Give what was read at a look that is a version's."""
    if look.reading is None:
        raise AssertionError(f"{look.record_id} is a version and was not read")
    return look.reading


def _row(id_: str, url: str, line: list[Look], found: History, capture: str) -> Row:
    """Give what an article's row says beside its content."""
    return {
        "id": id_,
        "url": url,
        "site": _site(line, found, id_),
        "version": len(found.spans),
        "capture": capture,
        "first_captured": found.spans[0].first.captured,
        "last_captured": found.seen,
        "status": believed(_statuses(line, found)),
    }


def _put(
    db: sqlite3.Connection, row: Row, reading: Article, old: sqlite3.Row | None, was: Held | None
) -> None:
    """Write an article's row, and what hangs on it where the reading is another than it was."""
    id_ = str(row["id"])
    article = corrections.corrected(db, id_, reading)
    whole = rows.content(article) | row
    changed = {name for name, value in whole.items() if old is None or old[name] != value}
    other_files = was is not None and was.article.attachments != reading.attachments
    if changed - UNINDEXED or other_files:
        if old is not None:
            search.unindex_row(db, old["fts_pk"])
        rows.put_article(db, whole, article, old)
    elif changed:
        rows.touch(db, id_, {name: whole[name] for name in sorted(changed)})
        if was is None or "capture" not in changed:
            return
        if (was.article.removals, was.article.flags) != (reading.removals, reading.flags):
            rows.put_marks(db, id_, article)


def _mark(db: sqlite3.Connection, id_: str, found: History) -> None:
    """Note at captures that they are held back, or are so no longer."""
    marked = db.execute(
        "SELECT record_id FROM captures WHERE article = ? AND read_as IS NOT NULL", [id_]
    ).fetchall()
    for (record,) in marked:
        if record not in found.held_back:
            db.execute(
                "UPDATE captures SET outcome = read_as, read_as = NULL,"
                " evidence = CASE read_as WHEN 'article' THEN NULL ELSE evidence END"
                " WHERE record_id = ?",
                [record],
            )
    db.executemany(
        "UPDATE captures SET read_as = coalesce(read_as, outcome), outcome = ?1,"
        " evidence = CASE ?2 WHEN '' THEN evidence ELSE ?2 END WHERE record_id = ?3",
        [(outcome, grounds, record) for record, (outcome, grounds) in found.held_back.items()],
    )


def _versions(db: sqlite3.Connection, id_: str) -> list[tuple[rows.Value, ...]]:
    found = db.execute(
        "SELECT number, captured, capture, cleaner, title, text FROM versions"
        " WHERE article = ? ORDER BY number",
        [id_],
    )
    return [tuple(row) for row in found]


def _put_versions(
    db: sqlite3.Connection, id_: str, found: History, old: list[tuple[rows.Value, ...]]
) -> None:
    """Write the versions where they are others; the last one's title and text are the article's."""
    last = len(found.spans)
    new = []
    for number, span in enumerate(found.spans, 1):
        reading = _reading(span.last)
        words = (reading.title, reading.text) if number < last else (None, None)
        new.append((number, *span.first.moment, span.first.cleaner, *words))
    if old == new:
        return
    if old:
        db.execute("DELETE FROM versions WHERE article = ?", [id_])
    db.executemany(
        "INSERT INTO versions(article, number, captured, capture, cleaner, title, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(id_, *each) for each in new],
    )


def _statuses(line: list[Look], found: History) -> list[Status]:
    """Give what became of an article's page."""
    return follow(
        where_it_stood(
            (found.held_back.get(look.record_id, (look.outcome,))[0], look.captured, look.address)
            for look in line
        )
    )


def _site(line: list[Look], found: History, id_: str) -> str | None:
    """Give the site that an article is on, by its own address where that has been read."""
    good = (each for each in line if each.record_id not in found.held_back)
    read = [each for each in good if each.reading and each.site]
    own = [each for each in read if each.address == id_]
    return (own or read)[-1].site if read else None
