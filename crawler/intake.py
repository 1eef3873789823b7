"""Stored captures become articles, whoever brings them: a file, a rebuild, a reclean.

An article's rows follow from its captures in their order, today's rules and the register alone.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from archive.errors import UnionArchiveError
from archive.records import Article, Capture, Document, SiteRecord
from archive.store import Saved
from archive.warc.reading import Stored, locate, read_payload
from crawler.clean.documents import CONTENT_TYPES
from crawler.cleaning import LOST, Cleaner, document_of, explain, readable, with_section
from crawler.deposits.given import GIVEN
from crawler.deposits.item import NAMELESS
from crawler.site import Site, find_site, host_record

Keep = Callable[[Capture, Article | Document | None, SiteRecord | None, str | None], Saved]
"""Records a capture, what was read from it, its site, and what it was where nothing was."""
Complain = Callable[[Capture, str], None]
TOGETHER = 16
"""Captures that are kept in one transaction, so that each costs little."""
AHEAD = 4
"""Pages a worker has before it, so that it is not idle while others are kept."""
READ = ("http://", "https://", NAMELESS)
"""How addresses of pages begin; dns:, metadata:, urn:text: … are those of crawlers' notes."""
Recall = Callable[[Capture, Site | None, Collection[str]], Article | None]
"""Gives what was read of a capture elsewhere with that site file and those learned lines."""


def no_boilerplate(site: str) -> Collection[str]:  # noqa: ARG001 - one that learns has a use for it
    """Know no lines that a site repeats."""
    return ()


def nothing_read(
    capture: Capture,  # noqa: ARG001
    site: Site | None,  # noqa: ARG001
    lines: Collection[str],  # noqa: ARG001 - one that remembers has a use for them
) -> Article | None:
    """Know no reading: every page is read anew."""
    return None


@dataclass(frozen=True)
class Rules:
    """What captures are read with: workers, site files, learned lines."""

    cleaner: Cleaner
    sites: Mapping[str, Site] = field(default_factory=dict)
    boilerplate: Callable[[str], Collection[str]] = no_boilerplate
    """Gives the lines that were learned of a site."""
    recall: Recall = nothing_read

    def site(self, url: str) -> Site | None:
        """Give the site that an address is on, where a site file names it."""
        return find_site(self.sites.values(), url)

    def record(self, url: str) -> SiteRecord | None:
        """Give the site that an address is on, made up of its host where no site file names it."""
        site = self.site(url)
        return site.record() if site else host_record(url)


class _File(NamedTuple):
    """A file that is being read."""

    reading: "Future[Document]"
    body: bytes


class _Read(NamedTuple):
    """A capture that is to be kept, and what it is counted as where that is not what came of it."""

    capture: Capture
    article: Article | Document | None
    outcome: str | None = None
    counted: str | None = None


