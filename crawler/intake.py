"""Stored captures become articles, whoever brings them: a file, a rebuild, a reclean.

An article's rows follow from its captures in their order, today's rules and the register alone.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import UnionArchiveError
from archive.records import Article, Capture, SiteRecord
from archive.store import Saved
from archive.warc_reader import Stored, locate, read_payload
from crawler.cleaning import Cleaner, explain, readable, with_section
from crawler.site import Site, find_site, host_record

Keep = Callable[[Capture, Article | None, SiteRecord | None, str | None], Saved]
"""Records a capture, the article read from it, its site, and what it was where that is neither."""
Complain = Callable[[Capture, str], None]
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


class Intake:
    """Reads captures in worker processes and keeps them in the order in which they are given.

    `complain` is called with a capture that could not be read and the reason; `instead` gives what
    is kept of such a one in place of an error. `counts` says what came of all.
    """

    def __init__(
        self,
        keep: Keep,
        warc: Path,
        rules: Rules,
        complain: Complain,
        instead: Callable[[Capture], Article | None] = lambda _: None,
    ) -> None:
        self._keep, self._warc, self._rules = keep, warc, rules
        self._complain, self._instead = complain, instead
        self._waiting: deque[tuple[Stored, Future[Article] | str]] = deque()
        self.counts: Counter[str] = Counter()

    def take(self, stored: Stored, payload: bytes | None = None) -> None:
        """Take a capture in; its payload is read from its record unless it is given."""
        capture = stored.capture
        reading = reading_of(stored, self._rules.site(capture.url))
        if reading is None:
            return
        if reading != "article":
            self._queue(stored, reading)
            return
        site = self._rules.site(capture.url)
        record = self._rules.record(capture.url)
        lines = self._rules.boilerplate(record.id) if record else ()
        if (known := self._rules.recall(capture, site, lines)) is not None:
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
        future = self._rules.cleaner.submit(
            payload, capture.url, capture.content_type, site, boilerplate=lines
        )
        self._queue(stored, future)

    def finish(self) -> None:
        """Wait for the pages that are still being read, and keep them."""
        while self._waiting:
            self._keep_first()

    def _queue(self, stored: Stored, reading: "Future[Article] | str") -> None:
        """Have a capture kept in its turn; no more wait than keep the workers busy."""
        self._waiting.append((stored, reading))
        while len(self._waiting) > 2 * self._rules.cleaner.workers:
            self._keep_first()

    def _keep_first(self) -> None:
        stored, future = self._waiting.popleft()
        capture = stored.capture
        if isinstance(future, str):
            outcome = future if future in ("list", "error") else None
            self._keep(capture, None, self._rules.record(capture.url), outcome)
            self.counts["no_article"] += 1
            return
        try:
            article = with_section(future.result(), stored.section)
        except Exception as error:  # noqa: BLE001 - whatever befell one page, the others go on
            self._failed(capture, explain(error))
            return
        saved = self._keep(capture, article, self._rules.record(capture.url), None)
        self.counts[saved.change] += 1

    def _failed(self, capture: Capture, why: str) -> None:
        """Keep a capture that could not be read."""
        self._complain(capture, why)
        self.counts["errors"] += 1
        article = self._instead(capture)
        outcome = "error" if article is None else None
        self._keep(capture, article, self._rules.record(capture.url), outcome)


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
    if capture.truncated:
        return "error" if stored.role or page else None
    if capture.status and capture.status // 100 != 2:  # noqa: PLR2004
        return "other" if stored.role or page or capture.location else None
    if stored.role == "list":
        return "list"
    if not page:
        return "error" if stored.role else None
    meant = stored.role == "article" or site is None or site.is_article(capture.url)
    return "article" if meant else "list"
