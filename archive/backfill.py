"""What an archive of before the table of readings knows of its captures, put where it is today.

Of superseded versions only title and text are known; `reclean` reads the rest.
"""

import sqlite3

from archive.addresses.twins import form
from archive.addresses.urls import article_id, canonical_url
from archive.reader import read
from archive.records import Article
from archive.register import corrections
from archive.versions import readings
from archive.versions.readings import Held
from archive.versions.statuses import believed, statuses


def fill(db: sqlite3.Connection) -> None:
    """Fill the columns and tables of today, in the caller's transaction."""
    for record, url in db.execute("SELECT record_id, url FROM captures").fetchall():
        address = article_id(canonical_url(url))
        db.execute("UPDATE captures SET address = ? WHERE record_id = ?", [address, record])
    for (id_,) in db.execute("SELECT id FROM articles").fetchall():
        _article(db, id_)


def _article(db: sqlite3.Connection, id_: str) -> None:
    row = db.execute("SELECT url, title, text FROM articles WHERE id = ?", [id_]).fetchone()
    db.execute("INSERT INTO addresses VALUES (?, ?, ?, ?)", [id_, row[0], id_, form(row[0]).shape])
    db.execute("UPDATE captures SET address = ?1 WHERE article = ?1", [id_])
    kept: dict[str, Held] = {}
    line = db.execute(
        "SELECT captured, capture, cleaner, title, text FROM versions WHERE article = ?"
        " ORDER BY number",
        [id_],
    ).fetchall()
    for captured, capture, cleaner, title, text in line:
        reading = Article(row[0], title, text)
        if text is None:
            reading = corrections.as_read(db, id_, read(db, id_).article)
        name = readings.name(reading)
        moment = (captured, capture)
        db.execute(
            "UPDATE captures SET reading = ?, cleaner = ? WHERE article = ?"
            " AND outcome = 'article' AND (captured, record_id) >= (?, ?)",
            [name, cleaner, id_, *moment],
        )
        if text is not None:
            kept[name] = Held(moment, reading)
        else:
            kept.pop(name, None)
            db.execute(
                "UPDATE articles SET capture = (SELECT record_id FROM captures WHERE article = ?1"
                " AND reading = ?2 ORDER BY captured DESC, record_id DESC LIMIT 1) WHERE id = ?1",
                [id_, name],
            )
    readings.keep(db, id_, kept)
    status = believed(statuses(db, id_))
    db.execute("UPDATE articles SET status = ? WHERE id = ?", [status, id_])
