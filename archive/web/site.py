"""What the page of one site shows."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from archive.search.selection import Selection
from archive.search.together import Archives, listed, rows_of
from archive.versions.statuses import AMISS
from archive.web.coverage import Coverage, YearRow, calendar, legend, levels, read_coverage
from archive.web.words import run_state

Row = dict[str, Any]

NEWEST = 1000
"""Articles whose fields are counted: the newest, in each archive."""
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

_COUNTS = ", ".join(f"coalesce(sum({sql}), 0) AS {name}" for name, sql in FIELDS.items())
_NEWEST = "FROM articles WHERE site = ? ORDER BY fts_pk DESC"
_FILLED = f"SELECT count(*) AS counted, {_COUNTS} FROM (SELECT * {_NEWEST} LIMIT {NEWEST})"
_NAMED = """
SELECT {column} AS name, count(*) AS number
FROM (SELECT {column} {newest} LIMIT 5000) WHERE length(name) BETWEEN 1 AND 100
GROUP BY name
"""
_ENCODINGS = """
SELECT encoding AS name, count(*) AS number
FROM (SELECT encoding FROM captures WHERE site = ? ORDER BY captured DESC LIMIT 2000)
WHERE encoding IS NOT NULL GROUP BY encoding
"""
_FLAGS = """
SELECT flags.name, count(*) AS number FROM flags JOIN articles ON articles.id = flags.article
WHERE articles.site = ? GROUP BY flags.name
"""
_LAST_LOOKS = """
SELECT outcome AS name, count(*) AS number FROM (
    SELECT article, outcome, max(captured) FROM captures
    WHERE site = ? AND article IS NOT NULL AND outcome <> 'error' GROUP BY article
) GROUP BY outcome
"""
_RUNS = "SELECT * FROM runs WHERE site = ? ORDER BY id DESC LIMIT {}"
_LATEST = """
SELECT a.fts_pk, a.id, a.title, a.published, a.language, a.version, a.first_captured
FROM json_each(?) AS wanted CROSS JOIN articles AS a ON a.fts_pk = wanted.value
"""
_CAPTURED = """
SELECT count(*) AS number, min(captured) AS first, max(captured) AS last
FROM captures WHERE site = ?
"""

LATEST, RUNS, NAMES = 8, 30, 12
"""Articles, runs, and names of sections and sources that the page has."""
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
    archive: int
    """The first of the archives that have captures of it."""

    @property
    def state(self) -> tuple[str, str]:
        """How its last crawl went: class and words."""
        return self.runs[-1].state if self.runs else run_state(None)


def read_site(archives: Archives, site: str) -> SitePage | None:
    """Read what is known of a site; None where there is none of that name."""
    row = next(iter(_rows(archives[:1], "SELECT * FROM sites WHERE id = ?", site)), None)
    if row is None:
        return None
    own = read_coverage(archives, site).get(site, Coverage())
    filled: Counter[str] = Counter()
    for each in _rows(archives, _FILLED, site):
        filled.update(each)
    counted = filled.pop("counted")
    looks = _rows(archives, _CAPTURED, site)
    return SitePage(
        row=row,
        coverage=own,
        calendar=calendar(own.months),
        legend=legend(levels(own.months.values())),
        counted=counted,
        filled={name: round(100 * filled[name] / counted) if counted else 0 for name in FIELDS},
        sections=_numbered(archives, _NAMED.format(column="section", newest=_NEWEST), site)[:NAMES],
        sources=_numbered(archives, _NAMED.format(column="source", newest=_NEWEST), site)[:NAMES],
        encodings=_numbered(archives, _ENCODINGS, site),
        flags=_numbered(archives, _FLAGS, site),
        lost=[look for look in _numbered(archives, _LAST_LOOKS, site) if look["name"] in AMISS],
        runs=_bars(_runs(archives, site)),
        latest=[
            row
            for _, row in rows_of(archives, _LATEST, listed(archives, Selection(site=site), LATEST))
        ],
        captures=sum(look["number"] for look in looks),
        first=min((look["first"] for look in looks if look["first"]), default=None),
        last=max((look["last"] for look in looks if look["last"]), default=None),
        archive=next((n for n, look in enumerate(looks) if look["number"]), 0),
    )


def _runs(archives: Archives, site: str) -> list[Row]:
    """Give the last runs, newest first, each with the number of its archive."""
    found = [
        {**run, "archive": number}
        for number in range(len(archives))
        for run in _rows(archives[number : number + 1], _RUNS.format(RUNS), site)
    ]
    if len(archives) > 1:
        found.sort(key=lambda run: str(run["started"]), reverse=True)
    return found[:RUNS]


def _bars(runs: list[Row]) -> list[RunBar]:
    """Lay out the runs, which come newest first."""
    most = max((run["new"] for run in runs), default=0) or 1
    return [
        RunBar(run, 18 * place, max(2, round(HEIGHT * run["new"] / most, 1)), run_state(run))
        for place, run in enumerate(reversed(runs))
    ]


def _numbered(archives: Archives, sql: str, site: str) -> list[Row]:
    """Add up how often there is what, the most frequent first."""
    numbers: Counter[str] = Counter()
    for row in _rows(archives, sql, site):
        numbers[row["name"]] += row["number"]
    often = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return [{"name": name, "number": number} for name, number in often]


def _rows(archives: Archives, sql: str, site: str) -> list[Row]:
    return [dict(row) for db in archives for row in db.execute(sql, [site])]
