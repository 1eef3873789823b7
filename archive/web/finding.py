"""What the search page shows: results by keyset, a count up to a cap, filters with counts."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive import keys, query
from archive.search import parse
from archive.snippets import MARK, UNMARK, snippet
from archive.web.wish import UNKNOWN, Wish
from archive.web.words import FlagWords, flag_words, lang_of, language_name

Row = dict[str, Any]

PAGE = 20
"""Results on a page."""
CAP = 10_000
"""Up to here matches are counted; above, the page says "10,000+"."""
CHOICES = 12
"""Values a filter shows."""
YEARS = 40
"""Years it shows."""

_INDEX = "articles_fts AS f CROSS JOIN articles AS a ON a.fts_pk = f.rowid"
_FILTERS = {
    "site": ("Site", "a.site"),
    "year": ("Year", f"coalesce(substr(a.published, 1, 4), '{UNKNOWN}')"),
    "language": ("Script and language", "a.language"),
    "source": ("Source named", "a.source"),
    "flag": ("Flags", "flags.name"),
}
_RESULT = """
a.id, a.title, a.text, a.published, a.language, a.source, a.authors, a.site, a.flags, a.version,
a.first_captured, a.fts_pk, sites.name AS site_name, sites.language AS site_language
"""


@dataclass(frozen=True, slots=True)
class Result:
    """An article as the page lists it."""

    row: Row
    lang: str
    title: tuple[tuple[str, bool], ...]
    """Pieces, and whether the query was found in each."""
    snippet: tuple[tuple[str, bool], ...]
    authors: str
    flags: tuple[FlagWords, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter."""

    value: str
    label: str
    lang: str
    number: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with its values, each with its count."""

    name: str
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows."""

    total: int
    capped: bool
    """Whether there are more than `total`."""
    results: tuple[Result, ...]
    filters: tuple[Filter, ...]
    newer: int | None
    """The key that the page of newer results ends above."""
    older: int | None
    """The key that the page of older results begins below."""
    parts: tuple[tuple[str, int], ...]
    """Where nothing was found: parts of the query that do occur, with their counts."""


def find(db: sqlite3.Connection, wish: Wish) -> Found:
    """Search the archive, newest first."""
    total, capped = _count(db, wish)
    rows = _page(db, wish)
    backwards = wish.after is not None
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if backwards:
        rows.reverse()
    newer = (more if backwards else wish.before is not None) and bool(rows)
    older = (True if backwards else more) and bool(rows)
    return Found(
        total=total,
        capped=capped,
        results=tuple(_result(row, wish.q) for row in rows),
        filters=tuple(_filter(db, wish, name) for name in _FILTERS) if total or wish.chosen else (),
        newer=rows[0]["fts_pk"] if newer else None,
        older=rows[-1]["fts_pk"] if older else None,
        parts=() if total else tuple(_parts(db, wish.q)),
    )


def _sql(wish: Wish, without: str = "") -> tuple[str, Row]:
    """Give FROM and WHERE for a wish, leaving one filter out, and what to bind."""
    tables = _INDEX if wish.q else "articles AS a"
    conditions = ["1"]
    binds: Row = {}
    if wish.q:
        conditions.append("articles_fts MATCH :match")
        binds["match"] = parse(wish.q)
    for name in ("site", "language", "source"):
        if getattr(wish, name) and name != without:
            conditions.append(f"a.{name} = :{name}")
            binds[name] = getattr(wish, name)
    if wish.flag and without != "flag":
        conditions.append("a.id IN (SELECT article FROM flags WHERE name = :flag)")
        binds["flag"] = wish.flag
    if wish.year and without != "year":
        known = wish.year != UNKNOWN
        low, high = keys.bounds(wish.year, wish.year) or (0, 0) if known else (0, keys.DATED)
        conditions.append(f"{_order(wish)} >= :low AND {_order(wish)} < :high")
        binds |= {"low": low, "high": high}
    return f"FROM {tables} {{join}} WHERE {' AND '.join(conditions)}", binds


def _order(wish: Wish) -> str:
    """Give the key: the index's own where it is asked, so that its order costs nothing."""
    return "f.rowid" if wish.q else "a.fts_pk"


def _count(db: sqlite3.Connection, wish: Wish) -> tuple[int, bool]:
    """Count matches up to CAP."""
    source, binds = _sql(wish)
    rows = f"SELECT 1 {source.format(join='')} LIMIT {CAP + 1}"
    number: int = db.execute(f"SELECT count(*) FROM ({rows})", binds).fetchone()[0]
    return min(number, CAP), number > CAP


