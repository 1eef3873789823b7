"""What cleaning took out of a page, laid back into the text it stood in, line by line."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archive.records import Removal, pieces

LONGEST = 1200
"""Characters of one removal that a page shows."""

MOST = 120
"""Lines that a page shows."""

SHOWN = 24_000
"""Bytes of them that a page shows, markup and all."""

LINE, RUN = 260, 60
"""Bytes of markup around a line, and around a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line."""

    text: str
    out: bool = False
    """Whether it was taken out."""
    hidden: bool = False
    """Whether it is an invisible character, written as its code point."""


@dataclass(slots=True)
class Line:
    """A line of the extracted text, or a stretch of untouched paragraphs folded into one."""

    numbers: list[int] = field(default_factory=list)
    """The paragraphs of the cleaned text it belongs to."""
    runs: list[Run] = field(default_factory=list)
    """Its pieces in order; empty for a folded stretch."""
    reasons: list[tuple[str, str]] = field(default_factory=list)
    """(kind, rule) of what was taken out of it, each once."""

    @property
    def whole(self) -> bool:
        """Whether all of it was taken out."""
        return all(run.out or not run.text.strip() for run in self.runs)

    @property
    def label(self) -> str:
        """The paragraph's number, or the first and last of a stretch."""
        if not self.numbers:
            return ""
        first, last = self.numbers[0], self.numbers[-1]
        return str(first) if first == last else f"{first}–{last}"


def redline(text: str, removals: tuple[Removal, ...]) -> list[Line]:
    """Lay the removals back into the text; paragraphs without any are folded."""
    lines = _lines(pieces(text, removals))
    laid: list[Line] = []
    for line in lines:
        if line.reasons:
            laid.append(line)
        elif line.numbers and laid and not laid[-1].reasons:
            laid[-1].numbers += line.numbers
        elif line.numbers:
            laid.append(Line(numbers=line.numbers))
    return laid


def fitting(lines: Sequence[Line]) -> Sequence[Line]:
    """Give the lines that a page has room for, from the first on."""
    room, shown = SHOWN, 0
    for line in lines[:MOST]:
        room -= LINE + sum(RUN + len(run.text.encode()) for run in line.runs)
        if room < 0 and shown:
            break
        shown += 1
    return lines[:shown]


def _lines(extracted: Iterable[tuple[str, Removal | None]]) -> list[Line]:
    """Break the pieces into lines; a kept line feed ends a paragraph of the cleaned text."""
    lines = [Line()]
    number, begun = 1, False
    for text, removal in extracted:
        for index, part in enumerate(text.split("\n")):
            line = lines[-1]
            if index:
                line = Line()
                lines.append(line)
                number += removal is None and begun
                begun = begun and removal is not None
            if removal is None and part.strip():
                begun = True
                if number not in line.numbers:
                    line.numbers.append(number)
            if part and removal is not None and (removal.kind, removal.rule) not in line.reasons:
                line.reasons.append((removal.kind, removal.rule))
            line.runs += _runs(part, out=removal is not None)
    return lines


def _runs(text: str, *, out: bool) -> list[Run]:
    """Give the text as runs; invisible characters that were taken out show as code points."""
    if not text:
        return []
    if not out:
        return [Run(text if len(text) <= LONGEST else f"{text[:LONGEST]} …")]
    shown, rest = text[:LONGEST], len(text) - LONGEST
    runs: list[Run] = []
    plain = ""
    for character in shown:
        if unicodedata.category(character) in {"Cf", "Cc", "Co", "Cn"} and character != "\t":
            runs += [Run(plain, out=True)] if plain else []
            runs.append(Run(f"U+{ord(character):04X}", out=True, hidden=True))
            plain = ""
        else:
            plain += character
    runs += [Run(plain, out=True)] if plain else []
    if rest > 0:
        runs.append(Run(f" … (+{rest:,})"))
    return runs
