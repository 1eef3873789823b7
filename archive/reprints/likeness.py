"""How alike two texts are: shingles of five characters, sketches that find them, and hard facts.

All of it looks at the folded text without white space and punctuation, so that neither script nor
layout matters. A sketch is one-permutation MinHash (Li, Owen, Zhang 2012) whose empty bins borrow
from others (Shrivastava 2017); 25 bands of 5 bins each are looked up as whole numbers.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from archive import hanzi

SHINGLE = 5
"""Characters of a shingle."""
SHORT = 60
"""Texts of fewer characters are alike only when equal and of one day."""
BANDS = 25
ROWS = 5
BAND_SHIFT = 42
"""A key is a band's number above 42 bits of hash: six bytes in SQLite."""

SAME = 0.8
"""Jaccard similarity of reprints."""
WITHIN = 0.9
"""Containment of an abridged one."""
MACHINE = 0.5
"""Jaccard similarity of a machine's copy."""
MACHINE_WITHIN = 0.2
"""Containment of a machine's copy that has the same figures."""
FIGURES = 3
"""How many figures that takes."""
OTHER_NUMBERS = 0.4
"""Of a text's numbers, the share exchanged for others from which on it is another event."""
OTHER_FACTS = 0.25
"""The same of numbers and names together."""

_BINS = 128
_FIGURE_KEYS = 4
_FIGURE_DIGITS = 18
_EXACT, _FIGURE = BANDS, BANDS + 1
_LAST_LETTER = 0x33480
"""Past the last Hanzi that Unicode has."""
_EMPTY = np.uint64(2**64 - 1)
_DIGITS = re.compile(r"[0-9]+")
_NUMERAL = "[0-9〇零一二三四五六七八九十百千万亿两]"
_NUMBER = re.compile(
    rf"{_NUMERAL}+(?:年(?:{_NUMERAL}+月(?:{_NUMERAL}+[日号])?)?|月(?:{_NUMERAL}+[日号])?"
    r"|[人名元个家次届期场户])?"
)
_YEAR = re.compile(rf"({_NUMERAL}{{4}})年")
# What comes before a word for a place, a body or a person is mostly its name.
_NAMED = re.compile(
    r"[省市县区州镇乡村]|街道|总?工会|公司|集团|学校|医院|同志|师傅|主席|书记|代表|记者"
)
_NAME = 2

Codes = NDArray[np.uint32]
Hashes = NDArray[np.uint64]


def _mixed(hashes: Hashes) -> Hashes:
    """Spread what is in any bit over all of them (the end of SplitMix64)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


# By chance, but for ever: the keys in an archive are made with these.
_ODD = _mixed(np.arange(1, 17, dtype=np.uint64)) | np.uint64(1)
_LENDERS = (
    (_mixed(np.arange(1, 64 * _BINS + 1, dtype=np.uint64)) % np.uint64(_BINS))
    .astype(np.intp)
    .reshape(64, _BINS)
)


@dataclass(frozen=True)
class Text:
    """A text made ready to be compared."""

    text: str
    day: str | None = None
    """The day it was published, which tells short texts apart."""
    machine: bool = False
    """Whether it is flagged as a machine's copy: then half of it and its figures are enough."""

    @cached_property
    def letters(self) -> str:
        """The folded text without anything but letters, Hanzi and digits."""
        return self._codes.tobytes().decode("utf-32-le")

    @cached_property
    def shingles(self) -> Hashes:
        """The set of its shingles, as sorted hashes of 64 bits."""
        hashes = np.sort(self._hashes)  # four times as fast as np.unique
        first = np.ones(len(hashes), np.bool_)
        np.not_equal(hashes[1:], hashes[:-1], out=first[1:])
        return hashes[first]

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Its dates and numbers."""
        found = _NUMBER.findall(self.letters)
        return frozenset(number for number in found if len(number) > 1 or number.isdecimal())

    @cached_property
    def years(self) -> frozenset[str]:
        """The years that its dates and numbers name."""
        named = (_YEAR.match(number) for number in self.numbers)
        return frozenset(match[1] for match in named if match)

    @cached_property
    def facts(self) -> frozenset[str]:
        """Its dates, its numbers and what are mostly names."""
        ends = [match.start() for match in _NAMED.finditer(self.letters)]
        return self.numbers.union(self.letters[max(0, end - _NAME) : end] for end in ends)

    @cached_property
    def digits(self) -> frozenset[str]:
        """Its numbers in digits, which a spinner leaves as they were."""
        return frozenset(_DIGITS.findall(self.letters))

    @property
    def short(self) -> bool:
        """Whether it is too short for likeness to mean anything."""
        return len(self._codes) < SHORT

    def keys(self) -> tuple[list[int], list[int]]:
        """Give the keys it is found by, and those to look for.

        They differ in its figures: by these a machine's copy is found and finds, no other.
        """
        if self.short:
            exact = self._exact_key()
            return exact, exact
        bands = _band_keys(self._hashes)
        own, others = (1, 0) if self.machine else (0, 1)
        figures = self._figure_hashes()
        stored = [_key(_FIGURE + own, figure) for figure in figures]
        asked = [_key(_FIGURE + others, figure) for figure in figures]
        return bands + stored, bands + asked + (stored if self.machine else [])

    @cached_property
    def _codes(self) -> Codes:
        points = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        codes = _letter_table()[points]
        letters: Codes = codes[codes != 0]
        return letters

    @cached_property
    def _hashes(self) -> Hashes:
        """The hash of each shingle, in order."""
        codes = self._codes.astype(np.uint64)
        count = max(0, len(codes) - SHINGLE + 1)
        hashes: Hashes = np.zeros(count, np.uint64)
        for place in range(SHINGLE):
            hashes += codes[place : place + count] * _ODD[place]
        return _mixed(hashes)

    def _exact_key(self) -> list[int]:
        """Give the one key of a short text: all of it, and its day; none without a day."""
        if self.day is None or not len(self._codes):
            return []
        whole = np.frombuffer((self.letters + self.day).encode("utf-32-le"), np.uint32)
        places = np.arange(1, len(whole) + 1, dtype=np.uint64)
        hashed = _mixed(whole.astype(np.uint64) * _ODD[5] + places * _ODD[6])
        return [_key(_EXACT, int(np.bitwise_xor.reduce(hashed)))]

    def _figure_hashes(self) -> list[int]:
        """Give the least hashes of three numbers in a row: what a spinner leaves as it was."""
        numbers = [int(number[-_FIGURE_DIGITS:]) for number in _DIGITS.findall(self.letters)]
        if len(numbers) < FIGURES:
            return []
        row = np.array(numbers, np.uint64)
        hashes = _mixed(row[:-2] * _ODD[7] + row[1:-1] * _ODD[8] + row[2:] * _ODD[9])
        return sorted(set(hashes.tolist()))[:_FIGURE_KEYS]


def jaccard(one: Text, other: Text) -> float:
    """Give the share of all shingles that both have."""
    shared = _shared(one, other)
    return shared / max(1, len(one.shingles) + len(other.shingles) - shared)


def containment(one: Text, other: Text) -> float:
    """Give the share of the shorter one's shingles that the other has."""
    return _shared(one, other) / max(1, min(len(one.shingles), len(other.shingles)))


