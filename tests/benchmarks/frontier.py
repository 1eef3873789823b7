"""What a request costs in the frontier, beside bare SQLite: `python tests/benchmarks/frontier.py`.

200,000 requests are queued; then 20,000 more are queued, taken and done while those wait.
"""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from crawler.fetch.crawldb import SCHEMA, CrawlDatabase
from crawler.fetch.frontier import ARTICLE, Entry, Frontier

QUEUED, MORE, BATCH = 200_000, 20_000, 100


def url(number: int) -> str:
    return f"http://songyuan.example/particular.aspx?id={number * 7_919 % 1_000_003}"


def seconds(work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def bare(path: Path) -> float:
    """Insert the same rows, as many in a transaction."""
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {SCHEMA}")
    statement = (
        "INSERT INTO requests(site, url, state, rank, role, source, day, level, page)"
        " VALUES ('songyuan', ?, 'queued', ?, 'article', '/news/', NULL, 0, 0)"
    )

    def insert() -> None:
        for first in range(0, QUEUED, BATCH):
            with db:
                db.execute("BEGIN")
                rows = [(url(number), number) for number in range(first, first + BATCH)]
                db.executemany(statement, rows)

    taken = seconds(insert)
    db.close()
    return taken / QUEUED


def ours(path: Path) -> tuple[float, float]:
    """Queue; then queue, take and finish requests, with a flush for each hundred."""
    database = CrawlDatabase(path)
    frontier = Frontier(database, "songyuan")
    frontier.begin()

    def queue() -> None:
        for number in range(QUEUED):
            frontier.add(Entry(url(number), ARTICLE, "/news/"))
            if number % BATCH == 0:
                database.flush()
        database.flush()

    def crawl() -> None:
        for number in range(QUEUED, QUEUED + MORE):
            frontier.add(Entry(url(number), ARTICLE, "/news/"))
            entry = frontier.take()
            assert entry is not None
            frontier.done(entry.url, "urn:uuid:1")
            if number % BATCH == 0:
                database.flush()
        database.flush()

    queueing, crawling = seconds(queue), seconds(crawl)
    database.close()
    return queueing / QUEUED, crawling / MORE


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        insert = bare(Path(folder) / "bare.db")
        queueing, crawling = ours(Path(folder) / "crawl.db")
    sys.stdout.write(
        f"bare SQLite, an insert:            {insert * 1e6:6.1f} µs\n"
        f"frontier, a request queued:        {queueing * 1e6:6.1f} µs ({queueing / insert:.1f} x)\n"
        f"frontier, queued, taken and done:  {crawling * 1e6:6.1f} µs ({crawling / insert:.1f} x)"
        f" at {QUEUED:,} queued\n"
    )


if __name__ == "__main__":
    main()
