"""The reprints of an article, as readers are shown them; `archive.reprints.finding` finds them."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Sibling:
    """A member of an article's cluster."""

    article: str
    title: str
    site: str | None
    published: str | None
    kind: str
    """origin, same, abridged, extended, spun or clone, as compared with the origin."""
    likeness: int
    """Jaccard similarity with the origin in per cent."""


def siblings(db: sqlite3.Connection, article: str) -> list[Sibling]:
    """Give an article's cluster, itself included: the origin first, then by date; or nothing."""
    rows = db.execute(
        "SELECT a.id, a.title, a.site, a.published, r.kind, r.likeness FROM reprints AS r"
        " JOIN articles AS a ON a.id = r.article"
        " WHERE r.cluster = (SELECT cluster FROM reprints WHERE article = ?)"
        " ORDER BY r.kind <> 'origin', a.published IS NULL, a.published, a.id",
        [article],
    )
    return [Sibling(*row) for row in rows]
