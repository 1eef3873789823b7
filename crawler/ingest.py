"""Files become captures and articles by the same way as a crawl: WARC, clean_page, archive.db."""

import hashlib
import re
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree

from archive.errors import UnionArchiveError
from archive.records import Article, SiteRecord
from archive.warc_reader import Stored, captures, locate, read_payload
from crawler.adopt import adopt
from crawler.cleaning import explain, readable, with_section
from crawler.site import Site, find_site

if TYPE_CHECKING:
    from concurrent.futures import Future

    from crawler.accession import Accession

WARC = (".warc", ".warc.gz")
HTML = (".html", ".htm", ".xhtml", ".shtml")
TEXT = (".txt",)
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(https?://[^\s>]+)", re.IGNORECASE)

Complain = Callable[[Path, str], None]


def files(paths: Iterable[Path], complain: Complain) -> Iterator[Path]:
    """Give the files that can be taken in, folders' in order; complain about the others named."""
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.name.lower().endswith(WARC + HTML + TEXT)
            )
            yield from (p for p in inside if p.is_file())
        elif not path.exists():
            complain(path, "there is no such file")
        elif path.name.lower().endswith(WARC + HTML + TEXT):
            yield path
        else:
            complain(path, f"got {path.suffix or 'no'} ending, expected one of .warc.gz .html .txt")


class Ingest:
    """Takes files into an open accession. `counts` says what came of it.

    `complain` is called with a file and what is wrong with it; nothing wrong with a file ends the
    ingest.
    """

    def __init__(
        self, accession: "Accession", sites: Mapping[str, Site], complain: Complain
    ) -> None:
        self._accession, self._sites, self._complain = accession, sites, complain
        self._waiting: deque[tuple[Path, Stored, Future[Article] | str]] = deque()
        self.counts: Counter[str] = Counter()

    def take(self, path: Path, url: str | None = None) -> None:
        """Take one file in. `url` is the address of a saved page that does not name it itself."""
        try:
            if path.name.lower().endswith(WARC):
                self._warc(path)
            elif path.name.lower().endswith(HTML):
                body = path.read_bytes()
                self._resource(path, body, url or address_of(body), "text/html")
            else:
                self._resource(path, path.read_bytes(), url, "text/plain")
        except OSError as error:
            self._complain(path, error.strerror or str(error))
        self.counts["files"] += 1

    def finish(self) -> None:
        """Wait for the pages that are still being cleaned, and store them."""
        while self._waiting:
            self._store_first()

    def _resource(self, path: Path, body: bytes, url: str | None, content_type: str) -> None:
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
        saved_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        capture = self._accession.writer.write_resource(
            url,
            body,
            content_type,
            captured=saved_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            record_id=record_id,
        )
        self._clean(path, Stored(capture), body)

    def _warc(self, path: Path) -> None:
        """Copy a WARC file and read its records, in the order of their dates."""
        try:
            file, torn = adopt(path, self._accession.holdings.warc)
            records = sorted(
                captures(file), key=lambda s: (s.capture.captured, s.capture.record_id)
            )
        except UnionArchiveError as error:
            self._complain(path, str(error).removeprefix(f"{path}: "))
            return
        if torn:
            self._complain(path, "its last record is torn; those before it are taken in")
        for stored in records:
            self._record(path, stored)

    def _record(self, path: Path, stored: Stored) -> None:
        capture, site = stored.capture, find_site(self._sites.values(), stored.capture.url)
        if self._accession.holds(capture.record_id):
            self.counts["unchanged"] += 1
            return
        reading = reading_of(stored, site)
        if reading == "article":
            folder = self._accession.holdings.warc
            payload = read_payload(locate(folder, capture.warc), capture.offset)
            self._clean(path, stored, payload)
        elif reading is not None:
            self._queue(path, stored, reading)

    def _clean(self, path: Path, stored: Stored, payload: bytes) -> None:
        capture = stored.capture
        site = find_site(self._sites.values(), capture.url)
        cleaner = self._accession.cleaner
        future = cleaner.submit(payload, capture.url, capture.content_type, site)
        self._queue(path, stored, future)

    def _queue(self, path: Path, stored: Stored, reading: "Future[Article] | str") -> None:
        """Have a record stored in its turn; no more wait than keep the workers busy."""
        self._waiting.append((path, stored, reading))
        while len(self._waiting) > 2 * self._accession.cleaner.workers:
            self._store_first()

    def _store_first(self) -> None:
        path, stored, future = self._waiting.popleft()
        capture = stored.capture
        if isinstance(future, str):
            outcome = future if future in ("list", "error") else None
            self._accession.keep(capture, None, self._site(capture.url), outcome)
            self.counts["no_article"] += 1
            return
        try:
            article = with_section(future.result(), stored.section)
        except Exception as error:  # noqa: BLE001 - whatever befell one page, the others go on
            self._complain(path, f"{capture.url}: {explain(error)}")
            self._accession.keep(capture, None, self._site(capture.url), "error")
            return
        saved = self._accession.keep(capture, article, self._site(capture.url))
        self.counts[saved.change] += 1

    def _site(self, url: str) -> Site | SiteRecord | None:
        """Give the site an address is on, made up from its host where no site file names it."""
        site = find_site(self._sites.values(), url)
        parts = urlsplit(url)
        if site is not None or not parts.netloc:
            return site
        host = parts.netloc.rpartition("@")[2].lower()
        return SiteRecord(id=host, name=host, home=f"{parts.scheme}://{host}/")


def reading_of(stored: Stored, site: Site | None) -> str | None:
    """Say what a record of a WARC is read as.

    article: a page to clean; list, error: recorded as such; other: recorded by its status; None:
    not recorded, such as a picture or a robots.txt. The crawler's own note comes first, then the
    site file.
    """
    capture = stored.capture
    page = readable(capture.content_type)
    if urlsplit(capture.url).path == "/robots.txt":
        return None
    if capture.status and capture.status // 100 != 2:  # noqa: PLR2004
        return "other" if stored.role or page or capture.location else None
    if stored.role == "list":
        return "list"
    if stored.role == "article":
        return "article" if page else "error"
    if not page:
        return None
    return "article" if site is None or site.is_article(capture.url) else "list"


def address_of(body: bytes) -> str | None:
    """Find the address that a saved page gives itself; None where it gives none."""
    saved = _SAVED_FROM.search(body[:4096])
    parser = etree.HTMLParser(no_network=True, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    found = [saved.group(1).decode("ascii", "replace")] if saved else []
    if root is not None:
        found = [
            *(e.get("href", "") for e in root.iter("link") if e.get("rel") == "canonical"),
            *(e.get("content", "") for e in root.iter("meta") if e.get("property") == "og:url"),
            *found,
        ]
    return next((url.strip() for url in found if _is_web(url.strip())), None)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
