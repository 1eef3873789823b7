"""The pages we draw: home, search and the reading page of an article."""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from archive.web import visit, words
from archive.web.finding import Found, find
from archive.web.holding import read_holding
from archive.web.reading import read_article, read_withdrawn
from archive.web.wish import Wish, wish_from

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

T = TypeVar("T")
_TABLES = (
    "SELECT count(*) FROM sqlite_master WHERE name IN ('articles', 'articles_fts', 'captures')"
)
WORDS = {
    name: getattr(words, name)
    for name in (
        "bare",
        "count",
        "flag_words",
        "lang_of",
        "language_name",
        "moment",
        "plural",
        "web_link",
    )
} | {
    "_": visit.say,
    "_n": visit.say_number,
    "csp_nonce": lambda: visit.now().nonce,
    "tongue": lambda: visit.now().language,
    "tongue_links": visit.tongue_links,
}
"""What the templates call."""


async def find_archive(datasette: "Datasette") -> str | None:
    """Name the database that is an archive; None where there is none."""
    for name, database in datasette.databases.items():
        found = await database.execute(_TABLES)
        if found.rows[0][0] == 3:  # noqa: PLR2004 - the three named above
            return str(name)
    return None


async def home(datasette: "Datasette", request: "Request") -> dict[str, Any]:
    """Give the variables of the home page; none where no archive is served."""
    name = datasette.jinja_env.globals.get("union_archive")
    if name is None:
        return {}
    await _ensure_allowed(datasette, request, name)
    visit.now().ours = True
    queries = await datasette.get_canned_queries(name, request.actor)
    return {
        "union_archive_holding": await _read(datasette, name, read_holding),
        "questions": list(queries.items()),
    }


async def article(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /a/ID, or /a/ID?version=N for a superseded text."""
    name = await _archive(datasette, request)
    wanted = request.url_vars["article"]
    version = request.args.get("version")
    number = int(version) if version and version.isdecimal() and len(version) < 10 else None  # noqa: PLR2004
    found = None
    if version is None or number is not None:
        found = await _read(datasette, name, lambda db: read_article(db, wanted, number))
    if found is None:
        if since := await _read(datasette, name, lambda db: read_withdrawn(db, wanted)):
            page: dict[str, Any] = {"since": since}
            return await _page(datasette, request, "missing.html", page, status=410)
        return await _page(datasette, request, "missing.html", {}, status=404)
    return await _page(datasette, request, "article.html", {"reading": found})


async def search(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /search?q=…, its filters and its pages in the address."""
    from datasette.database import QueryInterrupted

    name = await _archive(datasette, request)
    wish = wish_from(request.args)
    found, slow = None, False
    try:
        found = await _timed(datasette, name, wish)
    except QueryInterrupted:
        slow = True
    page = {"wish": wish, "found": found, "slow": slow}
    return await _page(datasette, request, "search.html", page)


async def _timed(datasette: "Datasette", name: str, wish: Wish) -> Found:
    """Search under Datasette's own time limit."""
    from datasette.database import QueryInterrupted
    from datasette.utils import sqlite_timelimit

    def limited(db: sqlite3.Connection) -> Found:
        try:
            with sqlite_timelimit(db, datasette.sql_time_limit_ms):
                return find(db, wish)
        except sqlite3.OperationalError as error:
            if error.args == ("interrupted",):
                raise QueryInterrupted(error, "search", {}) from error
            raise

    return await _read(datasette, name, limited)


async def _archive(datasette: "Datasette", request: "Request") -> str:
    """Name the archive's database, or answer as if our pages did not exist."""
    from datasette import NotFound

    name: str | None = datasette.jinja_env.globals.get("union_archive")
    if name is None:
        raise NotFound("No archive is served here")
    await _ensure_allowed(datasette, request, name)
    return name


async def _ensure_allowed(datasette: "Datasette", request: "Request", name: str) -> None:
    rights = [("view-table", (name, "articles")), ("view-database", name), "view-instance"]
    await datasette.ensure_permissions(request.actor, rights)


async def _read(
    datasette: "Datasette", name: str, question: Callable[[sqlite3.Connection], T]
) -> T:
    answer: T = await datasette.get_database(name).execute_fn(question)
    return answer


async def _page(
    datasette: "Datasette",
    request: "Request",
    template: str,
    context: dict[str, Any],
    status: int = 200,
) -> "Response":
    from datasette import Response

    visit.now().ours = True
    body = await datasette.render_template(f"union_archive/{template}", context, request=request)
    return Response.html(body, status=status)
