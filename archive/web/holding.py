"""What the home page and the list of sites show: sums, sites, coverage, newest articles, runs."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from archive.search.selection import Selection
from archive.search.together import Archives, listed, rows_of
from archive.web import coverage
from archive.web.coverage import Coverage, Strip
from archive.web.words import run_state

Row = dict[str, Any]

_SITES = "SELECT * FROM sites"
_CAPTURED = "SELECT site, max(captured) AS last FROM captures WHERE site IS NOT NULL GROUP BY site"
_LAST_RUNS = """
SELECT * FROM runs WHERE id IN (SELECT max(id) FROM runs GROUP BY site)
"""
_NEWEST = """
SELECT a.fts_pk, a.id, a.title, a.published, a.language,
    sites.name AS site_name, sites.language AS site_language
FROM json_each(?) AS wanted CROSS JOIN articles AS a ON a.fts_pk = wanted.value
    LEFT JOIN sites ON sites.id = a.site
"""
_RUNS = """
SELECT runs.*, sites.name AS site_name, sites.language AS site_language
FROM runs LEFT JOIN sites ON sites.id = runs.site ORDER BY started DESC, runs.id DESC LIMIT {}
"""
_SUMS = """
SELECT (SELECT count(*) FROM captures) AS captures,
    (SELECT count(DISTINCT article) FROM flags) AS flagged,
    (SELECT count(*) FROM versions WHERE number = 2) AS edited,
    (SELECT count(DISTINCT cluster) FROM reprints) AS clusters
"""

NEWEST, RUNS = 8, 6
"""Articles and runs that the home page names."""

WIDTH = 900
"""Units the chart is wide."""

HEIGHT = 98
"""Units the highest bar is high."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One year of the chart, in its units."""

    year: str
    number: int
    left: float
    step: float
    height: float
    labelled: bool


@dataclass(frozen=True, slots=True)
class SiteShown:
    """A site in the list."""

    row: Row
    articles: int
    span: str
    """The first and last year of its articles."""
    captured: str
    """When it was last looked at, or nothing."""
    run: Row | None
    """Its last crawl."""
    state: tuple[str, str]
    """How that went: class and words, as English that the catalogue has."""
    strip: Strip


@dataclass(frozen=True, slots=True)
class Holding:
    """The figures."""

    sums: Row
    whole: Coverage
    sites: tuple[SiteShown, ...]
    """The one with the most articles first."""
    newest: tuple[Row, ...]
    runs: tuple[Row, ...]
    bars: tuple[Bar, ...]
    years: tuple[int, ...]
    """The years that strips show."""
    legend: tuple[tuple[int, str], ...]
    """Shades of the strips, and the numbers they stand for."""

    @property
    def health(self) -> Counter[tuple[str, str]]:
        """How many sites' last crawls went how."""
        return Counter(site.state for site in self.sites if site.run)


def read_holding(archives: Archives) -> Holding:
    """Read the figures of an archive, or of several added up."""
    covered = coverage.read_coverage(archives)
    whole = coverage.together(covered.values())
    years = coverage.strip_years(covered.values())
    steps = coverage.levels(number for each in covered.values() for number in each.months.values())
    sums: Counter[str] = Counter()
    for row in _rows(archives, _SUMS):
        sums.update(row)
    runs = sorted(
        _rows(archives, _RUNS.format(RUNS)), key=lambda run: str(run["started"]), reverse=True
    )
    newest = rows_of(archives, _NEWEST, listed(archives, Selection(), NEWEST))
    return Holding(
        sums=dict(sums),
        whole=whole,
        sites=_sites(archives, covered, years, steps),
        newest=tuple(row for _, row in newest),
        runs=tuple(runs[:RUNS]),
        bars=bars(_by_year(whole)),
        years=years,
        legend=tuple(coverage.legend(steps)),
    )


def _sites(
    archives: Archives,
    covered: dict[str | None, Coverage],
    years: tuple[int, ...],
    steps: tuple[int, int, int],
) -> tuple[SiteShown, ...]:
    captured: dict[str, str] = {}
    for looked in _rows(archives, _CAPTURED):
        captured[looked["site"]] = max(captured.get(looked["site"], ""), looked["last"])
    last_runs = sorted(_rows(archives, _LAST_RUNS), key=lambda run: str(run["started"]))
    runs = {run["site"]: run for run in last_runs}
    shown = []
    for row in _rows(archives[:1], _SITES):
        own = covered.get(row["id"], Coverage())
        run = runs.get(row["id"])
        shown.append(
            SiteShown(
                row,
                own.articles,
                own.span,
                (captured.get(row["id"]) or "")[:10],
                run,
                run_state(run),
                coverage.strip(own.months, years, steps),
            )
        )
    return tuple(sorted(shown, key=lambda site: (-site.articles, site.row["id"])))


def _by_year(whole: Coverage) -> dict[str, int]:
    years: Counter[str] = Counter()
    for (year, _), number in whole.months.items():
        years[f"{year:04}"] += number
    return years


def bars(years: dict[str, int]) -> tuple[Bar, ...]:
    """Lay out a bar for every year from the first to the last; a year without articles is empty."""
    known = sorted(int(year) for year in years if year.isdecimal())
    if not known:
        return ()
    span = range(max(known[0], known[-1] - 59), known[-1] + 1)  # a wrong 0001 would swamp the rest
    step, most = WIDTH / len(span), max(years.values())
    every = max(1, round(len(span) / 12))
    return tuple(
        Bar(
            year=f"{year:04}",
            number=(number := years.get(f"{year:04}", 0)),
            left=round(index * step, 1),
            step=round(step, 1),
            height=round(HEIGHT * number / most, 1),
            labelled=index % every == 0,
        )
        for index, year in enumerate(span)
    )


def _rows(archives: Archives, sql: str) -> list[Row]:
    return [dict(row) for db in archives for row in db.execute(sql)]
