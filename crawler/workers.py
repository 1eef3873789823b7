"""Worker processes that go on whatever happens to one of them."""

import contextlib
import multiprocessing
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pebble import ProcessExpired, ProcessPool

if TYPE_CHECKING:
    from multiprocessing.synchronize import Semaphore

WATCH = 0.5
"""Seconds between two looks at whether the pool is broken."""
GIVEN_AT_MOST = 3
"""How often what a broken pool dropped is given to a pool."""
START = 10.0
"""Seconds that a worker may take to begin."""


def _prepare(begun: "Semaphore") -> None:
    # Ctrl-C is for the main process, which lets the workers finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begun.release()
    # So that no page's time is spent on it. What fails here fails for each page again and is told
    # there; a worker that died of it would leave the pool waiting for ever.
    with contextlib.suppress(Exception):
        import crawler.clean  # noqa: F401, PLC0415


@dataclass(slots=True)
class _Call:
    """What workers are asked for."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    more: dict[str, Any]
    timeout: float
    given: int = 0
    """How often a pool was asked."""


class WorkerPool:
    """So many workers, started with the first call."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPool | None = None
        self._waiting: dict[Future[Any], _Call] = {}
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._closed.set()

    def call(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        more: dict[str, Any],
        timeout: float,
    ) -> "Future[Any]":
        """Have a worker call a function, starting the workers where there are none.

        After `timeout` seconds the worker is ended, and the answer is TimeoutError; ProcessExpired
        where it died of the call.
        """
        answer: Future[Any] = Future()
        with self._lock:
            self._waiting[answer] = _Call(function, arguments, more, timeout)
            self._give(answer)
        return answer

    def _give(self, answer: "Future[Any]") -> None:
        """Hand a call to the pool. One that is broken does not take it: see `_watch`."""
        if self._pool is None:
            self._begin()
        call = self._waiting[answer]
        call.given += 1
        with contextlib.suppress(RuntimeError):
            future = cast("ProcessPool", self._pool).schedule(
                call.function, args=call.arguments, kwargs=call.more, timeout=call.timeout
            )
            future.add_done_callback(lambda future: self._settle(answer, future))

    def _begin(self) -> None:
        # Spawned, since a fork of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        self._begun, self._beginning = context.Semaphore(0), self._count
        self._pool = ProcessPool(
            max_workers=self._count, initializer=_prepare, initargs=(self._begun,), context=context
        )
        if self._closed.is_set():
            self._closed.clear()
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Begin a pool again that is broken, which forgets what it was given.

        An idle worker that is killed takes the whole pool with it.
        """
        while not self._closed.wait(WATCH):
            with self._lock:
                if self._pool is not None and not self._pool.active:
                    self._end()
                    for answer in tuple(self._waiting):
                        self._give(answer)

    def _settle(self, answer: "Future[Any]", future: "Future[Any]") -> None:
        """Answer with what a worker gave; what a broken pool dropped is given again."""
        self._expect_another(future)
        call = self._waiting.get(answer)
        if call is None or future.cancelled():
            return
        error = future.exception()
        if isinstance(error, BrokenExecutor) and call.given < GIVEN_AT_MOST:
            return
        self._waiting.pop(answer, None)
        if not answer.set_running_or_notify_cancel():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(future.result())

    def _expect_another(self, future: "Future[Any]") -> None:
        """Count the worker that takes the place of one that was killed or died."""
        if not future.cancelled() and isinstance(future.exception(), TimeoutError | ProcessExpired):
            self._beginning += 1

    def close(self) -> None:
        """End the workers; what they were asked for is answered no more."""
        self._closed.set()
        with self._lock:
            self._waiting.clear()
            self._end()

    def _end(self) -> None:
        if self._pool is not None:
            # One stopped while it begins would complain that its locks are gone.
            for _ in range(self._beginning if self._pool.active else 0):
                self._begun.acquire(timeout=START)
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None
