"""WACZ: a zip file of WARC files, as browsers' extensions and Browsertrix make them.

https://specs.webrecorder.net/wacz/latest/
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from archive.errors import UnionArchiveError

MAX_SIZE = 16 * 1024**3
"""Bytes of one WARC file that are unpacked."""
MAX_RATIO = 200
"""How much smaller than a WARC file its place in the zip may be; more is a bomb."""
MAX_DESCRIPTION = 16 * 1024 * 1024
_WARC = re.compile(r"archive/[^/\\\x00]+\.warc(\.gz)?", re.IGNORECASE)
CHUNK = 1 << 20


@contextmanager
def unpacked(path: Path) -> Iterator[list[Path]]:
    """Unpack the WARC files of a WACZ, for as long as the context lasts.

    They are named after the WACZ. Raises UnionArchiveError for what is no WACZ, has files that
    would be unpacked elsewhere, are too large, or are not what its description says.
    """
    with TemporaryDirectory(prefix="union-archive-") as folder, readable(path) as archive:
        yield _unpack(archive, path, Path(folder))


@contextmanager
def readable(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a WACZ. Raises UnionArchiveError, also later, for what is no zip or is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise UnionArchiveError(f"{path}: not readable as WACZ: {error}") from error


def _unpack(archive: zipfile.ZipFile, path: Path, folder: Path) -> list[Path]:
    for name in archive.namelist():
        if not is_below(name):
            raise UnionArchiveError(f"{path}: got {name!r} in it, expected files below its top")
    warcs = [info for info in archive.infolist() if _WARC.fullmatch(info.filename)]
    if not warcs:
        raise UnionArchiveError(f"{path}: got no WARC file in it, expected some in archive/")
    digests = _digests(archive, path)
    return [extract(archive, info, path, folder, digests.get(info.filename)) for info in warcs]


def is_below(name: str) -> bool:
    """Whether a file of that name lies below the folder that it is relative to."""
    return not (name.startswith("/") or "\\" in name or ".." in name.split("/"))


def extract(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, folder: Path, digest: str | None
) -> Path:
    """Unpack one file of a zip at `path` into a folder, no further than its size goes.

    It is named after both. Raises UnionArchiveError where it is too large, or its SHA-256 is not
    `digest`, in hexadecimal.
    """
    if info.file_size > MAX_SIZE or info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise UnionArchiveError(
            f"{path}: {info.filename} would unpack to {info.file_size} bytes,"
            f" expected at most {MAX_SIZE} and {MAX_RATIO} times its place in it"
        )
    target = folder / f"{path.stem}-{PurePosixPath(info.filename).name}"
    if target.exists():
        raise UnionArchiveError(f"{path}: got several files called {target.name} in it")
    found = hashlib.sha256()
    with archive.open(info) as source, target.open("wb") as out:  # zipfile ends at file_size
        while chunk := source.read(CHUNK):
            found.update(chunk)
            out.write(chunk)
    if digest is not None and digest != found.hexdigest():
        raise UnionArchiveError(
            f"{path}: {info.filename} has the SHA-256 {found.hexdigest()}, expected {digest}"
        )
    return target


def description(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    """Read the datapackage.json of a WACZ; empty where it has none. Raises UnionArchiveError."""
    try:
        info = archive.getinfo("datapackage.json")
    except KeyError:
        return {}
    with archive.open(info) as file:
        body = file.read(MAX_DESCRIPTION)
    try:
        read: Any = json.loads(body)
    except ValueError as error:
        raise UnionArchiveError(f"{path}: its datapackage.json is no JSON: {error}") from error
    if isinstance(read, dict):
        named = read.get("resources", [])
        if isinstance(named, list) and all(isinstance(each, dict) for each in named):
            return read
    raise UnionArchiveError(
        f"{path}: its datapackage.json is not as expected: it has no list of resources"
    )


def digest_of(resource: dict[str, Any]) -> str | None:
    """Give the SHA-256 that a description gives of a file; None where it gives none."""
    prefix, given = "sha256:", str(resource.get("hash", "")).lower()
    return given.removeprefix(prefix) if given.startswith(prefix) else None


def _digests(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    """Give the SHA-256 of each file of which the description gives it, by name."""
    resources = description(archive, path).get("resources", [])
    digests = ((str(each.get("path", "")), digest_of(each)) for each in resources)
    return {name: digest for name, digest in digests if digest is not None}
