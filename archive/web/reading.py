"""What the reading page of an article shows, read from the archive."""

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from archive.corrections import corrections
from archive.records import Removal
from archive.siblings import Sibling, siblings
from archive.statuses import Status, statuses
from archive.web.past import Past, read_past
from archive.web.slips import MOST, Slip, slips
from archive.web.words import KINDS, LOST, FlagWords, flag_words, lang_of

Row = dict[str, Any]

_ARTICLE = """
SELECT articles.*, sites.name AS site_name, sites.home AS site_home, sites.language AS site_language
FROM articles LEFT JOIN sites ON sites.id = articles.site WHERE articles.id = ?
"""
_CAPTURES = "SELECT count(*) AS number FROM captures WHERE article = ?"
_REMOVALS = "SELECT * FROM removals WHERE article = ? ORDER BY number"
_FLAGS = "SELECT * FROM flags WHERE article = ? ORDER BY score DESC, name"
_VERSIONS = "SELECT * FROM versions WHERE article = ? ORDER BY number DESC"
_CAPTURE = "SELECT * FROM captures WHERE record_id = ?"


@dataclass(frozen=True, slots=True)
class FlagShown:
    """A flag with its words and its grounds."""

    words: FlagWords
    score: int
    evidence: str


@dataclass(frozen=True, slots=True)
class CorrectionShown:
    """What was set by hand, beside what was read."""

    name: str
    value: str
    read: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class SiblingShown:
    """A reprint in the list."""

    sibling: Sibling
    site: str
    """Name of its site."""
    what: str
    """Its kind in words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as its page shows it."""

    row: Row
    """The article's row, with site_name, site_home and site_language."""
    lang: str
    """The text's `lang`."""
    title: str
    paragraphs: tuple[str, ...]
    authors: tuple[str, ...]
    flags: tuple[FlagShown, ...]
    corrections: tuple[CorrectionShown, ...]
    slips: tuple[Slip, ...]
    removals: int
    removed: int
    """Characters taken out."""
    left_out: int
    """Lines of the cleaned-out section that are too many to show."""
    past: Past
    capture: Row | None
    """The response the shown version was read from."""
    captures: int
    lost: tuple[str, Status] | None
    """What became of the page later, in words, and when that was seen."""
    siblings: tuple[SiblingShown, ...] = ()
    """Its reprints, the likely origin first; itself is among them."""
    aliases: tuple[str, ...] = ()
    """Its addresses but for its own."""
    old: int | None = None
    """The number of the superseded version that is shown."""
    characters: int = field(default=0)


def read_article(
    db: sqlite3.Connection, article: str, version: int | None = None
) -> Reading | None:
    """Read an article, or one of its superseded versions; None where there is none."""
    row = _one(db, _ARTICLE, article)
    if row is None:
        return None
    versions = _many(db, _VERSIONS, article)
    old = next((v for v in versions if v["number"] == version and v["text"] is not None), None)
    if version is not None and version != row["version"] and old is None:
        return None
    if version == row["version"]:
        old = None
    title, text = (old["title"], old["text"]) if old else (row["title"], row["text"])
    removals = () if old else _removals(db, article)
    laid = slips(text, removals) if removals else []
    return Reading(
        row=row,
        lang=lang_of(title + text[:200], row["language"]),
        title=title,
        paragraphs=tuple(line for line in text.split("\n") if line.strip()),
        authors=_strings(row["authors"]),
        flags=() if old else _flags(db, article),
        corrections=_corrections(db, article),
        slips=tuple(laid[:MOST]),
        removals=len(removals),
        removed=sum(len(removal.text) for removal in removals),
        left_out=max(0, len(laid) - MOST),
        past=read_past(db, article, version or row["version"]),
        capture=_one(db, _CAPTURE, old["capture"] if old else row["capture"]),
        captures=(_one(db, _CAPTURES, article) or {"number": 0})["number"],
        lost=_lost(db, article),
        siblings=_siblings(db, article),
        aliases=_aliases(db, article),
        old=old["number"] if old else None,
        characters=len(text) - text.count("\n"),
    )


def read_withdrawn(db: sqlite3.Connection, article: str) -> str | None:
    """Say when an article was withdrawn; None where it was not."""
    if not _one(db, "SELECT 1 FROM sqlite_master WHERE name = 'withdrawn'"):
        return None  # an archive of before
    row = _one(db, "SELECT at FROM withdrawn WHERE id = ?", article)
    return None if row is None else str(row["at"])


def leads_to(db: sqlite3.Connection, id_: str) -> str | None:
    """Give the article that the id of another of its addresses leads to; None where it does not."""
    if not _one(db, "SELECT 1 FROM sqlite_master WHERE name = 'addresses'"):
        return None  # an archive of before
    row = _one(db, "SELECT article FROM addresses WHERE id = ? AND article <> id", id_)
    return None if row is None else str(row["article"])


def _aliases(db: sqlite3.Connection, article: str) -> tuple[str, ...]:
    if not _one(db, "SELECT 1 FROM sqlite_master WHERE name = 'addresses'"):
        return ()
    query = "SELECT url FROM addresses WHERE article = ? AND id <> article ORDER BY id"
    return tuple(row["url"] for row in _many(db, query, article))


def _corrections(db: sqlite3.Connection, article: str) -> tuple[CorrectionShown, ...]:
    if not _one(db, "SELECT 1 FROM sqlite_master WHERE name = 'corrections'"):
        return ()  # an archive of before
    return tuple(
        CorrectionShown(c.name, c.words, c.read_words, c.reason, c.at)
        for c in corrections(db, article)
    )


def _many(db: sqlite3.Connection, sql: str, *values: str) -> list[Row]:
    cursor = db.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _one(db: sqlite3.Connection, sql: str, *values: str) -> Row | None:
    return next(iter(_many(db, sql, *values)), None)


def _strings(text: str) -> tuple[str, ...]:
    """Read a JSON list of strings; a file written by others may hold anything."""
    try:
        found = json.loads(text)
    except ValueError:
        return ()
    return tuple(str(item) for item in found) if isinstance(found, list) else ()


def _removals(db: sqlite3.Connection, article: str) -> tuple[Removal, ...]:
    return tuple(
        Removal(row["kind"], row["rule"], row["text"], row["position"], row["replacement"])
        for row in _many(db, _REMOVALS, article)
    )


def _flags(db: sqlite3.Connection, article: str) -> tuple[FlagShown, ...]:
    return tuple(
        FlagShown(flag_words(row["name"]), row["score"], row["evidence"])
        for row in _many(db, _FLAGS, article)
    )


def _lost(db: sqlite3.Connection, article: str) -> tuple[str, Status] | None:
    last = next(iter(statuses(db, article)[-1:]), None)
    if last is None or last.ended is not None:
        return None
    return LOST[last.status], last


def _siblings(db: sqlite3.Connection, article: str) -> tuple[SiblingShown, ...]:
    names = dict(db.execute("SELECT id, name FROM sites").fetchall())
    return tuple(
        SiblingShown(each, names.get(each.site, ""), KINDS.get(each.kind, each.kind))
        for each in siblings(db, article)
    )
