"""The search page, and what can be taken away from it: the whole result as a file or a feed."""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from archive.export import CONTENT_TYPES, FORMATS
from archive.web.drawing import archive_of, draw
from archive.web.feed import ATOM, read_feed
from archive.web.finding import find
from archive.web.survey import CAP, survey, total
from archive.web.taking import Taking
from archive.web.wish import Wish, wish_from

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

T = TypeVar("T")

TAKEN = {"csv": "CSV", "jsonl": "JSON Lines"}
"""What formats of export are called, where that is not their name in capitals."""


async def search(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /search?q=…, its filters and its pages in the address.

    What is found comes first; where only the counts beside it take too long, they are left out.
    """
    name = await archive_of(datasette, request)
    wish = wish_from(request.args)
    found = await _timed(datasette, name, lambda db: find(db, wish))
    around, number, capped = None, 0, False
    if found is not None:
        around = await _timed(datasette, name, lambda db: survey(db, wish))
        if around is not None:
            number, capped = around.total, around.capped
        else:
            counted = await _timed(datasette, name, lambda db: total(db, wish))
            number, capped = counted or (len(found.results), True)
    page = {
        "wish": wish,
        "found": found,
        "around": around,
        "total": number,
        "capped": capped,
        "cap": CAP,
        "seconds": datasette.sql_time_limit_ms / 1000,
        "formats": [(format_, TAKEN.get(format_, format_.upper())) for format_ in FORMATS],
    }
    return await draw(datasette, request, "search.html", page)


async def take(datasette: "Datasette", request: "Request") -> "Response | Taking":
    """Give /search.FORMAT?q=…: all that is found, however much that is, as a file."""
    from datasette import NotFound

    name = await archive_of(datasette, request)
    format_ = request.url_vars["format"]
    if format_ not in FORMATS:
        known = ", ".join(f"/search.{each}" for each in (*FORMATS, ATOM))
        raise NotFound(f"No such format; there are {known}")
    wish = wish_from(request.args, hiding=False)
    return Taking(
        database=datasette.get_database(name),
        selection=wish.selection,
        write=FORMATS[format_],
        receive=request.receive,
        headers={
            "content-type": CONTENT_TYPES[format_],
            "content-disposition": _disposition(wish, format_),
        },
    )


async def feed(datasette: "Datasette", request: "Request") -> "Response":
    """Give /search.atom?q=…: the newest of what is found, for feed readers."""
    from datasette import Response

    name = await archive_of(datasette, request)
    wish = wish_from(request.args, hiding=False)

    def absolute(path: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(path)))

    body = await _timed(datasette, name, lambda db: read_feed(db, wish, absolute))
    if body is None:
        return Response.text("This search takes too long for a feed; ask for less\n", status=503)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


async def _timed(
    datasette: "Datasette", name: str, question: Callable[[sqlite3.Connection], T]
) -> T | None:
    """Ask under Datasette's own time limit; None where it was not enough."""
    from datasette.utils import sqlite_timelimit

    def limited(db: sqlite3.Connection) -> T | None:
        try:
            with sqlite_timelimit(db, datasette.sql_time_limit_ms):
                return question(db)
        except sqlite3.OperationalError as error:
            if error.args == ("interrupted",):
                return None
            raise

    answer: Any = await datasette.get_database(name).execute_fn(limited)
    return answer  # type: ignore[no-any-return]


def _disposition(wish: Wish, format_: str) -> str:
    """Name the file after the query (RFC 6266), for old programs plainly."""
    words = "".join(c if c.isalnum() else "-" for c in wish.words[:40])
    named = "-".join(filter(None, ["union-archive", *words.split("-")]))
    encoded = quote(f"{named}.{format_}".encode("utf-8", "replace"))
    return f"attachment; filename=\"union-archive.{format_}\"; filename*=UTF-8''{encoded}"
