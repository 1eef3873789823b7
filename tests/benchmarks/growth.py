"""What one more article costs an archive that has many: `growth.py 10000 100000 [--keep FOLDER]`.

An archive of each size is made, or FOLDER/SIZE.db, which search_archive.py has made, is copied;
then articles of the same kind are stored as a crawl stores them: CPU time an article, and its
ratio to the first size. Beside it, what the file takes, as a ratio to the texts in it.
"""

import json
import shutil
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from archive_maker import store_all
from search_archive import build, rows

from archive.records import Article, Flag
from archive.store import Store

WARM, MEASURED = 500, 1_500
ROUNDS = 3
"""Of so many parts of what is measured the cheapest counts."""
MOST = 1.5
"""What an article may cost in the largest archive, as a ratio to the first."""
FULL = 3.0
"""How much larger than its texts an archive may be."""
SAMPLE = 2_000


def more(count: int) -> Iterator[tuple[str, Article]]:
    """Give articles that no archive has yet, each with its site's id."""
    for number, row in enumerate(rows(count, seed=2)):
        site, flags = str(row["site"]), json.loads(str(row["flags"]))
        yield (
            site,
            Article(
                f"http://{site}.example/later/{number}",
                str(row["title"]),
                str(row["text"]),
                row["published"] and str(row["published"]),
                source=row["source"] and str(row["source"]),
                language=str(row["language"]),
                flags=tuple(Flag(name, 80, "") for name in flags),
            ),
        )


def cost(store: Store, some: Iterable[tuple[str, Article]], first: int, count: int) -> float:
    """Store that many articles; give the milliseconds of CPU of each."""
    chosen = list(islice(some, count))
    begun = time.process_time()
    store_all(store, chosen, first)
    return 1000 * (time.process_time() - begun) / count


def fullness(store: Store, path: Path) -> float:
    """Give the size of an archive as a ratio to that of its texts, which a sample tells."""
    (mean,) = store.db.execute(
        "SELECT avg(length(CAST(text AS BLOB)))"
        " FROM (SELECT text FROM articles ORDER BY fts_pk DESC LIMIT ?)",
        [SAMPLE],
    ).fetchone()
    (articles,) = store.db.execute("SELECT count(*) FROM articles").fetchone()
    return float(path.stat().st_size / articles / mean)


def measure(path: Path, count: int) -> tuple[float, float]:
    """Give what an article costs, in milliseconds of CPU, and how large the archive is."""
    source, part = more(WARM + MEASURED), MEASURED // ROUNDS
    with Store(path, "1") as store:
        size = fullness(store, path)
        cost(store, source, count, WARM)  # pages and caches
        firsts = range(count + WARM, count + WARM + MEASURED, part)
        return min(cost(store, source, first, part) for first in firsts), size


def main() -> None:
    """Measure all sizes asked for, the smallest first."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("counts", nargs="+", type=int)
    parser.add_argument("--keep", type=Path, help="where archives are found")
    given = parser.parse_args()
    base, failed = 0.0, False
    for count in sorted(given.counts):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "archive.db"
            kept = given.keep and given.keep / f"{count}.db"
            if kept and kept.exists():
                shutil.copyfile(kept, path)
            else:
                build(path, count)
            each, size = measure(path, count)
        base = base or each
        failed |= each > MOST * base or size > FULL
        print(
            f"{count:9,} articles: {each:.2f} ms of CPU for one more, {each / base:.2f} x;"
            f" archive.db is {size:.2f} times its texts",
            flush=True,
        )
    if failed:
        sys.exit(f"expected at most {MOST} x, and {FULL} times the texts")


if __name__ == "__main__":
    main()
