"""The search page; and what all templates call."""

import sqlite3
from typing import TYPE_CHECKING

from archive.web import visit, words
from archive.web.drawing import archive, draw, read
from archive.web.finding import Found, find
from archive.web.parts import within
from archive.web.wish import Wish, wish_from

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

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
        "removed",
        "run_state",
        "web_link",
    )
} | {
    "outcomes": words.OUTCOMES,
    "site_kinds": words.SITE_KINDS,
    "within": within,
    "_": visit.say,
    "_n": visit.say_number,
    "csp_nonce": lambda: visit.now().nonce,
    "tongue": lambda: visit.now().language,
    "tongue_links": visit.tongue_links,
}
"""What the templates call."""


async def find_archive(datasette: "Datasette") -> str | None:
    """Name the database that is an archive; None where there is none."""
    for name, database in datasette.databases.items():
        found = await database.execute(_TABLES)
        if found.rows[0][0] == 3:  # noqa: PLR2004 - the three named above
            return str(name)
    return None


async def search(datasette: "Datasette", request: "Request") -> "Response":
    """Draw /search?q=…, its filters and its pages in the address."""
    from datasette.database import QueryInterrupted

    name = await archive(datasette, request)
    wish = wish_from(request.args)
    found, slow = None, False
    try:
        found = await _timed(datasette, name, wish)
    except QueryInterrupted:
        slow = True
    page = {"wish": wish, "found": found, "slow": slow}
    return await draw(datasette, request, "search.html", page)


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

    return await read(datasette, name, limited)
