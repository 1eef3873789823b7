"""The pages of what the archive holds: home, all sites, one site."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.web import visit
from archive.web.drawing import archive, draw, ensure_allowed, read
from archive.web.holding import Holding, read_holding
from archive.web.site import SitePage, read_site

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

LISTED = 25
"""Sites that the home page lists; /sites has ten times as many."""

_HELD = "union_archive_held"


async def home(datasette: "Datasette", request: "Request") -> dict[str, Any]:
    """Give the variables of the home page; none where no archive is served."""
    name = datasette.jinja_env.globals.get("union_archive")
    if name is None:
        return {}
    await ensure_allowed(datasette, request, name)
    visit.now().ours = True
    queries = await datasette.get_canned_queries(name, request.actor)
    return {
        "union_archive_holding": await _holding(datasette, name),
        "questions": list(queries.items()),
        "listed": LISTED,
    }


async def sites(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /sites."""
    name = await archive(datasette, request)
    page = {"h": await _holding(datasette, name), "listed": 10 * LISTED}
    return await draw(datasette, request, "sites.html", page)


async def site(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /sites/ID."""
    name = await archive(datasette, request)
    wanted = request.url_vars["site"]
    found: SitePage | None = await read(datasette, name, lambda db: read_site(db, wanted))
    if found is None:
        return await draw(datasette, request, "missing.html", {"site": True}, status=404)
    licence = datasette.metadata("license", database=name) or ""
    return await draw(datasette, request, "site.html", {"s": found, "licence": licence})


async def _holding(datasette: "Datasette", name: str) -> Holding:
    """Read the figures of the archive, once for each state that its file is in."""
    words = datasette.jinja_env.globals
    path = datasette.get_database(name).path
    stamp = _stamp(Path(path)) if path else None
    held: tuple[object, Holding] | None = words.get(_HELD)
    if held is None or stamp is None or held[0] != stamp:
        held = (stamp, await read(datasette, name, read_holding))
        words[_HELD] = held
    return held[1]


def _stamp(path: Path) -> tuple[tuple[int, int], ...]:
    """Tell one state of a database from another: size and time of its file and of its WAL."""
    files = (path, path.with_name(f"{path.name}-wal"))
    found = (file.stat() for file in files if file.exists())
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)
