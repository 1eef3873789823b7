"""The WARC files of holdings, against themselves and against archive.db."""

import fcntl
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from archive.register.withdrawals import withheld
from archive.verify.findings import Finding, Findings
from archive.verify.records import Checked, check_records
from archive.warc import fixity
from archive.warc.members import members
from archive.warc.naming import OPEN, ROLE
from archive.warc.originals import is_recorded
from archive.warc.reading import locate, read_payload
from archive.warc.recovery import DAMAGED

Progress = Callable[[int], None]
"""Called with how many bytes have been checked since."""

_CAPTURES = {"response", "resource", "revisit"}


class Warcs:
    """The WARC files of holdings, against themselves and against archive.db."""

    def __init__(self, holdings: Holdings, db: sqlite3.Connection, findings: Findings) -> None:
        self._folder, self._db, self._findings = holdings.warc, db, findings
        self._withdrawn: frozenset[str] = frozenset()
        with suppress(sqlite3.DatabaseError):  # a damaged register is told of elsewhere
            self._withdrawn = withheld(holdings.register_db)

    def check(self, progress: Progress) -> None:
        """Check every file; then that archive.db names no other."""
        names: set[str] = set()
        for path in sorted(self._folder.glob("*")) if self._folder.is_dir() else ():
            if path.name.endswith(DAMAGED):
                self._note(path, "the torn end of a file, kept after a crash")
            elif path.name.endswith((".warc.gz", f".warc.gz{OPEN}")):
                names.add(path.name.removesuffix(OPEN))
                self._file(path)
                progress(path.stat().st_size if path.exists() else 0)
        with self._findings.readable("archive.db"):
            self._missing(names)
            self._revisits()

    def _file(self, path: Path) -> None:
        """Check a file's records, and the rows of captures that name it."""
        # The rows first: a record is written before its row, so none of these may be missing.
        rows: dict[int, sqlite3.Row] = {}
        with self._findings.readable("archive.db"):
            rows = self._rows(path.name.removesuffix(OPEN))
        writing = path.name.endswith(OPEN)
        locked = writing and _locked(path)
        try:
            path = locate(self._folder, path.name.removesuffix(OPEN))
            faulty, unread = self._records(path, rows, writing=writing)
        except OSError as error:
            self._fault(path, f"it cannot be read ({error.strerror})")
            return
        for offset, row in rows.items():
            self._fault(path, "archive.db has a capture here and there is no record", row, offset)
        if locked:
            self._note(path, "it is being written")
        elif writing:
            self._note(path, "left open by a crash; the next crawl or ingest finishes it")
        elif unread:
            self._note(path, f"{unread} responses were never read; `ingest` it to read them")
        if not writing:
            self._fixity(path, faulty)

    def _rows(self, name: str) -> dict[int, sqlite3.Row]:
        """Give what archive.db has of a file, by offset."""
        rows = self._db.execute(
            "SELECT record_id, offset, digest FROM captures WHERE warc = ?", [name]
        )
        return {row["offset"]: row for row in rows}

    def _records(
        self, path: Path, rows: dict[int, sqlite3.Row], *, writing: bool
    ) -> tuple[set[int], int]:
        """Check a file's records, and take them out of `rows`.

        Gives the offsets of the faulty ones, and how many were never read into archive.db.
        """
        counts, faulty, unread = self._findings.counts, set[int](), 0
        counts["files"] += 1
        for record in check_records(path):
            counts["records"] += 1
            row = rows.pop(record.offset, None)
            counts["captures"] += row is not None
            if writing and record.torn and row is None:
                break
            for fault in [*record.faults, *_against(record, row)]:
                self._fault(path, fault, row or record, record.offset)
                faulty.add(record.offset)
            unread += row is None and self._unread(record)
        return faulty, unread

    def _unread(self, record: Checked) -> bool:
        """Tell whether a record that was fetched as a page is nowhere, and is not withdrawn."""
        if record.kind not in _CAPTURES or ROLE.lower() not in record.fields:
            return False
        if record.record_id in self._withdrawn:
            return False
        return not is_recorded(self._db, record.record_id or "")

    def _fixity(self, path: Path, faulty: set[int]) -> None:
        """Compare a finished file with what it was when it was finished."""
        kept = None
        with self._findings.readable("archive.db"):
            kept = fixity.kept(self._db, path.name)
        if kept is None:
            self._note(path, "its fixity is not known yet; the next crawl or ingest measures it")
            return
        if fixity.sha256(path) == kept.sha256:
            return
        changed = [
            member.start
            for member, checksum in zip(members(path), kept.checksums, strict=False)
            if member.checksum != checksum and member.start not in faulty
        ]
        for offset in changed:
            name = next((r for r in check_records(path, offset)), None)
            self._fault(path, "its bytes are not those that were written", name, offset)
        if not changed and not faulty:
            size = path.stat().st_size
            self._fault(path, f"got {size} bytes, expected the {kept.size} that were written")

    def _missing(self, names: set[str]) -> None:
        """Find files that archive.db names and the folder has not."""
        counted = Counter(dict(self._db.execute("SELECT warc, count(*) FROM captures GROUP BY 1")))
        counted.update(dict(self._db.execute("SELECT name, 0 FROM warcs")))
        for name in sorted(counted.keys() - names):
            if not locate(self._folder, name).exists():
                what = f"there is no such file; archive.db has {counted[name]} captures in it"
                self._findings.faults.append(Finding(f"warc/{name}", what))

    def _revisits(self) -> None:
        """Check that what a revisit refers to has the payload it stands for."""
        rows = self._db.execute(
            "SELECT c.record_id, c.warc, c.offset, c.payload_warc, c.payload_offset, c.digest,"
            " o.digest AS found FROM captures AS c LEFT JOIN captures AS o"
            " ON o.warc = c.payload_warc AND o.offset = c.payload_offset"
            " WHERE c.payload_warc IS NOT NULL AND o.digest IS NOT c.digest"
        )
        for row in rows:
            path = locate(self._folder, row["warc"])
            if row["found"] is not None:
                what = f"it refers to a payload of digest {row['found']}, expected {row['digest']}"
                self._fault(path, what, row, row["offset"])
                continue
            try:  # what another crawler's revisit refers to need not be a capture of ours
                read_payload(locate(self._folder, row["payload_warc"]), row["payload_offset"])
            except UnionArchiveError as error:
                self._fault(path, f"what it refers to: {error}", row, row["offset"])

    def _fault(
        self,
        path: Path,
        what: str,
        record: Checked | sqlite3.Row | None = None,
        offset: int | None = None,
    ) -> None:
        id_ = record.record_id if isinstance(record, Checked) else record and record["record_id"]
        self._findings.faults.append(Finding(f"warc/{path.name}", what, id_ or None, offset))

    def _note(self, path: Path, what: str) -> None:
        self._findings.notes.append(Finding(f"warc/{path.name}", what))


def _against(record: Checked, row: sqlite3.Row | None) -> Iterator[str]:
    """Say where a record and its row in captures differ."""
    if row is None or not record.fields:
        return
    if record.record_id != row["record_id"]:
        yield f"got record {record.record_id}, expected {row['record_id']} as archive.db has it"
    digest = record.fields.get("warc-payload-digest")
    if digest is not None and digest != row["digest"]:
        yield f"got payload digest {digest}, expected {row['digest']} as archive.db has it"


def _locked(path: Path) -> bool:
    """Tell whether another process is writing a file."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:  # finished meanwhile
        return True
    return False
