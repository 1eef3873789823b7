"""The Datasette plugin: search, reading pages and dress for an archive.

It works under `union-archive serve` and under plain `datasette archive.db -m
datasette_metadata.json`, and stands aside where no archive is served. Several archives are read
as one; their tables stay each by itself.
"""

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from pluggy import HookimplMarker

from archive.hanzi import SEGMENTER_VERSION
from archive.web import articles, middleware, oai, pages, places, searching
from archive.web.nonces import Nonces
from archive.web.parts import clipped
from archive.web.visit import addresses
from archive.web.words import lang_of, web_link

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.filters import FilterArguments
    from datasette.utils.asgi import Request

hookimpl = HookimplMarker("datasette")
"""What `datasette.hookimpl` is, with its types."""

_ROWID = re.compile(r"^\[?rowid\]? in \(select rowid from \[?articles_fts\]? where ")
_COLUMN = re.compile(r"where \[?(\w+)\]? match (?:escape_fts\()?(:search_\d+)\)?\)$")
_RAW = re.compile(r"match (:search)\)$")
_ID = re.compile(r"[a-z2-7]{10,52}")
DESCRIBED = "archive"
"""What datasette_metadata.json calls the database."""
CLIPPED = 300
"""Characters of a text or a title that a cell of a table shows."""


@hookimpl
def startup(datasette: "Datasette") -> Callable[[], Awaitable[None]]:
    """Look for archives among the databases."""

    async def look() -> None:
        served = await pages.find_archives(datasette)
        datasette.jinja_env.globals.update(
            pages.WORDS,
            union_archive=served.names[0] if served else None,
            union_archive_served=served,
        )
        if served is not None:
            for name in served.names:
                await _expect_today(datasette, name)
            if served.shelf is not None:
                await asyncio.to_thread(served.shelf.compared)
            datasette.jinja_env.add_extension(Nonces)
            # Suggesting facets reads whole tables; ours are named in the metadata. Metadata
            # cannot hold settings, so that this alone reaches plain `datasette` too.
            datasette._settings["suggest_facets"] = False  # noqa: SLF001

    return look


async def _expect_today(datasette: "Datasette", name: str) -> None:
    """Refuse to serve an archive whose index is an older one, which could not be asked."""
    from datasette.utils import StartupError

    version = await datasette.get_database(name).execute("PRAGMA user_version")
    if version.rows[0][0] < SEGMENTER_VERSION:
        raise StartupError(
            f"{name}: made by an older Union Archive; any crawl or ingest brings it up to date"
        )


@hookimpl
def get_metadata(datasette: "Datasette") -> dict[str, Any]:
    """Describe the tables of archives by other names as the metadata does those of `archive`."""
    served: pages.Served | None = datasette.jinja_env.globals.get("union_archive_served")
    names = served.names if served else ()
    given = datasette._metadata_local.get("databases") or {}  # noqa: SLF001 - the hook gets no more
    ours = given.get(DESCRIBED, {})
    return {"databases": {name: ours for name in names if name not in given}}


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Give the archive's connections our search functions, Datasette's escape_fts among them."""
    from archive.search.index import register

    if conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'articles_fts'").fetchone():
        register(conn)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Add our pages."""
    return [
        (r"^/search$", searching.search),
        (r"^/search\.atom$", searching.feed),
        (r"^/search\.(?P<format>\w+)$", searching.download),
        (r"^/columns$", searching.dictionary),
        (articles.ADDRESS, articles.article),
        (f"^{oai.ADDRESS}$", oai.oai),
        (r"^/sites$", places.sites),
        (r"^/sites/(?P<site>[^/]+)$", places.site),
    ]


@hookimpl
def skip_csrf(datasette: "Datasette", scope: middleware.Scope) -> bool:
    """Let harvesters ask by POST, which changes nothing."""
    return bool(scope["path"] == datasette.urls.path(oai.ADDRESS))


@hookimpl
def extra_template_vars(
    datasette: "Datasette", view_name: str | None, request: "Request"
) -> Callable[[], Awaitable[dict[str, Any]]] | dict[str, Any]:
    """Hand every page addresses in the reader's language, and the home page what is held."""
    if datasette.jinja_env.globals.get("union_archive") is None:
        return {}
    urls = {"urls": addresses(datasette)}

    async def home() -> dict[str, Any]:
        return urls | await places.home(datasette, request)

    return home if view_name == "index" else urls


@hookimpl
def asgi_wrapper(
    datasette: "Datasette",
) -> Callable[[middleware.Application], middleware.Application]:
    """Read the language before, and send every answer with a strict policy."""
    return partial(middleware.wrap, datasette)


@hookimpl(hookwrapper=True)
def filters_from_request(table: str) -> Generator[None, Any, None]:
    """Make `_search_title=` and raw searches ask our index as the search box does.

    Datasette joins a search of one column on rowid, whatever fts_pk says, and hands a raw search
    to FTS5 as it stands.
    """
    outcome = yield
    if table == "articles":
        outcome.force_result([_mended(found) for found in outcome.get_result()])


def _mended(found: object) -> Callable[[], Awaitable["FilterArguments | None"]]:
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


@hookimpl
def render_cell(
    row: sqlite3.Row, value: object, column: str, table: str | None, datasette: "Datasette"
) -> str | None:
    """Link titles to their reading page, and the web without handing it the reader's address."""
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
