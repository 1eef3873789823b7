"""What the search page finds: a page of results by keyset."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.search.index import RANKED
from archive.search.keys import Place, place_of
from archive.search.snippets import MARK, UNMARK, attached_snippet, snippet
from archive.search.together import Archives, listed, ranked, rows_of
from archive.web.parameters import SearchParameters
from archive.web.parts import LONG, clipped
from archive.web.words import FLAGS, FlagWords, flag_words, lang_of

Row = dict[str, Any]

NAMES = 300
"""Characters of authors' names that a result shows."""
PAGE = 20
"""Results on a page."""
_RESULTS = """
SELECT a.id, a.title, a.text, a.published, a.language, a.source, a.authors, a.site, a.flags,
    a.version, a.first_captured, a.fts_pk, sites.name AS site_name,
    sites.language AS site_language,
    (SELECT max(count(*) - 1, 0) FROM reprints WHERE cluster = r.cluster) AS reprints
FROM json_each(?) AS wanted CROSS JOIN articles AS a ON a.fts_pk = wanted.value
    LEFT JOIN sites ON sites.id = a.site LEFT JOIN reprints AS r ON r.article = a.id
"""


@dataclass(frozen=True, slots=True)
class Result:
    """An article as the page lists it."""

    row: Row
    lang: str
    title: tuple[tuple[str, bool], ...]
    """Pieces, and whether the query was found in each."""
    snippet: tuple[tuple[str, bool], ...]
    attachment: str | None
    """The name of the attached file that the snippet is of, where it is of one."""
    authors: str
    flags: tuple[tuple[FlagWords, bool], ...]
    """Words for each, and whether they are ours, that can be translated."""


Change = dict[str, int | Place]
"""Search parameters and their other values."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results."""

    results: tuple[Result, ...]
    back: Change
    """Parameters to change for the page before; empty where this is the first."""
    on: Change
    """The same for the page after."""


def find(archives: Archives, parameters: SearchParameters) -> Found:
    """Search the archive, or several as one."""
    page = _ranked if parameters.sort == "relevance" else _by_date
    rows, back, on = page(archives, parameters)
    return Found(tuple(_result(db, row, parameters.words) for db, row in rows), back, on)


Page = tuple[list[tuple[sqlite3.Connection, Row]], Change, Change]
"""The rows of a page with their archives, and the changes for the page before and after."""


def _by_date(archives: Archives, parameters: SearchParameters) -> Page:
    """Read a page, from a place on in the direction of reading, and see whether there is more."""
    rising = parameters.sort == "oldest"
    back_name, on_name = ("before", "after") if rising else ("after", "before")
    backwards = getattr(parameters, back_name) is not None
    spots = listed(
        archives,
        parameters.selection,
        PAGE + 1,
        rising=rising != backwards,
        before=parameters.before,
        after=parameters.after,
    )
    more = len(spots) > PAGE
    spots = spots[:PAGE]
    if backwards:
        spots.reverse()
    rows = rows_of(archives, _RESULTS, spots)
    is_back = more if backwards else getattr(parameters, on_name) is not None
    is_on = backwards or more
    return (
        rows,
        {back_name: _place(rows[0][1])} if rows and is_back else {},
        {on_name: _place(rows[-1][1])} if rows and is_on else {},
    )


def _place(row: Row) -> Place:
    return place_of(row["fts_pk"], row["id"])


def _ranked(archives: Archives, parameters: SearchParameters) -> Page:
    """Read a page of an order that has no places."""
    skip = parameters.skip or 0
    spots = ranked(archives, parameters.selection, PAGE + 1, skip)
    more = len(spots) > PAGE and skip + PAGE < RANKED
    return (
        rows_of(archives, _RESULTS, spots[:PAGE]),
        {"skip": max(0, skip - PAGE)} if skip else {},
        {"skip": skip + PAGE} if more else {},
    )


def _result(db: sqlite3.Connection, row: Row, q: str) -> Result:
    lang = lang_of(row["title"] + row["text"][:200], row["language"])
    authors = json.loads(row["authors"])
    length = 200 if lang == "en" else 90
    own = f"{row['title']}\n{row['text']}"
    file, piece = attached_snippet(db, row["id"], own, q, length) or (None, None)
    whole = 0 if len(row["title"]) <= LONG else LONG  # a snippet of no length is all of it
    return Result(
        row=row,
        lang=lang,
        title=tuple(pieces(snippet(row["title"], q, whole, "title"))),
        snippet=tuple(pieces(piece or snippet(row["text"], q, length))),
        attachment=None if file is None else clipped(file, NAMES),
        authors=clipped(("、" if lang.startswith("zh") else ", ").join(map(str, authors)), NAMES),
        flags=tuple((flag_words(name), name in FLAGS) for name in _names(row["flags"])),
    )


def _names(flags: str) -> list[str]:
    return list(map(str, json.loads(flags)))


def pieces(marked: str) -> Iterator[tuple[str, bool]]:
    """Take a marked text apart: (piece, whether it was marked)."""
    for number, part in enumerate(marked.split(MARK)):
        head, closed, tail = part.partition(UNMARK)
        if head:
            yield head, bool(number and closed)
        if tail:
            yield tail, False
