"""What was found, month by month, as a chart of bars that can be chosen."""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

from archive.keys import DATED, DAY, END
from archive.web.wish import UNKNOWN, Wish

MONTHS = 36
"""Months in a chart: a bar of the width of a finger each."""
WIDTH = 900
"""Units the chart is wide."""
HEIGHT = 58
"""Units the highest bar is high."""
LABELLED = 6
"""Months from one label to the next."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One month of the chart, in its units."""

    month: str
    """2009-05."""
    number: int
    left: float
    step: float
    height: float
    label: str
    """The year in January, else the month; of some months only."""
    chosen: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stretch of months."""

    bars: tuple[Bar, ...]
    earlier: str
    """The last month of the chart before; empty where nothing was found earlier."""
    later: str
    """The last month of the chart after."""

    @property
    def first(self) -> str:
        """The first month."""
        return self.bars[0].month

    @property
    def last(self) -> str:
        """The last month."""
        return self.bars[-1].month


def read_timeline(db: sqlite3.Connection, wish: Wish) -> Timeline | None:
    """Count what was found by month, whatever dates were chosen; None where nothing is dated."""
    if wish.year == UNKNOWN:
        return None
    selection = wish.without("year", "since", "until").selection
    source, binds = selection.sql(db)

    def nearest(condition: str, order: str) -> int | None:
        """Give the month of the nearest dated article found."""
        row = db.execute(
            f"SELECT {selection.key} {source} AND {selection.key} {condition}"
            f" ORDER BY {selection.key} {order} LIMIT 1",
            binds,
        ).fetchone()
        return None if row is None else _month(row[0] // DAY)

    newest = nearest(f">= {DATED}", "DESC")
    if newest is None:
        return None
    last = min(_wanted(wish, newest), newest)
    first = last - MONTHS + 1
    low, high = max(_key(first), DATED), _key(last + 1)
    earlier = nearest(f"BETWEEN {DATED} AND {low - 1}", "DESC")
    if earlier is None:
        oldest = nearest(f">= {low}", "ASC")
        first = last if oldest is None else min(oldest, last)
    later = nearest(f">= {high}", "ASC")
    rows = db.execute(
        f"SELECT {selection.key} / {DAY} AS day, count(*) {source}"
        f" AND {selection.key} >= {low} AND {selection.key} < {high} GROUP BY day",
        binds,
    )
    months: Counter[int] = Counter()
    for day, number in rows:
        months[_month(day)] += number
    return Timeline(
        bars=_bars(first, last, months, wish),
        earlier="" if earlier is None else _name(earlier),
        later="" if later is None else _name(min(later + MONTHS - 1, newest)),
    )


def _wanted(wish: Wish, newest: int) -> int:
    """Give the last month to show: as asked, or so that the chosen days are in view."""
    if wish.chart:
        return _number(wish.chart)
    if wish.year:
        return _number(f"{wish.year}-12")
    if wish.until:
        return min(_number(wish.until, 12) + MONTHS // 3, newest)
    return newest


def _bars(first: int, last: int, months: Counter[int], wish: Wish) -> tuple[Bar, ...]:
    step, most = WIDTH / max(last - first + 1, LABELLED), max(months.values(), default=1)
    low = wish.year or wish.since
    high = wish.year or wish.until
    bars = []
    for index, month in enumerate(range(first, last + 1)):
        name = _name(month)
        chosen = bool(low or high) and low[:7] <= name and (not high or name[: len(high)] <= high)
        labelled = not index or (month % LABELLED == 0 and 3 < index < last - first)  # noqa: PLR2004
        year, of_year = name.split("-")
        bars.append(
            Bar(
                month=name,
                number=months[month],
                left=round(index * step, 1),
                step=round(step, 1),
                height=round(HEIGHT * months[month] / most, 1),
                label=(year if of_year == "01" or not index else of_year) if labelled else "",
                chosen=chosen,
            )
        )
    return tuple(bars)


def _month(day: int) -> int:
    """Give the number of the month that the day with that ordinal is in."""
    found = date.fromordinal(day)
    return found.year * 12 + found.month - 1


def _number(text: str, default: int = 1) -> int:
    """Give the number of a month written 2009-05; of a year that month which is the default."""
    year, _, rest = text.partition("-")
    return int(year) * 12 + int(rest[:2].rstrip("-") or default) - 1


def _name(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _key(month: int) -> int:
    """Give the first key of a month."""
    year, of_year = divmod(month, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return END if year > MAXYEAR else 0
    return date(year, of_year + 1, 1).toordinal() * DAY
