"""What each finished WARC file was, kept in archive.db so that a byte changed later is found."""

import hashlib
import sqlite3
from array import array
from pathlib import Path

from archive.records import Fixity
from archive.warc.members import members
from archive.warc.naming import now


def measure(path: Path) -> Fixity:
    """Measure a finished file as it is today."""
    checksums = tuple(member.checksum for member in members(path))
    return Fixity(path.name, path.stat().st_size, sha256(path), checksums)


def sha256(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(db: sqlite3.Connection, fixity: Fixity) -> None:
    """Keep what a file was, in the caller's transaction; what is kept already stays."""
    checksums = array("I", fixity.checksums)
    db.execute(
        "INSERT INTO warcs(name, size, sha256, checksums, measured) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [fixity.name, fixity.size, fixity.sha256, checksums.tobytes(), now()],
    )


def kept(db: sqlite3.Connection, name: str) -> Fixity | None:
    """Give what is kept of a file; None where nothing is."""
    row = db.execute(
        "SELECT name, size, sha256, checksums FROM warcs WHERE name = ?", [name]
    ).fetchone()
    if row is None:
        return None
    return Fixity(row[0], row[1], row[2], tuple(array("I", row[3])))


def unmeasured(db: sqlite3.Connection, folder: Path) -> list[Path]:
    """Give the finished files of a folder of which nothing is kept."""
    known = {row[0] for row in db.execute("SELECT name FROM warcs")}
    return [path for path in sorted(folder.glob("*.warc.gz")) if path.name not in known]
