"""An archive derived from WARCs, site files and register alone."""

import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path

from archive.errors import UnionArchiveError, UsageError
from archive.holdings import Holdings
from archive.records import Article, Capture, Document, SiteRecord
from archive.register.register import Register
from archive.register.withdrawals import withdrawn_records
from archive.store import Saved, Store
from archive.warc.fixity import keep as keep_fixity
from archive.warc.fixity import measure, unmeasured
from archive.warc.members import whole_members
from archive.warc.naming import OPEN
from archive.warc.reading import Stored, captures
from crawler.clean.edition import edition
from crawler.cleaning import Cleaner
from crawler.deposits.revisits import has_payload, place
from crawler.intake import Intake, Keep, Rules
from crawler.sitefile.loading import load_sites

Tell = Callable[[str, str], None]
"""Is told of a file or an address, and what is wrong with it."""
BATCH = 50
"""Captures in a transaction."""
PART = "archive.db.part"
"""The archive while it is being derived."""


class Records:
    """The records of a folder of WARC files in the order of (WARC-Date, record id); each once.

    Those with an id among `without` are left out. The order is kept in a temporary file, so that it
    takes no memory. `faults` names the files that could not be read to their end, and why. `len`
    gives how many records there are.
    """

    def __init__(self, folder: Path, without: Collection[str] = ()) -> None:
        self.faults: list[tuple[Path, str]] = []
        self._folder, self._without = folder, without
        self._db = sqlite3.connect("")
        self._db.execute(
            "CREATE TABLE records(id TEXT PRIMARY KEY, captured TEXT, capture TEXT, role TEXT,"
            " section TEXT, revisit INTEGER, warc TEXT, digest TEXT)"
        )
        for path in sorted(folder.iterdir()):
            if path.name.removesuffix(OPEN).endswith(".warc.gz"):
                self._add(path)
        self._db.execute("CREATE INDEX moment ON records(captured, id)")
        self._db.execute("CREATE INDEX payload ON records(digest) WHERE digest IS NOT NULL")

    def _add(self, path: Path) -> None:
        try:
            self._db.executemany(
                "INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (self._row(s) for s in captures(path) if s.capture.record_id not in self._without),
            )
        except UnionArchiveError as error:
            self.faults.append((path, str(error).removeprefix(f"{path}: ")))
            return
        end, size = whole_members(path)[1], path.stat().st_size
        if end < size and not path.name.endswith(OPEN):  # fastwarc says nothing of it
            self.faults.append((path, f"damaged: its records are whole up to byte {end} of {size}"))

    @staticmethod
    def _row(stored: Stored) -> tuple[str | int | None, ...]:
        c = stored.capture
        digest = c.digest if has_payload(stored) else None
        said = (stored.role, stored.section, stored.revisit)
        return (c.record_id, c.captured, json.dumps(asdict(c)), *said, c.warc, digest)

    def __len__(self) -> int:
        """Count them."""
        count: int = self._db.execute("SELECT count(*) FROM records").fetchone()[0]
        return count

    def __iter__(self) -> Iterator[Stored]:
        """Give them in order, other crawlers' revisits with the place of their payload."""
        for text, role, section, revisit in self._db.execute(
            "SELECT capture, role, section, revisit FROM records ORDER BY captured, id"
        ):
            stored = Stored(Capture(**json.loads(text)), role, section, bool(revisit))
            yield place(stored, self._folder, partial(self._original, stored.capture.warc))

    def _original(self, warc: str, digest: str) -> Capture | None:
        """Give the earliest record with a payload, in the same file where there is one in it."""
        row = self._db.execute(
            "SELECT capture FROM records WHERE digest = ? ORDER BY warc <> ?, captured, id LIMIT 1",
            [digest, warc],
        ).fetchone()
        return None if row is None else Capture(**json.loads(row[0]))

    def close(self) -> None:
        """Forget them."""
        self._db.close()


def keeper(store: Store) -> Keep:
    """Give what keeps captures in a store, bringing up to date what it knows of their sites."""
    known: set[SiteRecord] = set()

    def keep(
        capture: Capture,
        page: Article | Document | None,
        site: SiteRecord | None,
        outcome: str | None,
    ) -> Saved:
        if site is not None and site not in known:
            store.put_site(site)
            known.add(site)
        return store.save(capture, page, None if site is None else site.id, outcome)

    return keep


def derive(
    store: Store, intake: Intake, records: Iterable[Stored], step: Callable[[], None]
) -> None:
    """Take records into a store, some in a transaction; `step` is called for each."""
    turn = iter(records)
    while batch := list(islice(turn, BATCH)):
        with store.transaction():
            for stored in batch:
                intake.take(stored)
                step()
    with store.transaction():
        intake.finish()


def rebuild(
    holdings: Holdings,
    new: Holdings,
    tell: Tell,
    start: Callable[[int], Callable[[], None]],
) -> Counter[str]:
    """Make new holdings with the same WARC files, site files and register, and their archive.

    `start` is told how many records there are and gives what is called for each. Nothing is
    learned: lines are left out that the register has. Of a damaged WARC file what is whole is
    taken. Raises UsageError where the new holdings have an archive.
    """
    if new.archive_db.exists():
        raise UsageError(f"{new.archive_db}: there is one already; name another folder")
    if not holdings.warc.is_dir():
        raise UnionArchiveError(f"{holdings.warc}: no such folder; expected WARC files to read")
    new.ensure()
    _copy(holdings, new)
    part = new.root / PART
    for file in new.root.glob(f"{PART}*"):
        file.unlink()
    with (
        closing(Register(new.register_db)) as register,
        closing(Records(new.warc, withdrawn_records(register))) as records,
        closing(Cleaner()) as pool,
        Store(part, edition(), new.register_db) as store,
    ):
        for path, why in records.faults:
            tell(str(path), why)
        rules = Rules(pool, load_sites(new.sites), register.boilerplate)
        intake = Intake(keeper(store), new.warc, rules, lambda capture, why: tell(capture.url, why))
        derive(store, intake, records, start(len(records)))
        for path in unmeasured(store.db, new.warc):
            with store.transaction() as db:
                keep_fixity(db, measure(path))
        store.db.execute("PRAGMA journal_mode = DELETE")  # one file, so that its name can change
    part.rename(new.archive_db)
    return intake.counts


def _copy(holdings: Holdings, new: Holdings) -> None:
    """Give new holdings what an archive is derived from; WARC files are linked where possible."""
    for path in holdings.sites.glob("*.toml"):
        shutil.copy2(path, new.sites / path.name)
    if (config := holdings.root / "config.toml").exists():
        shutil.copy2(config, new.root / config.name)
    if holdings.register_db.exists():
        with (
            closing(Register(holdings.register_db)) as register,
            closing(sqlite3.connect(new.register_db)) as copy,
        ):
            register.db.backup(copy)
    for path in sorted(holdings.warc.glob("*.warc.gz")):
        link(path, new.warc / path.name)


def link(path: Path, target: Path) -> None:
    """Link a file that is never written again, or copy it where that cannot be."""
    if target.exists():
        return
    try:
        os.link(path, target)
    except OSError:
        part = target.with_suffix(".part")
        shutil.copy2(path, part)
        part.rename(target)
