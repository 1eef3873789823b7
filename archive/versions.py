"""The versions of an article, in the order in which they were captured.

Whatever the order captures come in - an old WARC may be ingested after a crawl - the versions are
those that the same captures in order of time would have given.
"""

import sqlite3
from dataclasses import dataclass, replace

from archive.records import Capture


@dataclass(frozen=True)
class Version:
    """A title and text, from the first capture that had them on."""

    captured: str
    capture: str
    """WARC-Record-ID."""
    cleaner: str
    title: str
    text: str

    @property
    def moment(self) -> tuple[str, str]:
        """Where it stands in time."""
        return self.captured, self.capture

    def same(self, other: "Version") -> bool:
        """Tell whether the two read alike."""
        return (self.title, self.text) == (other.title, other.text)


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


def is_late(db: sqlite3.Connection, article: str, capture: Capture) -> bool:
    """Tell whether the article was read from a later capture already."""
    return _next_reading(db, article, (capture.captured, capture.record_id)) is not None


def add_current(db: sqlite3.Connection, article: str, number: int, version: Version) -> None:
    """Keep the current title and text as a superseded version, and begin a new one.

    To be called before the article's row is changed; `number` is the new version's.
    """
    db.execute(
        "UPDATE versions SET (title, text) = (SELECT title, text FROM articles WHERE id = article)"
        " WHERE article = ? AND number = ?",
        [article, number - 1],
    )
    db.execute(
        "INSERT INTO versions(article, number, captured, capture, cleaner) VALUES (?, ?, ?, ?, ?)",
        [article, number, version.captured, version.capture, version.cleaner],
    )


def add_late(db: sqlite3.Connection, article: str, late: Version) -> bool:
    """Put a version in its place in time; tell whether there are more versions now.

    The article's own title and text stay: a later capture has them.
    """
    known = versions(db, article)
    place = sum(version.moment < late.moment for version in known)
    line = [*known[:place], late]
    after = _next_reading(db, article, late.moment)
    if place and after is not None:  # the version before may have been seen again since
        line.append(replace(known[place - 1], captured=after[0], capture=after[1]))
    line += known[place:]
    if place and place < len(known) and after == known[place].moment:
        line.pop(place + 1)  # it was not
    merged: list[Version] = []
    for version in line:
        if not merged or not merged[-1].same(version):
            merged.append(version)
    _write(db, article, merged)
    return len(merged) > len(known)


def _next_reading(
    db: sqlite3.Connection, article: str, moment: tuple[str, str]
) -> tuple[str, str] | None:
    """Give the first capture after a moment that the article was read from."""
    row = db.execute(
        "SELECT captured, record_id FROM captures WHERE article = ? AND outcome = 'article'"
        " AND captured >= ? AND (captured, record_id) > (?, ?)"
        " ORDER BY captured, record_id LIMIT 1",
        [article, moment[0], *moment],
    ).fetchone()
    return None if row is None else (row[0], row[1])


def _write(db: sqlite3.Connection, article: str, line: list[Version]) -> None:
    """Write all versions anew; the last one's title and text are the article's own."""
    db.execute("DELETE FROM versions WHERE article = ?", [article])
    db.executemany(
        "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (article, number, version.captured, version.capture, version.cleaner)
            + ((version.title, version.text) if number < len(line) else (None, None))
            for number, version in enumerate(line, 1)
        ],
    )
    db.execute("UPDATE articles SET version = ? WHERE id = ?", [len(line), article])
