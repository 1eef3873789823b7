"""SQLite files that are looked at and neither made nor changed, whichever of ours they are."""

import sqlite3
from contextlib import closing
from pathlib import Path

BUSY_SECONDS = 15.0
"""How long to wait while somebody else has a file to himself."""


def connect(path: Path, *, immutable: bool = False) -> sqlite3.Connection:
    """Open a file to read it. Raises sqlite3.OperationalError where it is not there.

    `immutable` says that nobody changes it meanwhile: see `is_frozen`.
    """
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)


def is_frozen(path: Path) -> bool:
    """Tell whether a file can only be read as one that nobody changes.

    A reader of a database in WAL mode makes files beside it; where the folder does not allow that,
    SQLite opens it as immutable alone. Raises sqlite3.Error for what cannot be read at all.
    """
    if path.with_name(f"{path.name}-wal").exists():
        return False
    try:
        with closing(connect(path)) as db:
            db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            return True
        raise
    return False


def copy(path: Path, target: Path) -> None:
    """Copy a database as it is at one moment, whoever writes to it. Raises sqlite3.Error."""
    with closing(connect(path)) as source, closing(sqlite3.connect(target)) as out:
        source.backup(out)
