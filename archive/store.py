"""Writing to archive.db: a capture and what was read from it, in one transaction."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Self

from archive import attachments, rows
from archive.addresses import joining
from archive.addresses.former import FormerRules
from archive.addresses.joining import Address
from archive.addresses.rules import as_json, of_json, ruled
from archive.addresses.urls import article_id, canonical_url
from archive.database import close, explained, open_for_writing, open_readonly
from archive.errors import UnionArchiveError
from archive.records import NO_ARTICLE, AddressRules, Article, Capture, Document, SiteRecord
from archive.register import corrections, withdrawals
from archive.register.register import Register
from archive.search import index as search
from archive.versions import readings
from archive.versions.history import Look
from archive.versions.readings import Held
from archive.versions.settling import begin, settle

__all__ = ["COUNTS", "Saved", "Store", "open_readonly"]

COUNTS = ("requests", "captures", "new", "changed", "unchanged", "errors")
"""What is counted of a run."""
FACTS = ("bytes", "answers", "why")
"""What else is noted of it: see `archive.health`."""
UNREAD = frozenset({"soft_404", "list_page"})
DOUBT = 60
"""Score up to which these flags say only that a page has no text."""

Change = Literal["new", "changed", "unchanged", "no_article"]


@dataclass(frozen=True)
class Saved:
    """What saving a capture came to."""

    change: Change
    article: str | None
    """The id of the article at that address, if the archive has one."""


class Store:
    """An archive open for writing: `with Store(path) as store`. Makes or upgrades the file.

    `cleaner` is noted beside each version: what read it. `register` is the one beside the archive
    unless it is given; what it says and the archive has not heard of is carried out. Everything
    raises LockedError where another writer holds the archive too long, else UnionArchiveError.
    """

    def __init__(self, path: Path | str, cleaner: str = "", register: Path | None = None) -> None:
        self.path = Path(path)
        self.cleaner = cleaner
        self.register = register or self.path.with_name("register.db")
        self._former = FormerRules(self.register)
        self.db = open_for_writing(self.path)
        try:
            self.catch_up()
        except BaseException:
            self.db.close()
            raise

    def __enter__(self) -> Self:
        """Give the store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close the file; calling it again does nothing."""
        close(self.db)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is done within, or nothing; a transaction within one is part of it."""
        with explained(self.path):
            if self.db.in_transaction:
                yield self.db
                return
            self.db.execute("BEGIN IMMEDIATE")
            with self.db:
                yield self.db
                search.flush(self.db)

    def catch_up(self) -> bool:
        """Carry out what the register says; tell whether no trace is left of what was withdrawn."""
        if not self.register.exists():
            return True
        with closing(Register(self.register)) as register, self.transaction() as db:
            left = withdrawals.replay(db, register)
            corrections.replay(db, register)
            self._former.load(register)
        with explained(self.path):
            return not left or withdrawals.scrub(self.db)

    def put_site(self, site: SiteRecord) -> None:
        """Add a site, or bring what is known of it up to date."""
        record = asdict(site) | {"addresses": as_json(site.addresses)}
        self._former.note(site.home, (site.addresses, self._rules(site.id)))
        with self.transaction() as db:
            old = db.execute("SELECT name FROM sites WHERE id = ?", [site.id]).fetchone()
            db.execute(rows.upsert("sites", list(record)), record)
            if old is not None and old["name"] != site.name:
                from archive.reprints import finding as reprints  # noqa: PLC0415 - numpy waits until it is needed

                reprints.rename(db, site.id)

    def start_run(self, site: str, at: str) -> int:
        """Note that a crawl of a site begins; give its number."""
        with self.transaction() as db:
            self._expect_site(site)
            row = db.execute(
                "INSERT INTO runs(site, started) VALUES (?, ?) RETURNING id", [site, at]
            ).fetchone()
        number: int = row[0]
        return number

    def finish_run(
        self,
        run: int,
        at: str,
        outcome: str,
        counts: Mapping[str, int],
        facts: Mapping[str, str | int | None] | None = None,
    ) -> None:
        """Note how a crawl ended; `counts` has some or all of COUNTS, `facts` of FACTS."""
        unknown = set(counts) - set(COUNTS) | set(facts or ()) - set(FACTS)
        if unknown:
            raise ValueError(f"got {sorted(unknown)}, expected some of {COUNTS + FACTS}")
        values: dict[str, str | int | None] = {"finished": at, "outcome": outcome}
        values |= {"cleaner": self.cleaner, **counts, **(facts or {})}
        with self.transaction() as db:
            db.execute(
                f"UPDATE runs SET {', '.join(f'{name} = :{name}' for name in values)}"
                " WHERE id = :id",
                {**values, "id": run},
            )

    def save(
        self,
        capture: Capture,
        article: Article | Document | None,
        site: str | None,
        outcome: str | None = None,
    ) -> Saved:
        """Keep a capture and the article read from it; the same capture again changes nothing.

        What was read of a file that articles lead to is a Document. `article` is None for a
        response that was not read at all; `outcome` then says what it was, where the status does
        not ("list", "error"). Whatever the order captures come in, the archive comes to the same:
        see `archive.versions.history` and `archive.addresses.joining`.
        """
        with self.transaction() as db:
            row = db.execute(
                "SELECT outcome, article FROM captures WHERE record_id = ?", [capture.record_id]
            ).fetchone()
            if row is not None:
                change: Change = "unchanged" if row["outcome"] == "article" else "no_article"
                return Saved(change, row["article"])
            if site is not None:
                self._expect_site(site)
            if isinstance(article, Document):
                return self._save_document(capture, article, site)
            places = self._places(article.url if article else capture.url, site)
            if article is None or article.no_article:
                return self._save_no_article(capture, article, site, outcome, places)
            return self._save_article(capture, article, site, places)

    def _save_no_article(
        self,
        capture: Capture,
        page: Article | None,
        site: str | None,
        outcome: str | None,
        places: Sequence[Address],
    ) -> Saved:
        """Note a capture that shows no article; one that stood there stays as it is."""
        at = places[0]
        evidence = title = None
        if page is None:
            outcome = outcome or rows.outcome_of(capture.status)
        else:
            flag = next(flag for flag in page.flags if flag.name in NO_ARTICLE)
            outcome, evidence = outcome or flag.name, flag.evidence
            title = page.title if flag.name in UNREAD and flag.score <= DOUBT else None
        row = {"site": site, "outcome": outcome, "evidence": evidence, "article": at.article}
        row |= {"address": at.id, "title": title}
        rows.put_capture(self.db, capture, page, row)
        if at.article is not None:
            settle(self.db, at.article, {})
        if capture.location is not None:
            attachments.arrived(self.db, capture.url)
        return Saved("no_article", at.article)

    def _save_document(self, capture: Capture, document: Document, site: str | None) -> Saved:
        """Keep what was read of a file, unless all that led to it was withdrawn."""
        url = canonical_url(capture.url)
        at = Address(article_id(url), url)
        gone = withdrawals.withdrawn_at(self.db, at.id)
        if gone is not None:
            with closing(Register(self.register)) as register:
                withdrawals.refuse(register, gone, capture, at)
            return Saved("no_article", None)
        outcome = "error" if document.kind is None else attachments.OUTCOME
        rows.put_capture(self.db, capture, None, {"site": site, "outcome": outcome})
        attachments.keep(self.db, capture, document)
        return Saved("no_article", None)

    def _save_article(
        self, capture: Capture, article: Article, site: str | None, places: Sequence[Address]
    ) -> Saved:
        """Keep an article as new, as a new version, as seen again, or as held back."""
        at, db = places[0], self.db
        if self._is_withdrawn(capture, article, places):
            return Saved("no_article", None)
        known = {each.article for each in places if each.article is not None}
        known |= joining.matches(db, at, article)
        id_ = joining.lead(db, known, at).id
        was_called = self._former.ids(article.url, self._rules(site)) - {each.id for each in places}
        joining.remember(db, id_, was_called, places[-1])
        name = readings.name(article)
        row = {"site": site, "outcome": "article", "article": id_, "address": at.id}
        row |= {"reading": name, "cleaner": self.cleaner}
        before = joining.unclaimed(db, at)
        moment = (capture.captured, capture.record_id)
        if not known and not before:
            look = Look(moment[1], moment[0], "article", at.id, site, article, cleaner=self.cleaner)
            begin(db, id_, at.url, look)
            rows.put_capture(db, capture, article, row)
            joining.claim(db, id_, places)
            return Saved("new", id_)
        db.execute("PRAGMA defer_foreign_keys = ON")  # what leads to an article comes before it
        was = joining.join(db, known, id_)
        rows.put_capture(db, capture, article, row)
        joining.claim(db, id_, places)
        db.executemany(
            "UPDATE captures SET article = ? WHERE record_id = ?", [(id_, each) for each in before]
        )
        had, has = settle(db, id_, readings.newest(was, {name: Held(moment, article)}))
        return Saved(self._change(capture, known=bool(known), more=has > had), id_)

    def _places(self, url: str, site: str | None) -> tuple[Address, ...]:
        """Give where an article at an address stands: by its site's rules, then as it is written.

        They are mostly one.
        """
        plain = canonical_url(url)
        by_rule = ruled(plain, self._rules(site))
        at = joining.address_of(self.db, by_rule)
        other = at if by_rule == plain else joining.address_of(self.db, plain)
        return (at,) if at.id == other.id else (at, other)

    def _change(self, capture: Capture, *, known: bool, more: bool) -> Change:
        """Say what a capture of an article came to."""
        if not known:
            return "new"
        row = self.db.execute(
            "SELECT outcome FROM captures WHERE record_id = ?", [capture.record_id]
        ).fetchone()
        if row["outcome"] != "article":
            return "no_article"
        return "changed" if more else "unchanged"

    def _is_withdrawn(self, capture: Capture, article: Article, places: Sequence[Address]) -> bool:
        """Tell whether a page is of a withdrawn article, which is then noted in the register."""
        at, db = places[0], self.db
        if not db.execute("SELECT 1 FROM withdrawn LIMIT 1").fetchone():
            return False
        found = (withdrawals.withdrawn_at(db, each.id) for each in places)
        gone = next((each for each in found if each is not None), None)
        with closing(Register(self.register)) as register:
            if gone is None and at.article is None:
                gone = withdrawals.twin_of(db, register, at, article)
            if gone is not None:
                withdrawals.refuse(register, gone, capture, at)
        return gone is not None

    def _rules(self, site: str | None) -> AddressRules:
        """Give what a site's file says of addresses."""
        row = self.db.execute("SELECT addresses FROM sites WHERE id = ?", [site]).fetchone()
        return of_json(None if row is None else row["addresses"])

    def _expect_site(self, site: str) -> None:
        if not self.db.execute("SELECT 1 FROM sites WHERE id = ?", [site]).fetchone():
            raise UnionArchiveError(
                f"{self.path}: site {site!r} is not in it; put_site comes first"
            )
