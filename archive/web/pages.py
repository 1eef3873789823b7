"""The pages we draw: home, search and the reading page of an article."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from archive.web import words
from archive.web.finding import Found, find
from archive.web.holding import read_holding
from archive.web.reading import leads_to, read_article, read_withdrawn
from archive.web.wish import Wish, wish_from

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

T = TypeVar("T")
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
_HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"referrer-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
}
_KEY = "union_archive.drawn"
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
}
"""What the templates call."""


async def find_archive(datasette: "Datasette") -> str | None:
    """Name the database that is an archive; None where there is none."""
    for name, database in datasette.databases.items():
        found = await database.execute(_TABLES)
        if found.rows[0][0] == 3:  # noqa: PLR2004 - the three named above
            return str(name)
    return None


def with_policy(app: Application) -> Application:
    """Wrap Datasette: pages that `_drawn` marked are sent with our headers."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        drawn: list[bool] = []

        async def mindful(message: dict[str, Any]) -> None:
            if drawn and message["type"] == "http.response.start":
                headers = [*message.get("headers", []), *_HEADERS.items()]
                message = {**message, "headers": headers}
            await send(message)

        await app({**scope, _KEY: drawn}, receive, mindful)

    return wrapped


async def home(datasette: "Datasette", request: "Request") -> dict[str, Any]:
    """Give the variables of the home page; none where no archive is served."""
    name = datasette.jinja_env.globals.get("union_archive")
    if name is None:
        return {}
    await _ensure_allowed(datasette, request, name)
    _drawn(request)
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
        if other := await _read(datasette, name, lambda db: leads_to(db, wanted)):
            from datasette.utils.asgi import Response

            return Response.redirect(datasette.urls.path(f"/a/{other}"), status=301)
        if since := await _read(datasette, name, lambda db: read_withdrawn(db, wanted)):
            what = f"This article was withdrawn on {words.moment(since)}"
            page = {"what": what, "advice": "Its text can no longer be read here."}
            return await _page(datasette, request, "missing.html", page, status=410)
        what = "No article has this address"
        advice = "Its id may have been mistyped. An id once given resolves for ever."
        page = {"what": what, "advice": advice}
        return await _page(datasette, request, "missing.html", page, status=404)
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

    _drawn(request)
    body = await datasette.render_template(f"union_archive/{template}", context, request=request)
    return Response.html(body, status=status)


def _drawn(request: "Request") -> None:
    """Mark the page being answered as one of ours."""
    request.scope.get(_KEY, []).append(True)
