"""What the reading page of an article shows, read from the archive."""

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from archive.addresses import former
from archive.attachments import Attached, attached
from archive.records import Removal
from archive.register.corrections import corrections
from archive.reprints.siblings import Sibling, siblings
from archive.versions.statuses import Status, statuses
from archive.web.parts import Paragraph, parts
from archive.web.past import Past, read_past
from archive.web.redline import Line, fitting, redline
from archive.web.words import KINDS, LOST, FlagWords, flag_words, lang_of

Row = dict[str, Any]

_ARTICLE = """
SELECT articles.*, sites.name AS site_name, sites.home AS site_home,
    sites.language AS site_language, sites.kind AS site_kind
FROM articles LEFT JOIN sites ON sites.id = articles.site WHERE articles.id = ?
"""
_CAPTURES = """
SELECT count(*) AS number,
    max(captured) FILTER (WHERE outcome IN ('article', 'unchanged')) AS found
FROM captures WHERE article = ?
"""
_REMOVALS = "SELECT * FROM removals WHERE article = ? ORDER BY number"
_FLAGS = "SELECT * FROM flags WHERE article = ? ORDER BY score DESC, name"
_VERSIONS = "SELECT * FROM versions WHERE article = ? ORDER BY number DESC"
_CAPTURE = "SELECT * FROM captures WHERE record_id = ?"

_START = 200
"""Characters of a title and a text that tell the language."""


@dataclass(frozen=True, slots=True)
class FlagShown:
    """A flag with its words and its grounds."""

    name: str
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
    """An article, or a superseded version of it, as its page shows it."""

    row: Row
    """The article's row, with site_name, site_home, site_language and site_kind."""
    lang: str
    """The text's `lang`."""
    title: str
    text: str
    authors: tuple[str, ...]
    flags: tuple[FlagShown, ...]
    corrections: tuple[CorrectionShown, ...]
    removals: tuple[Removal, ...]
    past: Past
    capture: Row | None
    """The response the shown version was read from."""
    captures: int
    found: str | None
    """When the page was last there with its article."""
    lost: tuple[str, Status] | None
    """What became of the page later, in words, and when that was seen."""
    siblings: tuple[SiblingShown, ...] = ()
    """Its reprints, the likely origin first; itself is among them."""
    aliases: tuple[str, ...] = ()
    """Its addresses but for its own."""
    files: tuple[Attached, ...] = ()
    """What the current version leads to; none are known of a superseded one."""
    old: int | None = None
    """The number of the superseded version that is shown."""
    redline: tuple[Line, ...] = field(default=(), repr=False)
    """The removals, laid back into the text."""

    @property
    def number(self) -> int:
        """The number of the version that is shown."""
        return int(self.old or self.row["version"])

    @property
    def redline_shown(self) -> tuple[Line, ...]:
        """The lines of what was cleaned out that a page has room for."""
        return tuple(fitting(self.redline))

    @property
    def removed(self) -> int:
        """Characters taken out."""
        return sum(len(removal.text) for removal in self.removals)

    @property
    def parts(self) -> list[list[Paragraph]]:
        """The text in parts that a page has room for."""
        return parts(tuple(line for line in self.text.split("\n") if line.strip()))

    @property
    def paragraphs(self) -> int:
        """How many it has."""
        return sum(1 for line in self.text.split("\n") if line.strip())

    @property
    def characters(self) -> int:
        """How many it has, but for line feeds."""
        return len(self.text) - self.text.count("\n")

    @property
    def seen(self) -> str:
        """When the version that is shown was captured."""
        return str(self.capture["captured"] if self.capture else self.row["last_captured"])


def read_article(
    db: sqlite3.Connection,
    article: str,
    version: int | None = None,
    pair: tuple[int, int] | None = None,
) -> Reading | None:
    """Read an article, or one of its superseded versions; None where there is none.

    `pair` has the numbers of two versions to be compared.
    """
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
    looks = _one(db, _CAPTURES, article) or {}
    return Reading(
        row=row,
        lang=lang_of(title[:_START] + text[:_START], row["language"]),
        title=title,
        text=text,
        authors=strings(row["authors"]),
        flags=() if old else _flags(db, article),
        corrections=_corrections(db, article),
        removals=removals,
        past=read_past(db, article, version or row["version"], pair),
        capture=_one(db, _CAPTURE, old["capture"] if old else row["capture"]),
        captures=looks.get("number", 0),
        found=looks.get("found"),
        lost=_lost(db, article),
        siblings=_siblings(db, article),
        aliases=_aliases(db, article),
        files=() if old else tuple(attached(db, article)),
        old=old["number"] if old else None,
        redline=tuple(redline(text, removals)) if removals else (),
    )


def read_withdrawn(db: sqlite3.Connection, article: str) -> str | None:
    """Say when an article was withdrawn; None where it was not."""
    row = _one(db, "SELECT at FROM withdrawn WHERE id = ?", article)
    return former.withdrawn(db, article) if row is None else str(row["at"])


def leads_to(db: sqlite3.Connection, id_: str) -> str | None:
    """Give the article that another of its ids leads to; None where there is none."""
    row = _one(db, "SELECT article FROM addresses WHERE id = ? AND article <> id", id_)
    return former.leads_to(db, id_) if row is None else str(row["article"])


def _aliases(db: sqlite3.Connection, article: str) -> tuple[str, ...]:
    query = "SELECT url FROM addresses WHERE article = ? AND id <> article ORDER BY id"
    return tuple(row["url"] for row in _many(db, query, article))


def _corrections(db: sqlite3.Connection, article: str) -> tuple[CorrectionShown, ...]:
    return tuple(
        CorrectionShown(c.name, c.words, c.read_words, c.reason, c.at)
        for c in corrections(db, article)
    )


def _many(db: sqlite3.Connection, sql: str, *values: str) -> list[Row]:
    return [dict(row) for row in db.execute(sql, values)]


def _one(db: sqlite3.Connection, sql: str, *values: str) -> Row | None:
    return next(iter(_many(db, sql, *values)), None)


def strings(text: str) -> tuple[str, ...]:
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
        FlagShown(row["name"], flag_words(row["name"]), row["score"], row["evidence"])
        for row in _many(db, _FLAGS, article)
    )


def _lost(db: sqlite3.Connection, article: str) -> tuple[str, Status] | None:
    last = next(iter(statuses(db, article)[-1:]), None)
    if last is None or last.ended is not None:
        return None
    return LOST.get(last.status, "The page is no longer what it was."), last


def _siblings(db: sqlite3.Connection, article: str) -> tuple[SiblingShown, ...]:
    names = dict(db.execute("SELECT id, name FROM sites").fetchall())
    return tuple(
        SiblingShown(each, names.get(each.site, ""), KINDS.get(each.kind, each.kind))
        for each in siblings(db, article)
    )
