"""A folder of files, put into a new folder or, where there is but one stream, into a ZIP file."""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, cast

from archive.errors import UnionArchiveError, UsageError
from archive.export.format import Piece

CHUNK = 1 << 20
_DATE = (1980, 1, 1, 0, 0, 0)  # the same pieces give the same bytes


def zipped(pieces: Iterable[Piece], file: IO[bytes]) -> None:
    """Write a ZIP file; its bytes are the same whether the file is seekable or not."""
    with zipfile.ZipFile(cast("IO[bytes]", _Stream(file)), "w") as out:
        for name, content in pieces:
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            with out.open(info, "w", force_zip64=True) as target:
                shutil.copyfileobj(_opened(content), target, CHUNK)


class _Stream:
    """What `zipfile` takes for a pipe: where it could seek it would write other bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self.write, self.flush = file.write, file.flush


def unfolded(pieces: Iterable[Piece], folder: Path) -> None:
    """Write each piece as a file below a folder."""
    for name, content in pieces:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as target:
            shutil.copyfileobj(_opened(content), target, CHUNK)


def _opened(content: bytes | IO[bytes]) -> IO[bytes]:
    return BytesIO(content) if isinstance(content, bytes) else content


@contextmanager
def new_folder(out: str) -> Iterator[Path]:
    """Give a folder that gets its name when all is in it; where anything fails, none is left.

    Raises UsageError where something is there already, UnionArchiveError where it cannot be made.
    """
    target = Path(out)
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise UsageError(f"{out}: is there already; name a new folder")
    part: Path | None = None
    try:
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
        yield part
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o777 & ~mask)
        part.replace(target)
    except OSError as error:
        raise UnionArchiveError(
            f"{out}: cannot be written ({error.strerror or error}); name another folder"
        ) from error
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
