"""What a worker has read of captures, so that whoever folds its shard in need not read them."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from archive.database import open_readonly
from archive.records import Article, Capture
from archive.versions import readings
from crawler.clean.edition import edition
from crawler.cluster.manifest import fetch, newest
from crawler.cluster.snapshot import rules
from crawler.cluster.store import Store
from crawler.intake import Recall
from crawler.site import Site


class Shard:
    """A shard's archive.db; `recall` gives readings that would be the same here.

    They are where cleaner, site file and learned lines are; any other page is read again.
    `by_warc` is the manifest's `rules`.
    """

    def __init__(self, archive_db: Path, by_warc: dict[str, dict[str, str]]) -> None:
        self._db = open_readonly(archive_db)
        self._by_warc = by_warc

    def __enter__(self) -> Self:
        """Give the shard itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self._db.close()

    def recall(self, capture: Capture, site: Site | None, lines: Collection[str]) -> Article | None:
        """Give what was read of a capture; None where that would be something else here."""
        row = self._db.execute(
            "SELECT article, reading, site, warc FROM captures WHERE record_id = ? AND cleaner = ?",
            [capture.record_id, edition()],
        ).fetchone()
        if row is None or row["article"] is None or row["reading"] is None:
            return None
        if self._by_warc.get(row["warc"], {}).get(row["site"]) != rules(site, lines):
            return None
        held = readings.held(self._db, row["article"]).get(row["reading"])
        # Of captures with the same text the newest one's reading is kept; dates may differ.
        if held is None or held.moment != (capture.captured, capture.record_id):
            return None
        return replace(held.article, url=capture.url)


@contextmanager
def recalling(store: Store, job: str, folder: Path) -> Iterator[Recall]:
    """Give what a job's shards have read; they are fetched into a temporary folder in `folder`."""
    with ExitStack() as open_shards:
        at = Path(open_shards.enter_context(TemporaryDirectory(prefix=".fold-", dir=folder)))
        shards = []
        for task in store.names("shards"):
            found = newest(store, task)
            if found and found[1].job == job and "archive.db" in found[1].files:
                fetch(store, found[1], ["archive.db"], at / task)
                shard = Shard(at / task / "archive.db", found[1].rules)
                shards.append(open_shards.enter_context(shard))

        def recall(capture: Capture, site: Site | None, lines: Collection[str]) -> Article | None:
            tried = (shard.recall(capture, site, lines) for shard in shards)
            return next((article for article in tried if article is not None), None)

        yield recall
