"""Corrections: what a person set by hand stands over what was read, and says so.

The register has them all, taken back or not; table corrections of archive.db has those that hold,
each beside what was read. `corrected` puts them over an article that is about to be stored.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from uuid import uuid4

from archive import rows
from archive.addresses import former
from archive.reader import read as read_kept
from archive.records import Article, Flag
from archive.register.register import Decision, Register

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


def decided(register: Register, articles: Collection[str] | None = None) -> list[Correction]:
    """Give all corrections the register has, of any article or of these ids, the first one first.

    An article that has several addresses may have been corrected by the id of each.
    """
    found = register.db.execute(
        "SELECT article, field, value, reason, by, at, undone FROM corrections"
        " WHERE ?1 IS NULL OR article IN (SELECT value FROM json_each(?1)) ORDER BY at, rowid",
        [None if articles is None else json.dumps(list(articles))],
    )
    return [
        Correction(article, field, json.loads(value), reason, by, at, undone=undone)
        for article, field, value, reason, by, at, undone in found
    ]


def correct(
    register: Register,
    ids: Sequence[str],
    url: str,
    values: Mapping[str, Value],
    decision: Decision,
) -> None:
    """Note corrections in the register, in place of those of the same fields; then `settle`.

    `ids` are those of all the article's addresses, its own first.
    """
    for field in values:
        take_back(register, ids, decision.at, field)
    texts = {field: json.dumps(value, ensure_ascii=False) for field, value in values.items()}
    with register.transaction() as own:
        own.executemany(
            "INSERT INTO corrections(id, article, url, field, value, reason, by, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (str(uuid4()), ids[0], url, field, text, *astuple(decision))
                for field, text in texts.items()
            ],
        )


def take_back(register: Register, ids: Sequence[str], at: str, field: str | None = None) -> int:
    """Note that corrections of an article no longer hold; give how many did. Then `settle`."""
    with register.transaction() as own:
        return own.execute(
            "UPDATE corrections SET undone = ?1 WHERE undone IS NULL"
            " AND article IN (SELECT value FROM json_each(?2)) AND (?3 IS NULL OR field = ?3)",
            [at, json.dumps(list(ids)), field],
        ).rowcount


_HOLD = "SELECT article, field, value, reason, by, at FROM corrections"


def replay(db: sqlite3.Connection, register: Register) -> None:
    """Carry out in archive.db, in the caller's transaction, what it has not heard of."""
    mine = {tuple(row) for row in db.execute(_HOLD)}
    decisions = _holding(db, register.db.execute(f"{_HOLD} WHERE undone IS NULL").fetchall())
    gone = {row[0] for row in db.execute("SELECT id FROM withdrawn")}
    for article in sorted({row[0] for row in mine ^ decisions} - gone):
        settle(db, register, article)


def _decisions(db: sqlite3.Connection, register: Register, article: str) -> list[Sequence[str]]:
    """Give what the register says of an article, by whichever of its ids."""
    ids = [row[0] for row in db.execute("SELECT id FROM addresses WHERE article = ?", [article])]
    ids += former.of(db, article)
    return register.db.execute(
        f"{_HOLD} WHERE undone IS NULL AND article IN (SELECT value FROM json_each(?))",
        [json.dumps([article, *ids])],
    ).fetchall()


def _holding(db: sqlite3.Connection, rows_: Iterable[Sequence[str]]) -> set[tuple[str, ...]]:
    """Give decisions by the article that each one's id leads to today; of one field the latest."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for id_, field, *rest in rows_:
        leads = db.execute("SELECT article FROM addresses WHERE id = ?", [id_]).fetchone()
        article = (former.leads_to(db, id_) or id_) if leads is None else str(leads[0])
        row = (article, field, *rest)
        if (article, field) not in found or _rank(found[article, field]) < _rank(row):
            found[article, field] = row
    return set(found.values())


def _rank(row: Sequence[str]) -> tuple[str, str]:
    """Give what orders decisions about one field: when they were made."""
    _, _, value, _, _, at = row
    return at, value


def move(db: sqlite3.Connection, id_: str, article: str) -> None:
    """Have what was decided by an id hold of the article that the id leads to, from now on.

    What is already said of the article's field gives way only to what was decided later.
    """
    if id_ == article:
        return
    for row in db.execute(f"{_HOLD} WHERE article = ?", [id_]).fetchall():
        other = db.execute(
            f"{_HOLD} WHERE article = ? AND field = ?", [article, row["field"]]
        ).fetchone()
        if other is None or _rank(tuple(other)) < _rank(tuple(row)):
            db.execute(
                "INSERT INTO corrections(article, field, value, reason, by, at)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(article, field) DO UPDATE SET"
                " value = excluded.value, reason = excluded.reason, by = excluded.by,"
                " at = excluded.at",
                [article, *tuple(row)[1:]],
            )
    db.execute("DELETE FROM corrections WHERE article = ?", [id_])


def settle(db: sqlite3.Connection, register: Register, article: str) -> None:
    """Put what the register says of an article into archive.db, in the caller's transaction."""
    old = db.execute("SELECT * FROM articles WHERE id = ?", [article]).fetchone()
    bare = as_read(db, article, read_kept(db, article).article) if old is not None else None
    db.execute("DELETE FROM corrections WHERE article = ?", [article])
    db.executemany(
        "INSERT INTO corrections(article, field, value, reason, by, at) VALUES (?, ?, ?, ?, ?, ?)",
        [row for row in _holding(db, _decisions(db, register, article)) if row[0] == article],
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
    found = db.execute(
        "SELECT field, read, read_rule FROM corrections"
        " WHERE article = ? AND read IS NOT NULL",  # else it does not stand there yet
        [id_],
    )
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