class Intake:
    """Reads captures in worker processes and keeps them in the order in which they are given.

    `complain` is called with a capture that could not be read and the reason; `instead` gives what
    is kept of such a one in place of an error. Many are kept together, in a `transaction`. `counts`
    says what came of all.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what differs among those who bring captures
        self,
        keep: Keep,
        warc: Path,
        rules: Rules,
        complain: Complain,
        instead: Callable[[Capture], Article | Document | None] = lambda _: None,
        transaction: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._keep, self._warc, self._rules = keep, warc, rules
        self._complain, self._instead = complain, instead
        self._transaction = transaction
        self._waiting: deque[tuple[Stored, Future[Article] | _File | str]] = deque()
        self._read: list[_Read] = []
        self.counts: Counter[str] = Counter()

    def take(self, stored: Stored, payload: bytes | None = None) -> None:
        """Take a capture in; its payload is read from its record unless it is given."""
        capture = stored.capture
        reading = reading_of(stored, self._rules.site(capture.url))
        if reading is None:
            self.counts["left_out"] += 1
            return
        if reading not in ("article", "attachment"):
            self._queue(stored, reading)
            return
        site = self._rules.site(capture.url)
        record = self._rules.record(capture.url)
        lines = self._rules.boilerplate(record.id) if record else ()
        known = self._rules.recall(capture, site, lines) if reading == "article" else None
        if known is not None:
            remembered: Future[Article] = Future()
            remembered.set_result(known)
            self._queue(stored, remembered)
            return
        try:
            if payload is None:
                name, offset = capture.payload_place
                payload = read_payload(locate(self._warc, name), offset)
        except UnionArchiveError as error:
            self.finish()
            self._failed(capture, str(error))
            return
        if reading == "attachment":
            self._queue(stored, _File(self._rules.cleaner.read(payload), payload))
            return
        future = self._rules.cleaner.submit(
            payload, capture.url, capture.content_type, site, boilerplate=lines
        )
        self._queue(stored, future)

    def awaits(self, record_id: str) -> bool:
        """Whether a capture was taken in and is not kept yet."""
        taken = (stored.capture for stored, _ in self._waiting)
        return any(
            each.record_id == record_id for each in chain(taken, (r.capture for r in self._read))
        )

    def finish(self) -> None:
        """Wait for the pages that are still being read, and keep them."""
        while self._waiting:
            self._wait_for_first()
        self._keep_read()

    def _queue(self, stored: Stored, reading: "Future[Article] | _File | str") -> None:
        """Have a capture kept in its turn; no more wait than keep the workers busy."""
        self._waiting.append((stored, reading))
        while len(self._waiting) > AHEAD * self._rules.cleaner.workers:
            self._wait_for_first()
        if len(self._read) >= TOGETHER:
            self._keep_read()

    def _wait_for_first(self) -> None:
        stored, future = self._waiting.popleft()
        capture = stored.capture
        if isinstance(future, str):
            outcome = future if future in ("list", "error", "image") else None
            self._read.append(_Read(capture, None, outcome))
            return
        if isinstance(future, _File):
            document = document_of(future.reading, future.body)
            self._read.append(_Read(capture, document, counted="attachments"))
            return
        try:
            article = with_section(future.result(LOST), stored.section)
        except Exception as error:  # noqa: BLE001 - whatever befell one page, the others go on
            self._failed(capture, explain(error))
            return
        self._read.append(_Read(capture, article))

    def _failed(self, capture: Capture, why: str) -> None:
        """Have a capture kept that could not be read."""
        self._complain(capture, why)
        article = self._instead(capture)
        outcome = "error" if article is None else None
        self._read.append(_Read(capture, article, outcome, "errors"))

    def _keep_read(self) -> None:
        """Keep what is read, in one transaction."""
        read, self._read = self._read, []
        if not read:
            return
        with self._transaction():
            for each in read:
                record = self._rules.record(each.capture.url)
                saved = self._keep(each.capture, each.article, record, each.outcome)
                self.counts[each.counted or saved.change] += 1


def reading_of(stored: Stored, site: Site | None) -> str | None:
    """Say what a record of a WARC is read as.

    article: a page to clean; attachment: a file to read; list, error, image: recorded as such;
    other: recorded by its status; None: not recorded, such as another crawler's picture, a
    robots.txt, what a crawler notes of itself, or what has no date. Our crawler's own note comes
    first, then the site file.
    """
    capture = stored.capture
    given = not capture.status and capture.content_type == GIVEN  # no server can send one
    page = given or readable(capture.content_type)
    known = capture.captured and capture.url.lower().startswith(READ)
    if not known or urlsplit(capture.url).path == "/robots.txt":
        return None
    if capture.truncated:
        return "error" if stored.role or page else None
    if capture.status and capture.status // 100 != 2:  # noqa: PLR2004
        return "other" if stored.role or page or capture.location else None
    if stored.role in ("list", "attachment", "image"):
        return stored.role
    if not page:
        file = capture.content_type.lower().startswith(CONTENT_TYPES)
        return "error" if stored.role else "attachment" if file else None
    meant = given or stored.role == "article" or site is None or site.is_article(capture.url)
    return "article" if meant else "list"
