"""The integer that the index joins on, ordered by day of publication: newest first is its order."""

import re
import sqlite3
from calendar import monthrange
from contextlib import suppress
from datetime import date

from archive.errors import UsageError

DAY = 1 << 20
"""Keys in a day."""
FIRST = date(1000, 1, 1)
"""The first day an article can be of."""
DATED = FIRST.toordinal() * DAY
"""The first key of a dated article; the undated have those below, and come last."""
END = (date.max.toordinal() + 1) * DAY

_DATE = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)


def first_key(published: str | None) -> int:
    """Give the first key of the day an article was published; 0 where that is not known."""
    try:
        key = date.fromisoformat((published or "")[:10]).toordinal() * DAY
    except ValueError:
        return 0
    return key if key >= DATED else 0


def next_key(db: sqlite3.Connection, published: str | None) -> int:
    """Give a free key for an article published then."""
    key = first_key(published)
    while True:
        end = key + DAY if key else DATED
        row = db.execute(
            "SELECT max(fts_pk) FROM articles WHERE fts_pk >= ? AND fts_pk < ?", [key, end]
        ).fetchone()
        free = key if row[0] is None else row[0] + 1
        if free < end:
            return free
        key = end


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
