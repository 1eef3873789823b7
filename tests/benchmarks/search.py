"""Our index beside unicode61, trigram and LIKE, and the pages over it, in one run.

    python tests/benchmarks/search.py 10000 100000 [--keep FOLDER] [--only-speed]

makes an archive of each size (or takes FOLDER/SIZE.db where there is one) and prints, for each
index: recall and precision on the questions of queries.toml, its size beside the text's, articles
indexed a second of CPU, and the newest 20 of a question, p50 and p95 in milliseconds. Then what
readers feel: 工会, the capped count, pages over HTTP, the cold start and the server's memory.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import httpx
import web_archive
from search_archive import build
from search_quality import Question, Truth, quality, questions

from archive.database import open_readonly
from archive.search import index as search
from archive.search.selection import Selection, match
from archive.web.facets import CAP

LARGEST = 100_000
"""Above, nothing is compared: the truth would not fit into memory."""
FEW = 12
"""Of so many questions LIKE is asked one: it reads every text each time."""
NEWEST = 20
MEMORY = ("VmRSS", "VmHWM")


class Index(NamedTuple):
    """An index to be measured."""

    name: str
    where: Callable[[sqlite3.Connection, Question], tuple[str, list[str]] | None]
    """FROM and WHERE of a question, and what to bind; None where it cannot be asked."""
    key: str
    every: int = 1


def ours(db: sqlite3.Connection, question: Question) -> tuple[str, list[str]]:
    """Ask the archive's own index."""
    return "articles_fts WHERE articles_fts MATCH ?", [match(db, question.query)]


def other(table: str) -> Callable[[sqlite3.Connection, Question], tuple[str, list[str]] | None]:
    """Ask an index that FTS5 makes by itself, in its own language."""

    def where(_: sqlite3.Connection, question: Question) -> tuple[str, list[str]] | None:
        if question.known:
            return None
        quoted = [f'"{word}"' for word in question.words]
        return f"{table} WHERE {table} MATCH ?", [f" {question.joint} ".join(quoted)]

    return where


def like(_: sqlite3.Connection, question: Question) -> tuple[str, list[str]] | None:
    """Read every text."""
    if question.known:
        return None
    one = "(title LIKE ? OR text LIKE ?)"
    joint = "AND NOT" if question.joint == "NOT" else question.joint
    binds = [f"%{word}%" for word in question.words for _ in range(2)]
    return f"articles WHERE {f' {joint} '.join([one] * len(question.words))}", binds


def make_other(db: sqlite3.Connection, name: str, tokenizer: str) -> float:
    """Index all articles by a tokenizer of FTS5's, beside the archive; give articles a second."""
    db.execute(
        f"CREATE VIRTUAL TABLE beside.{name} USING fts5(title, text, content='',"
        f" tokenize='{tokenizer}')"
    )
    begun = time.process_time()
    db.execute("BEGIN")
    db.execute(
        f"INSERT INTO beside.{name}(rowid, title, text) SELECT fts_pk, title, text FROM articles"
        " ORDER BY fts_pk"
    )
    db.execute("COMMIT")
    (count,) = db.execute("SELECT count(*) FROM articles").fetchone()
    return float(count / (time.process_time() - begun))


def spread(milliseconds: Iterable[float]) -> str:
    """Write p50 and p95."""
    times = sorted(milliseconds)
    p95 = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    return f"p50 {median(times):.1f} ms, p95 {p95:.1f} ms"


