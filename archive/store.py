"""Writing to archive.db: a capture and what was read from it, in one transaction."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from importlib import metadata
from itertools import count
from pathlib import Path
from typing import Literal, Self

from archive import corrections, rows, search, withdrawals
from archive.boilerplate import without_learned
from archive.database import close, explained, open_for_writing, open_readonly
from archive.errors import UnionArchiveError
from archive.records import NO_ARTICLE, Article, Capture, SiteRecord
from archive.register import Register
from archive.urls import ID_LENGTH, address_key, article_id, canonical_url
from archive.versions import Version, add_current, add_late, is_late

__all__ = ["COUNTS", "Saved", "Store", "open_readonly"]

COUNTS = ("requests", "captures", "new", "changed", "unchanged", "errors")
"""What is counted of a run."""

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

    def __init__(
        self, path: Path | str, cleaner: str | None = None, register: Path | None = None
    ) -> None:
        self.path = Path(path)
        self.cleaner = cleaner or _own_version()
        self.register = register or self.path.with_name("register.db")
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

    def catch_up(self) -> bool:
        """Carry out what the register says; tell whether no trace is left of what was withdrawn."""
        if not self.register.exists():
            return True
        with closing(Register(self.register)) as register, self.transaction() as db:
            left = withdrawals.replay(db, register)
            corrections.replay(db, register)
        with explained(self.path):
            return not left or withdrawals.scrub(self.db)

    def put_site(self, site: SiteRecord) -> None:
        """Add a site, or bring what is known of it up to date."""
        record = asdict(site)
        with self.transaction() as db:
            old = db.execute("SELECT name FROM sites WHERE id = ?", [site.id]).fetchone()
            db.execute(rows.upsert("sites", list(record)), record)
            if old is not None and old["name"] != site.name:
                from archive import reprints  # noqa: PLC0415 - numpy waits until it is needed

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

    def finish_run(self, run: int, at: str, outcome: str, counts: Mapping[str, int]) -> None:
        """Note how a crawl ended; `counts` has some or all of COUNTS."""
        unknown = set(counts) - set(COUNTS)
        if unknown:
            raise ValueError(f"got counts {sorted(unknown)}, expected some of {COUNTS}")
        values = {"finished": at, "outcome": outcome, **counts}
        with self.transaction() as db:
            db.execute(
                f"UPDATE runs SET {', '.join(f'{name} = :{name}' for name in values)}"
                " WHERE id = :id",
                {**values, "id": run},
            )

    def save(
        self,
        capture: Capture,
        article: Article | None,
        site: str | None,
        outcome: str | None = None,
    ) -> Saved:
        """Keep a capture and the article read from it; the same capture again changes nothing.

        `article` is None for a response that was not read as a page; `outcome` then says what
        it was, where the status does not ("list", "error").
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
            if article is None or article.no_article:
                return self._save_no_article(capture, article, site, outcome)
            return self._save_article(capture, article, site)

    def _save_no_article(
        self, capture: Capture, page: Article | None, site: str | None, outcome: str | None
    ) -> Saved:
        """Note a capture that shows no article; one that stood there stays as it is."""
        url = canonical_url(page.url if page else capture.url)
        article, known = self._id(url)
        if page is None:
            outcome, evidence = outcome or rows.outcome_of(capture.status), None
        else:
            flag = next(flag for flag in page.flags if flag.name in NO_ARTICLE)
            outcome, evidence = outcome or flag.name, flag.evidence
        row = {"site": site, "outcome": outcome, "evidence": evidence}
        rows.put_capture(self.db, capture, page, row | {"article": article if known else None})
        if known and capture.status == 304:  # noqa: PLR2004 - Not Modified: it stands there still
            rows.seen(self.db, article, capture)
        return Saved("no_article", article if known else None)

    def _save_article(self, capture: Capture, article: Article, site: str | None) -> Saved:
        """Keep an article as new, as a new version, or as seen again."""
        url = canonical_url(article.url)
        id_, known = self._id(url)
        if withdrawals.withdrawn_since(self.db, id_) is not None:
            with closing(Register(self.register)) as register:
                withdrawals.refuse(register, id_, capture)
            return Saved("no_article", None)
        version = Version(
            capture.captured, capture.record_id, self.cleaner, article.title, article.text
        )
        change: Change = "new"
        if not known:
            article = corrections.corrected(self.db, id_, article)
            row = rows.content(article) | {"url": url, "site": site}
            rows.put_article(self.db, id_, row, capture, number=1, article=article)
            add_current(self.db, id_, 1, version)
        elif is_late(self.db, id_, capture):
            change = "changed" if add_late(self.db, id_, version) else "unchanged"
        else:
            change = self._follow(id_, capture, article, version, site)
        row = {"site": site, "outcome": "article", "article": id_}
        rows.put_capture(self.db, capture, article, row)
        rows.seen(self.db, id_, capture)
        return Saved(change, id_)

    def _follow(
        self, id_: str, capture: Capture, article: Article, version: Version, site: str | None
    ) -> Change:
        """Take the newest reading of a known article: a new version where it reads otherwise."""
        article = corrections.corrected(self.db, id_, article)
        old = self.db.execute("SELECT * FROM articles WHERE id = ?", [id_]).fetchone()
        new = rows.content(article) | {"site": site or old["site"], "url": old["url"]}
        number: int = old["version"]
        text = without_learned(old["text"], article.removals)
        if (old["title"], text) != (article.title, article.text):
            number += 1
            new["url"] = canonical_url(article.url)
            add_current(self.db, id_, number, version)
        elif all(old[name] == value for name, value in new.items()):
            return "unchanged"
        search.unindex_row(self.db, old["fts_pk"])
        rows.put_article(self.db, id_, new, capture, number=number, article=article, old=old)
        return "unchanged" if number == old["version"] else "changed"

    def _id(self, url: str) -> tuple[str, bool]:
        """Give the id for a canonical URL, and whether the archive has that article."""
        for length in count(ID_LENGTH, 2):
            id_ = article_id(url, length)
            row = self.db.execute("SELECT url FROM articles WHERE id = ?", [id_]).fetchone()
            if row is None or address_key(row["url"]) == address_key(url):
                return id_, row is not None
        raise AssertionError  # count never ends

    def _expect_site(self, site: str) -> None:
        if not self.db.execute("SELECT 1 FROM sites WHERE id = ?", [site]).fetchone():
            raise UnionArchiveError(
                f"{self.path}: site {site!r} is not in it; put_site comes first"
            )


def _own_version() -> str:
    try:
        return metadata.version("union-archive")
    except metadata.PackageNotFoundError:  # run from a checkout that was never installed
        return "not installed"
