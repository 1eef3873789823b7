"""What the home page shows of the archive: sums, sites, years, newest articles, last runs."""

import sqlite3
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

_SITES = """
SELECT sites.*, count(articles.id) AS articles, min(nullif(substr(published, 1, 4), '')) AS first,
    max(substr(published, 1, 4)) AS last, max(articles.last_captured) AS captured
FROM sites LEFT JOIN articles ON articles.site = sites.id
GROUP BY sites.id ORDER BY articles DESC, sites.id LIMIT 50
"""
_YEARS = """
SELECT substr(published, 1, 4) AS year, count(*) AS number FROM articles
GROUP BY year ORDER BY year
"""
_NEWEST = """
SELECT articles.id, articles.title, articles.published, articles.language, articles.first_captured,
    sites.name AS site_name, sites.language AS site_language
FROM articles LEFT JOIN sites ON sites.id = articles.site ORDER BY articles.fts_pk DESC LIMIT 8
"""
_RUNS = """
SELECT runs.*, sites.name AS site_name, sites.language AS site_language
FROM runs LEFT JOIN sites ON sites.id = runs.site ORDER BY started DESC, runs.id DESC LIMIT 6
"""
_SUMS = """
SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM captures) AS captures,
    (SELECT count(*) FROM sites) AS sites, (SELECT count(*) FROM removals) AS removals,
    (SELECT count(*) FROM articles WHERE flags <> '[]') AS flagged,
    (SELECT count(*) FROM articles WHERE version > 1) AS edited
"""

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
class Holding:
    """The home page's figures."""

    sums: Row
    sites: tuple[Row, ...]
    newest: tuple[Row, ...]
    runs: tuple[Row, ...]
    bars: tuple[Bar, ...]
    undated: int

    @property
    def years(self) -> str:
        """The first and last year of publication, or nothing."""
        if not self.bars:
            return ""
        first, last = self.bars[0].year, self.bars[-1].year
        return first if first == last else f"{first}–{last}"


def read_holding(db: sqlite3.Connection) -> Holding:
    """Read the figures of the home page."""
    years = {row["year"]: row["number"] for row in _rows(db, _YEARS)}
    undated = years.pop(None, 0)
    return Holding(
        sums=_rows(db, _SUMS)[0],
        sites=_rows(db, _SITES),
        newest=_rows(db, _NEWEST),
        runs=_rows(db, _RUNS),
        bars=bars(years),
        undated=undated,
    )


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


def _rows(db: sqlite3.Connection, sql: str) -> tuple[Row, ...]:
    cursor = db.execute(sql)
    names = [column[0] for column in cursor.description]
    return tuple(dict(zip(names, row, strict=True)) for row in cursor)
