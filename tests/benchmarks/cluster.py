"""What Dask and the store cost: WARC files taken in by a cluster, and by as many plain processes.

    python tests/benchmarks/cluster.py [--files N] [--articles N]

Both have two workers, which run the same command a file. Seconds are of the clock, and of all
processes' CPUs together, which another load on the machine changes less.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from loopback import article

from archive.warc.naming import new_id
from archive.warc.writing import Writer

WORKERS = 2
WORDS = (
    "工会",
    "职工",
    "夜校",
    "图纸",
    "电工",
    "食堂",
    "报名",
    "培训",
    "车间",
    "竞赛",
    "慰问",
    "工资",
)
LINE = (sys.executable, "-m", "crawler.cli", "-C")


def make(folder: Path, files: int, articles: int) -> list[Path]:
    """Write WARC files of pages that differ."""
    chance = random.Random(8)
    for number in range(files):
        writer = Writer(folder, f"part-{number}", "benchmark")
        for page in range(articles):
            text = ["".join(chance.choices(WORDS, k=40)) + "。" for _ in range(12)]
            body = article(f"第{number}-{page}次活动", *text).encode()
            url = f"http://b{number}.example/a/{page}.html"
            writer.write_resource(
                url,
                body,
                "text/html",
                captured="2024-03-05T09:30:00Z",
                record_id=new_id(),
                origin=f"{page}.html",
            )
        writer.close()
    return sorted(folder.glob("*.warc.gz"))


def plain(folder: Path, files: list[Path]) -> None:
    """A process a file, two at a time."""

    def one(path: Path) -> None:
        line = [*LINE, str(folder / path.stem), "ingest", str(path)]
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(one, files))


def dask(folder: Path, files: list[Path]) -> None:
    """The same as tasks of a cluster."""
    words = ["cluster", "ingest", *map(str, files), "--workers", str(WORKERS)]
    subprocess.run(
        [*LINE, str(folder / "cluster"), *words],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=6)
    parser.add_argument("--articles", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = make(folder / "warc", options.files, options.articles)
        taken = {}
        for way in (plain, dask):
            began, used = time.monotonic(), cpu()
            way(folder, files)
            taken[way] = (time.monotonic() - began, cpu() - used)
            print(f"{way.__name__:6} {taken[way][0]:7.1f} s {taken[way][1]:7.1f} s of CPU")
        clock, cpus = (taken[dask][n] / taken[plain][n] for n in range(2))
        print(f"ratio  {clock:7.2f}   {cpus:7.2f}")


if __name__ == "__main__":
    main()
