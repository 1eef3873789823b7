"""The pages of what the archive holds: home, all sites, one site."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive.search.together import Archives
from archive.shelf import stamp_of
from archive.web import visit
from archive.web.drawing import T, archive_of, draw, ensure_allowed, read
from archive.web.holding import Holding, read_holding
from archive.web.pages import Served
from archive.web.site import read_site

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

LISTED = 25
"""Sites that the home page lists; /sites has ten times as many."""

KEPT = 100
"""Pages whose figures are kept in memory."""

_HELD = "union_archive_held"


@dataclass(slots=True)
class _Held:
    """Answers that hold for one state of the files, and of what comparing several has told."""

    stamp: tuple[object, ...] = ()
    answers: dict[str | None, Any] = field(default_factory=dict)


async def home(datasette: "Datasette", request: "Request") -> dict[str, Any]:
    """Give the variables of the home page; none where no archive is served."""
    served: Served | None = datasette.jinja_env.globals.get("union_archive_served")
    if served is None:
        return {}
    await ensure_allowed(datasette, request, served)
    visit.now().ours = True
    queries = await datasette.get_canned_queries(served.names[0], request.actor)
    return {
        "union_archive_holding": await _holding(datasette, served),
        "questions": list(queries.items()),
        "listed": LISTED,
    }


async def sites(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /sites."""
    served = await archive_of(datasette, request)
    page = {"h": await _holding(datasette, served), "listed": 10 * LISTED}
    return await draw(datasette, request, "sites.html", page)


async def site(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /sites/ID."""
    served = await archive_of(datasette, request)
    wanted = request.url_vars["site"]
    found = await _kept(datasette, served, wanted, lambda dbs: read_site(dbs, wanted))
    if found is None:
        return await draw(datasette, request, "missing.html", {"site": True}, status=404)
    page = {
        "s": found,
        "licence": datasette.metadata("license", database=served.names[0]) or "",
        "union_archive": served.names[found.archive],
        "names": served.names,
    }
    return await draw(datasette, request, "site.html", page)


async def _holding(datasette: "Datasette", served: Served) -> Holding:
    return await _kept(datasette, served, None, read_holding)


async def _kept(
    datasette: "Datasette", served: Served, about: str | None, question: Callable[[Archives], T]
) -> T:
    """Ask, once for each state that the files are in; `about` tells questions apart."""
    if not served.paths:
        return await read(datasette, question)
    held: _Held = datasette.jinja_env.globals.setdefault(_HELD, _Held())
    compared = None if served.shelf is None else await asyncio.to_thread(served.shelf.compared)
    stamp = (compared, *map(stamp_of, served.paths))
    if held.stamp != stamp:
        held.stamp, held.answers = stamp, {}
    if about not in held.answers:
        answer = await read(datasette, question)
        while len(held.answers) >= KEPT:
            held.answers.pop(next(iter(held.answers)))
        held.answers[about] = answer
    kept: T = held.answers[about]
    return kept
