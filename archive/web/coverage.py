"""When the articles of each site were published, month by month, and pictures of that.

All of it is read from one covering index, by the key that holds the day of publication.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, pairwise

from archive.search.keys import DATED, DAY
from archive.search.together import Archives

Month = tuple[int, int]
"""Year and month."""

YEARS = 40
"""Years that a picture of a site has at most, the last."""
STRIP = 96
"""Months in a strip: eight years."""


@dataclass(slots=True)
class Coverage:
    """The articles of one site by month."""

    months: Counter[Month] = field(default_factory=Counter)
    undated: int = 0

    @property
    def articles(self) -> int:
        """All of them, dated or not."""
        return self.months.total() + self.undated

    @property
    def span(self) -> str:
        """The first and last year, or nothing."""
        return _span({month[0] for month in self.months})


def read_coverage(archives: Archives, site: str | None = None) -> dict[str | None, Coverage]:
    """Count the articles of every site, or of one, by month of publication."""
    only = "" if site is None else "WHERE site = ?"
    asked = f"SELECT site, fts_pk / {DAY} AS day, count(*) FROM articles {only} GROUP BY site, day"
    found: dict[str | None, Coverage] = {}
    for name, day, number in chain.from_iterable(
        db.execute(asked, [] if site is None else [site]) for db in archives
    ):
        coverage = found.setdefault(name, Coverage())
        if day * DAY < DATED:
            coverage.undated += number
        else:
            when = date.fromordinal(day)
            coverage.months[when.year, when.month] += number
    return found


def together(coverages: Iterable[Coverage]) -> Coverage:
    """Add up several sites."""
    whole = Coverage()
    for each in coverages:
        whole.months.update(each.months)
        whole.undated += each.undated
    return whole


def _span(years: Iterable[int]) -> str:
    known = sorted(years)
    if not known:
        return ""
    return str(known[0]) if known[0] == known[-1] else f"{known[0]}–{known[-1]}"


def levels(numbers: Iterable[int]) -> tuple[int, int, int]:
    """Give where the second, third and fourth shade begin, so that each has as many months."""
    known = sorted(number for number in numbers if number)
    if not known:
        return 2, 3, 4
    second, third, fourth = (known[len(known) * part // 4] for part in (1, 2, 3))
    second = max(second, 2)
    third = max(third, second + 1)
    return second, third, max(fourth, third + 1)


def shade(number: int, steps: Sequence[int]) -> int:
    """Give the shade of a number of articles: 0 for none, 1 to 4."""
    return 0 if not number else 1 + sum(number >= step for step in steps)


def legend(steps: Sequence[int]) -> list[tuple[int, str]]:
    """Give each shade with the numbers it stands for."""
    bounds = [1, *steps]
    ranges = [(low, high - 1) for low, high in pairwise(bounds)]
    shown = [f"{low:,}" if low >= high else f"{low:,}–{high:,}" for low, high in ranges]
    return [(0, "0"), *enumerate([*shown, f"{steps[-1]:,}+"], 1)]


@dataclass(frozen=True, slots=True)
class Cell:
    """A month in the picture of a site."""

    month: str
    """Such as 2011-04."""
    column: int
    """0 for January."""
    number: int
    shade: int


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year in the picture of a site."""

    year: int
    number: int
    cells: tuple[Cell, ...]


def calendar(months: Mapping[Month, int]) -> list[YearRow]:
    """Lay a site's months out by year, from the first month that has articles to the last."""
    known = sorted(months)
    if not known:
        return []
    steps = levels(months.values())
    first = max(known[0], (known[-1][0] - YEARS + 1, 1))
    rows = []
    for year in range(first[0], known[-1][0] + 1):
        cells = tuple(
            Cell(f"{year:04}-{month:02}", month - 1, number, shade(number, steps))
            for month in range(1, 13)
            if first <= (year, month) <= known[-1]
            for number in [months.get((year, month), 0)]
        )
        rows.append(YearRow(year, sum(cell.number for cell in cells), cells))
    return rows


@dataclass(frozen=True, slots=True)
class Strip:
    """The last years of a site in one line."""

    paths: tuple[tuple[int, str], ...]
    """For each shade that occurs the outline of its months."""


def strip_years(coverages: Iterable[Coverage]) -> tuple[int, ...]:
    """Give the years that strips show: the last eight in which anything was published."""
    last = max((month[0] for c in coverages for month in c.months), default=0)
    return tuple(range(last - STRIP // 12 + 1, last + 1)) if last else ()


def strip(months: Mapping[Month, int], years: Sequence[int], steps: Sequence[int]) -> Strip:
    """Draw a site's months as paths, ten units wide each and ten high; equal neighbours join."""
    shades = [shade(months.get((y, m), 0), steps) for y in years for m in range(1, 13)]
    runs: dict[int, list[str]] = {}
    start = 0
    for place in range(1, len(shades) + 1):
        if place == len(shades) or shades[place] != shades[start]:
            runs.setdefault(shades[start], []).append(_outline(10 * start, 10 * place))
            start = place
    return Strip(tuple((level, "".join(paths)) for level, paths in sorted(runs.items())))


def _outline(left: int, right: int) -> str:
    return f"M{left} 0H{right}V10H{left}z"
