"""What the page of one site shows."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from archive.versions.statuses import AMISS
from archive.web.coverage import Coverage, YearRow, calendar, legend, levels, read_coverage
from archive.web.words import run_state

Row = dict[str, Any]

NEWEST = 1000
"""Articles whose fields are counted: the newest."""
FIELDS = {
    "Title": "title <> ''",
    "Date": "published IS NOT NULL",
    "Author": "authors <> '[]'",
    "Source": "source IS NOT NULL",
    "Editor": "editor IS NOT NULL",
    "Section": "section IS NOT NULL",
    "Text": "text <> ''",
}
"""What may be filled, as English that the catalogue has, and the SQL that tells."""

_COUNTS = ", ".join(f"coalesce(sum({sql}), 0)" for sql in FIELDS.values())
_NEWEST = "FROM articles WHERE site = ? ORDER BY fts_pk DESC"
_FILLED = f"SELECT count(*), {_COUNTS} FROM (SELECT * {_NEWEST} LIMIT {NEWEST})"
_NAMED = """
SELECT {column} AS name, count(*) AS number
FROM (SELECT {column} {newest} LIMIT 5000) WHERE length(name) BETWEEN 1 AND 100
GROUP BY name ORDER BY number DESC, name LIMIT 12
"""
_ENCODINGS = """
SELECT encoding AS name, count(*) AS number
FROM (SELECT encoding FROM captures WHERE site = ? ORDER BY captured DESC LIMIT 2000)
WHERE encoding IS NOT NULL GROUP BY encoding ORDER BY number DESC
"""
_FLAGS = """
SELECT flags.name, count(*) AS number FROM flags JOIN articles ON articles.id = flags.article
WHERE articles.site = ? GROUP BY flags.name ORDER BY number DESC, flags.name
"""
_LAST_LOOKS = """
SELECT outcome AS name, count(*) AS number FROM (
    SELECT article, outcome, max(captured) FROM captures
    WHERE site = ? AND article IS NOT NULL AND outcome <> 'error' GROUP BY article
) GROUP BY outcome ORDER BY number DESC, outcome
"""
_RUNS = "SELECT * FROM runs WHERE site = ? ORDER BY id DESC LIMIT 30"
_LATEST = f"SELECT id, title, published, language, version, first_captured {_NEWEST} LIMIT 8"
_CAPTURED = "SELECT count(*), min(captured), max(captured) FROM captures WHERE site = ?"

HEIGHT = 48
"""Units the highest bar of the runs is high."""


@dataclass(frozen=True, slots=True)
class RunBar:
    """A crawl in the chart, in its units; the first stands left."""

    row: Row
    left: int
    height: float
    state: tuple[str, str]
    """Class and words."""


@dataclass(frozen=True, slots=True)
class SitePage:
    """All of it."""

    row: Row
    coverage: Coverage
    calendar: list[YearRow]
    legend: list[tuple[int, str]]
    counted: int
    """Of how many articles the fields were counted."""
    filled: dict[str, int]
    """Per cent of them that have a field, by its name."""
    sections: list[Row]
    sources: list[Row]
    encodings: list[Row]
    flags: list[Row]
    lost: list[Row]
    """What the last look at articles found where it did not find them."""
    runs: list[RunBar]
    latest: list[Row]
    captures: int
    first: str | None
    last: str | None
    """When it was first and last looked at."""

    @property
    def state(self) -> tuple[str, str]:
        """How its last crawl went: class and words."""
        return self.runs[-1].state if self.runs else run_state(None)


def read_site(db: sqlite3.Connection, site: str) -> SitePage | None:
    """Read what is known of a site; None where there is none of that name."""
    row = next(iter(_rows(db, "SELECT * FROM sites WHERE id = ?", site)), None)
    if row is None:
        return None
    own = read_coverage(db, site).get(site, Coverage())
    counted, *filled = db.execute(_FILLED, [site]).fetchone()
    captures, first, last = db.execute(_CAPTURED, [site]).fetchone()
    return SitePage(
        row=row,
        coverage=own,
        calendar=calendar(own.months),
        legend=legend(levels(own.months.values())),
        counted=counted,
        filled={
            name: round(100 * number / counted) if counted else 0
            for name, number in zip(FIELDS, filled, strict=True)
        },
        sections=_rows(db, _NAMED.format(column="section", newest=_NEWEST), site),
        sources=_rows(db, _NAMED.format(column="source", newest=_NEWEST), site),
        encodings=_rows(db, _ENCODINGS, site),
        flags=_rows(db, _FLAGS, site),
        lost=[look for look in _rows(db, _LAST_LOOKS, site) if look["name"] in AMISS],
        runs=_bars(_rows(db, _RUNS, site)),
        latest=_rows(db, _LATEST, site),
        captures=captures,
        first=first,
        last=last,
    )


def _bars(runs: list[Row]) -> list[RunBar]:
    """Lay out the runs, which come newest first."""
    most = max((run["new"] for run in runs), default=0) or 1
    return [
        RunBar(run, 18 * place, max(2, round(HEIGHT * run["new"] / most, 1)), run_state(run))
        for place, run in enumerate(reversed(runs))
    ]


def _rows(db: sqlite3.Connection, sql: str, site: str) -> list[Row]:
    cursor = db.execute(sql, [site])
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
