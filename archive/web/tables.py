"""Datasette's own pages of tables: how they search here, and what their cells show."""

import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from archive.web.parts import clipped
from archive.web.words import lang_of, web_link

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.filters import FilterArguments

CLIPPED = 300
"""Characters of a text or a title that a cell of a table shows."""

_ROWID = re.compile(r"^\[?rowid\]? in \(select rowid from \[?articles_fts\]? where ")
_COLUMN = re.compile(r"where \[?(\w+)\]? match (?:escape_fts\()?(:search_\d+)\)?\)$")
_RAW = re.compile(r"match (:search)\)$")
_ID = re.compile(r"[a-z2-7]{10,52}")


def with_our_search(found: object) -> Callable[[], Awaitable["FilterArguments | None"]]:
    """Wrap what a filter plugin gave, so that its clauses are ours."""

    async def mended() -> "FilterArguments | None":
        arguments: Any = found() if callable(found) else found
        if hasattr(arguments, "__await__"):
            arguments = await arguments
        if arguments:
            arguments.where_clauses = [_clause(clause) for clause in arguments.where_clauses]
        return arguments

    return mended


def _clause(clause: str) -> str:
    """Rewrite a clause of a search; any other stays as it is."""
    if "articles_fts" not in clause:
        return clause
    clause = _ROWID.sub("fts_pk in (select rowid from articles_fts where ", clause)
    clause = _COLUMN.sub(r"where articles_fts match escape_fts('\1:(' || \2 || ')'))", clause)
    return _RAW.sub(r"match escape_fts(\1))", clause)


def cell(
    datasette: "Datasette", row: sqlite3.Row, value: object, column: str, table: str | None
) -> str | None:
    """Give a cell's HTML: titles link to their reading page; None leaves it to Datasette.

    Links to the web do not hand it the reader's address.
    """
    if column in ("url", "home", "location") and web_link(str(value)):
        link = '<a href="{0}" rel="noopener noreferrer">{0}</a>'
        return Markup(link).format(value)  # noqa: S704 - a constant; format escapes the value
    if column == "title" and "id" in row.keys():  # noqa: SIM118 - a Row has no `in` for names
        return _title(datasette, row, value)
    if column in ("article", "id") and (label := _label(value)):
        return _to_article(datasette, *label)
    if table == "articles" and column == "text" and isinstance(value, str):
        return clipped(value, CLIPPED) if len(value) > CLIPPED else None
    return None


def _title(datasette: "Datasette", row: sqlite3.Row, value: object) -> Markup | None:
    if not isinstance(value, str) or not _ID.fullmatch(str(row["id"])):
        return None
    language = row["language"] if "language" in row.keys() else None  # noqa: SIM118
    label = clipped(value, CLIPPED) or "Without a title"
    return _to_article(datasette, str(row["id"]), label, language)


def _label(value: object) -> tuple[str, str] | None:
    """Give (id, label) of a cell that names an article, as text or as an expanded foreign key."""
    found = (value.get("value"), value.get("label")) if isinstance(value, dict) else (value, value)
    label = clipped(str(found[1]), CLIPPED)
    return (str(found[0]), label) if _ID.fullmatch(str(found[0])) else None


def _to_article(
    datasette: "Datasette", article: str, label: str, language: str | None = None
) -> Markup:
    link = '<a class="press" lang="{}" href="{}">{}</a>'
    address = datasette.urls.path(f"/a/{article}")
    return Markup(link).format(lang_of(label, language), address, label)  # noqa: S704 - likewise
