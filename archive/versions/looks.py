"""When addresses and articles were looked at, by their captures; all times are WARC-Dates."""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

_ARTICLES = """
SELECT url,
 (SELECT min(captured) FROM captures WHERE article = articles.id),
 (SELECT max(captured) FROM captures WHERE article = articles.id),
 (SELECT min(captured) FROM captures WHERE article = articles.id AND captured >
  (SELECT max(captured) FROM captures
   WHERE article = articles.id AND outcome IN ('article', 'unchanged')))
FROM articles WHERE site = ?"""


class Looks(NamedTuple):
    """The first and the last look."""

    first: str
    last: str


def at(db: sqlite3.Connection, url: str) -> Looks | None:
    """Give the looks at an address as it is written; None where there was none."""
    found = db.execute("SELECT min(captured), max(captured) FROM captures WHERE url = ?", [url])
    first, last = found.fetchone()
    return None if first is None else Looks(first, last)


def articles(db: sqlite3.Connection, site: str) -> Iterator[tuple[str, Looks]]:
    """Give the address of each of a site's articles and the looks at it, wherever it was found.

    Where the last look found something else, such as nothing, or a hijacked page, the first look
    is the one that did so first: it is to be confirmed, or its end to be seen.
    """
    for url, first, last, amiss in db.execute(_ARTICLES, [site]):
        yield url, Looks(amiss or first, last)
