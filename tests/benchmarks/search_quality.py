"""Whether search finds what it should and nothing else, on the checked-in queries.

The truth is what the folded text holds: no index is asked for it.
"""

import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.hanzi import fold

QUERIES = Path(__file__).with_name("queries.toml")
BESIDE = "工资"
"""A word that what is known is combined with."""

Find = Callable[["Question"], set[int] | None]
"""Gives the keys of what an index finds; None for what cannot be asked of it."""


@dataclass(frozen=True)
class Question:
    """A query, and what it asks."""

    query: str
    """In our language."""
    words: tuple[str, ...] = ()
    """The words to be found, unless it is said otherwise: all of them."""
    joint: str = "AND"
    """AND, OR or NOT between two words."""
    known: str = ""
    """SQL for what is to be known beside."""


def questions() -> Iterator[Question]:
    """Give all there are."""
    groups = tomllib.loads(QUERIES.read_text(encoding="utf-8"))
    for kind in ("words", "characters", "traditional", "longer", "halves", "latin"):
        yield from (Question(word, (word,)) for word in groups[kind])
    for kind, joint, between in (
        ("both", "AND", " "),
        ("either", "OR", " OR "),
        ("without", "NOT", " -"),
    ):
        for words in groups[kind]:
            yield Question(between.join(words), tuple(words), joint)
    for query, known in groups["known"]:
        yield Question(query, known=known)
        yield Question(f"{BESIDE} {query}", (BESIDE,), known=known)


class Truth:
    """What there is to be found in an archive."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        rows = db.execute("SELECT fts_pk, title, text FROM articles")
        self.texts = {key: fold(f"{title}\n{text}") for key, title, text in rows}
        self.held: dict[str, set[int]] = {}

    def of(self, question: Question) -> set[int]:
        """Give the keys of the articles that answer it."""
        sets = [self.having(word) for word in question.words]
        if question.known:
            rows = self.db.execute(f"SELECT fts_pk FROM articles WHERE {question.known}")
            sets.append({row[0] for row in rows})
        if question.joint == "OR":
            return set().union(*sets)
        if question.joint == "NOT":
            return sets[0] - sets[1]
        return set.intersection(*sets)

    def having(self, word: str) -> set[int]:
        """Give the keys of the texts that hold a word; of Latin letters, as a word."""
        if word not in self.held:
            folded = fold(word)
            if folded.isascii() or "é" in folded:
                bare = folded.replace("é", "e").replace("-", "[^a-z0-9]")
                pattern = re.compile(rf"(?<![a-z0-9é]){bare}(?![a-z0-9é])")
                found = {k for k, t in self.texts.items() if pattern.search(t.replace("é", "e"))}
            else:
                found = {key for key, text in self.texts.items() if folded in text}
            self.held[word] = found
        return self.held[word]


@dataclass(frozen=True)
class Quality:
    """How well an index answers."""

    asked: int
    recall: float
    """Of what is to be found, the mean share that is."""
    precision: float
    """Of what is found, the mean share that is right; questions that find nothing aside."""


def quality(truth: Truth, find: Find, every: int = 1) -> Quality:
    """Ask every so-manieth question."""
    recalls, precisions = [], []
    for question in list(questions())[::every]:
        found = find(question)
        if found is None:
            continue
        right = truth.of(question)
        if right:
            recalls.append(len(found & right) / len(right))
        if found:
            precisions.append(len(found & right) / len(found))
    return Quality(
        len(recalls),
        sum(recalls) / max(1, len(recalls)),
        sum(precisions) / max(1, len(precisions)),
    )
