"""An article's past as its page shows it: versions, and what each changed."""

import sqlite3
from dataclasses import dataclass

from archive.difference import Run, around, difference
from archive.versions import Version, versions

MOST = 400
"""Runs of a change that are shown."""


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version in the list."""

    number: int
    captured: str
    what: str
    cleaner: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """What a version has otherwise than the one before it."""

    number: int
    title: tuple[Run, ...]
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
    """What the version that is shown changed."""


def read_past(db: sqlite3.Connection, article: str, shown: int) -> Past:
    """Read what became of an article; `shown` is the number of the version on the page."""
    line = versions(db, article)
    return Past(
        versions=tuple(_listed(line, number) for number in range(len(line), 0, -1)),
        change=_change(line, shown) if 1 < shown <= len(line) else None,
    )


def _listed(line: list[Version], number: int) -> VersionShown:
    """Say of a version what became other in it."""
    now = line[number - 1]
    what = "First captured"
    if number > 1:
        before = line[number - 2]
        changed = [
            word
            for word, new, old in (
                ("title", now.title, before.title),
                ("text", now.text, before.text),
            )
            if new != old
        ]
        what = f"{' and '.join(changed).capitalize()} changed"
    current = number == len(line)
    return VersionShown(number, now.captured, what, now.cleaner, current)


def _change(line: list[Version], number: int) -> ChangeShown:
    before, now = line[number - 2], line[number - 1]
    title = difference(before.title, now.title) if before.title != now.title else []
    text = around(difference(before.text, now.text)) if before.text != now.text else []
    return ChangeShown(number, tuple(title), tuple(text[:MOST]), max(0, len(text) - MOST))
