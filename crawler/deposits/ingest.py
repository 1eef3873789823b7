"""Files become captures and articles by the same way as a crawl: WARC, clean_page, archive.db."""

import errno
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import UnionArchiveError
from archive.records import Capture
from archive.warc.reading import Stored, captures
from crawler.deposits.adopt import TORN, adopt
from crawler.deposits.item import Complain, Item
from crawler.deposits.revisits import placed
from crawler.deposits.sources import Source, contents
from crawler.intake import Intake, Recall, Rules, nothing_read
from crawler.site import Site

if TYPE_CHECKING:
    from crawler.accession import Accession

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""What no other file would fare better with."""
UNDATED = "got no WARC-Date, expected one such as 2024-03-05T01:30:00Z; left out"
NOTHING = "got no response, revisit or resource in it, expected some"


class Ingest:
    """Takes files into an open accession. `counts` says what came of it.

    `complain` is called with a file and what is wrong with it; nothing wrong with a file ends the
    ingest. With `link`, WARC files are linked rather than copied where that can be. `recall` is
    that of `intake.Rules`. Where the disk is full UnionArchiveError is raised; the same ingest goes
    on from there when there is room.
    """

    def __init__(
        self,
        accession: "Accession",
        sites: Mapping[str, Site],
        complain: Complain,
        *,
        link: bool = False,
        recall: Recall = nothing_read,
    ) -> None:
        self._accession, self._complain, self._link = accession, complain, link
        self._intake = Intake(
            accession.keep,
            accession.holdings.warc,
            Rules(accession.cleaner, sites, accession.boilerplate, recall),
            self._unread,
            transaction=accession.store.transaction,
        )
        self.counts = self._intake.counts
        self._unreadable: set[Path] = set()

    def take(self, source: Source, url: str | None = None, saved: datetime | None = None) -> None:
        """Take in what a source has. `url` and `saved` are those of a single page or text."""
        for piece in contents(source, self._complain, url, saved):
            if isinstance(piece, Item):
                self._item(piece)
            else:
                self._warc(piece, source.path)
        self.counts["files"] += 1

    def warc(self, path: Path, told: Path) -> None:
        """Take a WARC file in; complaints name `told`, the file that it came of."""
        self._warc(path, told)
        self.counts["files"] += 1

    def _warc(self, path: Path, told: Path) -> None:
        """Copy a WARC file and read its records, in the order of their dates."""
        self._intake.finish()  # a revisit may refer to what the file before has brought
        try:
            file, torn = adopt(path, self._accession.holdings.warc, link=self._link)
        except OSError as error:
            if error.errno in FULL:
                raise self._no_room(error) from error
            self._complain(told, error.strerror or str(error))
            return
        except UnionArchiveError as error:
            self._complain(told, str(error).removeprefix(f"{path}: "))
            return
        records = self._records(file, told)
        if records is None:
            return
        if torn:
            self._complain(told, TORN)
        if not records:
            self._complain(told, NOTHING)
        self._take(records, told)

    def go_on(self) -> None:
        """Read what ingests or crawls that were killed have written and not read."""
        for path in self._accession.unread:
            records = self._records(path, path) or []
            new = [s for s in records if not self._accession.holds(s.capture.record_id)]
            self._take(new, path)
        self.finish()

    def _records(self, path: Path, told: Path) -> list[Stored] | None:
        """Give the records of a file of the holdings, in the order of their dates.

        None for one that cannot be read, of which `told` is complained.
        """
        folder = self._accession.holdings.warc
        try:
            return placed(captures(path), folder, self._accession.original)
        except (OSError, UnionArchiveError) as error:
            self._complain(told, str(error).removeprefix(f"{path}: "))
            self._unreadable.add(path)
            return None

    def _take(self, records: list[Stored], told: Path) -> None:
        for stored in records:
            if not stored.capture.captured:
                self._complain(told, f"{stored.capture.url}: {UNDATED}")
            if self._accession.holds(stored.capture.record_id):
                self.counts["unchanged"] += 1
            else:
                self._intake.take(stored)

    def finish(self) -> None:
        """Wait for the pages that are still being cleaned, store them, and finish the WARC file."""
        self._intake.finish()
        self._accession.measure(self._unreadable)

    def _unread(self, capture: Capture, why: str) -> None:
        self._complain(Path(capture.warc), f"{capture.url}: {why}")

    def _item(self, item: Item) -> None:
        """Keep a page or text as a WARC resource record, and read it."""
        if self._accession.holds(item.record_id) or self._intake.awaits(item.record_id):
            self.counts["unchanged"] += 1
            return
        try:
            capture = self._accession.writer.write_resource(
                item.url,
                item.body,
                item.content_type,
                captured=item.captured,
                record_id=item.record_id,
                origin=item.origin,
            )
        except OSError as error:
            raise self._no_room(error) from error
        self._intake.take(Stored(capture), item.body)

    def _no_room(self, error: OSError) -> UnionArchiveError:
        return UnionArchiveError(
            f"{self._accession.holdings.warc}: cannot be written ({error.strerror or error}); make"
            " room and run the same command again, it goes on from here"
        )
