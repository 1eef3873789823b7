"""The pages of one article: to be read, as JSON, and as a citation in a file."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from archive import citation, crosswalk
from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from archive.search.together import first
from archive.warc.reading import locate, read_headers
from archive.web import cite
from archive.web.drawing import archive_of, draw, read
from archive.web.pages import Served
from archive.web.parts import clipped
from archive.web.reading import Reading, Row, leads_to, read_article, read_withdrawn
from archive.web.record import record, replay_link
from archive.web.visit import now

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

ADDRESS = r"^/a/(?P<article>[^/.]+)(?:\.(?P<format>json|csl\.json|bib|ris))?$"

HEADERS = 40
"""HTTP headers of a capture that its page shows."""


async def article(datasette: "Datasette", request: "Request") -> "Response":
    """Answer /a/ID, or /a/ID?version=N for a superseded text, each also as a file."""
    served = await archive_of(datasette, request)
    wanted, kind = request.url_vars["article"], request.url_vars["format"]
    version, pair = _number(request, "version"), (_number(request, "a"), _number(request, "b"))
    answer = None
    if version is not None or "version" not in request.args:
        both = (pair[0], pair[1]) if pair[0] is not None and pair[1] is not None else None
        answer = await read(
            datasette,
            lambda dbs: first(dbs, lambda db: read_article(db, wanted, version, both)),
        )
    if answer is None:
        return await _elsewhere(datasette, request, served)
    place, found = answer
    permalink = datasette.absolute_url(request, datasette.urls.path(f"/a/{wanted}"))
    replay = replay_link(served.players[place], found.capture)
    cited = cite.cited(found, permalink)
    if kind == "json":
        return _file(json.dumps(record(found, cited, permalink, replay), ensure_ascii=False), kind)
    if kind is not None:
        return _file(cite.FORMATS[kind].write(cited), kind, f"{wanted}.{kind}")
    page: dict[str, Any] = {
        "union_archive": served.names[place],
        "reading": found,
        "part": _part(found, _number(request, "part")),
        "permalink": permalink,
        "replay": replay,
        "headers": await asyncio.to_thread(_headers, served.holdings(place), found.capture),
        "cleaner": next(v.cleaner for v in found.past.versions if v.number == found.number),
        "cited": cited,
        "citations": {"gb": citation.gb_t_7714(cited), "chicago": citation.chicago(cited)},
        "formats": cite.FORMATS,
        "metas": crosswalk.metas(cited),
        "coins": crosswalk.coins(cited),
        "schema": cite.schema_org(cited),
    }
    return await draw(datasette, request, "article.html", page)


def _headers(holdings: Holdings | None, capture: Row | None) -> list[tuple[str, str]]:
    """Give a capture's HTTP headers, where the WARC files lie beside the archive."""
    if capture is None or holdings is None:
        return []
    path = locate(holdings.warc, capture["warc"])
    if not path.is_file():
        return []
    try:
        found = read_headers(path, capture["offset"])
    except UnionArchiveError:  # the page is whole without them; `verify` tells of the damage
        return []
    return [(clipped(name, 100), clipped(value, 300)) for name, value in found[:HEADERS]]


def _number(request: "Request", name: str) -> int | None:
    """Read a number of the address; None where it is none."""
    text = request.args.get(name) or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004


def _part(found: Reading, wanted: int | None) -> int:
    """Give the part of the text to be shown, from 1 on."""
    return min(max(wanted or 1, 1), len(found.parts))


async def _elsewhere(datasette: "Datasette", request: "Request", served: Served) -> "Response":
    """Lead to where an article is, or say that there is none."""
    wanted, kind = request.url_vars["article"], request.url_vars["format"]
    withdrawn = await read(datasette, lambda dbs: first(dbs, lambda db: read_withdrawn(db, wanted)))
    if withdrawn is None:
        alias = await read(datasette, lambda dbs: first(dbs, lambda db: leads_to(db, wanted)))
        other = alias[1] if alias else wanted
        if served.shelf is not None:
            other = await asyncio.to_thread(served.shelf.instead, other) or other
        if other != wanted:
            return _moved(datasette, request, other, kind)
    return await _missing(datasette, request, withdrawn[1] if withdrawn else None, kind)


def _moved(datasette: "Datasette", request: "Request", other: str, kind: str | None) -> "Response":
    """Lead from the id of another address of an article to the article."""
    from datasette import Response

    address = datasette.urls.path(f"{now().chosen}/a/{other}{'.' + kind if kind else ''}")
    query = f"?{request.query_string}" if request.query_string else ""
    return Response.redirect(address + query, status=301)


async def _missing(
    datasette: "Datasette", request: "Request", since: str | None, kind: str | None
) -> "Response":
    """Say that there is no such article, or since when there is none."""
    from datasette import Response

    status = 410 if since else 404
    if kind is None:
        return await draw(datasette, request, "missing.html", {"since": since}, status=status)
    said = {"ok": False, "status": status, "withdrawn": since}
    return Response(json.dumps(said), status=status, content_type="application/json")


def _file(text: str, kind: str, name: str | None = None) -> "Response":
    """Give a file, to be kept under that name if there is one."""
    from datasette import Response

    content_type = "application/json" if kind == "json" else cite.FORMATS[kind].content_type
    headers = {"content-disposition": f'attachment; filename="{name}"'} if name else {}
    return Response(text, headers=headers, content_type=f"{content_type}; charset=utf-8")
