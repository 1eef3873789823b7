"""Crawl all sites of a holdings, and die or be hindered at a named moment: for tests only.

    python driver.py HOLDINGS [MOMENT [NUMBER]]

MOMENT is one of `MOMENTS`; the process kills itself when it comes there for the NUMBERth time.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOMENTS = (
    "before-warc",
    "after-warc",
    "before-archive",
    "within-archive",
    "after-archive",
    "before-frontier",
    "within-frontier",
    "after-frontier",
)


def die(number: int) -> Callable[[], None]:
    left = [number]

    def step() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def around(owner: Any, name: str, moment: str, step: Callable[[], None]) -> None:
    """Have a step taken before or after a method does something."""
    method = getattr(owner, name)

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        # Batches and flushes of nothing are no moment.
        busy = bool(getattr(self, "_waiting", True))
        if busy and moment == "before":
            step()
        result = method(self, *args, **kwargs)
        if busy and moment == "after":
            step()
        return result

    setattr(owner, name, wrapped)


def within_flush(step: Callable[[], None]) -> None:
    """Have a step taken when half of a flush has been written."""
    from crawler.fetch import crawldb

    plain = crawldb.groupby

    def groupby(rows: list[Any], key: Any) -> Any:
        yield from plain(rows[: len(rows) // 2], key)
        step()
        yield from plain(rows[len(rows) // 2 :], key)

    crawldb.groupby = groupby  # type: ignore[assignment]


def hinder(moment: str, number: int) -> None:
    from archive.store import Store
    from archive.warc.writing import Writer
    from crawler.batch import Batch
    from crawler.fetch.crawldb import CrawlDatabase

    step, (when, what) = die(number), moment.split("-")
    if moment == "within-frontier":
        within_flush(step)
    elif moment == "within-archive":
        around(Store, "save", "after", step)
    else:
        owner, name = {
            "warc": (Writer, "write_exchange"),
            "archive": (Batch, "commit"),
            "frontier": (CrawlDatabase, "flush"),
        }[what]
        around(owner, name, when, step)


def main() -> None:
    from archive.errors import UnionArchiveError
    from archive.holdings import Holdings
    from crawler.crawls.run import crawl
    from crawler.sitefile.loading import own_sites

    holdings, *moment = sys.argv[1:]
    if moment:
        hinder(moment[0], int(moment[1]) if len(moment) > 1 else 1)
    where = Holdings(Path(holdings))
    try:
        for report in crawl(where, own_sites(where.sites).values()):
            sys.stdout.write(f"{report}\n")
    except UnionArchiveError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
