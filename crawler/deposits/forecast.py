"""What an ingest would bring: the same files are read, and nothing is written."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from archive.database import explained, open_readonly
from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from archive.register.withdrawals import withheld
from archive.warc.originals import is_recorded
from archive.warc.reading import Stored, captures
from crawler.deposits.adopt import TORN, whole
from crawler.deposits.ingest import NOTHING, UNDATED
from crawler.deposits.item import Complain, Item
from crawler.deposits.sources import Source, contents
from crawler.intake import reading_of
from crawler.site import Site, find_site

Holds = Callable[[str], bool]
"""Says whether the capture of an id is recorded, or was and is withdrawn."""
_KINDS = {"article": "to_read", "attachment": "attachments"}
Tell = Callable[[Path, str, Mapping[str, int]], None]


@contextmanager
def held(holdings: Holdings) -> Iterator[Holds]:
    """Look into holdings, there or not yet, without writing. Raises UnionArchiveError."""
    withdrawn = withheld(holdings.register_db)
    if not holdings.archive_db.exists():
        yield withdrawn.__contains__
        return
    path = holdings.archive_db
    with closing(open_readonly(path)) as db, explained(path):
        yield lambda record_id: record_id in withdrawn or is_recorded(db, record_id)


class Forecast:
    """Counts what sources would bring, in `counts`.

    to_read: pages and texts that would be cleaned; attachments: files of other kinds that would
    be read; no_article: captures that would only be recorded; unchanged: here already, or met
    before; left_out: pictures and the like. `tell` hears of each source's path, kind and counts,
    `complain` as in an ingest.
    """

    def __init__(
        self, holds: Holds, sites: Mapping[str, Site], complain: Complain, tell: Tell
    ) -> None:
        self._holds, self._sites, self._complain, self._tell = holds, sites, complain, tell
        self._seen: set[str] = set()
        self.counts: Counter[str] = Counter()

    def take(self, source: Source, url: str | None = None, saved: datetime | None = None) -> None:
        """Count what a source would bring. `url` and `saved` are those of a single page or text."""
        counts: Counter[str] = Counter()
        for piece in contents(source, self._complain, url, saved):
            if isinstance(piece, Item):
                counts[self._come(piece.record_id, "to_read")] += 1
            else:
                counts += self._records(piece, source.path)
        self._told(source.path, source.kind, counts)

    def warc(self, path: Path, told: Path) -> None:
        """Count the records of a WARC file; what is told names the file that it came in."""
        self._told(told, "warc", self._records(path, told))

    def finish(self) -> None:
        """Do nothing: all is counted."""

    def _told(self, path: Path, kind: str, counts: Counter[str]) -> None:
        self.counts += counts
        self.counts["files"] += 1
        self._tell(path, kind, counts)

    def _records(self, path: Path, told: Path) -> Counter[str]:
        counts: Counter[str] = Counter()
        try:
            with whole(path) as (file, torn):
                for stored in captures(file):
                    counts[self._record(stored)] += 1
                    if not stored.capture.captured:
                        self._complain(told, f"{stored.capture.url}: {UNDATED}")
            if torn:
                self._complain(told, TORN)
            if not counts:
                self._complain(told, NOTHING)
        except OSError as error:
            self._complain(told, error.strerror or str(error))
        except UnionArchiveError as error:
            self._complain(told, str(error).removeprefix(f"{path}: "))
        return counts

    def _record(self, stored: Stored) -> str:
        """Say what would come of a record."""
        capture = stored.capture
        reading = reading_of(stored, find_site(self._sites.values(), capture.url))
        if reading is None:
            return "left_out"
        return self._come(capture.record_id, _KINDS.get(reading, "no_article"))

    def _come(self, record_id: str, kind: str) -> str:
        if record_id in self._seen or self._holds(record_id):
            return "unchanged"
        self._seen.add(record_id)
        return kind
