"""reclean: the archive is read anew beside itself, and takes its own place in one step.

What is read stands in HOLDINGS/reclean until all is there; a reclean that was stopped goes on from
it. Readers see the old readings or the new ones, and nothing between.
"""

import hashlib
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

from archive import attachments, rows
from archive.reader import read
from archive.records import NO_ARTICLE, Article, Capture, Document, Flag
from archive.register.withdrawals import withdrawn_records
from archive.store import Store
from archive.versions import readings
from archive.warc.originals import is_recorded
from archive.warc.reading import Stored
from crawler.accession import Accession
from crawler.clean.edition import edition, rules_digest
from crawler.intake import Intake, Recall, Rules, nothing_read
from crawler.rebuild import Records, Tell, derive, keeper
from crawler.reclean.changes import Reading
from crawler.site import Site

FOLDER, BEGUN = "reclean", "begun.json"
KEPT = ("sites", "runs", "warcs")
"""Tables whose rows do not follow from captures."""


class Recleaning:
    """Reads the captures of an open accession anew, of one site or all.

    `sites` are today's site files; `tell` is told of a file or an address that could not be read,
    and why; `recall` gives what was read of captures elsewhere. `run` reads, `all` compares,
    `finish` puts the new readings in place.
    """

    def __init__(
        self,
        accession: Accession,
        sites: dict[str, Site],
        tell: Tell,
        only: str | None = None,
        recall: Recall = nothing_read,
    ) -> None:
        self._accession, self._only, self._tell = accession, only, tell
        self._live = accession.store
        self._rules = Rules(accession.cleaner, sites, accession.register.boilerplate, recall)
        self.folder = accession.holdings.root / FOLDER
        self.counts: Counter[str] = Counter()
        self.learned = self._learn()
        self._store = self._open()
        count = self._store.db.execute("SELECT count(*) FROM captures").fetchone()
        self.done: int = count[0]
        """Captures that are read already."""

    def close(self) -> None:
        """Leave what has been read for another time."""
        self._store.close()

    def _learn(self) -> dict[str, frozenset[str]]:
        """Learn what sites repeat, today."""
        found = self._live.db.execute(
            "SELECT DISTINCT site FROM articles WHERE site IS NOT NULL"
            " AND (?1 IS NULL OR site = ?1) ORDER BY site",
            [self._only],
        ).fetchall()
        lines = {site: self._accession.boilerplate(site) for (site,) in found}
        return {site: known for site, known in lines.items() if known}

    def _open(self) -> Store:
        """Go on where an earlier reclean by the same rules was stopped, or begin."""
        begun = self.folder / BEGUN
        wanted = json.dumps({"only": self._only, "rules": self._rules_digest()})
        path, register = self.folder / "archive.db", self._accession.holdings.register_db
        if begun.exists() and begun.read_text(encoding="utf-8") == wanted:
            return Store(path, edition(), register)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        if self._only is not None:
            with closing(sqlite3.connect(path)) as copy:
                self._live.db.backup(copy)
        store = Store(path, edition(), register)
        if self._only is not None:
            _empty(store, self._only)
        part = begun.with_suffix(".part")
        part.write_text(wanted, encoding="utf-8")
        part.rename(begun)
        return store

    def _rules_digest(self) -> str:
        """Name what captures are read with by its content."""
        whole = hashlib.sha256(repr(sorted(self._rules.sites.items())).encode())
        whole.update(repr([(site, sorted(known)) for site, known in self.learned.items()]).encode())
        whole.update(rules_digest().encode())
        return whole.hexdigest()

    def run(self, start: Callable[[int], Callable[[], None]]) -> None:
        """Read what has not been read yet; `start` is told how much there is in all."""
        intake = Intake(
            keeper(self._store), self._accession.holdings.warc, self._rules, self._error, self._kept
        )
        withdrawn = withdrawn_records(self._accession.register)
        with closing(Records(self._accession.holdings.warc, withdrawn)) as records:
            for path, why in records.faults:
                self.counts["errors"] += 1
                self._tell(str(path), why)
            step = start(len(records))
            derive(self._store, intake, self._wanted(records, step), lambda: None)
        for capture in self._missing():
            self._error(capture, "its record is in none of the WARC files")
            outcome = self._outcome(capture.record_id)
            article = self._kept(capture)
            site = self._rules.record(capture.url)
            keeper(self._store)(capture, article, site, None if article else outcome)
        self.counts.update(intake.counts)

    def _error(self, capture: Capture, why: str) -> None:
        self.counts["errors"] += 1
        self._tell(capture.url, f"{why}; its old reading stays")

    def _wanted(self, records: Records, step: Callable[[], None]) -> Iterator[Stored]:
        """Give the records that are to be read, in order."""
        for stored in records:
            step()
            capture = stored.capture
            if is_recorded(self._store.db, capture.record_id):
                continue
            if self._only is not None and not is_recorded(self._live.db, capture.record_id):
                site = self._rules.record(capture.url)
                if site is None or site.id != self._only:
                    continue
            yield stored

    def _missing(self) -> Iterator[Capture]:
        """Give what the archive has captures of, and no WARC file a record."""
        fields = ", ".join(Capture.__slots__)
        for row in self._live.db.execute(
            f"SELECT {fields} FROM captures ORDER BY captured, record_id"
        ).fetchall():
            if not is_recorded(self._store.db, row["record_id"]):
                yield Capture(**dict(row))

    def _outcome(self, record_id: str) -> str:
        """Give what a capture was read as."""
        found: str = self._live.db.execute(
            "SELECT coalesce(read_as, outcome) FROM captures WHERE record_id = ?", [record_id]
        ).fetchone()[0]
        return found

    def _kept(self, capture: Capture) -> Article | Document | None:
        """Give the reading that the archive has of a capture."""
        if (document := attachments.document_of(self._live.db, capture)) is not None:
            return document
        article = readings.of_capture(self._live.db, capture.record_id)
        return None if article is None else replace(article, url=capture.url)

    def total(self) -> int:
        """Count the articles that `all` gives."""
        query = "SELECT count(*) FROM articles WHERE ?1 IS NULL OR site = ?1"
        count: int = self._live.db.execute(query, [self._only]).fetchone()[0]
        return count

    def all(self) -> Iterator[Reading]:
        """Give the archive's articles as they are kept and as they read now, the oldest first."""
        found = self._live.db.execute(
            "SELECT id, capture FROM articles WHERE ?1 IS NULL OR site = ?1 ORDER BY fts_pk",
            [self._only],
        ).fetchall()
        for id_, capture in found:
            kept = read(self._live.db, id_)
            if self._store.db.execute("SELECT 1 FROM articles WHERE id = ?", [id_]).fetchone():
                yield Reading(kept, read(self._store.db, id_).article)
            else:
                yield Reading(kept, self._elsewhere(capture))

    def _elsewhere(self, capture: str) -> Article:
        """Give what the capture of an article that is no more reads as."""
        db = self._store.db
        query = "SELECT outcome, evidence, article, url FROM captures WHERE record_id = ?"
        row = db.execute(query, [capture]).fetchone()
        if row["article"] is not None:
            return read(db, row["article"]).article
        name = row["outcome"] if row["outcome"] in NO_ARTICLE else "list_page"
        return Article(row["url"], flags=(Flag(name, 100, row["evidence"] or ""),))

    def finish(self) -> None:
        """Put the new readings in place of the old ones, in one transaction, and what was decided.

        The rows that do not follow from captures stay.
        """
        db = self._store.db
        db.execute("ATTACH ? AS live", [str(self._live.path)])
        with self._store.transaction():
            for table in KEPT:
                db.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM live.{table}")
        db.execute("DETACH live")
        self._store.catch_up()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.backup(self._live.db)
        self._live.catch_up()
        self._live.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.close()
        shutil.rmtree(self.folder)


def _empty(store: Store, site: str) -> None:
    """Take the articles and captures of a site out of a copy of the archive."""
    with store.transaction() as db:
        for (id_,) in db.execute("SELECT id FROM articles WHERE site = ?", [site]).fetchall():
            rows.remove_article(db, id_)
        db.execute("DELETE FROM captures WHERE site = ? AND article IS NULL", [site])
        attachments.prune(db)
