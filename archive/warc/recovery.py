"""WARC files that a crash left open get their name; what is torn at their end is kept beside."""

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from archive.warc.members import whole_members
from archive.warc.naming import OPEN, publish

DAMAGED = ".damaged"


def recover(folder: Path) -> list[Path]:
    """Finish the files that a crash left open; give those that now are whole.

    What follows the last whole record is moved into NAME.warc.gz.OFFSET.damaged, OFFSET being
    where it stood. A file that another process is writing, whose lock it holds, is left alone; one
    in which nothing but its warcinfo had been written is taken away.
    """
    whole: list[Path] = []
    for path in sorted(folder.glob(f"*.warc.gz{OPEN}")):
        with suppress(FileNotFoundError, BlockingIOError), path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever had the lock until now may have finished the file.
            if path.exists() and (kept := _finish(path, file)):
                whole.append(kept)
    return whole


def _finish(path: Path, file: BinaryIO) -> Path | None:
    records, end = whole_members(path)
    file.seek(end)
    if file.read(1):
        file.seek(end)
        piece = path.with_name(f"{path.name.removesuffix(OPEN)}.{end}{DAMAGED}")
        with piece.open("wb") as out:
            shutil.copyfileobj(file, out)
            out.flush()
            os.fsync(out.fileno())
        file.truncate(end)
    if records <= 1:
        path.unlink()
        return None
    os.fsync(file.fileno())
    return publish(path)
