"""One run of `crawl --due` at a site, simulated: what it asks for, what the agenda makes of it.

The agenda, the times of looks, hours, refusals and the bounds of a run are the crawler's own; what
the site answers is made up, see publishing.py.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from math import ceil
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from publishing import PATIENCE, Outlet, Publisher

from archive.health import refusals
from crawler.crawls.plan import REST, next_look
from crawler.fetch.agenda import ARTICLES, Agenda
from crawler.fetch.scheduler import MOST_IN_VAIN
from crawler.spiders.planning import MOST_LOOKS

LINKS = 20
"""Articles that a list page leads to."""
TIMEOUT = 30.0
"""Seconds until a site that is down is given up: some refuse at once, others after a minute."""
EDITED = 0.02
"""Share of articles that are sent whole at a later look though the server knows 304."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What requests cost, in seconds of CPU."""

    page: float
    """A page in the crawl's main process, storing and indexing it included."""
    light: float
    """An answer there that nothing has changed."""
    clean: float
    """Reading a page in a worker process."""


@dataclass(slots=True)
class Card:
    """What is known of a site between its runs."""

    publisher: Publisher
    agenda: Agenda
    left: bool = False
    """Whether a run left it in the middle."""
    looks: list[tuple[float, float, int]] = field(default_factory=list)
    """A heap of articles to be looked at again: when, first seen when, how many."""
    planned: dict[str, float] = field(default_factory=dict)
    """What the agenda has of it: when each source is due."""


@dataclass(slots=True)
class Visit:
    """What one run asks of one site."""

    card: Card
    requests: Counter[str] = field(default_factory=Counter)
    """robots, list, list 304, article, look, look 304, refused, failed."""
    read: dict[str, int] = field(default_factory=dict)
    """The sources that were read, with how many of their articles were new."""
    failed: list[str] = field(default_factory=list)
    """The sources that could not be read."""
    captured: list[float] = field(default_factory=list)
    """When each new article was published, in the order of asking."""
    old: int = 0
    """New articles from before the simulation."""
    again: list[tuple[float, int]] = field(default_factory=list)
    """Articles looked at again: first seen when, how many."""

    @property
    def seconds(self) -> float:
        """How long it takes at least."""
        waits = self.requests["failed"] * TIMEOUT
        return self.requests.total() * self.card.publisher.pause + waits

    def cpu(self, costs: Costs) -> tuple[float, float]:
        """Give the seconds of CPU in the main process, and in all processes."""
        light = sum(self.requests[name] for name in ("robots", "list 304", "look 304"))
        main = light * costs.light + (self.requests.total() - light) * costs.page
        return main, main + (self.requests["article"] + self.requests["look"]) * costs.clean

    def end(self, now: float) -> None:
        """Note in the agenda what the run has brought; `now` is what the agenda's clock says."""
        agenda, looks = self.card.agenda, self.card.looks
        for address in self.failed:
            agenda.failed(address)
        for address, new in self.read.items():
            agenda.read(address, new=new, changed=new > 0)
        refused = self.requests["refused"]
        answers = {"200": self.requests.total() - refused}
        if refused >= MOST_IN_VAIN or refusals(answers | {"403": refused}):
            agenda.rest(REST)
        fresh = len(self.captured) + self.old
        for first, number in [*self.again, *([(now, fresh)] if fresh else [])]:
            heappush(looks, (next_look(first, now), first, number))
        silent = self.requests.total() == self.requests["failed"]
        agenda.articles(looks[0][0] if looks else None, silent=silent)


def visit(card: Card, now: float) -> Visit:
    """Ask a site for what is due."""
    made, publisher = Visit(card), card.publisher
    asked = [address for address in publisher.outlets if card.agenda.is_due(address)]
    if publisher.is_down(now):
        made.requests["failed"] = 1
        made.failed, card.left = asked, False
        return made
    made.requests["robots"] = 1
    open_for = publisher.site.open_for(datetime.fromtimestamp(now, UTC))
    most = int(min(open_for / publisher.pause, publisher.site.max_pages))
    for address in asked:
        made.read[address] = _listed(made, publisher.outlets[address], now, most)
    left = _fetch(made, [publisher.outlets[address] for address in asked], most)
    if card.agenda.is_due(ARTICLES):
        _look_again(made, now, PATIENCE if publisher.blocks else most)
    card.left = left
    if left:
        made.read.clear()  # they are due still
    return made


def _listed(made: Visit, outlet: Outlet, now: float, most: int) -> int:
    """Read a source's lists up to one of which all is known; give how many articles are new.

    A run that goes on with a pass reads on where the last one was.
    """
    outlet.publish(now)
    unseen = len(outlet.fresh) + outlet.old
    new = unseen - outlet.listed
    most = PATIENCE if made.card.publisher.blocks else most
    pages = ceil(new / LINKS) + 1 if new else 1
    pages = min(pages, max(most - made.requests.total(), 1))
    outlet.listed = min(outlet.listed + pages * LINKS, unseen)
    name = "list 304" if made.card.publisher.validators and not new else "list"
    made.requests[name] += pages
    return new


def _fetch(made: Visit, outlets: list[Outlet], most: int) -> bool:
    """Ask for what is new, the newest first; say whether some of it is left to the next run.

    What is refused stays new, and many refusals end the run.
    """
    wanted = sum(outlet.listed for outlet in outlets)
    asked = min(wanted, max(most - made.requests.total(), 0))
    room = max(PATIENCE - made.requests.total(), 0) if made.card.publisher.blocks else asked
    granted = min(asked, room)
    asked = min(asked, granted + MOST_IN_VAIN)
    made.requests["article"] += granted
    made.requests["refused"] += asked - granted
    for outlet in outlets:
        while outlet.fresh and outlet.listed and len(made.captured) < granted:
            made.captured.append(outlet.fresh.pop())
            outlet.listed -= 1
    for outlet in outlets:
        taken = min(outlet.old, outlet.listed, granted - len(made.captured) - made.old)
        outlet.old -= taken
        outlet.listed -= taken
        made.old += taken
    return any(outlet.fresh or outlet.old for outlet in outlets)


def _look_again(made: Visit, now: float, most: int) -> None:
    """Ask again for the articles whose time has come, those that have waited longest first."""
    looks, room = made.card.looks, min(MOST_LOOKS, most - made.requests.total())
    while looks and looks[0][0] <= now and room > 0:
        due, first, number = heappop(looks)
        taken = min(number, room)
        room -= taken
        if taken < number:
            heappush(looks, (due, first, number - taken))
        made.again.append((first, taken))
        whole = taken
        if made.card.publisher.validators:
            whole = round(taken * EDITED)
        made.requests["look"] += whole
        made.requests["look 304"] += taken - whole
    if made.card.publisher.blocks and looks and looks[0][0] <= now:
        made.requests["refused"] = MOST_IN_VAIN
