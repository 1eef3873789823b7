"""WACZ: a zip file of WARC files, as browsers' extensions and Browsertrix make them.

https://specs.webrecorder.net/wacz/latest/
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

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
    with TemporaryDirectory(prefix="union-archive-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                yield _unpack(archive, path, Path(folder))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise UnionArchiveError(f"{path}: not readable as WACZ: {error}") from error


def _unpack(archive: zipfile.ZipFile, path: Path, folder: Path) -> list[Path]:
    for name in archive.namelist():
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise UnionArchiveError(f"{path}: got {name!r} in it, expected files below its top")
    warcs = [info for info in archive.infolist() if _WARC.fullmatch(info.filename)]
    if not warcs:
        raise UnionArchiveError(f"{path}: got no WARC file in it, expected some in archive/")
    digests = _digests(archive, path)
    return [_one(archive, info, path, folder, digests.get(info.filename)) for info in warcs]


def _one(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, folder: Path, digest: str | None
) -> Path:
    """Unpack one file, no further than its size goes."""
    if info.file_size > MAX_SIZE or info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise UnionArchiveError(
            f"{path}: {info.filename} would unpack to {info.file_size} bytes,"
            f" expected at most {MAX_SIZE} and {MAX_RATIO} times its place in it"
        )
    target = folder / f"{path.stem}-{PurePosixPath(info.filename).name}"
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


def _digests(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    """Read the SHA-256 digests that datapackage.json gives, by name; none where it gives none."""
    try:
        info = archive.getinfo("datapackage.json")
    except KeyError:
        return {}
    with archive.open(info) as file:
        body = file.read(MAX_DESCRIPTION)
    try:
        resources = json.loads(body).get("resources", [])
        named = {resource["path"]: str(resource.get("hash", "")) for resource in resources}
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise UnionArchiveError(
            f"{path}: its datapackage.json is not as expected: {error}"
        ) from error
    prefix = "sha256:"
    return {n: h.removeprefix(prefix).lower() for n, h in named.items() if h.startswith(prefix)}
