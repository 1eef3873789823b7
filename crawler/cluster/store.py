"""Where workers leave their shards: a folder that all see, or anything fsspec reaches.

store.json                      format, identity, and how long a lease lasts
leases/TASK/NUMBER.json         who has a task: see `crawler.cluster.lease`
jobs/NUMBER.json, .done         what was asked for, and that it is done
shards/TASK/NUMBER.json         manifests: see `crawler.cluster.manifest`
shards/TASK/parts/SHA256        pieces of files, named by their content
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from archive.errors import UnionArchiveError, UsageError

FORMAT = 1
LEASE = 60.0
"""Seconds after which a task whose worker gives no sign of life is another's, and in which it
saves a checkpoint."""
ABOUT = "store.json"


@dataclass(frozen=True)
class About:
    """What all who use a store must agree on."""

    id: str
    lease: float


class Store:
    """An open store; paths are relative, with slashes. Whatever goes wrong is UnionArchiveError."""

    def __init__(self, url: str, fs: Any, root: str) -> None:  # noqa: ANN401 - fsspec has no types
        self.url, self._fs, self._root = url, fs, root.rstrip("/")
        self._local = "file" in ([fs.protocol] if isinstance(fs.protocol, str) else fs.protocol)

    @classmethod
    def at(cls, url: str) -> Self:
        """Open the store at a folder or an fsspec address; nothing is read or written yet.

        `url` of the store is what workers reach it by, whatever folder they are in.
        """
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - only this needs it
        except ImportError as error:
            raise UsageError(
                "cluster: got no fsspec, expected it; `pip install 'union-archive[cluster]'`"
                " brings it"
            ) from error
        try:
            fs, root = url_to_fs(url, use_listings_cache=False)
        except Exception as error:
            raise UnionArchiveError(
                f"{url}: got a store that cannot be opened ({_why(error)}), expected a folder or"
                " an address such as s3://bucket/folder"
            ) from error
        return cls(url if "://" in url else root, fs, root)

    def make(self, lease: float = LEASE) -> About:
        """Give what the store is; the first one who asks makes it."""
        about = {"format": FORMAT, "id": secrets.token_hex(8), "lease": lease}
        if self.read(ABOUT) is None:
            self.create(ABOUT, json.dumps(about).encode())
        return self.about()

    def about(self) -> About:
        """Give what the store is. Raises UnionArchiveError where none is there."""
        try:
            found = json.loads(self.read(ABOUT) or b"{}")
            if found.get("format") == FORMAT:
                return About(str(found["id"]), float(found["lease"]))
        except (ValueError, KeyError, TypeError) as error:
            raise UnionArchiveError(f"{self.url}/{ABOUT}: not readable: {error}") from error
        got = f"format {found['format']}" if found else "none"
        raise UnionArchiveError(
            f"{self.url}: got {got}, expected a store of format {FORMAT}, as `cluster crawl` makes;"
            " name it with --store, and see that all workers reach the same"
        )

    def read(self, path: str) -> bytes | None:
        """Give a small file; None where there is none."""
        with suppress(FileNotFoundError), self._explained(absent=True):
            content: bytes = self._fs.cat_file(self._at(path))
            return content
        return None

    def download(self, path: str, target: Path) -> None:
        """Copy a file to the disk. Raises UnionArchiveError where there is none."""
        with self._explained():
            try:
                self._fs.get_file(self._at(path), str(target))
            except FileNotFoundError as error:
                raise UnionArchiveError(
                    f"{self.url}/{path}: there is no such file; expected one that workers reach"
                ) from error

    def create(self, path: str, content: bytes) -> bool:
        """Write a file that must be new, whole or not at all; False where somebody was first."""
        with self._explained():
            try:
                if self._local:
                    self._link(path, content)
                else:
                    self._fs.pipe_file(self._at(path), content, mode="create")
            except FileExistsError:
                return False
        return True

    def write(self, path: str, content: bytes) -> None:
        """Write a file, whole or not at all, over one that is there."""
        with self._explained():
            if self._local:
                part = self._part(path, content)
                part.replace(self._at(path))
            else:
                self._fs.pipe_file(self._at(path), content)

    def names(self, folder: str) -> list[str]:
        """Give the names in a folder, in order; none where it is not there."""
        with suppress(FileNotFoundError), self._explained(absent=True):
            found = self._fs.ls(self._at(folder), detail=False)
            return sorted(str(each).rstrip("/").rpartition("/")[2] for each in found)
        return []

    def has(self, path: str) -> bool:
        """Tell whether a file is there."""
        with self._explained():
            return bool(self._fs.exists(self._at(path)))

    def age(self, path: str) -> float:
        """Give how many seconds ago a file was written, by the store's clock and ours."""
        with self._explained():
            written: datetime = self._fs.modified(self._at(path))
        return (datetime.now(UTC) - written).total_seconds()

    def remove(self, path: str) -> None:
        """Take a file away; one that is gone already is no error."""
        with suppress(FileNotFoundError), self._explained(absent=True):
            self._fs.rm_file(self._at(path))

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _part(self, path: str, content: bytes) -> Path:
        target = Path(self._at(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:  # a full disk should not be filled by what is no use
            part.unlink(missing_ok=True)
            raise
        return part

    def _link(self, path: str, content: bytes) -> None:
        part = self._part(path, content)
        try:
            os.link(part, self._at(path))
        finally:
            part.unlink()

    @contextmanager
    def _explained(self, *, absent: bool = False) -> Iterator[None]:
        """Say in words what is wrong; with `absent`, FileNotFoundError is for the caller."""
        try:
            yield
        except UnionArchiveError:
            raise
        except Exception as error:
            if absent and isinstance(error, FileNotFoundError) and "bucket" not in str(error):
                raise
            raise UnionArchiveError(
                f"{self.url}: the store cannot be read or written ({_why(error)});"
                " see that it is there and that you may write to it"
            ) from error


def name_of(text: str) -> str:
    """Give a name that is one part of a path, whatever the text."""
    return (
        quote(text, safe="").replace(".", "%2E") if text.startswith(".") else quote(text, safe="")
    )


def _why(error: Exception) -> str:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())
