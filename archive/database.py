"""Open archive.db, for writing or for reading, and say in words what is wrong with it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive import readonly
from archive.errors import LockedError, UnionArchiveError
from archive.hanzi import SEGMENTER_VERSION
from archive.migrations import migrations
from archive.readonly import BUSY_SECONDS
from archive.search import index as search

APPLICATION_ID = 0x554E4152
"""Marks the file as one of ours; `file archive.db` shows it."""
_LEFT_BESIDE = (
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR),
)
_MEANINGS = {
    sqlite3.SQLITE_FULL: "the disk is full; make room and run the same command again",
    sqlite3.SQLITE_READONLY: "it may not be written here",
    sqlite3.SQLITE_PERM: "it may not be written here",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; does its folder exist, and may you write there?",
    sqlite3.SQLITE_NOTADB: "no SQLite database; name another holdings folder with -C",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore a backup or rebuild it from the WARCs",
    sqlite3.SQLITE_IOERR: "the disk reported an error",
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the file at `path` into an error that a person understands."""
    try:
        yield
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise LockedError(f"{path}: somebody else is writing to it; try again later") from error
        raise UnionArchiveError(f"{path}: {_MEANINGS.get(code, error)}") from error


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open an archive, making or upgrading it where need be. The caller begins transactions.

    Raises LockedError, or UnionArchiveError for a file that is not ours or is newer than we are.
    """
    with explained(path):
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            search.register(connection)
            check(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is withdrawn leaves the file
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("CREATE TEMP TABLE waiting (key INTEGER PRIMARY KEY)")
            _upgrade(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def close(connection: sqlite3.Connection) -> None:
    """Close an archive that was open for writing; where nobody else has it open, it is one file.

    So it can be read from a folder that may not be written, by any program. Calling it again does
    nothing.
    """
    try:
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.ProgrammingError:
        return  # closed before
    except sqlite3.OperationalError as error:
        # Others have it open, or the disk is full: all is in the -wal file, for the next writer.
        if error.sqlite_errorcode & 0xFF not in _LEFT_BESIDE:
            raise
    finally:
        connection.close()


def open_readonly(path: Path) -> sqlite3.Connection:
    """Open an archive to read it, with our SQL functions. Raises where there is none yet."""
    if not path.is_file():
        raise UnionArchiveError(
            f"{path}: no archive here yet; `union-archive crawl` or `ingest` makes one,"
            " -C names another"
        )
    with explained(path):
        connection = readonly.connect(path, immutable=readonly.is_frozen(path))
        try:
            connection.row_factory = sqlite3.Row
            search.register(connection)
            check(connection, path, empty=False)
            _expect_today(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def check(connection: sqlite3.Connection, path: Path, *, empty: bool = True) -> None:
    """Raise where the file is not ours, is newer than we are, or is empty and must not be."""
    if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        if empty:
            return
        raise UnionArchiveError(f"{path}: an empty file; remove it, then crawl or ingest")
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise UnionArchiveError(
            f"{path}: a database of something else; name another holdings folder with -C"
        )
    if migrations.unknown(connection) or _segmenter(connection) > SEGMENTER_VERSION:
        raise UnionArchiveError(
            f"{path}: made by a newer Union Archive; upgrade with `pip install -U union-archive`"
        )


def _expect_today(connection: sqlite3.Connection, path: Path) -> None:
    """Raise where an archive was made by an older version, and nothing has written to it since."""
    if migrations.pending(connection):
        raise UnionArchiveError(
            f"{path}: made by an older Union Archive; any crawl or ingest brings it up to date,"
            " and keeps a copy of it as it was"
        )


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Bring schema and index up to date; a copy of what was there before is kept beside it."""
    if not migrations.pending(connection) and _segmenter(connection) == SEGMENTER_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # all of it or nothing; another process may have done it while we waited
        steps = migrations.pending(connection)
        if steps and migrations.applied(connection):
            keep_copy(path, path.with_name(f"{path.name}.before-{steps[0]}.bak"))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(connection)
        if _segmenter(connection) != SEGMENTER_VERSION:
            search.rebuild(connection)
            connection.execute(f"PRAGMA user_version = {SEGMENTER_VERSION}")


def keep_copy(path: Path, copy: Path) -> None:
    """Copy a database to another file, which is there whole or not at all."""
    part = copy.with_name(f"{copy.name}.part")
    try:
        with explained(copy):
            readonly.copy(path, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(copy)
    except OSError as error:
        raise UnionArchiveError(
            f"{copy}: the copy that is kept of an older archive cannot be written"
            f" ({error.strerror}); nothing was changed"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _segmenter(connection: sqlite3.Connection) -> int:
    """Give the version of the segmenter that fed the index."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
