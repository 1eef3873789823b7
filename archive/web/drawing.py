"""What every page of ours is drawn with: who may see it, reading the archive, the template."""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from archive.web import visit

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

T = TypeVar("T")


async def archive_of(datasette: "Datasette", request: "Request") -> str:
    """Name the archive's database, or answer as if our pages did not exist."""
    from datasette import NotFound

    name: str | None = datasette.jinja_env.globals.get("union_archive")
    if name is None:
        raise NotFound("No archive is served here")
    await ensure_allowed(datasette, request, name)
    return name


async def ensure_allowed(datasette: "Datasette", request: "Request", name: str) -> None:
    """Let only those see a page of ours who may see the articles. Raises Forbidden."""
    rights = [("view-table", (name, "articles")), ("view-database", name), "view-instance"]
    await datasette.ensure_permissions(request.actor, rights)


async def read(datasette: "Datasette", name: str, question: Callable[[sqlite3.Connection], T]) -> T:
    """Ask the archive on one of Datasette's threads."""
    answer: T = await datasette.get_database(name).execute_fn(question)
    return answer


async def draw(
    datasette: "Datasette",
    request: "Request",
    template: str,
    context: dict[str, Any],
    status: int = 200,
) -> "Response":
    """Draw a page of ours."""
    from datasette import Response

    visit.now().ours = True
    body = await datasette.render_template(f"union_archive/{template}", context, request=request)
    return Response.html(body, status=status)
