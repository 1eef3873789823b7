"""What was found, month by month, as a chart of bars that can be chosen."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

from archive.search.keys import DATED, DAY, END
from archive.search.together import Archives
from archive.web.parameters import UNKNOWN, SearchParameters

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


Nearest = Callable[[int, int], int | None]
"""Gives the month nearest to the first key of a span, on the way to the second."""


def read_timeline(
    archives: Archives, parameters: SearchParameters, days: Counter[int] | None = None
) -> Timeline | None:
    """Count what was found by month, whatever dates were chosen; None where nothing is dated.

    `days` says how many are of each day, where that is known of all of them.
    """
    if parameters.year == UNKNOWN:
        return None
    found = _asked(archives, parameters) if days is None else _counted(days)
    newest = found.nearest(END, DATED)
    if newest is None:
        return None
    last = min(_wanted(parameters, newest), newest)
    first = last - MONTHS + 1
    low, high = max(_key(first), DATED), _key(last + 1)
    earlier = found.nearest(low, DATED)
    if earlier is None:
        oldest = found.nearest(low, END)
        first = last if oldest is None else min(oldest, last)
    later = found.nearest(high, END) if last < newest else None
    return Timeline(
        bars=_bars(first, last, found.months(low, high), parameters),
        earlier="" if earlier is None else _name(earlier),
        later="" if later is None else _name(min(later + MONTHS - 1, newest)),
    )


@dataclass(frozen=True, slots=True)
class _Months:
    """What is known of the months of what was found."""

    nearest: Nearest
    """From a key (itself left out on the way down) towards another."""
    months: Callable[[int, int], Counter[int]]
    """How many are of each month between two keys."""


def _asked(archives: Archives, parameters: SearchParameters) -> _Months:
    """Ask the index."""
    selection = parameters.without("year", "since", "until").selection
    key = selection.key
    asked = [(db, *selection.sql(db)) for db in archives]

    def nearest(start: int, end: int) -> int | None:
        low, high, order = (end, start, "DESC") if start > end else (start, end, "ASC")
        found = [
            row[0]
            for db, source, binds in asked
            for row in db.execute(
                f"SELECT {key} {source} AND {key} >= {low} AND {key} < {high}"
                f" ORDER BY {key} {order} LIMIT 1",
                binds,
            )
        ]
        return _month((max(found) if start > end else min(found)) // DAY) if found else None

    def months(low: int, high: int) -> Counter[int]:
        return _by_month(
            (row[0], row[1])
            for db, source, binds in asked
            for row in db.execute(
                f"SELECT {key} / {DAY} AS day, count(*) {source}"
                f" AND {key} >= {low} AND {key} < {high} GROUP BY day",
                binds,
            )
        )

    return _Months(nearest, months)


def _counted(days: Counter[int]) -> _Months:
    """Take what was counted already."""
    dated = [(day * DAY, number) for day, number in days.items() if day * DAY >= DATED]

    def nearest(start: int, end: int) -> int | None:
        low, high = min(start, end), max(start, end)
        keys = [key for key, _ in dated if low <= key < high]
        if not keys:
            return None
        return _month((max(keys) if start > end else min(keys)) // DAY)

    def months(low: int, high: int) -> Counter[int]:
        return _by_month((key // DAY, number) for key, number in dated if low <= key < high)

    return _Months(nearest, months)


def _by_month(days: Iterable[tuple[int, int]]) -> Counter[int]:
    months: Counter[int] = Counter()
    for day, number in days:
        months[_month(day)] += number
    return months


def _wanted(parameters: SearchParameters, newest: int) -> int:
    """Give the last month to show: as asked, or so that the chosen days are in view."""
    if parameters.chart:
        return _number(parameters.chart)
    if parameters.year:
        return _number(f"{parameters.year}-12")
    if parameters.until:
        return min(_number(parameters.until, 12) + MONTHS // 3, newest)
    return newest


def _bars(
    first: int, last: int, months: Counter[int], parameters: SearchParameters
) -> tuple[Bar, ...]:
    step, most = WIDTH / max(last - first + 1, LABELLED), max(months.values(), default=1)
    low = parameters.year or parameters.since
    high = parameters.year or parameters.until
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
