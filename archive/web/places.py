"""The pages of what the archive holds: home, all sites, one site."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any

from archive.web import visit
from archive.web.drawing import T, archive_of, draw, ensure_allowed, read
from archive.web.holding import Holding, read_holding
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
    """Answers that hold for one state of the archive's file."""

    stamp: tuple[tuple[int, int], ...] = ()
    answers: dict[str | None, Any] = field(default_factory=dict)


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
    name = await archive_of(datasette, request)
    page = {"h": await _holding(datasette, name), "listed": 10 * LISTED}
    return await draw(datasette, request, "sites.html", page)


async def site(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /sites/ID."""
    name = await archive_of(datasette, request)
    wanted = request.url_vars["site"]
    found = await _kept(datasette, name, wanted, lambda db: read_site(db, wanted))
    if found is None:
        return await draw(datasette, request, "missing.html", {"site": True}, status=404)
    licence = datasette.metadata("license", database=name) or ""
    return await draw(datasette, request, "site.html", {"s": found, "licence": licence})


async def _holding(datasette: "Datasette", name: str) -> Holding:
    return await _kept(datasette, name, None, read_holding)


async def _kept(
    datasette: "Datasette", name: str, about: str | None, question: Callable[[Connection], T]
) -> T:
    """Ask the archive, once for each state that its file is in; `about` tells questions apart."""
    path = datasette.get_database(name).path
    if not path:
        return await read(datasette, name, question)
    held: _Held = datasette.jinja_env.globals.setdefault(_HELD, _Held())
    stamp = _stamp(Path(path))
    if held.stamp != stamp:
        held.stamp, held.answers = stamp, {}
    if about not in held.answers:
        answer = await read(datasette, name, question)
        while len(held.answers) >= KEPT:
            held.answers.pop(next(iter(held.answers)))
        held.answers[about] = answer
    kept: T = held.answers[about]
    return kept


def _stamp(path: Path) -> tuple[tuple[int, int], ...]:
    """Tell one state of a database from another: size and time of its file and of its WAL."""
    files = (path, path.with_name(f"{path.name}-wal"))
    found = (file.stat() for file in files if file.exists())
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)
