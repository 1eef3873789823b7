"""An archive of any size to search in, of our own words, made much faster than one is stored.

A quarter is Traditional, a tenth are reprints, 工会 is in nine of ten. `build` writes the rows and
has the index and the reprints built anew, as it is done when an older archive is opened.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from archive_maker import (
    REPRINTS,
    SITES,
    TRADITIONAL,
    UNION,
    WITH_UNION,
    WORDS,
)
from opencc import OpenCC

from archive.addresses.urls import article_id
from archive.database import open_for_writing
from archive.records import SiteRecord
from archive.reprints import finding as reprints
from archive.search import index as search
from archive.search import keys
from archive.store import Store

CLAUSES = 30_000
CLAUSES_OF_A_TEXT = 95
"""About 1,345 characters, as articles have on average."""
LATIN = ("COVID-19", "GDP", "APP", "QQ", "Café", "KTV", "EMS", "CT")
RECENT = 5_000
"""Of so many originals one is taken for a reprint."""
REGIONS = ("CN-GD", "CN-SX", "CN-BJ", "HK", "TW", "CN-SH", "MO", "CN-HL")
FLAGS = (("injected_links", 0.04), ("spun_text", 0.02), ("hijacked_brand", 0.01))
FIRST_DAY = date(2000, 1, 1)
DAYS = 9_500
BATCH = 1_000

Row = dict[str, object]


@cache
def clauses() -> dict[bool, list[str]]:
    """Clauses in Simplified and, at the same places, in Traditional characters."""
    random, made = Random(7), []
    for number in range(CLAUSES):
        words = [
            WORDS[int(len(WORDS) * random.random() ** 1.6)] for _ in range(random.randint(4, 9))
        ]
        if number % 20 == 0:
            words.append(random.choice(LATIN))
        if number % 7 == 0:
            words += (str(random.randint(2, 2000)), random.choice("年月日人名元个"))
        made.append("".join(words) + random.choice("，，，。。；\n"))
    converter = OpenCC("s2t")
    return {False: made, True: converter.convert("\u2029".join(made)).split("\u2029")}


def text_of(random: Random, *, traditional: bool) -> str:
    """A text of no particular event."""
    size = max(3, int(CLAUSES_OF_A_TEXT * random.lognormvariate(-0.1, 0.5)))
    parts = random.choices(clauses()[traditional], k=size)
    if random.random() < WITH_UNION:
        parts.insert(random.randrange(len(parts)), "工會" if traditional else UNION)
    return "".join(parts)


def rows(count: int, seed: int = 1) -> Iterator[Row]:
    """That many rows of the table of articles."""
    random = Random(seed)
    originals: list[tuple[str, bool]] = []
    used: dict[int, int] = {}
    for number in range(count):
        if originals and random.random() < REPRINTS:
            text, traditional = random.choice(originals)
            text = f"{text}（完）"
        else:
            traditional = random.random() < TRADITIONAL
            text = text_of(random, traditional=traditional)
            if len(originals) < RECENT:
                originals.append((text, traditional))
            else:
                originals[random.randrange(RECENT)] = (text, traditional)
        day = FIRST_DAY + timedelta(days=random.randrange(DAYS))
        published = None if random.random() < 0.01 else day.isoformat()
        first = keys.first_key(published)
        used[first] = used.get(first, -1) + 1
        site = random.randrange(SITES)
        flags = [name for name, share in FLAGS if random.random() < share]
        yield {
            "id": article_id(f"http://site{site:02}.example/a/{number}"),
            "title": text[:18].replace("\n", ""),
            "published": published,
            "site": f"site{site:02}",
            "source": f"{WORDS[random.randrange(60)]}日报" if random.random() < 0.6 else None,
            "authors": "[]",
            "text": text,
            "url": f"http://site{site:02}.example/a/{number}",
            "language": "zh-Hant" if traditional else "zh-Hans",
            "flags": json.dumps(flags),
            "version": 1,
            "capture": f"urn:uuid:{number:012}",
            "first_captured": "2026-01-01T00:00:00Z",
            "last_captured": "2026-01-01T00:00:00Z",
            "fts_pk": first + used[first],
        }


def sites() -> Iterator[SiteRecord]:
    """The sites they are of."""
    for site in range(SITES):
        name, host = f"第{site}{WORDS[site]}工会", f"http://site{site:02}.example/"
        kind = "union" if site % 2 else "news"
        yield SiteRecord(f"site{site:02}", name, host, kind, "zh", REGIONS[site % len(REGIONS)])


def build(
    path: Path, count: int, *, with_reprints: bool = True, share: tuple[int, int] = (0, 1)
) -> dict[str, float]:
    """Make an archive; give the articles a second of each step and of all, in CPU time.

    `share` is which of how many shards it is to be, article by article in turn.
    Others who use the machine too would spoil the time on the wall.
    """
    done, path = path, path.with_name(f"{path.name}.partial")
    with Store(path, "1") as store:
        for site in sites():
            store.put_site(site)
    made = islice(rows(count), share[0], None, share[1])
    took = dict.fromkeys(("rows", "index", "reprints"), 0.0)
    with closing(open_for_writing(path)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        while batch := list(islice(made, BATCH)):
            begun = time.process_time()
            _put(db, batch)
            took["rows"] += time.process_time() - begun
        db.execute("BEGIN")
        keys.put_in_order(db)
        db.execute("COMMIT")
        for name, step in (("index", search.rebuild_index), ("reprints", reprints.rebuild)):
            if name == "reprints" and not with_reprints:
                continue
            begun = time.process_time()
            db.execute("BEGIN")
            step(db)
            db.execute("COMMIT")
            took[name] = time.process_time() - begun
    with Store(path):
        pass  # closed by the store, it is one file
    path.rename(done)
    return {name: count / seconds for name, seconds in took.items() if seconds} | {
        "all": count / sum(took.values())
    }


def _put(db: sqlite3.Connection, batch: list[Row]) -> None:
    db.execute("BEGIN")
    names = list(batch[0])
    db.executemany(f"INSERT INTO articles({', '.join(names)}) VALUES (:{', :'.join(names)})", batch)
    db.executemany(
        "INSERT INTO captures(record_id, url, captured, status, outcome, content_type, digest,"
        " warc, offset, site, article) VALUES (:capture, :url, :first_captured, 200, 'article',"
        " 'text/html', :id, 'one.warc.gz', :fts_pk, :site, :id)",
        batch,
    )
    db.executemany(
        "INSERT INTO versions(article, number, captured, capture, cleaner)"
        " VALUES (:id, :version, :first_captured, :capture, '1')",
        batch,
    )
    db.executemany("INSERT INTO addresses(id, url, article) VALUES (:id, :url, :id)", batch)
    db.executemany(
        "INSERT INTO flags(article, name, score, evidence) VALUES (?, ?, 80, '')",
        [(row["id"], name) for row in batch for name in json.loads(str(row["flags"]))],
    )
    db.execute("COMMIT")


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), int(sys.argv[2]), with_reprints="--bare" not in sys.argv))
