"""A file under its final name only when it is whole."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from archive.errors import UnionArchiveError

STDOUT = "-"


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
    place = Path(out)
    try:
        if place.exists() and not place.is_file():
            with _special(place) as file:  # by its own name: that of /dev/stdout leads to no path
                yield file
            return
        with _temporary(Path(os.path.realpath(out))) as file:  # a link goes on pointing there
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
