"""How two texts differ, in lines and characters."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.versions.difference import alike

MOST = 2_000
"""Lines that are matched; where more differ, all of them count as replaced."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """How a text would change."""

    lost: int
    """Characters."""
    gained: int
    """Characters."""
    before: str | None
    """The first line that is there no longer, or reads otherwise; None where one is added."""
    after: str | None
    """What stands in its place; None where nothing does."""


def compare_texts(old: str, new: str) -> TextChange:
    """Say how two texts differ.

    Of lines that were replaced, what stands between the first character that differs and the last
    counts.
    """
    a, b = old.split("\n"), new.split("\n")
    lost = gained = 0
    first: tuple[str | None, str | None] | None = None
    for low_a, high_a, low_b, high_b in _differences(a, b):
        gone, come = a[low_a:high_a], b[low_b:high_b]
        first = first or (gone[0] if gone else None, come[0] if come else None)
        some = _size(gone, come)
        lost, gained = lost + some[0], gained + some[1]
    return TextChange(lost, gained, *(first or (None, None)))


def _differences(a: list[str], b: list[str]) -> list[tuple[int, int, int, int]]:
    """Give the places where lines differ."""
    start = alike(a, b)
    end = alike(a[start:][::-1], b[start:][::-1])
    high_a, high_b = len(a) - end, len(b) - end
    if max(high_a, high_b) - start > MOST:
        return [(start, high_a, start, high_b)]
    matcher = SequenceMatcher(None, a[start:high_a], b[start:high_b])
    return [
        (start + i1, start + i2, start + j1, start + j2)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def _size(gone: list[str], come: list[str]) -> tuple[int, int]:
    """Count the characters lost and gained where some lines replace others."""
    if not gone or not come:
        return sum(map(len, gone)), sum(map(len, come))
    old, new = "\n".join(gone), "\n".join(come)
    start = alike(old, new)
    end = alike(old[start:][::-1], new[start:][::-1])
    return len(old) - start - end, len(new) - start - end
