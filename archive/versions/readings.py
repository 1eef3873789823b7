"""What was read from the captures of an article, so that its history can be told anew.

Captures at which a page had the same title and text, and the same flags of another's hand, have
one reading, the newest of theirs. Of the shown one the article's own rows tell; the others are
kept whole in table readings.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from archive.reader import read
from archive.records import Article, Attachment, Credit, Flag, Image, Removal
from archive.register import corrections
from archive.versions.history import Look, hijack_flags

_RECORDS = (
    ("credits", Credit),
    ("images", Image),
    ("attachments", Attachment),
    ("removals", Removal),
    ("flags", Flag),
)
"""Fields of an article that hold records."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What was read where a page was taken from its article: no version, and readable."""

    captured: str
    capture: str
    """WARC-Record-ID."""
    outcome: str
    """emptied or hijacked."""
    grounds: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """A reading and when the newest capture was made that has it."""

    moment: tuple[str, str]
    article: Article


def name(article: Article) -> str:
    """Name a reading by what tells it from others."""
    flags = " ".join(sorted(hijack_flags(article)))
    whole = f"{article.title}\0{article.text}\0{flags}"
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def held(db: sqlite3.Connection, article: str) -> dict[str, Held]:
    """Give all readings of an article, by name, without what was set by hand."""
    found = {
        row["name"]: Held((row["captured"], row["capture"]), of_json(row["content"]))
        for row in db.execute("SELECT * FROM readings WHERE article = ?", [article])
    }
    shown = db.execute(
        "SELECT c.captured, c.record_id, c.reading FROM articles AS a"
        " JOIN captures AS c ON c.record_id = a.capture WHERE a.id = ?",
        [article],
    ).fetchone()
    if shown is not None:
        bare = corrections.as_read(db, article, read(db, article).article)
        found[shown["reading"]] = Held((shown["captured"], shown["record_id"]), bare)
    return found


def keep(db: sqlite3.Connection, article: str, readings: Mapping[str, Held]) -> None:
    """Have table readings hold these of an article, and no others."""
    known = {
        row["name"]: (row["captured"], row["capture"])
        for row in db.execute("SELECT * FROM readings WHERE article = ?", [article])
    }
    db.executemany(
        "DELETE FROM readings WHERE article = ? AND name = ?",
        [(article, each) for each in known.keys() - readings.keys()],
    )
    db.executemany(
        "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?)",
        [
            (article, each, *one.moment, as_json(one.article))
            for each, one in readings.items()
            if known.get(each) != one.moment
        ],
    )


def newest(*sides: Mapping[str, Held]) -> dict[str, Held]:
    """Put readings together; of those with one name the newest."""
    found: dict[str, Held] = {}
    for side in sides:
        for each, one in side.items():
            if each not in found or found[each].moment < one.moment:
                found[each] = one
    return found


def looks(db: sqlite3.Connection, article: str, readings: Mapping[str, Held]) -> list[Look]:
    """Give all looks at an article's page, with what was read."""
    rows = db.execute(
        "SELECT record_id, captured, coalesce(read_as, outcome) AS outcome, address, site, title,"
        " reading, cleaner FROM captures WHERE article = ? ORDER BY captured, record_id",
        [article],
    )
    return [
        Look(
            row["record_id"],
            row["captured"],
            row["outcome"],
            row["address"] or "",
            row["site"],
            readings[row["reading"]].article if row["reading"] else None,
            row["title"],
            row["cleaner"] or "",
        )
        for row in rows
    ]


def held_back(db: sqlite3.Connection, article: str) -> list[HeldBack]:
    """Give what was read of an article's page and is no version of it, in order of time."""
    found = db.execute(
        "SELECT c.captured, c.record_id, c.outcome, coalesce(c.evidence, ''), r.content"
        " FROM captures AS c JOIN readings AS r ON r.article = c.article AND r.name = c.reading"
        " WHERE c.article = ? AND c.read_as IS NOT NULL ORDER BY c.captured, c.record_id",
        [article],
    )
    return [
        HeldBack(captured, record, outcome, grounds, reading.title, reading.text)
        for captured, record, outcome, grounds, content in found
        for reading in [of_json(content)]
    ]


def of_capture(db: sqlite3.Connection, record_id: str) -> Article | None:
    """Give what was read from a capture; None where that was no article."""
    row = db.execute(
        "SELECT article, reading FROM captures WHERE record_id = ?", [record_id]
    ).fetchone()
    if row is None or row["reading"] is None or row["article"] is None:
        return None
    found = held(db, row["article"]).get(row["reading"])
    return None if found is None else found.article


def as_json(article: Article) -> str:
    """Give a reading as archive.db has it; its captures have the addresses."""
    return json.dumps(asdict(replace(article, url="")), ensure_ascii=False)


def of_json(text: str) -> Article:
    """Read one back."""
    fields = json.loads(text)
    fields["authors"] = tuple(fields["authors"])
    for field, kind in _RECORDS:
        fields[field] = tuple(kind(**each) for each in fields.get(field, ()))
    return Article(**fields)
