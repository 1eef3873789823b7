"""Dask: a scheduler that is reached or begun, workers that are like us, tasks tried again."""

import logging
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from heapq import heappop, heappush
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from archive.errors import UnionArchiveError, UsageError
from crawler.clean.edition import edition
from crawler.cluster.task import Result, Task, run

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as Promise

CONNECT = 10.0
"""Seconds to wait for a scheduler."""
JOIN = 60.0
"""Seconds to wait for the first worker."""
ATTEMPTS = 3
"""How often a task that fails is tried; one that another worker has is waited for without end."""
PAUSE = 5.0
"""Seconds before a task is tried again; twice as long each time."""
MAX_PAUSE = 300.0
SAME = ("python", "dask", "distributed")
"""What must be of one version on all machines."""


@contextmanager
def cluster(scheduler: str | None, workers: int | None) -> Iterator["Client"]:
    """Reach a scheduler, or begin one with so many workers on this machine.

    Raises UnionArchiveError where there is none, no worker joins, or versions differ.
    """
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - slow to load
    except ImportError as error:
        raise UsageError(
            "cluster: got no Dask, expected it; `pip install 'union-archive[cluster]'` brings it"
        ) from error
    if scheduler is None:
        begin = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": ":0"}
        with _quiet():
            with _deaf():
                local = LocalCluster(**begin, silence_logs=logging.CRITICAL)
            with local, Client(local) as client:
                yield client
        return
    with _quiet(), _reached(scheduler) as client:
        yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from telling in its words, at length, what we tell in a line."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


@contextmanager
def _deaf() -> Iterator[None]:
    """Begin processes that leave Ctrl-C to us."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _reached(scheduler: str) -> Iterator["Client"]:
    """Reach a scheduler that has workers like us."""
    from distributed import Client  # noqa: PLC0415 - slow to load

    try:
        client = Client(scheduler, timeout=CONNECT)
    except (OSError, ValueError, TimeoutError) as error:
        raise UnionArchiveError(
            f"--scheduler: got {scheduler}, where no scheduler answers; expected the address that"
            " `dask scheduler` prints, such as tcp://10.0.0.1:8786"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=JOIN)
        except TimeoutError as error:
            raise UnionArchiveError(
                f"{scheduler}: got no worker in {JOIN:g} s, expected one at least; begin some with"
                f" `dask worker {scheduler}`"
            ) from error
        _expect_alike(client)
        yield client


def _expect_alike(client: "Client") -> None:
    """Raise UnionArchiveError where a machine has other versions than this one."""
    found = differing(client.get_versions())
    for who, cleaner in client.run(edition, on_error="return").items():
        if found is None and cleaner != edition():
            got = "none" if isinstance(cleaner, Exception) else cleaner
            found = (who, f"union-archive {got}", edition())
    if found is not None:
        who, got, expected = found
        raise UnionArchiveError(
            f"{who}: got {got}, expected {expected} as here; install the same on every machine"
        )


def differing(found: dict[str, Any]) -> tuple[str, str, str] | None:
    """Say who differs from this machine, what is there and what is here; None where nobody does.

    `found` is what Dask's Client.get_versions gives.
    """
    mine = _versions(found["client"])
    for who, theirs in {"the scheduler": found["scheduler"], **found["workers"]}.items():
        for name, version in _versions(theirs).items():
            if version != mine[name]:
                return who, f"{name} {version}", f"{name} {mine[name]}"
    return None


def _versions(found: dict[str, dict[str, str]]) -> dict[str, str]:
    packages = found["packages"]
    return {name: str(packages[name]).partition(".final")[0] for name in SAME}


class Dispatch:
    """Gives tasks to a cluster and waits for all; `tell` hears of each result as it comes."""

    def __init__(self, client: "Client", tell: Callable[[Result], None]) -> None:
        self._client, self._tell = client, tell
        self._came: Queue[Promise] = Queue()
        self._out: dict[Promise, tuple[Task, int, int]] = {}
        self._later: list[tuple[float, int, Task, int, int]] = []

    def run(self, tasks: Sequence[Task]) -> list[Result]:
        """Do all tasks. Raises UnionArchiveError where the scheduler goes away."""
        results = []
        for task in tasks:
            self._submit(task, 0, 0)
        while self._out or self._later:
            while self._later and self._later[0][0] <= time.monotonic():
                _, _, task, tried, waited = heappop(self._later)
                self._submit(task, tried, waited)
            with suppress(Empty):
                promise = self._came.get(timeout=0.5)
                result = self._settled(promise)
                if result is not None:
                    results.append(result)
                    self._tell(result)
            if self._client.status not in ("running", "connecting"):
                raise self._gone()
        return results

    def _submit(self, task: Task, tried: int, waited: int) -> None:
        """Give a task to the cluster; it was tried, and waited for, so often."""
        task = replace(task, last=tried == ATTEMPTS - 1)
        key = f"{task.command[0]}-{task.name}-{task.job}-{tried}-{waited}-{time.time_ns()}"
        promise = self._client.submit(run, task, key=key, pure=False)
        self._out[promise] = (task, tried, waited)
        promise.add_done_callback(self._came.put)

    def _settled(self, promise: "Promise") -> Result | None:
        """Give what became of a task; None where it is tried again."""
        task, tried, waited = self._out.pop(promise)
        if promise.status == "finished":
            result: Result = promise.result()
        elif promise.status == "error":
            error = promise.exception()
            why = "its workers died" if type(error).__name__ == "KilledWorker" else repr(error)
            result = Result(task.name, "failed", why, 1)
        else:  # cancelled or lost: the scheduler has forgotten it
            raise self._gone()
        if result.outcome == "busy":
            self._again(task, tried, waited + 1, waited)
        elif (
            result.outcome == "failed"
            and tried + 1 < ATTEMPTS
            and result.code != UsageError.exit_code
        ):
            self._again(task, tried + 1, waited, tried)
        else:
            return result
        return None

    def _again(self, task: Task, tried: int, waited: int, doubled: int) -> None:
        at = time.monotonic() + min(PAUSE * 2**doubled, MAX_PAUSE)
        heappush(self._later, (at, time.time_ns(), task, tried, waited))

    def _gone(self) -> UnionArchiveError:
        return UnionArchiveError(
            "the scheduler is gone; begin it again, and the same command goes on from the last"
            " checkpoints"
        )
