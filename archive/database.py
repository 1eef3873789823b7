"""Open archive.db, for writing or for reading, and say in words what is wrong with it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from archive import search
from archive.errors import LockedError, UnionArchiveError
from archive.hanzi import SEGMENTER_VERSION
from archive.migrations import migrations

APPLICATION_ID = 0x554E4152
"""Marks the file as one of ours; `file archive.db` shows it."""
BUSY_SECONDS = 15.0
"""How long to wait for another writer."""
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


def open_for_writing(path: Path, timeout: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open an archive, making or upgrading it where need be. The caller begins transactions.

    Raises LockedError, or UnionArchiveError for a file that is not ours or is newer than we are.
    """
    with explained(path):
        connection = sqlite3.connect(
            path, timeout=timeout, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            search.register(connection)
            check(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is withdrawn leaves the file
            _upgrade(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def open_readonly(path: Path, timeout: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open an archive to read it, with our SQL functions. Raises where there is none yet."""
    if not path.is_file():
        raise UnionArchiveError(
            f"{path}: no archive here yet; `union-archive crawl` or `ingest` makes one,"
            " -C names another"
        )
    with explained(path):
        connection = sqlite3.connect(
            _address(path), uri=True, timeout=timeout, isolation_level=None
        )
        try:
            connection.row_factory = sqlite3.Row
            search.register(connection)
            check(connection, path, empty=False)
        except BaseException:
            connection.close()
            raise
    return connection


def _address(path: Path) -> str:
    """Give the URI of a file to read, also where its folder may not be written."""
    plain = f"{path.absolute().as_uri()}?mode=ro"
    if path.with_name(path.name + "-wal").exists():
        return plain
    try:
        with closing(sqlite3.connect(plain, uri=True)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        # Reading a database in WAL mode makes files beside it, which a read-only folder forbids.
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            return plain + "&immutable=1"
        raise
    return plain


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
    known = {
        migration.name
        for migration in migrations.pending(Database(memory=True, execute_plugins=False))
    }
    applied = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", [migrations.name]
    )
    newer = [row[0] for row in applied if row[0] not in known]
    if newer or _segmenter(connection) > SEGMENTER_VERSION:
        raise UnionArchiveError(
            f"{path}: made by a newer Union Archive; upgrade with `pip install -U union-archive`"
        )


def _upgrade(connection: sqlite3.Connection) -> None:
    """Bring schema and index up to date."""
    database = Database(connection, execute_plugins=False, recursive_triggers=False)
    if not migrations.pending(database) and _segmenter(connection) == SEGMENTER_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # all of it or nothing; another process may have done it while we waited
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(database)
        if _segmenter(connection) != SEGMENTER_VERSION:
            search.rebuild(connection)
            connection.execute(f"PRAGMA user_version = {SEGMENTER_VERSION}")


def _segmenter(connection: sqlite3.Connection) -> int:
    """Give the version of the segmenter that fed the index."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