def related(one: Text, other: Text) -> bool:
    """Tell whether one is a reprint of the other, whichever came first.

    Different notices of the same wording are told apart by what each says that the other does not.
    """
    if one.short or other.short:
        return one.letters == other.letters and one.day is not None and one.day == other.day
    alike, within = jaccard(one, other), containment(one, other)
    if not (one.machine or other.machine):
        return (alike >= SAME or within >= WITHIN) and not _contradict(one, other)
    shared = len(one.digits & other.digits)
    figures = shared >= FIGURES and shared >= SAME * min(len(one.digits), len(other.digits))
    return not _exchanged(one.digits, other.digits, OTHER_NUMBERS) and (
        alike >= MACHINE or (figures and within >= MACHINE_WITHIN)
    )


def _contradict(one: Text, other: Text) -> bool:
    """Tell whether the two speak of different events in the same words.

    Where the years that one names are none of the other's, any second fact that differs is enough.
    """
    if one.years and other.years and not one.years & other.years:
        return _exchanged(one.facts, other.facts, 0)
    return _exchanged(one.numbers, other.numbers, OTHER_NUMBERS) or _exchanged(
        one.facts, other.facts, OTHER_FACTS
    )


def _exchanged(one: frozenset[str], other: frozenset[str], share: float) -> bool:
    """Tell whether more than that share is exchanged for something else; one slip is none."""
    exchanged = min(len(one - other), len(other - one))
    return exchanged > 1 and exchanged > share * min(len(one), len(other))


def _shared(one: Text, other: Text) -> int:
    both = np.concatenate((one.shingles, other.shingles))
    both.sort(kind="stable")
    return int(np.count_nonzero(both[1:] == both[:-1]))


def _band_keys(hashes: Hashes) -> list[int]:
    bins = _sketch(hashes)[: BANDS * ROWS].reshape(BANDS, ROWS)
    keys = _mixed((bins * _ODD[10 : 10 + ROWS]).sum(axis=1)) >> np.uint64(64 - BAND_SHIFT)
    keys |= np.arange(BANDS, dtype=np.uint64) << np.uint64(BAND_SHIFT)
    listed: list[int] = keys.tolist()
    return listed


def _sketch(hashes: Hashes) -> Hashes:
    """Give the least hash of each bin; an empty bin borrows from those that chance names."""
    bins = np.full(_BINS, _EMPTY)
    np.minimum.at(bins, (hashes >> np.uint64(57)).astype(np.intp), hashes)
    empty = np.flatnonzero(bins == _EMPTY)
    filled = bins != _EMPTY
    for lenders in _LENDERS:
        if not len(empty):
            break
        lent = filled[lenders[empty]]
        bins[empty[lent]] = bins[lenders[empty[lent]]]
        empty = empty[~lent]
    return bins


def _key(band: int, hashed: int) -> int:
    return band << BAND_SHIFT | hashed >> (64 - BAND_SHIFT)


@cache
def _letter_table() -> Codes:
    """Give what each code point is folded to; 0 for what is no letter, Hanzi or digit."""
    every = "".join(map(chr, range(_LAST_LETTER)))
    folded = "".join(c if c.isalnum() else "\0" for c in hanzi.fold(every))
    table = np.zeros(0x110000, np.uint32)
    table[:_LAST_LETTER] = np.frombuffer(folded.encode("utf-32-le"), np.uint32)
    return table
