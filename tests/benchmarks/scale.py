"""What 10,000 sites, or a month of Common Crawl, take: a model on paper, fed by measured costs.

    python tests/benchmarks/scale.py [--measure] [--write]

prints what crawler/cluster/SCALE.md has; `--measure` finds the costs in scale.toml anew, `--write`
puts the tables into SCALE.md. What is assumed stands in the constants, with where it comes from.
"""

import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, exp
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from publishing import KINDS, MOST_OLD, SPREAD, VALIDATORS

from crawler.spiders.loader import PAUSE

DOCUMENT = Path(__file__).parents[2] / "crawler" / "cluster" / "SCALE.md"
COSTS = Path(__file__).with_suffix(".toml")
CORES = 2
"""Of each machine: those that the costs were measured on."""
SITES = 10_000
THREADS = 4
"""Of a worker of Dask, as README.md has it: each has one host at a time."""
LINKS = 20
LOOKS = 3
"""Later looks at an article in its first year: after a day, a week and a month."""
CC_PAGES, CC_HOSTS, CC_FILES = 2.64e9, 47.5e6, 90_000
"""December 2024, https://commoncrawl.org/blog/december-2024-crawl-archive-now-available; the number
of files is assumed: some 90 TB, packed into files of 1 GB."""
CC_PAGE = 90e12 / CC_PAGES
"""Bytes of a page there, packed."""
NETWORK = 1e9 / 8
"""Bytes a second of a machine's line: assumed."""
A_FILE = 1_000_000
"""Articles of one archive.db: the most that search, pages and exports have been measured with."""
MACHINES = (1, 4, 16)
Row = Sequence[str]


def costs() -> dict[str, float]:
    """Read what was measured."""
    return tomllib.loads(COSTS.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Work:
    """Something to be done, by machines of CORES."""

    name: str
    pages: float
    """Pages that are read."""
    light: float = 0.0
    """Requests of which nothing is read: lists, 304, robots.txt."""
    largest: float = 0.0
    """Requests to the host that has most of them; 0 where nobody has to be spared."""
    articles: float = 0.0
    """Articles that are new."""
    passed: float = 0.0
    """Records that are passed over."""
    sent: float = 0.0
    """Bytes a page, and a record that is passed over, on the line."""
    threads: int = 0
    """Hosts that a machine visits at once; 0 where it visits all."""

    def cpu(self, cost: Mapping[str, float]) -> float:
        """Give the hours of CPU."""
        spent = self.pages * (cost["main"] + cost["clean"]) + self.light * cost["light"]
        # What is passed over is unpacked nevertheless, and a page there is larger than ours.
        return (spent + self.passed * cost["scan"] * self.sent / cost["warc"]) / 3.6e6

    def hours(self, cost: Mapping[str, float], machines: int) -> dict[str, float]:
        """Give the hours that each limit alone sets, by its name."""
        sent = (self.pages + self.passed) * self.sent
        return {
            "politeness": self.largest * PAUSE / 3600,
            "CPU": self.cpu(cost) / (CORES * machines),
            "main process": (self.pages * cost["main"] + self.light * cost["light"])
            / 3.6e6 / machines,
            "network": sent / NETWORK / 3600 / machines,
            "threads": (self.pages + self.light) * PAUSE / 3600 / (self.threads * machines)
            if self.threads else 0.0,
        }  # fmt: skip


def mean_of(median: float) -> float:
    """Give the mean of the lognormal that publishing.py draws from."""
    return median * exp(SPREAD**2 / 2)


def works(cost: Mapping[str, float]) -> list[Work]:
    """Give what the page speaks of."""
    old = SITES * sum(kind.share * min(mean_of(kind.old), MOST_OLD) for kind in KINDS.values())
    year = 365 * SITES * sum(kind.share * mean_of(kind.rate) for kind in KINDS.values())
    found = SITES * CC_PAGES / CC_HOSTS
    most = MOST_OLD * (1 + 1 / LINKS)
    harvest = Work("first harvest", old, old / LINKS, most, old, 0, cost["page"])
    return [
        harvest,
        replace(harvest, name="the same by `cluster crawl`", threads=THREADS),
        Work("looks that follow it", LOOKS * old * (1 - VALIDATORS), LOOKS * old * VALIDATORS,
             LOOKS * MOST_OLD, 0, 0, cost["page"]),
        Work("a year of news", year * (1 + LOOKS * (1 - VALIDATORS)),
             year * (LOOKS * VALIDATORS + 1), 0, year, 0, cost["page"]),
        Work("Common Crawl by its index", found, 0, 0, found, 0, CC_PAGE),
        Work("Common Crawl, all files", found, 0, 0, found, CC_PAGES - found, CC_PAGE),
    ]  # fmt: skip


def sizes(cost: Mapping[str, float]) -> list[Row]:
    """Say what each work is, and what it leaves behind."""
    rows: list[Row] = [
        ("", "pages", "CPU, hours", "WARC, GB", "archive.db, GB", "files of it", "merge, hours")
    ]
    for work in works(cost):
        warc = work.articles * (CC_PAGE if work.sent == CC_PAGE else cost["warc"])
        rows.append((
            work.name, f"{work.pages:,.0f}", f"{work.cpu(cost):,.0f}", f"{warc / 1e9:,.0f}",
            f"{work.articles * cost['article'] / 1e9:,.0f}", f"{ceil(work.articles / A_FILE)}",
            f"{work.articles * cost['merge'] / 3.6e6:,.1f}",
        ))  # fmt: skip
    return rows


def limits(cost: Mapping[str, float]) -> list[Row]:
    """Say how long each work takes, by machines, and which limit says so."""
    rows: list[Row] = [("hours", *(f"{n} machine{'s' * (n > 1)}" for n in MACHINES))]
    for work in works(cost):
        found = [work.hours(cost, machines) for machines in MACHINES]
        worst = [max(hours, key=lambda name: hours[name]) for hours in found]
        cells = [f"{h[name]:,.1f} ({name})" for h, name in zip(found, worst, strict=True)]
        rows.append((work.name, *cells))
    return rows


def table(rows: Sequence[Row]) -> str:
    """Write rows as a table of Markdown; the first is its head."""
    head, *rest = rows
    lines = [head, ("---", *("---:" for _ in head[1:])), *rest]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def told(cost: Mapping[str, float]) -> str:
    """Give the part of the page that follows from what was measured."""
    return f"{table(sizes(cost))}\n\n{table(limits(cost))}"


def put(marker: str, text: str) -> None:
    """Put a text between the two comments of that name in SCALE.md."""
    page = DOCUMENT.read_text(encoding="utf-8")
    before, begin, rest = page.partition(f"<!-- {marker} -->\n")
    _, end, after = rest.partition(f"<!-- /{marker} -->")
    assert begin, f"{DOCUMENT} has no {marker}"
    assert end, f"{DOCUMENT} has no end of {marker}"
    DOCUMENT.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", encoding="utf-8")


def write_costs(found: Mapping[str, float | str]) -> None:
    """Keep what was measured, with the comments that are there."""
    lines = COSTS.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        name, _, rest = line.partition(" = ")
        if name in found:
            _, sharp, comment = rest.partition("#")
            value = f'"{found[name]}"' if isinstance(found[name], str) else str(found[name])
            lines[number] = f"{f'{name} = {value}':17}{sharp}{comment}".rstrip()
    COSTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    if "--measure" in sys.argv:
        from measuring import measure

        write_costs(measure())
    print(told(costs()))
    if "--write" in sys.argv:
        put("model", told(costs()))


if __name__ == "__main__":
    main()
