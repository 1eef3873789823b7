"""Taking articles out of the archive: one selection, streamed, in one of several formats."""

import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

from archive.errors import UnionArchiveError, UsageError
from archive.export import csv, jsonl
from archive.reader import Kept

Row = dict[str, object]

FORMATS: dict[str, Callable[[Iterable[Row], IO[bytes]], None]] = {
    "csv": csv.write,
    "jsonl": jsonl.write,
}
"""Each writes rows, as `as_row` gives them, to a binary file."""
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
"""What each is called where it is sent over HTTP."""
STDOUT = "-"


def format_of(out: str, given: str | None) -> str:
    """Name the format: the one given, or the one the file's name ends in. Raises UsageError."""
    name = given or Path(out).suffix.removeprefix(".")
    if name.lower() not in FORMATS:
        got = f"format {given!r}" if given else f"{out!r}, whose name gives no known format"
        raise UsageError(f"got {got}, expected --format {' or '.join(FORMATS)}")
    return name.lower()


def as_row(kept: Kept, *, removals: bool = False) -> Row:
    """Give an article by the names of its fields, with id and site; flags by name alone."""
    row: Row = {"id": kept.id, "site": kept.site, **asdict(kept.article)}
    row["flags"] = [flag.name for flag in kept.article.flags]
    if not removals:
        del row["removals"]
    return row


@contextmanager
def replacing(out: str) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of `out` in one step at the end; `-` is standard output.

    Where anything fails, what was there stays as it was. Raises UnionArchiveError where it cannot
    be written.
    """
    if out == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(os.path.realpath(out))  # a link goes on pointing there
    try:
        if path.exists() and not path.is_file():
            with _special(path) as file:
                yield file
            return
        with _temporary(path) as file:
            yield file
    except OSError as error:
        raise UnionArchiveError(
            f"{out}: cannot be written ({error.strerror or error}); name another file"
        ) from error


def _special(path: Path) -> IO[bytes]:
    """Open a pipe or a device, which cannot be replaced; a folder raises OSError."""
    return path.open("wb")


@contextmanager
def _temporary(path: Path) -> Iterator[IO[bytes]]:
    """Open a file in the same folder that becomes `path` when all is written."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode(path))
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _mode(path: Path) -> int:
    """Give the permissions a file has, or that a new one gets."""
    with suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