def timed(work: Callable[[], object], times: int = 1) -> float:
    """Give the milliseconds something takes on the wall, the best of some times."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append((time.perf_counter() - begun) * 1000)
    return min(took)


def size(db: sqlite3.Connection, schema: str, name: str) -> int:
    """Give the bytes of an index."""
    sql = "SELECT sum(pgsize) FROM dbstat WHERE schema = ? AND name LIKE ?"
    return int(db.execute(sql, [schema, f"{name}%"]).fetchone()[0])


def measure(db: sqlite3.Connection, index: Index, truth: Truth | None, told: str) -> None:
    """Print what an index is worth."""

    def find(question: Question) -> set[int] | None:
        asked = index.where(db, question)
        if asked is None:
            return None
        return {row[0] for row in db.execute(f"SELECT {index.key} FROM {asked[0]}", asked[1])}

    said = "not compared"
    if truth is not None:
        got = quality(truth, find, index.every)
        said = f"recall {got.recall:.3f}, precision {got.precision:.4f} ({got.asked} questions)"
    times = []
    for question in list(questions())[:: index.every]:
        asked = index.where(db, question)
        if asked is not None:
            sql = f"SELECT {index.key} FROM {asked[0]} ORDER BY {index.key} DESC LIMIT {NEWEST}"
            times.append(timed(lambda s=sql, a=asked[1]: db.execute(s, a).fetchall(), 2))
    print(f"  {index.name}: {said}; {told}; newest {NEWEST} {spread(times)}", flush=True)


def readers(db: sqlite3.Connection) -> None:
    """Print what readers of the archive feel without a server."""
    union = Selection("工会")
    for name, work in (
        ("工会, newest 20", lambda: search.newest(db, union, NEWEST)),
        (f"工会, counted up to {CAP:,}", lambda: search.count(db, union, CAP + 1)),
        ("工会, counted", lambda: search.count(db, union)),
        ("工会, most relevant 20", lambda: search.ranked(db, union, NEWEST)),
    ):
        print(f"  {name}: {timed(work, 3):.1f} ms", flush=True)


@contextmanager
def served(path: Path) -> Iterable[tuple[str, int, float]]:
    """Serve an archive as plain Datasette does; give address, process and the cold start."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "archive.db").symlink_to(path)
        begun = time.perf_counter()
        with web_archive.serving("datasette", Path(folder)) as address:
            httpx.get(f"{address}/search?q=工会", timeout=60)
            start = time.perf_counter() - begun
            found = subprocess.run(
                ["pgrep", "-f", f"{folder}/archive.db"], capture_output=True, text=True, check=True
            )
            yield address, int(found.stdout.split()[0]), start


def pages(path: Path, every: int) -> None:
    """Print what pages take over HTTP, and what of that the server's processor does."""
    asked = [question.query for question in questions()][::every]
    with served(path) as (address, process, start), httpx.Client(timeout=60) as client:

        def measure_page(what: str, where: str, name: str) -> None:
            def get(query: str) -> None:
                stopped.append(client.get(f"{address}{where}", params={name: query}).is_error)

            stopped: list[bool] = []

            get(asked[0])
            before = processor(process)
            times = [timed(lambda q=query: get(q)) for query in asked]
            each = (processor(process) - before) / len(asked)
            union = timed(lambda: get("工会"), 3)
            told = f"{each:.0f} ms of CPU each, {sum(stopped)} stopped"
            print(f"  {what}: {spread(times)}, {told}; 工会 {union:.1f} ms", flush=True)

        measure_page("search page", "/search", "q")
        measure_page("table page", "/archive/articles", "_search")
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    now, peak = (int(status.partition(f"{name}:")[2].split()[0]) // 1024 for name in MEMORY)
    print(f"  cold start to the first page {start:.1f} s; server {now} MB, peak {peak} MB")


def processor(process: int) -> float:
    """Give the milliseconds of CPU a process has had."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) * 1000 / os.sysconf("SC_CLK_TCK")


def run(path: Path, count: int, *, only_speed: bool) -> None:
    """Measure one archive."""
    rates = {} if path.exists() else build(path, count, with_reprints=count <= LARGEST)
    told = ", ".join(f"{step} {rate:,.0f}" for step, rate in rates.items()) or "made before"
    print(f"{count:,} articles; made in a second of CPU: {told}", flush=True)
    with closing(open_readonly(path)) as db:
        (text,) = db.execute("SELECT sum(length(CAST(text AS BLOB))) FROM articles").fetchone()
        truth = None if only_speed or count > LARGEST else Truth(db)
        told = f"index {size(db, 'main', 'articles_fts') / text:.2f} × text"
        measure(db, Index("ours", ours, "rowid"), truth, told)
        if truth is not None:
            with tempfile.TemporaryDirectory(dir=path.parent) as folder:
                db.execute("ATTACH ? AS beside", [f"{Path(folder) / 'beside.db'}"])
                for name, tokenizer in (("unicode61", "unicode61"), ("trigram", "trigram")):
                    rate = make_other(db, name, tokenizer)
                    told = f"index {size(db, 'beside', name) / text:.2f} × text, {rate:,.0f}/s"
                    measure(db, Index(name, other(name), "rowid"), truth, told)
                db.execute("DETACH beside")
            measure(db, Index("LIKE", like, "fts_pk", FEW), truth, "no index")
        readers(db)
    pages(path, 3)


def main() -> None:
    """Measure archives of all sizes asked for."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("counts", nargs="+", type=int)
    parser.add_argument("--keep", type=Path, help="where archives are made, or found, and stay")
    parser.add_argument("--only-speed", action="store_true", help="of our own index")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for count in given.counts:
            path = (given.keep or Path(folder)) / f"{count}.db"
            run(path.absolute(), count, only_speed=given.only_speed)


if __name__ == "__main__":
    main()
