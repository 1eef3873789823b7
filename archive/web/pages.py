"""Which of the databases are archives, and what all templates call."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.holdings import Holdings
from archive.shelf import Shelf
from archive.web import visit, words
from archive.web.parts import clipped

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
        "removed",
        "run_state",
        "web_link",
    )
} | {
    "outcomes": words.OUTCOMES,
    "site_kinds": words.SITE_KINDS,
    "clipped": clipped,
    "_": visit.say,
    "_n": visit.say_number,
    "csp_nonce": lambda: visit.now().nonce,
    "page_language": lambda: visit.now().language,
    "language_links": visit.language_links,
}
"""What the templates call."""


@dataclass(frozen=True)
class Served:
    """The archive that is served, or several that are read as one."""

    names: tuple[str, ...]
    """What Datasette calls their databases, in the order in which they were named."""
    paths: tuple[Path, ...]
    """Their files; none for one in memory."""
    shelf: Shelf | None = None
    """What reads several; None for one."""
    players: tuple[str | None, ...] = (None,)
    """Where each has its captured pages played."""

    def holdings(self, place: int = 0) -> Holdings | None:
        """Give the folder that one lies in."""
        return Holdings(self.paths[place].parent) if self.paths else None


async def find_archives(datasette: "Datasette") -> Served | None:
    """Find the databases that are archives; None where there is none.

    One in memory is served where it is the only one.
    """
    found = [
        (str(name), database.path)
        for name, database in datasette.databases.items()
        if (await database.execute(_TABLES)).rows[0][0] == 3  # noqa: PLR2004 - the three named above
    ]
    filed = [(name, Path(path)) for name, path in found if path]
    if not filed:
        return Served((found[0][0],), ()) if found else None
    names, paths = zip(*filed, strict=True)
    players = tuple(Holdings(path.parent).replay() for path in paths)
    return Served(names, paths, Shelf(paths) if len(paths) > 1 else None, players)
