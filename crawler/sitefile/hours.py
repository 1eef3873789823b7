"""The hours at which a site may be crawled unattended; pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

import regex

HOUR = 3600
DAY = 24 * HOUR


def checked(value: str) -> str:
    """Give hours such as 22-06 back. Raises ValueError, saying what was expected."""
    begin, end = _bounds(value) if regex.fullmatch(r"\d\d-\d\d", value) else (0, 0)
    if begin == end or begin >= DAY or end > DAY:
        raise ValueError("two different hours such as 22-06")
    return value


def left(hours: str | None, zone: str, moment: datetime) -> float:
    """Give the seconds until a site's hours are over; 0 outside them, infinite without any."""
    if hours is None:
        return float("inf")
    begin, end = _bounds(hours)
    there = moment.astimezone(ZoneInfo(zone))
    since = (there.hour * HOUR + there.minute * 60 + there.second - begin) % DAY
    whole = (end - begin) % DAY or DAY  # 00-24
    return max(whole - since, 0)


def _bounds(hours: str) -> tuple[int, int]:
    begin, end = (int(hour) * HOUR for hour in hours.split("-"))
    return begin, end
