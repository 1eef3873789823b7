"""Finished shards folded into holdings, as `merge` folds other holdings in; each once."""

import json
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import LockedError, UnionArchiveError
from archive.holdings import Holdings
from crawler.cluster.manifest import Manifest, fetch, newest
from crawler.cluster.recall import Shard
from crawler.cluster.store import Store
from crawler.deposits.item import Complain
from crawler.merging import Merge

FOLDED = "folded.json"
"""In the holdings: of each shard the manifest that was folded in last, and its WARC files."""
READINGS = "reading-"
"""Tasks with a name that begins so have no captures of their own: see `reclean`."""


@dataclass
class Folded:
    """What folding came to."""

    shards: int = 0
    known: int = 0
    """Shards that have not changed since they were folded in."""
    unfinished: int = 0
    conflicts: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def fold(holdings: Holdings, store: Store, complain: Complain) -> Folded:
    """Fold all finished shards of a store in. A shard that is not whole is told of and left out."""
    about = store.about()
    holdings.ensure()
    notes = _Notes(holdings.root / FOLDED, about.id)
    folded = Folded()
    for task in store.names("shards"):
        if task.startswith(READINGS):
            continue
        try:
            _fold_one(holdings, store, task, notes, folded, complain)
        except LockedError:
            raise
        except UnionArchiveError as error:
            complain(Path(task), str(error))
    return folded


def _fold_one(  # noqa: PLR0913, PLR0917
    holdings: Holdings, store: Store, task: str, notes: "_Notes", folded: Folded, complain: Complain
) -> None:
    found = newest(store, task)
    if found is None or not found[1].finished:
        folded.unfinished += 1
        return
    path, manifest = found
    if notes.manifest(task) == path:
        folded.known += 1
        return
    had = notes.warcs(task)
    wanted = [name for name, file in manifest.files.items() if had.get(name) != file.sha256]
    folder = Path(tempfile.mkdtemp(prefix=".fold-", dir=holdings.root))
    try:
        shard = Holdings(folder)
        shard.ensure()
        fetch(store, manifest, wanted, folder)
        faults: list[str] = []

        def tell(file: Path, why: str) -> None:
            faults.append(why)
            complain(Path(task) / file.name, why)

        if shard.archive_db.is_file():
            with Shard(shard.archive_db, manifest.rules) as known:
                merge = Merge(holdings, shard, tell, known.recall)
            folded.conflicts += merge.conflicts
            folded.counts.update(merge.counts)
    finally:
        shutil.rmtree(folder)
    if not faults:
        notes.keep(task, path, manifest)
    folded.shards += 1


class _Notes:
    """HOLDINGS/folded.json, for one store."""

    def __init__(self, path: Path, store: str) -> None:
        self._path, self._store = path, store
        try:
            self._all = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        except ValueError as error:
            raise UnionArchiveError(
                f"{path}: not JSON ({error}); remove it, and all shards are looked at again"
            ) from error
        self._mine = self._all.setdefault(store, {})

    def manifest(self, task: str) -> str | None:
        found: str | None = self._mine.get(task, {}).get("manifest")
        return found

    def warcs(self, task: str) -> dict[str, str]:
        found: dict[str, str] = self._mine.get(task, {}).get("warcs", {})
        return found

    def keep(self, task: str, manifest: str, shard: Manifest) -> None:
        warcs = {n: file.sha256 for n, file in shard.files.items() if n.startswith("warc/")}
        self._mine[task] = {"manifest": manifest, "warcs": warcs}
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self._all, indent=1), encoding="utf-8")
        part.replace(self._path)
