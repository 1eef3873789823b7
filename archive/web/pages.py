"""Where the archive is among the databases, and what all templates call."""

from typing import TYPE_CHECKING

from archive.web import visit, words
from archive.web.parts import within

if TYPE_CHECKING:
    from datasette.app import Datasette

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
