"""A machine whose timer runs `crawl --due` every quarter of an hour, simulated event by event.

A turn's sites are crawled side by side, those of a host one after another, as fast as pauses and
the processor let them; the next turn comes when all are through, as systemd has it.
"""

import sys
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from publishing import BEGIN, Publisher
from visiting import Card, Costs, Visit, visit

from crawler.cluster.plan import by_host
from crawler.crawls.plan import DAY, HOUR, MOST
from crawler.fetch.agenda import RESTS, Agenda, has_due
from crawler.fetch.crawldb import CrawlDatabase, Value

QUARTER, RANDOMIZED = 900.0, 300.0
"""OnCalendar and RandomizedDelaySec of the timer that `union-archive schedule` writes."""
PLANNED = "SELECT source, due FROM agenda WHERE site = ?"


class InMemory(CrawlDatabase):
    """A crawl.db that is no file: nothing can befall it, and nothing has to wait for a flush."""

    def __init__(self) -> None:
        super().__init__(Path(":memory:"))

    def ask(self, query: str, *values: Value) -> list[tuple[Any, ...]]:
        return self.db.execute(query, values).fetchall()

    def later(self, statement: str, *values: Value) -> None:
        self.db.execute(statement, values)


@dataclass
class Tally:
    """What came of so many days; lists are by day, unless it says otherwise."""

    days: int
    warm: int
    """The first day of those that are told of: before it is the first harvest."""
    lags: dict[str, "array[float]"] = field(default_factory=dict)
    """Seconds from publication to capture, by class of site."""
    missed: Counter[str] = field(default_factory=Counter)
    """Articles that never came, by class: published a week before the end or earlier."""
    requests: dict[str, list[int]] = field(default_factory=dict)
    """By what was asked for."""
    hours: list[int] = field(default_factory=lambda: [0] * 24)
    """Requests by the hour in Shanghai."""
    waiting: list[int] = field(default_factory=list)
    """Articles published and not captured at the end of the day, but for what never came."""
    busy: list[float] = field(default_factory=list)
    """Seconds in which a turn was at work, of all machines."""
    cpu: list[float] = field(default_factory=list)
    """Seconds of CPU."""
    asked: dict[str, list[float]] = field(default_factory=dict)
    """Requests that each site had a day, by class."""
    turns: list[tuple[float, int]] = field(default_factory=list)
    """Of each turn its seconds, and how many sites it had."""
    harvested: float = 0.0
    """Days until all that lists led to at the start was captured, where nobody turned us away."""

    def __post_init__(self) -> None:
        self.waiting, self.busy, self.cpu = ([0] * self.days for _ in range(3))

    def day(self, at: float) -> int:
        """Give the day of a time, the last one for what is later."""
        return min(int((at - BEGIN) // DAY), self.days - 1)

    def add(self, other: "Tally") -> None:
        """Add what came of another machine."""
        for kind, lags in other.lags.items():
            self.lags.setdefault(kind, array("d")).extend(lags)
        for kind, asked in other.asked.items():
            self.asked.setdefault(kind, []).extend(asked)
        self.missed += other.missed
        for name, numbers in other.requests.items():
            self.requests[name] = _sum(self.requests.get(name, [0] * self.days), numbers)
        for name in ("hours", "waiting", "busy", "cpu"):
            setattr(self, name, _sum(getattr(self, name), getattr(other, name)))
        self.turns += other.turns
        self.harvested = max(self.harvested, other.harvested)


class Pace:
    """How far the hosts of a turn are at a time, all slowed alike where the processor is short.

    `chains` are the seconds that each host takes at least, and its CPU: main process, all.
    """

    def __init__(self, chains: Iterable[tuple[float, float, float]], cores: int) -> None:
        ordered = sorted(chains)
        main, cpu = (sum(chain[n] / chain[0] for chain in ordered) for n in (1, 2))
        self._work, self._time = [0.0], [0.0]
        for work, mains, cpus in ordered:
            slow = max(1.0, main, cpu / cores)
            self._time.append(self._time[-1] + (work - self._work[-1]) * slow)
            self._work.append(work)
            main, cpu = main - mains / work, cpu - cpus / work
        self.end = self._time[-1]
        """Seconds until all are through."""

    def at(self, work: float) -> float:
        """Give the seconds after which a host has got through so many of its own."""
        right = min(bisect_left(self._work, work), len(self._work) - 1)
        if right == 0:
            return 0.0
        low, high = self._work[right - 1 : right + 1]
        begin, end = self._time[right - 1 : right + 1]
        return begin if high == low else begin + (work - low) / (high - low) * (end - begin)


class Machine:
    """A machine with sites of its own; `run` gives what came of so many days."""

    def __init__(
        self, sites: Sequence[Publisher], costs: Costs, cores: int, days: int, warm: int
    ) -> None:
        self._costs, self._cores, self._random = costs, cores, Random(1)
        self._now, self._end = BEGIN, BEGIN + days * DAY
        self._warm = BEGIN + warm * DAY
        self._database = InMemory()
        self._cards = [
            Card(one, Agenda(self._database, one.site.id, lambda: self._now)) for one in sites
        ]
        hosts = by_host(one.site for one in sites)
        self._host = {id_: host for host, ids in hosts.items() for id_ in ids}
        self._queue = [(BEGIN, number) for number in range(len(sites))]
        self._asked = [0] * len(sites)
        self._tally = Tally(days, warm)

    def run(self) -> Tally:
        """Crawl to the end."""
        at = BEGIN
        while at < self._end:
            chosen = self._due(at)
            over = at + (self._turn(at, chosen) if chosen else 0.0)
            at = (over // QUARTER + 1) * QUARTER + self._random.uniform(0, RANDOMIZED)
        self._database.close()
        self._conclude()
        return self._tally

    def _due(self, at: float) -> list[int]:
        """Give the sites that are due, and put off those that are left alone meanwhile."""
        chosen = []
        while self._queue and self._queue[0][0] <= at:
            _, number = heappop(self._queue)
            card = self._cards[number]
            if has_due(card.publisher.site, card.planned, at, left=card.left):
                chosen.append(number)
            else:  # its hours begin with a full hour
                heappush(self._queue, ((at // HOUR + 1) * HOUR, number))
        return chosen

    def _turn(self, at: float, chosen: Iterable[int]) -> float:
        """Crawl sites; give how many seconds it takes."""
        self._now = at
        chains: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        visits = []
        for number in chosen:
            made = visit(self._cards[number], at)
            chain = chains[self._host[made.card.publisher.site.id]]
            visits.append((number, made, chain[0]))
            for part, value in enumerate((made.seconds, *made.cpu(self._costs))):
                chain[part] += value
        pace = Pace([(*chain,) for chain in chains.values()], self._cores)
        for number, made, before in visits:
            self._count(number, made, at, before, pace)
            self._now = at + pace.at(before + made.seconds)
            made.end(self._now)
            planned = dict(self._database.ask(PLANNED, made.card.publisher.site.id))
            made.card.planned = planned
            first = min(when for source, when in planned.items() if source != RESTS)
            again = max(planned.get(RESTS, 0.0), 0.0 if made.card.left else first)
            heappush(self._queue, (again, number))
        self._tally.busy[self._tally.day(at)] += pace.end
        if at >= self._warm:
            self._tally.turns.append((pace.end, len(visits)))
        return pace.end

    def _count(self, number: int, made: Visit, at: float, before: float, pace: Pace) -> None:
        """Count what a run asked for, and when its articles were captured."""
        tally, kind = self._tally, made.card.publisher.kind
        begun = at + pace.at(before)
        day = tally.day(begun)
        for name, asked in made.requests.items():
            tally.requests.setdefault(name, [0] * tally.days)[day] += asked
        tally.cpu[day] += made.cpu(self._costs)[1]
        if begun >= self._warm:
            tally.hours[int((begun - BEGIN) % DAY // HOUR)] += made.requests.total()
            self._asked[number] += made.requests.total()
        if made.old and not made.card.publisher.blocks:
            tally.harvested = max(tally.harvested, (begun - BEGIN + made.seconds) / DAY)
        first = made.requests["robots"] + made.requests["list"] + made.requests["list 304"]
        for place, published in enumerate(made.captured, first + 1):
            captured = at + pace.at(before + place * made.card.publisher.pause)
            tally.waiting[tally.day(published)] += 1
            tally.waiting[tally.day(captured)] -= 1
            if published >= self._warm:
                tally.lags.setdefault(kind, array("d")).append(captured - published)

    def _conclude(self) -> None:
        """Count what was never captured, and sum up."""
        tally = self._tally
        for card, asked in zip(self._cards, self._asked, strict=True):
            kind = card.publisher.kind
            tally.asked.setdefault(kind, []).append(asked / (tally.days - tally.warm))
            for outlet in card.publisher.outlets.values():
                outlet.publish(self._end - 1)
                for published in outlet.fresh:
                    may_come = published >= self._end - MOST
                    tally.waiting[tally.day(published)] += may_come
                    tally.missed[kind] += self._warm <= published and not may_come
        total = 0
        for day, change in enumerate(tally.waiting):
            total += change
            tally.waiting[day] = total


def _sum(some: Sequence[float], others: Sequence[float]) -> list[float]:
    return [one + other for one, other in zip(some, others, strict=True)]
