"""The address that harvesters ask by OAI-PMH, by GET and by POST."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from archive.web.drawing import archive_of, read

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

ADDRESS = "/oai"


async def oai(datasette: "Datasette", request: "Request") -> "Response":
    """Answer /oai?verb=…."""
    from datasette import NotFound, Response

    from archive.oai.answer import Repository, answer

    served = await archive_of(datasette, request)
    if served.shelf is not None:
        raise NotFound("Several archives are served here together; harvest each by itself")
    sent = await request.post_body() if request.method == "POST" else b""
    query = sent.decode("utf-8", "replace") if request.method == "POST" else request.query_string
    holdings = served.holdings()
    about = Repository(
        name=datasette.metadata("title") or "Union Archive",
        base=str(datasette.absolute_url(request, datasette.urls.path(ADDRESS))),
        address=str(datasette.absolute_url(request, datasette.urls.path("/"))),
        contact=holdings.contact() if holdings else None,
        now=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    body = await read(datasette, lambda dbs: answer(dbs[0], about, pairs))
    return Response(body, content_type="text/xml; charset=utf-8")
