"""A real scheduler and real workers on loopback, and sites that know who asks them."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from loopback import ROOT, LoopbackSite, children_of

DASK = str(Path(sysconfig.get_path("scripts")) / "dask")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


class WatchedSite(LoopbackSite):
    """Notes when each connection asked first and last: a crawl has one at a time."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.connections: dict[int, list[float]] = defaultdict(list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        begun = time.monotonic()
        with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked was killed
            super().answer(handler)
        self.connections[handler.client_address[1]] += [begun, time.monotonic()]

    def never_by_two(self) -> bool:
        """Whether no connection asked before the one before it had asked its last."""
        times = sorted((each[0], each[-1]) for each in self.connections.values())
        return all(one[1] <= two[0] for one, two in itertools.pairwise(times))


class Cluster:
    """A scheduler on a port, and workers that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, (folder / "dask.log").open("ab")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.begin()

    def begin(self) -> subprocess.Popen[bytes]:
        self.scheduler = self._start(
            "scheduler", "--host", self.address, "--no-dashboard", "--no-jupyter"
        )
        return self.scheduler

    def stand_up(self) -> None:
        """Begin again what has been killed: the scheduler, or all workers."""
        if self.scheduler.poll() is not None:
            self.begin()
        if all(worker.poll() is not None for worker in self.workers):
            self.add_worker()

    def add_worker(self) -> None:
        self.workers.append(
            self._start(
                "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                "--death-timeout", "60", "--local-directory", str(self.folder),
            )
        )  # fmt: skip

    def kill_worker(self, number: int) -> None:
        self.workers[number].kill()
        self.workers[number].wait()

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        self.log.close()

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([DASK, *words], env=ENVIRONMENT, stdout=self.log, stderr=self.log)


@contextmanager
def dask(folder: Path, workers: int) -> Iterator[Cluster]:
    folder.mkdir(exist_ok=True)
    cluster = Cluster(folder)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.close()


def begin(holdings: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "-C", str(holdings), "cluster", *words],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(what: str, true: object, seconds: float = 240) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds} s in vain for {what}"
        time.sleep(0.05)


def busy(workers: list[subprocess.Popen[bytes]]) -> list[int]:
    """Which workers have a command at work."""
    return [
        number
        for number, worker in enumerate(workers)
        if worker.poll() is None and children_of(worker.pid)
    ]
