"""Sites as they might be, for a simulation: who publishes how much and when, and what goes wrong.

All of it is assumed, none measured; the shares stand in the tables below, and SCALE.md names them.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from crawler.crawls.plan import DAY, HOUR
from crawler.site import Site
from crawler.spiders.loader import PAUSE

BEGIN = 1_767_542_400.0
"""Monday, 5 January 2026, 00:00 in Shanghai, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of sites; within it rates and old articles are lognormal."""

    share: float
    rate: float
    """Articles a day: the median."""
    sources: int
    old: int
    """Articles that its lists lead to at the start: the median."""


KINDS = {
    "national": Kind(0.01, 30, 4, 20_000),
    "provincial": Kind(0.09, 5, 3, 4_000),
    "city": Kind(0.30, 0.8, 2, 800),
    "county": Kind(0.40, 0.12, 1, 150),
    "enterprise": Kind(0.20, 0.01, 1, 30),
}
SPREAD = 0.8
"""Sigma of the lognormal."""
MOST_OLD = 100_000
VALIDATORS = 0.4
"""Sites that answer 304 where nothing has changed."""
CLOSED = 0.1
"""Sites whose file has them crawled by night alone."""
BLOCKING, TURNING_AWAY = 0.03, "turns us away"
"""Sites that refuse what a run asks for beyond PATIENCE pages, and what the class is called."""
PATIENCE = 200
DYING = 0.02
"""Sites that go away for good each year."""
OUTAGE_EVERY, OUTAGE_HOURS = 60.0, 6.0
"""Days between two outages, and how long one lasts, on average."""
SHARING = 0.15
"""Sites that share their host with others."""
NEIGHBOURS = 20
"""Those that share of so many in a row are on one host: three or so."""
WEEK = 56.0
"""Hours of work in a week, as publishing goes: 8 to 18, at weekends three tenths of that."""


def moment(work: float) -> float:
    """Give the time at which so many hours of work have passed since BEGIN."""
    week, left = divmod(work, WEEK)
    if left < 50:
        day, hour = divmod(left, 10)
    else:
        day, part = divmod(left - 50, 3)
        day, hour = day + 5, part / 0.3
    return BEGIN + (week * 7 + day) * DAY + (8 + hour) * HOUR


@dataclass(slots=True)
class Outlet:
    """What one source of a site leads to that nobody has asked for yet."""

    rate: float
    """Articles a day."""
    random: Random
    old: int
    fresh: deque[float] = field(default_factory=deque)
    """When each was published that a crawl has not got, the oldest first."""
    listed: int = 0
    """How many of all these a list page has led to that was read, so that they are queued."""
    _work: float = 0.0
    _next: float = 0.0

    def publish(self, until: float) -> int:
        """Publish up to a time; give how many articles are new since."""
        made = 0
        while True:
            if self._next > until:
                return made
            if self._next:
                self.fresh.append(self._next)
                made += 1
            self._work += self.random.expovariate(self.rate / (WEEK / 7))
            self._next = moment(self._work)


@dataclass
class Publisher:
    """A site, and what it does that its file does not say."""

    kind: str
    site: Site
    outlets: dict[str, Outlet]
    """By the address of the source."""
    validators: bool
    blocks: bool
    down: list[tuple[float, float]]
    """When it cannot be reached, in order."""

    @cached_property
    def pause(self) -> float:
        """Seconds from one request to the next."""
        return self.site.pause * PAUSE

    def is_down(self, at: float) -> bool:
        """Whether it cannot be reached; times must not go back."""
        while self.down and self.down[0][1] <= at:
            self.down.pop(0)
        return bool(self.down) and self.down[0][0] <= at


def publishers(count: int, days: float, seed: int = 1) -> list[Publisher]:
    """Make that many, for so many days."""
    random = Random(seed)
    names = random.choices(list(KINDS), [kind.share for kind in KINDS.values()], k=count)
    return [_publisher(number, name, random, days) for number, name in enumerate(names)]


def _publisher(number: int, name: str, random: Random, days: float) -> Publisher:
    kind = KINDS[name]
    group = number // NEIGHBOURS
    shares = name in ("county", "enterprise") and random.random() < SHARING / 0.6
    host = f"shared{group}.example" if shares else f"site{number}.example"
    lists = [f"/s{number}/{part}/" for part in range(kind.sources)]
    site = Site.model_validate(
        {
            "id": f"site{number:05}",
            "name": f"{name} {number}",
            "home": f"https://{host}/",
            "article": "^/a/",
            "sources": [{"list": path} for path in lists],
            "hours": "22-06" if random.random() < CLOSED else None,
        }
    )
    rate = kind.rate * random.lognormvariate(0, SPREAD) / len(lists)
    old = min(int(kind.old * random.lognormvariate(0, SPREAD)), MOST_OLD) // len(lists)
    outlets = {path: Outlet(rate, Random(random.random()), old) for path in lists}
    validators, blocks = random.random() < VALIDATORS, random.random() < BLOCKING
    told = TURNING_AWAY if blocks else name
    return Publisher(told, site, outlets, validators, blocks, list(_outages(random, days)))


def _outages(random: Random, days: float) -> Iterator[tuple[float, float]]:
    """Give the times when a site is down; the last may have no end."""
    end = BEGIN + days * DAY
    dies = BEGIN + random.expovariate(DYING / 365) * DAY
    at = BEGIN
    while (at := at + random.expovariate(1 / OUTAGE_EVERY) * DAY) < min(end, dies):
        back = at + random.expovariate(1 / OUTAGE_HOURS) * HOUR
        yield at, back
        at = back
    if dies < end:
        yield max(dies, at), float("inf")
