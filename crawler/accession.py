"""Taking material into one holdings: the lock, the WARC, the workers, archive.db, the memory.

The order holds the promise that nothing is lost: a response is in its WARC before its article is
in archive.db, and its article is there before its request is done in crawl.db.
"""

import asyncio
import logging
import os
import secrets
import sqlite3
from collections.abc import Callable, Collection
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from archive import attachments, readonly
from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from archive.records import Article, Capture, Document, Fixity, SiteRecord
from archive.register.boilerplate import learn
from archive.register.register import Register
from archive.register.withdrawals import withdrawn_records
from archive.store import Saved, Store
from archive.version import version
from archive.versions import looks
from archive.warc import fixity, originals
from archive.warc.naming import now
from archive.warc.recovery import recover
from archive.warc.writing import Writer
from crawler.batch import Batch
from crawler.clean.edition import edition
from crawler.cleaning import Cleaner
from crawler.clock import Clock
from crawler.crawls.plan import next_look, timestamp
from crawler.fetch.crawldb import CrawlDatabase
from crawler.fetch.memory import Links, Memory, Remembered
from crawler.locks import INGEST, Locks, opening

if TYPE_CHECKING:
    from types import TracebackType

    from scrapy.settings import BaseSettings

    from crawler.site import Site

COMMIT_EVERY = 0.5
"""Seconds between two commits of a crawl."""

log = logging.getLogger(__name__)


