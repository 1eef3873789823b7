"""The Datasette plugin: search, reading pages and dress for an archive.

It works under `union-archive serve` and under plain `datasette archive.db -m
datasette_metadata.json`, and stands aside where no archive is served. Several archives are read
as one; their tables stay each by itself.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

from archive.hanzi import SEGMENTER_VERSION
from archive.web import articles, middleware, oai, pages, places, searching, tables
from archive.web.nonces import Nonces
from archive.web.visit import addresses

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

hookimpl = HookimplMarker("datasette")
"""What `datasette.hookimpl` is, with its types."""

DESCRIBED = "archive"
"""What datasette_metadata.json calls the database."""


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
        outcome.force_result([tables.with_our_search(found) for found in outcome.get_result()])


@hookimpl
def render_cell(
    row: sqlite3.Row, value: object, column: str, table: str | None, datasette: "Datasette"
) -> str | None:
    """Link articles to their pages, and the web without handing it the reader's address."""
    return tables.cell(datasette, row, value, column, table)
