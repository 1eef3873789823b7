"""How much a text looks like spam: the words of link farms, and of those who report about them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from archive.hanzi import fold
from crawler.clean.page import Block
from crawler.clean.words import any_of, table

FILLED = re.compile(r"[\W_]+")
SENTENCE_END = re.compile(r"[。！？!?；;]")
REPORTED = 2  # different words of the police and the courts that make a page a report on crime


@dataclass(frozen=True, slots=True)
class Words:
    """The word lists, as patterns."""

    strong: re.Pattern[str]
    weak: re.Pattern[str]
    reporting: re.Pattern[str]
    crime: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a text looks like spam."""

    cover: float
    """Share of its letters that spam words cover."""
    strong: int
    """Different words that hardly anything but spam has."""
    weak: int
    """Different words that spam likes."""
    reporting: int
    """Words of somebody who reports about such things."""

    @property
    def spammy(self) -> bool:
        """Whether the words alone would do, given a second reason."""
        enough = self.strong > 1 or (self.strong > 0 and self.weak > 1 and self.cover >= 0.4)
        return self.reporting == 0 and self.cover >= 0.2 and enough

    @property
    def glaring(self) -> bool:
        """Whether the words are so thick that no second reason is needed."""
        return self.reporting == 0 and self.cover >= 0.3 and self.strong >= 3


NOTHING = Weight(0.0, 0, 0, 0)


@cache
def words() -> Words:
    """Read the word lists."""
    lists = table("spam_words")
    crime = lists["crime"]
    return Words(
        any_of(lists["strong"]),
        any_of(lists["weak"]),
        any_of([*crime, *lists["reporting"]]),
        any_of(crime),
    )


def weigh(text: str) -> Weight:
    """Weigh a text's words. Without one strong word nothing else is looked at."""
    return weigh_folded(fold(text))


def pool(blocks: Sequence[Block]) -> Weight:
    """Weigh the words of several lines together."""
    if not any(weigh_folded(block.folded).strong for block in blocks):
        return NOTHING
    return weigh_folded(" ".join(block.folded for block in blocks))


@lru_cache(maxsize=4096)
def weigh_folded(folded: str) -> Weight:
    """Weigh a folded text's words."""
    lists = words()
    strong = lists.strong.findall(folded)
    if not strong:
        return NOTHING
    weak = lists.weak.findall(lists.strong.sub(" ", folded))
    size = len(FILLED.sub("", folded))
    return Weight(
        sum(map(len, strong + weak)) / max(size, 1),
        len(set(strong)),
        len(set(weak)),
        len(set(lists.reporting.findall(folded))),
    )


def weigh_weak(folded: str) -> bool:
    """Whether words that spam likes make up a third of a text or more."""
    return 3 * sum(map(len, words().weak.findall(folded))) >= len(folded)


def is_hacked(text: str) -> bool:
    """Whether a title is the advertisement of a link farm."""
    weight = weigh(text)
    return (
        weight.cover >= 0.3
        and weight.reporting == 0
        and weight.strong + weight.weak >= 2
        and weight.strong > 0
    )


def reports_crime(blocks: Sequence[Block]) -> bool:
    """Whether sentences on the page speak of police and courts: it may name what they pursue."""
    found: set[str] = set()
    for block in blocks:
        if SENTENCE_END.search(block.text) and not block.links:
            found.update(words().crime.findall(block.folded))
        if len(found) >= REPORTED:
            return True
    return False
