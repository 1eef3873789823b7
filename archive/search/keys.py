"""The integer that the index joins on; its order is that of results, by day of publication and id.

So an article's place among others does not depend on when it came, and archives that hold the same
articles, in one file or in several, list them alike. A key is the first of its day and a share of
the day's keys that the beginning of the id tells; where two want the same, the greater id is moved
up, as in an ordered hash table (Amble and Knuth, 1974).
"""

import re
import sqlite3
from bisect import bisect_left
from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from archive.errors import UsageError

DAY = 1 << 20
"""Keys in a day."""
FIRST = date(1000, 1, 1)
"""The first day an article can be of."""
DATED = FIRST.toordinal() * DAY
"""The first key of a dated article; the undated have those below, and come last."""
END = (date.max.toordinal() + 1) * DAY
ROOM = 1 << 12
"""How far an article may be moved up; so many of a day's last keys are wanted by none."""

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
"""What ids are made of, in order: base32 (RFC 4648), in lower case."""
_TELLING = 10
"""Letters of an id that tell its key."""

_PLACE = re.compile(r"(\d{4}-\d\d-\d\d)?\.([a-z2-7]{10,52})", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)


def first_key(published: str | None) -> int:
    """Give the first key of the day an article was published; 0 where that is not known."""
    try:
        key = date.fromisoformat((published or "")[:10]).toordinal() * DAY
    except ValueError:
        return 0
    return key if key >= DATED else 0


def natural_key(published: str | None, id_: str) -> int:
    """Give the key that an article published then wants, by its id."""
    first = first_key(published)
    room = (DAY if first else DATED) - ROOM
    told = 0
    for letter in id_[:_TELLING].ljust(_TELLING, _LETTERS[0]):
        told = told * len(_LETTERS) + min(bisect_left(_LETTERS, letter), len(_LETTERS) - 1)
    return first + (told * room >> 5 * _TELLING)


@dataclass(frozen=True)
class Place:
    """Where an article stands in the order of results, in whichever archive."""

    day: str | None
    """Of its publication, ISO 8601; None where that is not known."""
    id: str

    def __str__(self) -> str:
        """Write it for an address: 2009-05-01.ID, or .ID without a day."""
        return f"{self.day or ''}.{self.id}"


def place(text: str | None) -> Place | None:
    """Read what a place is written as; None for anything else."""
    found = _PLACE.fullmatch(text or "")
    return None if found is None else Place(found[1], found[2])


def place_of(key: int, id_: str) -> Place:
    """Give the place of the article with that key and id."""
    return Place(date.fromordinal(key // DAY).isoformat() if key >= DATED else None, id_)


def seek(db: sqlite3.Connection, published: str | None, id_: str, *, past: bool = False) -> int:
    """Give the first key that is not before the place of an article, whether it is there or not.

    With `past`, the first one behind it. A free key, or that of the next article.
    """
    key = natural_key(published, id_)
    before = db.execute(
        "SELECT max(fts_pk) FROM articles WHERE fts_pk >= ? AND fts_pk < ?"
        f" AND id {'<=' if past else '<'} ?",
        [key, key + ROOM, id_],
    ).fetchone()[0]
    return key if before is None else int(before) + 1


def put_in_order(db: sqlite3.Connection) -> None:
    """Give all articles their keys anew, in the caller's transaction; the index is stale then."""
    rows = db.execute("SELECT rowid, id, published FROM articles").fetchall()
    wanted = sorted((natural_key(published, id_), id_, row) for row, id_, published in rows)
    keys, last = {}, -1
    for key, _, row in wanted:
        keys[row] = last = max(key, last + 1)
    # Row after row as they lie in the file, and below zero first, where none is in another's way.
    for change in (
        "UPDATE articles SET fts_pk = -1 - ? WHERE rowid = ?",
        "UPDATE articles SET fts_pk = ? WHERE rowid = ?",
    ):
        db.executemany(change, ((keys[row], row) for row, *_ in rows))


def bounds(since: str | None, until: str | None) -> tuple[int, int] | None:
    """Give the first key and the one past the last of a span of days; None for all, dated or not.

    A date is 2009-05-01, 2009-05 or 2009; both ends belong to the span. Raises UsageError.
    """
    if since is None and until is None:
        return None
    low = DATED if since is None else span(since)[0].toordinal() * DAY
    high = END if until is None else (span(until)[1].toordinal() + 1) * DAY
    return max(low, DATED), high


def span(text: str) -> tuple[date, date]:
    """Give the first and last day of a date, a month or a year. Raises UsageError."""
    match = _DATE.fullmatch(text.strip())
    if match is not None:
        with suppress(ValueError):
            year, low, high = int(match[1]), int(match[2] or 1), int(match[2] or 12)
            first = date(year, low, int(match[3] or 1))
            return first, date(year, high, int(match[3] or monthrange(year, high)[1]))
    raise UsageError(f"got {text!r} as a date, expected one such as 2009-05-01, 2009-05 or 2009")
