"""A copy of holdings, made while a crawl may be writing to them."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from archive import readonly
from archive.database import explained
from archive.errors import UnionArchiveError, UsageError
from archive.holdings import Holdings
from archive.warc.members import whole_members
from archive.warc.naming import OPEN, sync_folder
from archive.warc.recovery import DAMAGED


def back_up(holdings: Holdings, target: Path) -> None:
    """Copy holdings into a new folder, which appears when it is whole.

    Databases by SQLite's backup; finished WARC files as hard links, or copies on another file
    system; of a file being written, its whole records. Raises UsageError where the folder is there
    already, UnionArchiveError where there is nothing to copy or no room.
    """
    if not holdings.archive_db.is_file():
        raise UnionArchiveError(
            f"{holdings.root}: got no archive.db, expected holdings; name them with -C"
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target}: is there already; name a new folder for each backup")
    if target.resolve().is_relative_to(holdings.root.resolve()):
        raise UsageError(f"{target}: lies within the holdings; name a folder elsewhere")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    except OSError as error:
        raise UsageError(f"{target}: cannot be made ({error.strerror})") from error
    try:
        _fill(holdings, part)
        part.chmod(0o755)
        part.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise UnionArchiveError(f"{target}: not backed up: {error.strerror}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fill(holdings: Holdings, part: Path) -> None:
    """Copy everything, what refers to something else before what it refers to."""
    copy = Holdings(part)
    for path in (holdings.crawl_db, holdings.archive_db, holdings.root / "register.db"):
        if path.is_file():
            copy_database(path, part / path.name)
    copy.ensure()
    if holdings.warc.is_dir():
        for path in sorted(holdings.warc.iterdir()):
            _copy_warc(path, copy.warc)
    for path in [holdings.root / "config.toml", *sorted(holdings.sites.glob("*.toml"))]:
        if path.is_file():
            _copy(path, part / path.relative_to(holdings.root))
    for folder in (copy.warc, copy.sites, part):
        sync_folder(folder)


def copy_database(path: Path, target: Path) -> None:
    """Copy a database as it is at one moment, whoever writes to it."""
    with explained(path):
        readonly.copy(path, target)
        with closing(sqlite3.connect(target)) as out:
            out.execute("PRAGMA journal_mode = DELETE")
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _copy_warc(path: Path, folder: Path) -> None:
    """Copy a WARC file or a torn piece: a finished one never changes, so that a link will do."""
    if path.name.endswith(OPEN):
        _copy_open(path, folder / path.name.removesuffix(OPEN))
    elif path.name.endswith((".warc.gz", DAMAGED)):
        try:
            os.link(path, folder / path.name)
        except FileExistsError:  # it was finished while it was being copied
            return
        except OSError:  # another file system, or one without links
            _copy(path, folder / path.name)


def _copy_open(path: Path, target: Path) -> None:
    """Copy the whole records of a file that is being written."""
    with suppress(FileNotFoundError):  # finished since: then it is copied under its name
        _copy(path, target)
    if not target.exists():
        finished = path.with_name(target.name)
        if finished.exists():
            _copy_warc(finished, target.parent)
        return
    records, end = whole_members(target)
    os.truncate(target, end)
    if records <= 1:
        target.unlink()


def _copy(path: Path, target: Path) -> None:
    with path.open("rb") as source, target.open("xb") as out:
        shutil.copyfileobj(source, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
    shutil.copystat(path, target)