def _page(db: sqlite3.Connection, wish: Wish) -> list[Row]:
    """Read a page of rows and one more, from the key on in the direction of reading."""
    source, binds = _sql(wish)
    source = source.format(join="LEFT JOIN sites ON sites.id = a.site")
    direction, beyond = "DESC", ""
    if wish.before is not None:
        beyond, binds["key"] = f"AND {_order(wish)} < :key", wish.before
    elif wish.after is not None:
        direction, beyond, binds["key"] = "ASC", f"AND {_order(wish)} > :key", wish.after
    order = f"ORDER BY {_order(wish)} {direction} LIMIT {PAGE + 1}"
    return _rows(db, f"SELECT {_RESULT} {source} {beyond} {order}", binds)


def _filter(db: sqlite3.Connection, wish: Wish, name: str) -> Filter:
    """Count the values of one filter among the newest matches, its own choice left out."""
    title, value = _FILTERS[name]
    source, binds = _sql(wish, without=name)
    join = "JOIN flags ON flags.article = a.id" if name == "flag" else ""
    newest = f"{source.format(join=join)} ORDER BY {_order(wish)} DESC LIMIT {CAP}"
    chosen = getattr(wish, name)
    order = "value DESC" if name == "year" else "number DESC, value"
    rows = _rows(
        db,
        f"SELECT value, count(*) AS number, sites.name, sites.language"
        f" FROM (SELECT {value} AS value {newest})"
        f" LEFT JOIN sites ON :of_sites AND sites.id = value"
        f" WHERE value IS NOT NULL GROUP BY value ORDER BY value = :chosen DESC, {order}"
        f" LIMIT {YEARS if name == 'year' else CHOICES}",
        {**binds, "chosen": chosen, "of_sites": name == "site"},
    )
    if name == "year":
        rows.sort(key=lambda row: (row["value"] != UNKNOWN, row["value"]), reverse=True)
    return Filter(name, title, tuple(_choice(name, row, chosen) for row in rows))


def _choice(name: str, row: Row, chosen: str) -> Choice:
    value = row["value"]
    label = row["name"] or value
    if name == "year" and value == UNKNOWN:
        label = "Date unknown"
    elif name == "language":
        label = language_name(value) or value
    elif name == "flag":
        label = flag_words(value).label
    return Choice(value, label, lang_of(label, row["language"]), row["number"], value == chosen)


def _result(row: Row, q: str) -> Result:
    lang = lang_of(row["title"] + row["text"][:200], row["language"])
    authors = json.loads(row["authors"])
    return Result(
        row=row,
        lang=lang,
        title=tuple(pieces(snippet(row["title"], q, 0, "title"))),
        snippet=tuple(pieces(snippet(row["text"], q, 200 if lang == "en" else 90))),
        authors=("、" if lang.startswith("zh") else ", ").join(map(str, authors)),
        flags=tuple(flag_words(str(name)) for name in json.loads(row["flags"])),
    )


def pieces(marked: str) -> Iterator[tuple[str, bool]]:
    """Take a marked text apart: (piece, whether it was marked)."""
    for number, part in enumerate(marked.split(MARK)):
        head, closed, tail = part.partition(UNMARK)
        if head:
            yield head, bool(number and closed)
        if tail:
            yield tail, False


def _parts(db: sqlite3.Connection, q: str) -> Iterator[tuple[str, int]]:
    """Give shorter queries that do find something: the words one by one, or halves of one."""
    terms = list(dict.fromkeys(_written(term.tokens) for term in query.parse(q).terms))
    if len(terms) == 1 and len(terms[0]) > 3 and " " not in terms[0]:  # noqa: PLR2004
        middle = len(terms[0]) // 2
        terms = [terms[0][:middle], terms[0][middle:]]
    for term in terms[:6]:
        number, _ = _count(db, Wish(q=f'"{term}"'))
        if number and term != q:
            yield term, number


def _written(tokens: tuple[str, ...]) -> str:
    """Write tokens as words again: Han together, Latin apart."""
    return "".join(f" {token} " if token.isascii() else token for token in tokens).strip()


def _rows(db: sqlite3.Connection, sql: str, binds: Row) -> list[Row]:
    cursor = db.execute(sql, binds)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
