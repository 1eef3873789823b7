"""Lines that a site repeats from article to article, learned from what the archive keeps.

A line is compared by its `hanzi.letters` alone, so that spacing, punctuation and script make no
difference. These are the keys spoken of below.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from archive.hanzi import letters
from archive.records import Removal

SHORTEST, LONGEST = 4, 200
"""Letters of a line that can be learned: less says nothing, more is a text."""

LEARNED = "learned"
"""The rule by which a removal says that its line was learned."""

BATCH = 500
"""Articles that are looked at together."""


def learn(db: sqlite3.Connection, site: str, share: float = 0.3, least: int = 8) -> frozenset[str]:
    """Give the keys of the lines that stand on at least `share` of a site's articles.

    They also stand on at least `least` of them, so that a small site teaches nothing. A line is
    counted once an article, and a text that is kept at several addresses is one article. What was
    taken out because it was learned before counts as if it still stood there.
    """
    # A line with this share of all articles has it in one of the batches: only what is frequent
    # somewhere is counted throughout, and no batch has much of that.
    candidates: set[str] = set()
    for batch in _batches(db, site):
        found = Counter(line for lines in batch for line in lines)
        candidates |= {line for line, times in found.items() if times / len(batch) >= share}
    counts: Counter[str] = Counter()
    articles = 0
    for batch in _batches(db, site) if candidates else ():
        articles += len(batch)
        for lines in batch:
            counts.update(lines & candidates)
    return frozenset(
        line for line, times in counts.items() if times >= least and times / articles >= share
    )


def without_learned(text: str, removals: Iterable[Removal]) -> str:
    """Give an older reading's text without the lines that a newer one has learned to take out.

    `removals` are the newer one's: a line that was learned meanwhile has not gone from the page.
    """
    learned = {letters(cut.text) for cut in removals if cut.rule == LEARNED}
    if not learned:
        return text
    return "\n".join(line for line in text.split("\n") if letters(line) not in learned)


def _batches(db: sqlite3.Connection, site: str) -> Iterator[list[set[str]]]:
    """Give the keys of each article's lines, some articles at a time."""
    texts = db.execute(
        "SELECT DISTINCT a.text, (SELECT group_concat(r.text, char(10)) FROM removals AS r"
        " WHERE r.article = a.id AND r.rule = ?) FROM articles AS a WHERE a.site = ?",
        [LEARNED, site],
    )
    keys = (_keys(f"{text}\n{learned or ''}".split("\n")) for text, learned in texts)
    while batch := list(islice(keys, BATCH)):
        yield batch


def _keys(lines: Iterable[str]) -> set[str]:
    return {found for line in lines if SHORTEST <= len(found := letters(line)) <= LONGEST}
