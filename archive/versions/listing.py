"""The versions of an article, in the order in which they were captured."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """A title and text, from the first capture that had them on."""

    captured: str
    capture: str
    """WARC-Record-ID."""
    cleaner: str
    title: str
    text: str


def versions(db: sqlite3.Connection, article: str) -> list[Version]:
    """Give all versions, the first one first, the current one last."""
    rows = db.execute(
        "SELECT v.captured, v.capture, v.cleaner,"
        " coalesce(v.title, a.title), coalesce(v.text, a.text)"
        " FROM versions AS v JOIN articles AS a ON a.id = v.article"
        " WHERE v.article = ? ORDER BY v.number",
        [article],
    )
    return [Version(*row) for row in rows]
