"""What reading a page costs beside bare trafilatura: `python tests/benchmarks/clean.py [FOLDER …]`.

The pages are those of the quality gate, and every file in the folders named. Both sides read the
same bytes in one process, in turns; CPU time, the median of the turns.
"""

import argparse
import logging
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura

from crawler.clean import clean_page

sys.path.insert(0, str(Path(__file__).parents[1]))
from quality import gate

URL = "http://www.example.org/2020/0101/1.html"
TURNS = 5


def ours(body: bytes) -> None:
    """Read a page into an Article."""
    clean_page(body, URL)


def theirs(body: bytes) -> None:
    """Read a page with trafilatura, metadata included."""
    trafilatura.bare_extraction(body, url=URL, with_metadata=True, include_comments=False)


def cost(read: Callable[[bytes], None], pages: list[bytes]) -> float:
    """Give the CPU time of one reading, in milliseconds a page."""
    begun = time.process_time()
    for page in pages:
        read(page)
    return (time.process_time() - begun) / len(pages) * 1000


def main() -> None:
    """Print both costs and their ratio, for each set of pages."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    sets = {"gate": [page.body for half in gate.HALVES for page in gate.load(half)]}
    for folder in parser.parse_args().folders:
        sets[str(folder)] = [path.read_bytes() for path in sorted(folder.iterdir())]
    for name, pages in sets.items():
        cost(ours, pages), cost(theirs, pages)  # imports, tables and caches
        turns = [(cost(ours, pages), cost(theirs, pages)) for _ in range(TURNS)]
        mine, other = (statistics.median(side) for side in zip(*turns, strict=True))
        print(
            f"{name}: {len(pages)} pages, {mine:.1f} ms beside {other:.1f} ms: {mine / other:.2f}"
        )


if __name__ == "__main__":
    main()
