"""Files become captures and articles by the same way as a crawl: WARC, clean_page, archive.db."""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import UnionArchiveError
from archive.records import Capture
from archive.warc_reader import Stored, captures
from crawler.adopt import adopt
from crawler.intake import Intake, Recall, Rules, nothing_read
from crawler.revisits import placed
from crawler.saved import address_of, time_of
from crawler.site import Site
from crawler.wacz import unpacked

if TYPE_CHECKING:
    from crawler.accession import Accession

WARC = (".warc", ".warc.gz")
WACZ = (".wacz",)
HTML = (".html", ".htm", ".xhtml", ".shtml")
TEXT = (".txt",)

Complain = Callable[[Path, str], None]


def files(paths: Iterable[Path], complain: Complain) -> Iterator[Path]:
    """Give the files that can be taken in, folders' in order; complain about the others named."""
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.name.lower().endswith(WARC + WACZ + HTML + TEXT)
            )
            yield from (p for p in inside if p.is_file())
        elif not path.exists():
            complain(path, "there is no such file")
        elif path.name.lower().endswith(WARC + WACZ + HTML + TEXT):
            yield path
        else:
            complain(
                path, f"got {path.suffix or 'no'} ending, expected one of .warc.gz .wacz .html .txt"
            )


class Ingest:
    """Takes files into an open accession. `counts` says what came of it.

    `complain` is called with a file and what is wrong with it; nothing wrong with a file ends the
    ingest. With `link`, WARC files are linked rather than copied where that can be. `recall` is
    that of `intake.Rules`.
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
        )
        self.counts = self._intake.counts

    def take(self, path: Path, url: str | None = None, time: datetime | None = None) -> None:
        """Take one file in. `url` and `time` are those of a saved page or text; see `saved`."""
        try:
            if path.name.lower().endswith(WARC):
                self._warc(path)
            elif path.name.lower().endswith(WACZ):
                self._wacz(path)
            elif path.name.lower().endswith(HTML):
                body = path.read_bytes()
                self._resource(path, body, url or address_of(body), "text/html", time)
            else:
                self._resource(path, path.read_bytes(), url, "text/plain", time)
        except OSError as error:
            self._complain(path, error.strerror or str(error))
        self.counts["files"] += 1

    def finish(self) -> None:
        """Wait for the pages that are still being cleaned, and store them."""
        self._intake.finish()

    def _unread(self, capture: Capture, why: str) -> None:
        self._complain(Path(capture.warc), f"{capture.url}: {why}")

    def _resource(
        self, path: Path, body: bytes, url: str | None, content_type: str, time: datetime | None
    ) -> None:
        """Keep a file as a WARC resource record, and read it as a page."""
        if not body.strip():
            self._complain(path, "empty")
            return
        content = hashlib.sha256(body).hexdigest()
        url = url or f"urn:sha256:{content}"
        record_id = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{url} {content}')}"
        if self._accession.holds(record_id):
            self.counts["unchanged"] += 1
            return
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        saved_at = (time or time_of(body, path.name) or written).astimezone(UTC)
        capture = self._accession.writer.write_resource(
            url,
            body,
            content_type,
            captured=saved_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            record_id=record_id,
        )
        self._intake.take(Stored(capture), body)

    def _wacz(self, path: Path) -> None:
        """Take in the WARC files of a WACZ."""
        try:
            with unpacked(path) as warcs:
                for warc in warcs:
                    self._warc(warc)
        except UnionArchiveError as error:
            self._complain(path, str(error).removeprefix(f"{path}: "))

    def _warc(self, path: Path) -> None:
        """Copy a WARC file and read its records, in the order of their dates."""
        self._intake.finish()  # a revisit may refer to what the file before has brought
        try:
            file, torn = adopt(path, self._accession.holdings.warc, link=self._link)
            records = placed(
                captures(file), self._accession.holdings.warc, self._accession.original
            )
        except UnionArchiveError as error:
            self._complain(path, str(error).removeprefix(f"{path}: "))
            return
        if torn:
            self._complain(path, "torn or damaged from one record on; those before are taken in")
        for stored in records:
            if self._accession.holds(stored.capture.record_id):
                self.counts["unchanged"] += 1
            else:
                self._intake.take(stored)
