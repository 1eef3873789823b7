"""How a text differs from its former version, in runs that a reader can follow.

Texts are compared by clauses, then what stands in place of other clauses by words and characters:
so that a text of a hundred thousand characters takes no longer than its changes ask for.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

WORK = 60_000_000
"""Comparisons that two texts may take at the worst; what is left then counts as replaced."""
LONE = 2
"""So few characters that stayed between two changes are shown as part of these."""

Kind = Literal["same", "out", "in"]

_CLAUSE = re.compile(r"[^。！？；，\n.!?;,]*(?:[。！？；，\n]|[.!?;,]+\s*)|[^。！？；，\n.!?;,]+")
# A character of a script without spaces, a word of any other, white space, any other sign.
_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U000323af]|\w[^\W\u2e80-\u9fff]*|\s+|.")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that stayed, went or came."""

    kind: Kind
    text: str


def difference(old: str, new: str) -> list[Run]:
    """Give the runs of two texts in order: same and out are the old text, same and in the new."""
    runs: list[Run] = []
    matched = _Matcher()
    for kind, gone, come in matched(_CLAUSE.findall(old), _CLAUSE.findall(new)):
        if kind == "same":
            runs.append(Run("same", gone))
        elif not gone or not come:
            runs += [Run("out", gone), Run("in", come)]
        else:
            for inner, went, came in matched(_WORD.findall(gone), _WORD.findall(come)):
                if inner == "same":
                    runs.append(Run("same", went))
                else:
                    runs += [Run("out", went), Run("in", came)]
    return list(_grouped(runs))


def around(runs: Sequence[Run], context: int = 40) -> list[Run | None]:
    """Leave out what stayed but for some characters beside each change; None stands for a gap."""
    shown: list[Run | None] = []
    for place, run in enumerate(runs):
        first, last = place == 0, place == len(runs) - 1
        room = context * (2 - first - last)
        if run.kind != "same" or len(run.text) <= room:
            shown.append(run)
            continue
        if not first:
            shown.append(Run("same", run.text[:context]))
        shown.append(None)
        if not last:
            shown.append(Run("same", run.text[-context:]))
    return shown


class _Matcher:
    """Matches pieces, for as long as there is work left."""

    def __init__(self) -> None:
        self._left = WORK

    def __call__(self, old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
        """Give (same, text, text) or (other, old, new) for pieces in order."""
        start = alike(old, new)
        end = alike(old[start:][::-1], new[start:][::-1])
        a, b = old[start : len(old) - end], new[start : len(new) - end]
        if start:
            yield "same", "".join(old[:start]), ""
        if not a or not b or not self._affordable(a, b):
            yield "other", "".join(a), "".join(b)
        else:
            matcher = SequenceMatcher(None, a, b, autojunk=False)
            for tag, i1, i2, j1, j2 in matcher.get_opcodes():
                kind = "same" if tag == "equal" else "other"
                yield kind, "".join(a[i1:i2]), "".join(b[j1:j2])
        if end:
            yield "same", "".join(old[len(old) - end :]), ""

    def _affordable(self, a: list[str], b: list[str]) -> bool:
        """Take what matching costs off what is left, unless it is more than that."""
        times = Counter(b)
        # difflib looks at each pair of like pieces, again for each match that it finds.
        work = sum(times[piece] for piece in a) * min(len(a), len(b))
        if work <= self._left:
            self._left -= work
            return True
        return False


def alike(a: Sequence[str], b: Sequence[str]) -> int:
    """Count the pieces, or the characters, that are the same from the start."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(a), len(b)))


def _grouped(runs: list[Run]) -> Iterator[Run]:
    """Join runs of a kind, and changes that only a character or two stand between."""
    gone = come = ""
    for place, run in enumerate(runs):
        if not run.text:
            continue
        if run.kind == "out":
            gone += run.text
        elif run.kind == "in":
            come += run.text
        elif (gone or come) and len(run.text) <= LONE and _changes_after(runs, place):
            gone, come = gone + run.text, come + run.text
        else:
            yield from _change(gone, come)
            gone = come = ""
            yield run
    yield from _change(gone, come)


def _changes_after(runs: list[Run], place: int) -> bool:
    following = next((run for run in runs[place + 1 :] if run.text), None)
    return following is not None and following.kind != "same"


def _change(gone: str, come: str) -> Iterator[Run]:
    if gone:
        yield Run("out", gone)
    if come:
        yield Run("in", come)
