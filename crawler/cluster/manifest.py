"""A shard: the holdings of one task as they were at one moment, in a store.

A manifest says of each file its digest and the parts it is made of; the newest is the shard. One
that is not finished is a checkpoint. WARC files only grow, so that a checkpoint adds their new end
alone. A manifest is written when all its parts are there, and never changed.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from archive.errors import UnionArchiveError
from crawler.cluster.lease import BusyError
from crawler.cluster.store import Store

PART = 32 * 1024 * 1024
"""Bytes of a part at most."""


@dataclass(frozen=True)
class File:
    """One file of a shard."""

    size: int
    sha256: str
    parts: tuple[str, ...]
    """SHA-256 of the pieces, in order."""


@dataclass(frozen=True)
class Manifest:
    """What a task's holdings were."""

    task: str
    job: str
    finished: bool
    code: int | None
    """What the command exited with; None while it runs."""
    said: str
    """The end of what it said."""
    worker: str
    rules: dict[str, dict[str, str]]
    """What the pages of each WARC file were read with, by site: see `snapshot.rules_of`."""
    counts: dict[str, int]
    files: dict[str, File]
    """By path in the holdings."""

    def to_json(self) -> bytes:
        """Give it as it lies in the store, with a digest of itself."""
        body = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return json.dumps({"sha256": _sha256(body.encode()), "manifest": body}).encode()

    @classmethod
    def of_json(cls, content: bytes, where: str) -> Self:
        """Read one. Raises UnionArchiveError where it is not as it was written."""
        try:
            outer = json.loads(content)
            body = outer["manifest"]
            if _sha256(body.encode()) != outer["sha256"]:
                raise ValueError("its digest differs")  # noqa: TRY301
            fields = json.loads(body)
            files = {
                path: File(**{**each, "parts": tuple(each["parts"])})
                for path, each in fields.pop("files").items()
            }
            for path in files:
                _inside(path)
            return cls(**fields, files=files)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnionArchiveError(
                f"{where}: got a damaged manifest ({error}), expected one that a worker wrote;"
                " remove it and run the job again"
            ) from error


def newest(store: Store, task: str) -> tuple[str, Manifest] | None:
    """Give a task's shard and the path of its manifest; None where it has none."""
    for _ in range(3):
        names = [name for name in store.names(f"shards/{task}") if name.endswith(".json")]
        if not names:
            return None
        path = f"shards/{task}/{names[-1]}"
        content = store.read(path)
        if content is not None:  # else its worker has just put a newer one in its place
            return path, Manifest.of_json(content, f"{store.url}/{path}")
    raise UnionArchiveError(f"{store.url}/shards/{task}: changes too quickly; try again")


def fetch(store: Store, manifest: Manifest, paths: list[str], folder: Path) -> None:
    """Bring files of a shard into a folder. Raises UnionArchiveError on any wrong digest."""
    for path in paths:
        file = manifest.files[path]
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        whole = hashlib.sha256()
        with target.open("wb") as out:
            for part in file.parts:
                content = store.read(f"shards/{manifest.task}/parts/{part}")
                if content is None or _sha256(content) != part:
                    got = "nothing" if content is None else _sha256(content)[:12]
                    raise _wrong(store, manifest, path, got, part[:12])
                whole.update(content)
                out.write(content)
        if whole.hexdigest() != file.sha256:
            raise _wrong(store, manifest, path, whole.hexdigest()[:12], file.sha256[:12])


def _wrong(
    store: Store, manifest: Manifest, path: str, got: str, expected: str
) -> UnionArchiveError:
    return UnionArchiveError(
        f"{store.url}/shards/{manifest.task}: {path}: got digest {got}, expected {expected};"
        " nothing of this shard is taken; remove it and run the job again"
    )


class Uploader:
    """Writes the shards of one task, one after another, while the lease with `number` is held."""

    def __init__(self, store: Store, task: str, number: int, before: Manifest | None) -> None:
        self._store, self._folder, self._number = store, f"shards/{task}", number
        self._serial = 0
        self._sums: dict[str, _Growing] = {}
        self._before = before

    def upload(self, folder: Path, paths: dict[str, bool]) -> dict[str, File]:
        """Bring files of a folder to the store; `paths` says of each whether it only grows."""
        found = dict(self._before.files) if self._before else {}
        for path, grows in paths.items():
            growing = self._sums.get(path) if grows else None
            self._sums[path] = growing = growing or _Growing()
            with (folder / path).open("rb") as file:
                file.seek(growing.size)
                while piece := file.read(PART):
                    name = _sha256(piece)
                    self._part(name, piece)
                    growing.add(piece, name)  # once it is there, or it would be missing for good
            found[path] = growing.file()
        return found

    def publish(self, manifest: Manifest, held: Callable[[], bool]) -> None:
        """Make a manifest the shard while the lease is `held`. What it no longer needs goes."""
        if not held():
            raise BusyError(f"{manifest.task}: another worker may have it by now")
        self._serial += 1
        path = f"{self._folder}/{self._number:08d}-{self._serial:06d}.json"
        if not self._store.create(path, manifest.to_json()):
            raise UnionArchiveError(f"{path}: is there already; expected to be the only writer")
        old, self._before = self._before, manifest
        names = [name for name in self._store.names(self._folder) if name.endswith(".json")]
        gone = [f"{self._folder}/{name}" for name in names if name < path.rpartition("/")[2]]
        if old is not None:
            unneeded = _parts(old) - _parts(manifest)
            gone += [f"{self._folder}/parts/{part}" for part in sorted(unneeded)]
        for each in gone:
            if held():
                self._store.remove(each)

    def _part(self, name: str, content: bytes) -> None:
        path = f"{self._folder}/parts/{name}"
        if not self._store.has(path):
            self._store.write(path, content)


class _Growing:
    """Sums up a file that is uploaded in pieces."""

    def __init__(self) -> None:
        self.size, self._whole = 0, hashlib.sha256()
        self._parts: list[str] = []

    def add(self, piece: bytes, name: str) -> None:
        self.size += len(piece)
        self._whole.update(piece)
        self._parts.append(name)

    def file(self) -> File:
        return File(self.size, self._whole.hexdigest(), tuple(self._parts))


def _parts(manifest: Manifest) -> set[str]:
    return {part for file in manifest.files.values() for part in file.parts}


def _inside(path: str) -> None:
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise ValueError(f"it names {path!r}, outside the shard")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