class Accession:
    """One process's taking-in. Made with `open` or `of`; each is paired with a `release`.

    Several processes may take into the same holdings, each site being one's alone; `alone` is for
    a command that rewrites what others would write to. Raises LockedError where that is not
    possible now.
    """

    _open: ClassVar[dict[Path, "Accession"]] = {}

    def __init__(self, holdings: Holdings, *, alone: bool = False) -> None:
        self._users = 0
        self._sites: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._complaints: list[Callable[[UnionArchiveError], None]] = []
        self._finished: dict[str, Fixity] = {}
        self.holdings = holdings
        holdings.ensure()
        with ExitStack() as undo, opening(holdings):
            self._locks = undo.enter_context(closing(Locks(holdings, alone=alone)))
            for path in recover(holdings.warc):
                log.warning("%s was left open by a crash and is whole again", path)
            self.store = undo.enter_context(closing(Store(holdings.archive_db, edition())))
            self.register = undo.enter_context(closing(Register(holdings.register_db)))
            self._withdrawn = withdrawn_records(self.register)
            self._boilerplate: dict[str, frozenset[str]] = {}
            self._known = undo.enter_context(closing(readonly.connect(holdings.archive_db)))
            self.crawl_db = undo.enter_context(closing(CrawlDatabase(holdings.crawl_db)))
            self.memory = Memory(self.crawl_db)
            self.unread = fixity.unmeasured(self.store.db, holdings.warc)
            """WARC files whose reading did not come to its end, or that somebody laid there."""
            writer = Writer(
                holdings.warc,
                _warc_name(),
                f"union-archive/{version()}",
                finished=lambda fixity: self._finished.update({fixity.name: fixity}),
                clock=Clock(_newest(self.store.db)),
            )
            self.writer = undo.enter_context(closing(writer))
            self.cleaner = undo.enter_context(closing(Cleaner()))
            self._batch = Batch(self.store, self.keep)
            undo.callback(self._batch.commit)
            self._closing = undo.pop_all()

    @classmethod
    def open(cls, holdings: Holdings, *, alone: bool = False) -> "Accession":
        """Begin to take into a holdings, or join what in this process has begun."""
        key = holdings.root.resolve()
        if key not in cls._open:
            cls._open[key] = cls(holdings, alone=alone)
        return cls._open[key].join()

    @classmethod
    def of(cls, settings: "BaseSettings") -> "Accession":
        """Open the holdings that Scrapy's settings name."""
        return cls.open(Holdings(Path(settings["UNION_ARCHIVE_HOLDINGS"])))

    def join(self) -> Self:
        """Count one more user, who will release it."""
        self._users += 1
        return self

    def release(self) -> None:
        """Leave; whoever is last closes all."""
        self._users -= 1
        if self._users <= 0:
            self._open.pop(self.holdings.root.resolve(), None)
            if self._timer is not None:
                self._timer.cancel()
            self._closing.close()

    def __enter__(self) -> Self:
        """Use an open accession as a context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        """Release it."""
        self.release()

    def lock_site(self, site: "Site") -> None:
        """Have a site and its host to ourselves; LockedError where another process has one."""
        self._locks.site(site.id)
        self._locks.host(site.host)

    def lock_ingest(self) -> None:
        """Be the only ingest; LockedError where there is another."""
        self._locks.site(INGEST)

    def commit_regularly(self, complain: Callable[[UnionArchiveError], None]) -> None:
        """From now on commit twice a second; whoever asked is told what goes wrong."""
        self._complaints.append(complain)
        if self._timer is None:
            self._commit_and_again()

    def commit(self) -> None:
        """Bring all that waits to archive.db, and then to crawl.db what it makes done."""
        self._batch.commit()
        self.crawl_db.flush()

    def _commit_and_again(self) -> None:
        try:
            self.commit()
        except UnionArchiveError as error:
            for complain in self._complaints:
                complain(error)
        self._timer = asyncio.get_running_loop().call_later(COMMIT_EVERY, self._commit_and_again)

    def keep_soon(
        self,
        capture: Capture,
        article: Article | Document | None,
        site: "Site | SiteRecord | None",
        outcome: str | None = None,
        *,
        then: Callable[[Saved], None],
    ) -> "asyncio.Future[Saved]":
        """Record a capture with the next commit; `then` is called between the two databases."""
        return self._batch.add(capture, article, site, outcome, then)

    def keep(
        self,
        capture: Capture,
        article: Article | Document | None,
        site: "Site | SiteRecord | None",
        outcome: str | None = None,
    ) -> Saved:
        """Record a capture whose WARC record is written, and the article read from it.

        `outcome` is the capture's where there is no article and its status does not say it.
        """
        record = site if site is None or isinstance(site, SiteRecord) else site.record()
        if record is not None and record.id not in self._sites:
            self.store.put_site(record)
            self._sites.add(record.id)
        return self.store.save(capture, article, record.id if record else None, outcome)

    def original(self, digest: str) -> Capture | None:
        """Give the capture that has the payload of that digest; None where none has."""
        return originals.with_digest(self._known, digest)

    def unchanged(self, url: str) -> Capture | None:
        """Give the capture whose payload a 304 from that address stands for; None if unknown."""
        page = self.memory.recall(url)
        return originals.of_capture(self._known, page.record_id) if page else None

    def looks(self, url: str) -> looks.Looks | None:
        """Give the first and the last look at an address, as of the last commit."""
        return looks.at(self._known, url)

    def uncaptured(self, url: str) -> list[str]:
        """Give the files that the article at an address leads to and that never came."""
        return attachments.uncaptured(self._known, url)

    def due_articles(self, site: str) -> list[tuple[float, str]]:
        """Give when each of a site's articles is to be looked at again, and its address, sorted."""
        return sorted(
            (next_look(*map(timestamp, seen)), url)
            for url, seen in looks.articles(self._known, site)
        )

    def measure(self, but: Collection[Path] = ()) -> None:
        """Finish the WARC file and keep what each one is, to be called when they have been read.

        An ingest reads those of which nothing is kept. `but` are those that could not be read.
        """
        self.commit()
        self.writer.close()
        for path in fixity.unmeasured(self.store.db, self.holdings.warc):
            if path not in but:
                measured = self._finished.pop(path.name, None) or fixity.measure(path)
                with self.store.transaction() as db:
                    fixity.keep(db, measured)
        self.unread = []

    def boilerplate(self, site: str) -> frozenset[str]:
        """Give the lines that a site repeats, learned when it is first asked about."""
        if site not in self._boilerplate:
            lines = learn(self.store.db, site)
            self._boilerplate[site] = self.register.learn(site, lines, now())
        return self._boilerplate[site]

    def holds(self, record_id: str) -> bool:
        """Whether a capture is recorded in archive.db, or was and is withdrawn."""
        return record_id in self._withdrawn or originals.is_recorded(self._known, record_id)

    def conditions(self, url: str, rules: str) -> dict[str, str]:
        """Give the headers that ask for a page only if it has changed since we kept it.

        No headers where archive.db has lost what the validators came with, or the page was read by
        other rules.
        """
        page = self.memory.recall(url)
        if page is None or page.rules != rules or not self.holds(page.record_id):
            return {}
        return page.conditions

    def remember(
        self,
        url: str,
        validators: tuple[str | None, str | None],
        record_id: str,
        rules: str = "",
        links: Links | None = None,
    ) -> None:
        """Remember a page's (ETag, Last-Modified), and its links, now that archive.db has it."""
        etag, modified = validators
        self.memory.remember(url, Remembered(record_id, rules, links or Links(), etag, modified))


def _newest(db: sqlite3.Connection) -> str | None:
    """Give the date of the newest capture, by the index that sites have."""
    newest = "(SELECT max(captured) FROM captures WHERE site = sites.id AND status > 0)"
    date: str | None = db.execute(f"SELECT max({newest}) FROM sites").fetchone()[0]
    return date


def _warc_name() -> str:
    """Make a name that sorts by time and that no two processes share."""
    stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    return f"union-archive-{stamp}-{os.getpid()}-{secrets.token_hex(2)}"
