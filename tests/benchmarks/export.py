"""How fast exports are, as a ratio to `sqlite-utils rows` of the same articles in the same run.

    python tests/benchmarks/export.py [ARTICLES] [--memory]
    python tests/benchmarks/export.py --archive ARCHIVE.DB

Each is a process of its own that writes to a file; of three rounds the best counts. The memory is
the most that the export had. With --memory nothing is timed: the most memory of each format at a
tenth of the articles and at all of them, which is not to grow. With --archive one round is measured
on an archive that is there, such as one of a million articles that search_archive.py has built.
"""

import os
import subprocess
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent))

from search_archive import build

FLOOR = 0.5
"""The least share of the speed of `sqlite-utils rows`."""
MOST = 300
"""MB that an export may take, however many articles there are."""
GROWTH = 1.15
BARE = {"with_reprints": False}
ROUNDS = 3


def timed(command: list[str], out: Path) -> tuple[float, int]:
    """Give the seconds of CPU that a command took, which others here do not spoil, and its MB."""
    with (
        out.open("wb") as file,
        subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL) as process,
    ):
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def made(path: Path, articles: int) -> None:
    """Build an archive in a process of its own: Linux counts our memory as our children's too."""
    process = get_context("fork").Process(target=build, args=(path, articles), kwargs=BARE)
    process.start()
    process.join()
    assert process.exitcode == 0


def main(articles: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made(Path(folder) / "archive.db", articles)
        measure(Path(folder), ROUNDS)


def of_archive(path: Path) -> None:
    """Measure on an archive that is there, and is only read."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "archive.db").symlink_to(path.resolve(strict=True))
        measure(Path(folder), 1)


def measure(holdings: Path, rounds: int) -> None:
    """Tell the best of some rounds; exits where an export is too slow or takes too much memory."""
    ours = [sys.executable, "-m", "crawler.cli", "-C", str(holdings), "export", "-", "--format"]
    theirs = [sys.executable, "-m", "sqlite_utils", "rows", f"{holdings}/archive.db", "articles"]
    commands = {"rows": theirs} | {f: [*ours, f] for f in ("csv", "jsonl", "parquet")}
    took = [
        {name: timed(command, holdings / "out") for name, command in commands.items()}
        for _ in range(rounds)
    ]
    best = {name: min(each[name][0] for each in took) for name in commands}
    most = {name: max(each[name][1] for each in took) for name in commands}
    for name, seconds in best.items():
        speed = best["rows"] / seconds
        print(f"{name:8} {seconds:6.2f} s  {speed:5.2f} of sqlite-utils rows  {most[name]} MB")
    if any(best["rows"] / seconds < FLOOR for seconds in best.values()):
        sys.exit(f"expected at least {FLOOR}")
    if max(most[name] for name in commands if name != "rows") > MOST:
        sys.exit(f"expected no more than {MOST} MB")


def memory(articles: int) -> None:
    """Measure what four formats take at two sizes; an archive without its index will do."""
    formats, peaks = ("csv", "jsonl", "parquet", "xlsx"), {}
    with tempfile.TemporaryDirectory() as folder, patch("archive.search.index.rebuild_index"):
        for number in (articles // 10, articles):
            holdings = Path(folder) / str(number)
            holdings.mkdir()
            made(holdings / "archive.db", number)
            ours = [sys.executable, "-m", "crawler.cli", "-C", str(holdings), "export", "-"]
            for name in formats:
                _, peaks[name, number] = timed([*ours, "--format", name], holdings / "out")
                print(f"{name:8} {number:9,} articles  {peaks[name, number]} MB", flush=True)
    for name in formats:
        few, all_ = peaks[name, articles // 10], peaks[name, articles]
        if all_ > MOST or all_ > few * GROWTH:
            sys.exit(
                f"{name}: {few} MB, then {all_} MB; expected no more than {MOST} and no growth"
            )


if __name__ == "__main__":
    count = next((int(given) for given in sys.argv[1:] if given.isdigit()), None)
    if "--archive" in sys.argv:
        of_archive(Path(sys.argv[sys.argv.index("--archive") + 1]))
    elif "--memory" in sys.argv:
        memory(count or 200_000)
    else:
        main(count or 20_000)
