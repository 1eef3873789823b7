"""One task on a worker: the lease, the last checkpoint, the command, checkpoints, the shard."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, cast

from archive.backup import back_up
from archive.errors import LockedError, UnionArchiveError, UsageError
from archive.holdings import Holdings
from crawler.clean.edition import edition
from crawler.cluster import child, worker
from crawler.cluster.lease import BusyError, Lease
from crawler.cluster.manifest import Manifest, Uploader, fetch, newest
from crawler.cluster.snapshot import counts_of, parts_of, rules_of
from crawler.cluster.store import Store

STATE = ("archive.db", "crawl.db", "register.db")
"""What a later run of a task goes on from; its WARC files stay in the store."""
SAID = 2_000
"""Characters kept of what a command reported."""
TICK = 0.2

Outcome = Literal["done", "busy", "failed"]


@dataclass(frozen=True)
class Task:
    """What a worker is to do; all it needs stands in it or in the store."""

    name: str
    """Also the name of its lease and shard: a host, or a file's digest."""
    job: str
    command: tuple[str, ...]
    """The arguments of `union-archive`; {input} stands for the file named by `input`."""
    store: str
    store_id: str
    cleaner: str
    files: dict[str, bytes] = field(default_factory=dict)
    """What its holdings begin with: config.toml, site files, a register."""
    input: str | None = None
    """A file that the worker reads: a path that it has too, or an fsspec address."""
    keeps_warc: bool = True
    """Whether the shard has the WARC files; else only what was read from them."""
    last: bool = False
    """Whether it is not tried again, so that its shard is finished however it ended."""


@dataclass(frozen=True)
class Result:
    """What became of a task."""

    task: str
    outcome: Outcome
    said: str
    code: int = 0
    kept: bool = False
    """Whether the store has its finished shard."""
    worker: str = ""
    """Who did it, or tried."""


def run(task: Task) -> Result:
    """Do a task here. Never raises UnionArchiveError: the result says what was wrong."""
    try:
        if edition() != task.cleaner:
            raise UsageError(
                f"worker {worker.name()}: got union-archive {edition()}, expected {task.cleaner};"
                " install the same version on every machine"
            )
        store = Store.at(task.store)
        about = store.about()
        if about.id != task.store_id:
            raise UsageError(
                f"{task.store}: worker {worker.name()} sees another store there ({about.id}),"
                f" expected {task.store_id}; name a folder that all machines share"
            )
        with Lease(store, task.name, worker.name(), about.lease) as lease:
            return _run(task, store, lease)
    except BusyError as error:
        return Result(task.name, "busy", str(error), LockedError.exit_code)
    except UnionArchiveError as error:
        return Result(task.name, "failed", str(error), error.exit_code, worker=worker.name())
    except OSError as error:
        said = f"{error.filename or 'the system'}: {error.strerror or error}"
        return Result(task.name, "failed", said, 1, worker=worker.name())


def _run(task: Task, store: Store, lease: Lease) -> Result:
    found = newest(store, task.name)
    before = found[1] if found else None
    if before is not None and before.job == task.job and before.finished:
        return Result(task.name, "done", before.said, before.code or 0, kept=True)
    with tempfile.TemporaryDirectory(prefix="union-archive-", dir=worker.scratch()) as folder:
        holdings = Holdings(Path(folder) / "holdings")
        holdings.ensure()
        if before is not None:
            fetch(store, before, [path for path in STATE if path in before.files], holdings.root)
        for path, content in task.files.items():
            if path not in STATE or not (holdings.root / path).exists():
                (holdings.root / path).write_bytes(content)
        work = _Work(task, holdings, lease, before)
        code = work.command(Path(folder))
        if not lease.held:
            raise BusyError(f"{task.name}: the store was out of reach for too long")
        said = _said(Path(folder))
        finished = code in (0, UsageError.exit_code) or task.last
        work.save(finished=finished, code=code, said=said)
    outcome: Outcome = "busy" if code == LockedError.exit_code else "done" if not code else "failed"
    return Result(task.name, outcome, said, code, kept=finished, worker=worker.name())


