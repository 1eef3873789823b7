"""What it costs to search several archives as one, beside one archive of the same articles.

    python tests/benchmarks/shelf.py [ARTICLES] [SHARDS]

All are asked alike, in turns, in one process; the ratio is of the best times in CPU.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from search_archive import build

from archive.shelf import Shelf, opened
from archive.web.facets import read_facets
from archive.web.finding import find
from archive.web.parameters import read_parameters

ROUNDS = 9
ASKED = (
    {"q": "工会"},
    {"q": "工资 先进"},
    {"q": "骑手 银行"},
    {"q": "", "year": "2011"},
    {"q": "罢"},
)


def best(question: Callable[..., object], *given: object) -> float:
    """Give the least milliseconds that a question took."""
    took = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        question(*given)
        took.append(time.process_time() - begun)
    return 1000 * min(took)


def main(articles: int, shards: int) -> None:
    """Print a line for each query: results, then counts, and the ratio of each."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.db"
        parts = [Path(folder) / f"{number}.db" for number in range(shards)]
        build(whole, articles, with_reprints=False)
        for number, path in enumerate(parts):
            build(path, articles, with_reprints=False, share=(number, shards))
        print(f"{articles} articles compared in {best(lambda: Shelf(parts).compared()):.0f} ms")
        with opened([whole]) as one, opened(parts) as several:
            for asked in ASKED:
                parameters = read_parameters(asked)
                assert find(one, parameters).results == find(several, parameters).results
                for name, ask in (("results", find), ("counts", read_facets)):
                    alone, shared = best(ask, one, parameters), best(ask, several, parameters)
                    ratio = shared / alone
                    print(f"{parameters.words or parameters.year:8} {name:8}", end="")
                    print(f" {alone:8.2f} ms {shared:8.2f} ms, {shards} files: x {ratio:.2f}")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:] or (12_000, 3)))
