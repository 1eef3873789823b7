"""MultiWACZ: a WACZ that lists others, which lie in it, beside it, or somewhere on the web.

https://specs.webrecorder.net/multi-wacz/0.1.0/ is a draft; Browsertrix names the profile otherwise,
and may give a file's place on the web beside the name that it has in the zip.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.errors import UnionArchiveError
from crawler.deposits.item import Complain
from crawler.deposits.wacz import description, digest_of, extract, is_below, readable, unpacked

PROFILES = ("multi-wacz", "multi-wacz-package")


def warcs(path: Path, complain: Complain) -> Iterator[Path]:
    """Give the WARC files of a WACZ or a MultiWACZ, each there until the next is asked for.

    What a MultiWACZ lists and cannot be read is told, and the rest is given. Raises
    UnionArchiveError for a file that is neither.
    """
    with readable(path) as archive:
        said = description(archive, path)
    if said.get("profile") not in PROFILES:
        with unpacked(path) as found:
            yield from found
        return
    for resource in said.get("resources", []):
        member = path
        try:
            with _member(path, resource) as member, unpacked(member) as found:
                yield from found
        except UnionArchiveError as error:
            why = str(error).removeprefix(f"{member}: ")
            complain(path, f"{resource.get('path', 'a file without a path')}: {why}")


@contextmanager
def _member(path: Path, resource: dict[str, Any]) -> Iterator[Path]:
    """Give a WACZ that is listed, for as long as the context lasts. Raises UnionArchiveError."""
    names = [str(resource[key]) for key in ("path", "name") if resource.get(key)]
    with readable(path) as archive, TemporaryDirectory(prefix="union-archive-") as folder:
        inside = next((name for name in names if name in archive.namelist()), None)
        if inside is not None:
            info = archive.getinfo(inside)
            yield extract(archive, info, path, Path(folder), digest_of(resource))
            return
    yield _beside(path, names[0] if names else "", digest_of(resource))


def _beside(path: Path, name: str, digest: str | None) -> Path:
    """Give a file that lies where the MultiWACZ does, or below. Raises UnionArchiveError."""
    if "://" in name:
        raise UnionArchiveError("not fetched; download it and ingest it by itself")
    home = path.parent.resolve()
    try:
        target = (home / name).resolve()
        there = target.is_file()
    except (OSError, ValueError) as error:  # NUL, a lone surrogate, too long
        raise UnionArchiveError(f"no name of a file: {error}") from error
    if not is_below(name) or not target.is_relative_to(home):
        raise UnionArchiveError("expected a file in it, beside it or below")
    if not there:
        raise UnionArchiveError("it is neither in it nor beside it")
    with target.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest() if digest else None
    if found != digest:
        raise UnionArchiveError(f"it has the SHA-256 {found}, expected {digest}")
    return target
