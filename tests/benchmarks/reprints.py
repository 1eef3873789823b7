"""How fast reprints are found, how many of them, and what it costs beside a bare insert.

python tests/benchmarks/reprints.py [COUNT] [--profile]
"""

import cProfile
import pstats
import sqlite3
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from random import Random

from archive_maker import BATCH, articles
from notices import edited, framed, notice

from archive.records import Article
from archive.reprints import finding as reprints
from archive.reprints.likeness import SAME, Text, jaccard, related
from archive.rows import content, upsert
from archive.store import Store

ALIKE = 1_000


def rows_of(some: list[tuple[str, Article]]) -> list[dict[str, object]]:
    """The rows of these articles, as the store writes them but for the capture."""
    fixed = {"version": 1, "capture": "urn:uuid:0", "first_captured": "", "last_captured": ""}
    return [
        {"id": f"{n:010}", "fts_pk": n, "url": article.url, "site": None} | content(article) | fixed
        for n, (_, article) in enumerate(some)
    ]


def timed(db: sqlite3.Connection, keys: range, work: Callable[[int], object]) -> float:
    """Seconds of CPU that the work takes on each of them, in transactions of BATCH."""
    start = time.process_time()
    for first in range(0, len(keys), BATCH):
        db.execute("BEGIN")
        for key in keys[first : first + BATCH]:
            work(key)
        db.execute("COMMIT")
    return time.process_time() - start


def recall() -> tuple[int, int]:
    """Of texts edited to J ≥ 0.8, how many are found by their keys and then recognised."""
    random = Random(3)
    found = pairs = 0
    for _, article in articles(ALIKE, seed=4):
        other = Text(framed(random, edited(random, article.text, random.random() / 40)))
        one = Text(article.text)
        if jaccard(one, other) >= SAME and not one.short:
            pairs += 1
            shared = len(set(one.keys()[0]) & set(other.keys()[1]))
            found += shared >= reprints.SHARED_BANDS and related(one, other)
    return found, pairs


def false_pairs() -> tuple[int, int]:
    """Of different notices of one wording, how many are taken for one another."""
    random = Random(5)
    texts = [Text(notice(random, n % 2, 1 + n % 3)) for n in range(ALIKE // 2)]
    pairs = list(combinations(texts, 2))
    return sum(related(one, other) for one, other in pairs), len(pairs)


def main() -> None:
    """Measure and say."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    rows = rows_of(list(articles(given.count)))
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "archive.db", "1") as store:
        store.db.execute("PRAGMA foreign_keys = OFF")
        insert = upsert("articles", rows[0])
        keys = range(given.count)
        bare = timed(store.db, keys, lambda key: store.db.execute(insert, rows[key]))
        profile = cProfile.Profile()
        if given.profile:
            profile.enable()
        joining = timed(store.db, keys, lambda key: reprints.add(store.db, [key]))
        profile.disable()
        joined = store.db.execute("SELECT count(*) FROM reprints").fetchone()[0]
        size = store.db.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'reprint%'"
        ).fetchone()[0]
    each = given.count / joining
    print(f"{each:,.0f} articles a second of CPU, {joining / bare:.1f} × a bare insert; ", end="")
    print(f"{joined:,} of {given.count:,} joined; {size / given.count:.0f} bytes an article")
    print("found {} of {} edited to J ≥ 0.8".format(*recall()))
    print("{} false of {:,} pairs of different notices".format(*false_pairs()))
    if given.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
