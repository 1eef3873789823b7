"""Another crawler's WARC file becomes one of the holdings': a gzip member a record, kept once."""

import gzip
import hashlib
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from fastwarc.warc import ArchiveIterator

from archive.errors import UnionArchiveError
from archive.warc.members import whole_members

END = b"\r\n\r\n"
CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
_ENDING = re.compile(r"\.warc(\.gz)?$", re.IGNORECASE)
TORN = "torn or damaged from one record on; those before are taken in"


def adopt(path: Path, folder: Path, *, link: bool = False) -> tuple[Path, bool]:
    """Copy a WARC file into a folder, once; give the copy, and whether the file was torn.

    One that is never written again can be linked there instead, where it needs no change.

    A compressed file with a gzip member for each record is copied as it is. What is not gets a
    member a record, from its own bytes; a torn last record stays behind. Raises UnionArchiveError
    for what is no WARC file.
    """
    ready = as_it_is(path)
    if path.parent.resolve() == folder.resolve():
        return path, False
    content = _sha256(path)
    for file in folder.glob("*.warc.gz"):
        if file.stat().st_size == path.stat().st_size and _sha256(file) == content:
            return file, False
    name = _ENDING.sub("", path.name)
    target = folder / f"{name}.warc.gz"
    if not ready or target.exists():
        target = folder / f"{name}-{content[:12]}.warc.gz"
        if target.exists():
            return target, False
    if link and ready:
        with suppress(OSError):  # another file system, or one without links
            os.link(path, target)
            return target, False
    part = target.with_suffix(".part")
    try:
        with part.open("wb") as out:
            torn = False if ready else _rewrite(path, out)
            if ready:
                with path.open("rb") as source:
                    shutil.copyfileobj(source, out, CHUNK)
            out.flush()
            os.fsync(out.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return target, torn


@contextmanager
def whole(path: Path) -> Iterator[tuple[Path, bool]]:
    """Give what `adopt` would make of a file, as long as the context lasts; and whether it is torn.

    Raises UnionArchiveError for what is no WARC file.
    """
    if as_it_is(path):
        yield path, False
        return
    with tempfile.NamedTemporaryFile(prefix="union-archive-", suffix=".warc.gz") as out:
        torn = _rewrite(path, cast("BinaryIO", out))
        out.flush()
        yield Path(out.name), torn


def as_it_is(path: Path) -> bool:
    """Tell whether a file has a gzip member for each record.

    Raises UnionArchiveError for what is no WARC file.
    """
    records = count(path)
    members, end = whole_members(path)
    return members == records and end == path.stat().st_size


def _rewrite(path: Path, out: BinaryIO) -> bool:
    """Write each record of a file as a gzip member; say whether some could not be read."""
    torn = False
    with tempfile.TemporaryFile() as plain:
        with path.open("rb") as source:
            packed = source.read(len(GZIP)) == GZIP  # some files are not what their names say
            source.seek(0)
            if packed:
                torn = not _unpacked(source, plain)
            else:
                shutil.copyfileobj(source, plain)
        end = plain.tell()
        plain.seek(0)
        starts = [record.stream_pos for record in ArchiveIterator(plain, quirks_mode=True)]
        for start, stop in zip(starts, [*starts, end][1:], strict=True):
            plain.seek(start)
            record = plain.read(stop - start)
            if record.endswith(END):
                out.write(gzip.compress(record, mtime=0))
            else:
                torn = True
    return torn


def _unpacked(source: BinaryIO, plain: BinaryIO) -> bool:
    """Unpack gzip members, as far as they are sound; say whether that was to the file's end.

    Python's own gzip would lose what it had read before the damage.
    """
    member = zlib.decompressobj(wbits=31)
    while chunk := source.read(CHUNK):
        while chunk:
            try:
                plain.write(member.decompress(chunk))
            except zlib.error:
                return False
            chunk = member.unused_data
            if member.eof:
                member = zlib.decompressobj(wbits=31)
    return True


def count(path: Path) -> int:
    """Count the records of a file, up to the first that is damaged.

    Raises UnionArchiveError where it has none.
    """
    found = 0
    try:
        with path.open("rb") as file:
            for _ in ArchiveIterator(file, parse_http=False, quirks_mode=True):
                found += 1
    except OSError as error:
        if error.errno is not None or found == 0:
            raise UnionArchiveError(f"{path}: not readable as WARC: {error}") from error
    except (ValueError, EOFError) as error:
        if found == 0:
            raise UnionArchiveError(f"{path}: not readable as WARC: {error}") from error
    if found == 0:
        raise UnionArchiveError(f"{path}: got no record, expected a WARC file")
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
