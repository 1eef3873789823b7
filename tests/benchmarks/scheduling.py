"""A year of `crawl --due` for ten thousand sites, simulated on the crawler's own scheduling.

    python tests/benchmarks/scheduling.py [--sites N] [--days N] [--machines N] [--write]

Sites are dealt to machines by their hosts; each machine has a timer and holdings of its own. What a
request costs is what `scale.py --measure` found. `--write` puts the table into
crawler/cluster/SCALE.md and the pictures beside the others.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parent))

import scale
from charts import Axis, chart, round_marks
from publishing import KINDS, TURNING_AWAY, Publisher, publishers
from timetable import Machine, Tally
from visiting import Costs

from crawler.cluster.plan import by_host

PICTURES = Path(__file__).parents[1] / "pictures"
CLASSES = (*KINDS, TURNING_AWAY)
WARM = 60
"""Days of the first harvest and of the looks after a day, a week and a month that follow it."""
HOURS = {0.1: "6 min", 1: "1 h", 6: "6 h", 24: "1 d", 168: "7 d", 720: "30 d"}
Row = Sequence[str]


def dealt(sites: Sequence[Publisher], machines: int) -> list[list[Publisher]]:
    """Deal sites to machines, those of a host to one."""
    known = {one.site.id: one for one in sites}
    hands: list[list[Publisher]] = [[] for _ in range(machines)]
    for number, ids in enumerate(by_host(one.site for one in sites).values()):
        hands[number % machines] += (known[id_] for id_ in ids)
    return hands


def machine(count: int, days: int, machines: int, number: int) -> Tally:
    """Simulate one of the machines; the first WARM days, or half of fewer, are not told of."""
    found = scale.costs()
    costs = Costs(found["main"] / 1000, found["light"] / 1000, found["clean"] / 1000)
    sites = dealt(publishers(count, days), machines)[number]
    return Machine(sites, costs, scale.CORES, days, min(WARM, days // 2)).run()


def simulate(count: int, days: int, machines: int, jobs: int) -> Tally:
    """Simulate all machines, so many of them at once."""
    whole = Tally(days, min(WARM, days // 2))
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        same = ([value] * machines for value in (count, days, machines))
        for tally in pool.map(machine, *same, range(machines)):
            whole.add(tally)
    return whole


def quantile(values: Sequence[float], share: float) -> float:
    """Give the value that so many are no larger than; 0 of none."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0.0


def lags(tally: Tally) -> list[Row]:
    """Say of each class how many articles there were, how late they came, what it was asked."""
    rows: list[Row] = [
        ("sites", "number", "articles", "never came", "median lag", "95 %", "requests a day")
    ]
    for kind in CLASSES:
        found, asked = tally.lags.get(kind, []), tally.asked.get(kind, [])
        if asked:
            rows.append((
                kind, f"{len(asked):,}", f"{len(found):,}",
                f"{tally.missed[kind] / max(len(found) + tally.missed[kind], 1):.1%}",
                f"{quantile(found, 0.5) / 3600:.1f} h", f"{quantile(found, 0.95) / 3600:.1f} h",
                f"{mean(asked):.1f}, at most {max(asked):.0f}",
            ))  # fmt: skip
    return rows


def load(tally: Tally, machines: int) -> list[Row]:
    """Say what the machines and the sites had to bear."""
    warm, days = tally.warm, tally.days - tally.warm
    sums = {name: sum(numbers[warm:]) / days for name, numbers in tally.requests.items()}
    asked = sum(sums.values())
    unchanged = sums.get("list 304", 0) + sums.get("look 304", 0)
    seconds, crowds = zip(*tally.turns, strict=True)
    half, most, longest = (quantile(seconds, share) / 60 for share in (0.5, 0.95, 1))
    whole = machines * 86_400
    return [
        ("after the first harvest", ""),
        ("requests a day", f"{asked:,.0f}"),
        *((f"of them {name}", f"{number / asked:.1%}") for name, number in sorted(sums.items())),
        ("answered 304, of all", f"{unchanged / asked:.1%}"),
        ("a machine is crawling", f"{sum(tally.busy[warm:]) / days / whole:.0%} of the time"),
        ("its cores are at work", f"{sum(tally.cpu[warm:]) / days / whole / scale.CORES:.1%}"),
        ("a turn takes", f"{half:.0f} min; one in twenty {most:.0f}; the longest {longest:.0f}"),
        ("a turn has", f"{quantile(crowds, 0.5):,.0f} sites; at most {max(crowds):,}"),
        ("published, still to come", f"{mean(tally.waiting[warm:]):,.0f} articles at midnight"),
        ("the first harvest is over after", f"{tally.harvested:.1f} days"),
    ]  # fmt: skip


def pictures(tally: Tally) -> Mapping[str, str]:
    """Draw the lag, the requests of each day and hour, and the backlog: SVG by name."""
    shares = {percent / 100: f"{percent} %" for percent in range(0, 101, 20)}
    curves = {
        kind: [(quantile(found, n / 100) / 3600, n / 100) for n in range(100)]
        for kind in CLASSES
        if (found := sorted(tally.lags.get(kind, [])))
    }
    month = ceil(tally.days / 12)
    months = {day: f"{day}" for day in range(0, tally.days + month, month)}
    named = {
        "articles": ("article",),
        "looks at articles": ("look", "look 304"),
        "lists": ("list", "list 304"),
        "robots.txt": ("robots",),
        "refused, failed": ("refused", "failed"),
    }
    daily = {
        name: [
            (day, sum(tally.requests.get(part, [0] * tally.days)[day] for part in parts))
            for day in range(tally.days)
        ]
        for name, parts in named.items()
    }
    decades = {10.0**n: f"{10**n:,}" for n in range(2, 8)}
    hours = [(hour, number / (tally.days - tally.warm)) for hour, number in enumerate(tally.hours)]
    waiting = list(enumerate(tally.waiting))
    return {
        "scale-lag.svg": chart(
            "From publication to capture: share of articles",
            Axis("after", HOURS, logarithmic=True), Axis("captured", shares), curves,
        ),
        "scale-requests.svg": chart(
            "Requests a day",
            Axis("day", months), Axis("requests", decades, logarithmic=True), daily,
        ),
        "scale-hours.svg": chart(
            "Requests by the hour in Shanghai",
            Axis("hour", {hour: str(hour) for hour in range(0, 25, 3)}),
            Axis("a day", round_marks(max(number for _, number in hours))), {"requests": hours},
        ),
        "scale-backlog.svg": chart(
            "Published and still to come, at midnight",
            Axis("day", months), Axis("articles", round_marks(max(tally.waiting))),
            {"articles": waiting},
        ),
    }  # fmt: skip


def main() -> None:
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--machines", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=2, help="machines simulated at once")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    tally = simulate(given.sites, given.days, given.machines, given.jobs)
    told = f"{scale.table(lags(tally))}\n\n{scale.table(load(tally, given.machines))}"
    print(told)
    if given.write:
        scale.put("simulation", told)
        for name, drawn in pictures(tally).items():
            (PICTURES / name).write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
