"""The search page, and what can be taken away from it: the whole result as a file or a feed."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from archive.errors import UsageError
from archive.export import FORMATS
from archive.export.columns import columns
from archive.export.delivery import Delivery
from archive.export.extra import there
from archive.export.wanted import Wanted
from archive.search.together import Archives
from archive.web.download import Download
from archive.web.drawing import archive_of, draw, read
from archive.web.facets import CAP, read_facets, total
from archive.web.feed import ATOM, read_feed
from archive.web.finding import find
from archive.web.parameters import SearchParameters, read_parameters

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

T = TypeVar("T")

_MORE = ("cluster", "versions", "script")
"""What a download may ask beside what the search page does, as the options of `export`."""

DOWNLOADS = {
    name: each
    for name, each in FORMATS.items()
    if each.served and (not each.needs or there(each.needs))
}
"""The formats that readers may have: none that asks for the holdings, or for what is not here."""


async def search(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /search?q=…, its filters and its pages in the address.

    What is found comes first; where only the counts beside it take too long, they are left out.
    """
    await archive_of(datasette, request)
    parameters = read_parameters(request.args)
    found = await _timed(datasette, lambda dbs: find(dbs, parameters))
    facets, number, capped = None, 0, False
    if found is not None:
        facets = await _timed(datasette, lambda dbs: read_facets(dbs, parameters))
        if facets is not None:
            number, capped = facets.total, facets.capped
        else:
            counted = await _timed(datasette, lambda dbs: total(dbs, parameters))
            number, capped = counted or (len(found.results), True)
    page = {
        "parameters": parameters,
        "found": found,
        "facets": facets,
        "total": number,
        "capped": capped,
        "cap": CAP,
        "seconds": datasette.sql_time_limit_ms / 1000,
        "formats": [
            (name, each.title)
            for name, each in DOWNLOADS.items()
            if each.most is None or number <= each.most
        ],
    }
    return await draw(datasette, request, "search.html", page)


async def download(datasette: "Datasette", request: "Request") -> "Response | Download":
    """Give /search.FORMAT?q=…: all that is found, however much that is, as a file."""
    from datasette import NotFound
    from datasette.utils.asgi import BadRequest

    await archive_of(datasette, request)
    format_ = DOWNLOADS.get(request.url_vars["format"])
    if format_ is None:
        known = ", ".join(f"/search.{each}" for each in (*DOWNLOADS, ATOM))
        raise NotFound(f"No such format; there are {known}")
    parameters = read_parameters(request.args, hiding=False)
    more = {name: value for name in _MORE if (value := request.args.get(name))}
    try:
        delivery = Delivery(format_, Wanted(parameters.selection, **more))
    except UsageError as error:
        raise BadRequest(str(error)) from error
    return Download(
        ask=partial(read, datasette),
        delivery=delivery,
        address=str(datasette.absolute_url(request, datasette.urls.path("/"))),
        receive=request.receive,
        headers={
            "content-type": format_.media_type,
            "content-disposition": _disposition(parameters, format_.suffixes[0]),
        },
    )


async def dictionary(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /columns: the data dictionary of all exports."""
    await archive_of(datasette, request)
    return await draw(datasette, request, "columns.html", {"columns": columns(removals=True)})


async def feed(datasette: "Datasette", request: "Request") -> "Response":
    """Give /search.atom?q=…: the newest of what is found, for feed readers."""
    from datasette import Response

    await archive_of(datasette, request)
    parameters = read_parameters(request.args, hiding=False)

    def absolute(path: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(path)))

    body = await _timed(datasette, lambda dbs: read_feed(dbs, parameters, absolute))
    if body is None:
        return Response.text("This search takes too long for a feed; ask for less\n", status=503)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


async def _timed(datasette: "Datasette", question: Callable[[Archives], T]) -> T | None:
    """Ask under Datasette's own time limit; None where it was not enough."""
    from datasette.utils import sqlite_timelimit

    def limited(archives: Archives) -> T | None:
        try:
            with ExitStack() as limits:
                for db in archives:
                    limits.enter_context(sqlite_timelimit(db, datasette.sql_time_limit_ms))
                return question(archives)
        except sqlite3.OperationalError as error:
            if error.args == ("interrupted",):
                return None
            raise

    return await read(datasette, limited)


def _disposition(parameters: SearchParameters, suffix: str) -> str:
    """Name the file after the query (RFC 6266), for old programs plainly."""
    words = "".join(c if c.isalnum() else "-" for c in parameters.words[:40])
    named = "-".join(filter(None, ["union-archive", *words.split("-")]))
    encoded = quote(f"{named}{suffix}".encode("utf-8", "replace"))
    return f"attachment; filename=\"union-archive{suffix}\"; filename*=UTF-8''{encoded}"
