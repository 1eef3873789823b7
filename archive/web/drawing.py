"""What every page of ours is drawn with: who may see it, reading the archives, the template."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from archive.search.together import Archives
from archive.web import visit
from archive.web.pages import Served

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

T = TypeVar("T")


async def archive_of(datasette: "Datasette", request: "Request") -> Served:
    """Give what is served, or answer as if our pages did not exist."""
    from datasette import NotFound

    served: Served | None = datasette.jinja_env.globals.get("union_archive_served")
    if served is None:
        raise NotFound("No archive is served here")
    await ensure_allowed(datasette, request, served)
    return served


async def ensure_allowed(datasette: "Datasette", request: "Request", served: Served) -> None:
    """Let only those see a page of ours who may see the articles. Raises Forbidden."""
    for name in served.names:
        rights = [("view-table", (name, "articles")), ("view-database", name), "view-instance"]
        await datasette.ensure_permissions(request.actor, rights)


async def read(datasette: "Datasette", question: Callable[[Archives], T]) -> T:
    """Ask the archive, or several as one, on one of Datasette's threads."""
    served: Served = datasette.jinja_env.globals["union_archive_served"]
    shelf = served.shelf
    if shelf is None:
        database = datasette.get_database(served.names[0])
        answer: T = await database.execute_fn(lambda db: question((db,)))
        return answer

    def ask() -> T:
        return question(shelf.archives())

    if datasette.executor is None:  # num_sql_threads is 0
        return ask()
    return await asyncio.get_running_loop().run_in_executor(datasette.executor, ask)


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
