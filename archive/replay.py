"""Play captured pages: pywb over the WARC files, on an origin of its own.

pywb's own cdx-indexer reads each WARC file once; what it finds is kept in HOLDINGS/replay, which
may be lost. pywb is given only the records that archive.db shows and that are not withdrawn. When
that changes its indexes follow, so that a page withdrawn while it runs is refused from then on.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from archive.database import open_readonly
from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from archive.register.withdrawals import withheld
from archive.warc.naming import OPEN

COLLECTION = "archive"
"""What the addresses of the player begin with."""
PATIENCE = 60.0
"""Seconds that pywb may take to start."""
REST = 2.0
"""Seconds between two looks at what has changed."""

Places = Mapping[str, frozenset[int]]
"""By the name of a WARC file: where the records begin that may be played."""


@dataclass(slots=True)
class Player:
    """pywb's view of one archive."""

    holdings: Holdings
    indexer: Path
    """pywb's cdx-indexer."""
    _given: dict[str, tuple[str, frozenset[int]]] = field(default_factory=dict)
    """What each index was last made from: the kept lines and the places."""

    @property
    def folder(self) -> Path:
        """Where pywb runs."""
        return self.holdings.root / "replay"

    def prepare(self) -> None:
        """Make pywb's folder, its configuration and its indexes. Raises UnionArchiveError."""
        for name in ("kept", "indexes"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for stale in (self.folder / "indexes").iterdir():
            stale.unlink()
        _put(
            self.folder / "config.yaml",
            f"enable_auto_colls: false\ncollections:\n  {COLLECTION}:\n"
            f"    index_paths: {_quoted(self.folder / 'indexes')}\n"
            f"    archive_paths: {_quoted(self.holdings.warc)}\n",
        )
        self.follow()

    def follow(self) -> None:
        """Bring the indexes to what may be played now. Raises UnionArchiveError."""
        places = playable(self.holdings)
        files = {path.name.removesuffix(OPEN): path for path in _files(self.holdings)}
        for name in self._given.keys() - files.keys():
            (self.folder / "indexes" / f"{name}.cdxj").unlink(missing_ok=True)
            del self._given[name]
        for name, path in files.items():
            kept = self._kept(path)
            made = (kept.name, places.get(name, frozenset()))
            if self._given.get(name) != made:
                lines = kept.read_text(encoding="utf-8").splitlines(keepends=True)
                chosen = "".join(line for line in lines if _offset(line) in made[1])
                _put(self.folder / "indexes" / f"{name}.cdxj", chosen)
                self._given[name] = made

    def _kept(self, path: Path) -> Path:
        """Give the file with pywb's index of a WARC file, made where there is none of its size."""
        kept = self.folder / "kept" / f"{path.name}.{path.stat().st_size}.cdxj"
        if not kept.exists():
            for old in kept.parent.glob(f"{path.name}.*.cdxj"):
                old.unlink()
            part = kept.with_suffix(".part")
            command = [str(self.indexer), "--sort", "--cdxj", "--output", str(part), str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
            if done.returncode:
                said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise UnionArchiveError(f"{path}: cdx-indexer cannot read it: {said}")
            part.replace(kept)
        return kept


def playable(holdings: Holdings) -> Places:
    """Give the places of all records that archive.db shows and that are not withdrawn."""
    with closing(open_readonly(holdings.archive_db)) as db:
        rows = db.execute("SELECT record_id, warc, offset FROM captures").fetchall()
    hidden = withheld(holdings.register_db)
    found: dict[str, set[int]] = defaultdict(set)
    for record_id, warc, offset in rows:
        if record_id not in hidden:
            found[warc].add(offset)
    return {name: frozenset(offsets) for name, offsets in found.items()}


def run(holdings: Holdings, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Play the archive until Ctrl-C; call `ready` with the address once pywb answers.

    Raises UnionArchiveError where pywb is not there, or ends.
    """
    holdings.expect_archive()
    player = Player(holdings, command("cdx-indexer"))
    player.prepare()
    server = [command("wayback"), "-b", host, "-p", str(port), "-d", player.folder]
    with (player.folder / "log").open("wb") as log, _started(server, log.fileno()) as process:
        _await(process, host, port, player.folder / "log")
        ready(f"http://{host}:{port}/")
        seen: object = None
        while process.poll() is None:
            # A file may get its last name between two steps; the next look then finds it.
            with suppress(FileNotFoundError):
                if (now := _stamp(holdings)) != seen:
                    player.follow()
                    seen = now
            time.sleep(REST)
    raise UnionArchiveError(f"pywb ended; {player.folder / 'log'} has its last words")


def command(name: str) -> Path:
    """Find one of pywb's commands, beside this Python or on PATH. Raises UnionArchiveError."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name, path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
    if found is None:
        raise UnionArchiveError(
            f"{name}: not found; pywb plays the pages: pip install 'union-archive[replay]',"
            " or pywb in an environment of its own whose bin is on PATH"
        )
    return Path(found)


@contextmanager
def _started(words: list[object], log: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([str(word) for word in words], stdout=log, stderr=log)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _await(process: subprocess.Popen[bytes], host: str, port: int, log: Path) -> None:
    """Wait until pywb listens."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise UnionArchiveError(f"pywb does not answer at {host}, port {port}; see {log}")


def _files(holdings: Holdings) -> list[Path]:
    return [path for path in sorted(holdings.warc.glob("*.warc.gz*")) if _is_warc(path.name)]


def _is_warc(name: str) -> bool:
    return name.removesuffix(OPEN).endswith(".warc.gz")


def _stamp(holdings: Holdings) -> tuple[tuple[str, int, int], ...]:
    """Tell one state of the holdings from another."""
    databases = [
        Path(f"{path}{end}")
        for path in (holdings.archive_db, holdings.register_db)
        for end in ("", "-wal")
    ]
    paths = [*(path for path in databases if path.exists()), *_files(holdings)]
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in paths)


def _offset(line: str) -> int:
    """Read where the record of a CDXJ line begins."""
    return int(json.loads(line.split(" ", 2)[2])["offset"])


def _quoted(path: Path) -> str:
    return '"' + str(path.absolute()).replace("\\", "\\\\").replace('"', '\\"') + '/"'


def _put(path: Path, text: str) -> None:
    """Write a file in one step, as pywb may be reading it."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
