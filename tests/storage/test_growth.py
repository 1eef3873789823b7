"""What storing an article costs does not grow with the archive; the long form is a benchmark.

`python tests/benchmarks/archive_maker.py 10000 100000` measures time. Here SQLite's own steps are
counted, which are the same on any machine.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from archive.records import SiteRecord
from archive.store import Store

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from archive_maker import SITES, articles, store_all

SMALL, LARGE, MEASURED = 200, 2_000, 200
STEPS = 100
"""Instructions of SQLite's virtual machine between two counts."""
MOST = 1.5


@contextmanager
def steps(db: sqlite3.Connection) -> Iterator[list[int]]:
    """Count what SQLite does meanwhile, in hundreds of instructions."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    db.set_progress_handler(count, STEPS)
    yield counted
    db.set_progress_handler(None, 0)


def test_the_cost_of_an_article_stays(tmp_path: Path) -> None:
    source = articles(LARGE + MEASURED)
    with Store(tmp_path / "archive.db") as store:
        for site in range(SITES):
            store.put_site(SiteRecord(f"site{site:02}", f"站{site}", f"http://s{site}.example/"))
        done = store_all(store, islice(source, SMALL), 0)
        with steps(store.db) as early:
            done = store_all(store, islice(source, MEASURED), done)
        done = store_all(store, islice(source, LARGE - done), done)
        with steps(store.db) as late:
            store_all(store, islice(source, MEASURED), done)
    assert early[0] > MEASURED
    assert late[0] <= MOST * early[0]
