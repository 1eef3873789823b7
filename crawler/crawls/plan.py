"""When a source and an article are to be looked at again; pure, all times in seconds since 1970.

A source is asked more often while it brings something, and less while it does not. An article is
looked at again when edits, deletions and hijacks are likeliest to show.
"""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
LEAST: Final = HOUR
MOST: Final = 7 * DAY
FIRST: Final = DAY
"""Seconds between the first two looks at a source."""
SLOWER, FASTER, BUSY = 1.4, 0.8, 0.5
"""What the time between two looks is multiplied by: nothing new, something, much."""
MUCH = 3
"""New articles from which a source has much."""
AGES: Final = (DAY, 7 * DAY, 30 * DAY)
"""How old an article is at its first looks; then it is looked at once a year."""
YEAR: Final = 365 * DAY
REST: Final = DAY
"""How long a site rests that turned us away."""


def next_interval(interval: float, *, new: int, changed: bool) -> float:
    """Give the seconds until the next look at a source that has just been read."""
    factor = BUSY if new >= MUCH else FASTER if new or changed else SLOWER
    return min(max(interval * factor, LEAST), MOST)


def next_look(first: float, last: float) -> float:
    """Give when an article is to be looked at again that was seen at those times."""
    return next((first + age for age in AGES if first + age > last), last + YEAR)


def day_of(moment: float, zone: str) -> str:
    """Give the day it is then in a time zone, as ISO 8601."""
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).date().isoformat()


def timestamp(date: str) -> float:
    """Read a WARC-Date."""
    read = datetime.fromisoformat(date)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
