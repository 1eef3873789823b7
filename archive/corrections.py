"""Corrections: what a person set by hand stands over what was read, and says so.

The register has them all, taken back or not; table corrections of archive.db has those that hold,
each beside what was read. `corrected` puts them over an article that is about to be stored.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from uuid import uuid4

from archive import rows
from archive.reader import read as read_kept
from archive.records import Article, Flag
from archive.register import Decision, Register

FIELDS = ("published", "authors", "source", "note")
"""What can be set, and besides these `flag:NAME` with true or false. A note is of ours alone."""
FLAG = "flag:"
RULE = "correction"
"""The published_rule of a date that was set by hand."""

Value = str | list[str] | bool | None


@dataclass(frozen=True, slots=True)
class Correction:
    """One field of an article that was set by hand."""

    article: str
    field: str
    value: Value
    reason: str
    by: str | None
    at: str
    read: Value | dict[str, object] = None
    """What was read; of a flag its score and evidence."""
    undone: str | None = None
    """When it was taken back or another took its place; None while it holds."""

    @property
    def name(self) -> str:
        """The field for people."""
        return self.field.replace(FLAG, "flag ").replace("_", " ")

    @property
    def words(self) -> str:
        """The value for people."""
        return _words(self.value)

    @property
    def read_words(self) -> str:
        """What was read, for people."""
        return _words(self.read)


def _words(value: object) -> str:
    if isinstance(value, dict):
        return f"{value['score']}/100, {value['evidence']}"
    if isinstance(value, list):
        return "、".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "none")


def corrections(db: sqlite3.Connection, article: str) -> list[Correction]:
    """Give the corrections that hold of an article in archive.db, by field."""
    found = db.execute(
        "SELECT article, field, value, reason, by, at, read FROM corrections"
        " WHERE article = ? ORDER BY field",
        [article],
    )
    return [
        Correction(article, field, json.loads(value), reason, by, at, json.loads(read or "null"))
        for article, field, value, reason, by, at, read in found
    ]


def decided(register: Register, article: str | None = None) -> list[Correction]:
    """Give all corrections the register has, of one article or any, the first one first."""
    found = register.db.execute(
        "SELECT article, field, value, reason, by, at, undone FROM corrections"
        " WHERE ?1 IS NULL OR article = ?1 ORDER BY at, rowid",
        [article],
    )
    return [
        Correction(article, field, json.loads(value), reason, by, at, undone=undone)
        for article, field, value, reason, by, at, undone in found
    ]


def correct(
    register: Register, article: str, url: str, values: Mapping[str, Value], decision: Decision
) -> None:
    """Note corrections in the register, in place of those of the same fields; then `settle`."""
    with register.transaction() as own:
        for field, value in values.items():
            own.execute(
                "UPDATE corrections SET undone = ?"
                " WHERE article = ? AND field = ? AND undone IS NULL",
                [decision.at, article, field],
            )
            text = json.dumps(value, ensure_ascii=False)
            own.execute(
                "INSERT INTO corrections(id, article, url, field, value, reason, by, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [str(uuid4()), article, url, field, text, *astuple(decision)],
            )


def take_back(register: Register, article: str, at: str) -> int:
    """Note that the corrections of an article no longer hold; give how many did. Then `settle`."""
    with register.transaction() as own:
        return own.execute(
            "UPDATE corrections SET undone = ? WHERE article = ? AND undone IS NULL", [at, article]
        ).rowcount


def replay(db: sqlite3.Connection, register: Register) -> None:
    """Carry out in archive.db, in the caller's transaction, what it has not heard of."""
    said = "SELECT article, field, value, reason, by, at FROM corrections"
    mine = {tuple(row) for row in db.execute(said)}
    decisions = {tuple(row) for row in register.db.execute(f"{said} WHERE undone IS NULL")}
    gone = {row[0] for row in db.execute("SELECT id FROM withdrawn")}
    for article in sorted({row[0] for row in mine ^ decisions} - gone):
        settle(db, register, article)


def settle(db: sqlite3.Connection, register: Register, article: str) -> None:
    """Put what the register says of an article into archive.db, in the caller's transaction."""
    old = db.execute("SELECT * FROM articles WHERE id = ?", [article]).fetchone()
    bare = as_read(db, article, read_kept(db, article).article) if old is not None else None
    db.execute("DELETE FROM corrections WHERE article = ?", [article])
    db.executemany(
        "INSERT INTO corrections(article, field, value, reason, by, at) VALUES (?, ?, ?, ?, ?, ?)",
        register.db.execute(
            "SELECT article, field, value, reason, by, at FROM corrections"
            " WHERE article = ? AND undone IS NULL",
            [article],
        ).fetchall(),
    )
    if bare is not None:
        rows.put_reading(db, old, corrected(db, article, bare))


def corrected(db: sqlite3.Connection, id_: str, article: Article) -> Article:
    """Put the corrections of an article over what was read of it, and note beside them what was."""
    for correction in corrections(db, id_):
        field, value = correction.field, correction.value
        rule = article.published_rule if field == "published" else None
        db.execute(
            "UPDATE corrections SET read = ?, read_rule = ? WHERE article = ? AND field = ?",
            [json.dumps(_value(article, field), ensure_ascii=False), rule, id_, field],
        )
        article = _with(article, field, value, RULE, f"set by hand: {correction.reason}")
    return article


def as_read(db: sqlite3.Connection, id_: str, article: Article) -> Article:
    """Put what was read of an article in place of its corrections."""
    found = db.execute("SELECT field, read, read_rule FROM corrections WHERE article = ?", [id_])
    for field, text, rule in found.fetchall():
        article = _with(article, field, json.loads(text or "null"), rule)
    return article


def _value(article: Article, field: str) -> object:
    """Give what an article says of a field; a flag as its score and evidence."""
    if field.startswith(FLAG):
        flags = (flag for flag in article.flags if FLAG + flag.name == field)
        return next(({"score": f.score, "evidence": f.evidence} for f in flags), None)
    return getattr(article, field, None)


def _with(
    article: Article, field: str, value: object, rule: str | None, evidence: str = ""
) -> Article:
    """Set one field of an article; a flag to its score and evidence, or to true or false."""
    if field.startswith(FLAG):
        name = field.removeprefix(FLAG)
        others = tuple(flag for flag in article.flags if flag.name != name)
        if not value:
            return replace(article, flags=others)
        flag = Flag(name, **value) if isinstance(value, dict) else Flag(name, 100, evidence)
        return replace(article, flags=(*others, flag))
    if field == "published":
        return replace(article, published=value, published_rule=rule)  # type: ignore[arg-type]
    if field == "authors":
        return replace(article, authors=tuple(value))  # type: ignore[arg-type]
    return replace(article, source=value) if field == "source" else article  # type: ignore[arg-type]
