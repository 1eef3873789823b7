"""An article's past as its page shows it: versions, and what one has otherwise than another."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.versions.difference import Run, around, difference
from archive.versions.listing import Version, versions
from archive.web.parts import clipped

MOST = 200
"""Runs of a change that are shown."""
SHOWN = 5_000
"""Characters of them; a single run has a fifth of that."""
LISTED = 30
"""Versions that are listed, the newest."""


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version in the list."""

    number: int
    captured: str
    what: str
    """What became other in it, as English that the catalogue has."""
    cleaner: str
    current: bool = False
    came: int = 0
    """Characters it has more than the one before; less than nothing where it has fewer."""


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """What a version has otherwise than an earlier one."""

    before: int
    """The number of the earlier one."""
    number: int
    title: tuple[Run | None, ...]
    """Empty where the title stayed."""
    text: tuple[Run | None, ...]
    """None stands for text that stayed and is left out."""
    left_out: int
    """Runs that are too many to show."""


@dataclass(frozen=True, slots=True)
class Past:
    """All of it."""

    versions: tuple[VersionShown, ...]
    """The newest first."""
    change: ChangeShown | None
    """What the version that is shown changed, or what is between the two that were asked for."""

    @property
    def listed(self) -> tuple[VersionShown, ...]:
        """Those that a page lists."""
        return self.versions[:LISTED]


def read_past(
    db: sqlite3.Connection, article: str, shown: int, pair: tuple[int, int] | None = None
) -> Past:
    """Read what became of an article.

    `shown` is the number of the version on the page, `pair` of two that are to be compared.
    """
    line = versions(db, article)
    before, after = sorted(pair or (shown - 1, shown))
    known = 1 <= before < after <= len(line)
    return Past(
        versions=tuple(_listed(line, number) for number in range(len(line), 0, -1)),
        change=_change(line, before, after) if known else None,
    )


def _listed(line: list[Version], number: int) -> VersionShown:
    """Say of a version what became other in it."""
    now = line[number - 1]
    current = number == len(line)
    if number == 1:
        return VersionShown(1, now.captured, "First captured", now.cleaner, current)
    before = line[number - 2]
    what = {
        (True, True): "Title and text changed",
        (True, False): "Title changed",
        (False, True): "Text changed",
    }.get((now.title != before.title, now.text != before.text), "Read again")
    came = len(now.text) - len(before.text)
    return VersionShown(number, now.captured, what, now.cleaner, current, came)


def _change(line: list[Version], number: int, other: int) -> ChangeShown:
    before, now = line[number - 1], line[other - 1]
    title = difference(before.title, now.title) if before.title != now.title else []
    text = around(difference(before.text, now.text)) if before.text != now.text else []
    shown = tuple(_fitting(text))
    return ChangeShown(number, other, tuple(_fitting(title)), shown, len(text) - len(shown))


def _fitting(runs: Iterable[Run | None]) -> Iterator[Run | None]:
    """Give runs until there are MOST of them, or SHOWN characters; long ones are cut."""
    room = SHOWN
    for count, run in enumerate(runs):
        if count == MOST or room <= 0:
            return
        if run is None:
            yield None
            continue
        text = clipped(run.text, min(room, SHOWN // 5))
        room -= len(text)
        yield Run(run.kind, text)