def _said(folder: Path) -> str:
    """Give what a command complained of and reported; of one that did neither its last line."""
    err, out = (
        (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
        for name in ("stderr", "stdout")
    )
    told = [line for line in err if line.startswith("union-archive: ")]
    return "\n".join([*told, *out] or err[-1:])[-SAID:].strip()


class _Work:
    """A command at work on this worker's disk."""

    def __init__(
        self, task: Task, holdings: Holdings, lease: Lease, before: Manifest | None
    ) -> None:
        self._task, self._holdings = task, holdings
        self._lease = lease
        self._rules = before.rules if before else {}
        self._uploader = Uploader(lease.store, task.name, lease.number, before)

    def command(self, folder: Path) -> int:
        """Run it to its end, saving checkpoints; give its exit code. It ends with the lease.

        What it says is in `stdout` and `stderr` in the folder.
        """
        words = _words(self._task, folder)
        line = (sys.executable, "-m", child.__name__, str(os.getpid()), str(self._lease.lasts / 4))
        with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [*line, "-C", str(self._holdings.root), *words],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
            )
            with ThreadPoolExecutor(1) as saver:
                try:
                    return self._attend(process, cast("IO[bytes]", process.stdin), saver)
                finally:  # before the saver, which may hang on the store
                    process.kill()
                    process.wait()

    def _attend(
        self, process: subprocess.Popen[bytes], pipe: IO[bytes], saver: ThreadPoolExecutor
    ) -> int:
        """Beat and save until the command has ended."""
        saving: Future[None] | None = None
        saved = time.monotonic()
        while (code := process.poll()) is None and self._lease.held:
            _beat(pipe)
            if saving is not None and saving.done():
                _wait(saving)
                saving, saved = None, time.monotonic()
            if saving is None and time.monotonic() - saved > self._lease.lasts:
                saving = saver.submit(self.save, finished=False, code=None, said="")
            time.sleep(TICK)
        if code is None:
            raise BusyError(f"{self._task.name}: the store was out of reach for too long")
        if saving is not None:
            _wait(saving)
        return code

    def save(self, *, finished: bool, code: int | None, said: str) -> None:
        """Bring what there is to the store, as a checkpoint or as the shard."""
        if not self._holdings.archive_db.is_file():
            if not finished:
                return  # the command has not made anything yet
            self._holdings.ensure()
        task = self._task
        with tempfile.TemporaryDirectory(dir=self._holdings.root.parent) as folder:
            copy = Holdings(Path(folder) / "copy")
            if self._holdings.archive_db.is_file():
                back_up(self._holdings, copy.root)
            else:
                copy.ensure()
            files = self._uploader.upload(copy.root, parts_of(copy, keeps_warc=task.keeps_warc))
            known, who = rules_of(copy), worker.name()
            rules = self._rules | {path.name: known for path in copy.warc.glob("*.warc.gz")}
            counts = counts_of(copy)
            self._uploader.publish(
                Manifest(task.name, task.job, finished, code, said, who, rules, counts, files),
                lambda: self._lease.held,
            )


def _words(task: Task, folder: Path) -> list[str]:
    """Give the command's words, with the file to read where this worker has it."""
    source = task.input
    if source is not None and "://" in source:
        local = folder / source.rpartition("/")[2]
        Store.at(source.rpartition("/")[0]).download(local.name, local)
        source = str(local)
    elif source is not None and not Path(source).is_file():
        raise UsageError(
            f"{source}: there is no such file on worker {worker.name()}; expected one on a disk"
            " that all machines share, or an address such as s3://bucket/file.warc.gz"
        )
    return [word.replace("{input}", source or "") for word in task.command]


def _wait(checkpoint: Future[None]) -> None:
    """Wait for a checkpoint. One that fails is made up for by the next, or by the shard."""
    with suppress(UnionArchiveError):
        checkpoint.result()


def _beat(pipe: IO[bytes]) -> None:
    try:
        pipe.write(b".")
        pipe.flush()
    except BrokenPipeError:
        return  # it has just ended
