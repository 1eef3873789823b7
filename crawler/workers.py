"""Worker processes that go on whatever happens to one of them."""

import contextlib
import multiprocessing
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

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


@dataclass(slots=True, eq=False)
class _Call:
    """What a worker is asked for."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    more: dict[str, Any]
    timeout: float
    answer: "Future[Any]" = field(default_factory=Future)
    given: int = 0
    """How often a pool was asked."""


class WorkerPool:
    """So many workers, started with the first call.

    One thread deals with them: Ctrl-C may interrupt whoever calls at any moment, and would leave
    the locks of pebble's queues in a state in which its pool never ends.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()  # the one that may be interrupted
        self._given: set[_Call] = set()
        """What is not answered yet."""
        self._thread: threading.Thread | None = None
        self._pool: ProcessPool | None = None

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
        call = _Call(function, arguments, more, timeout)
        self._calls.put(call)
        if self._thread is None:
            self._thread = threading.Thread(target=self._deal, daemon=True)
            self._thread.start()
        return call.answer

    def close(self) -> None:
        """End the workers; what they were asked for is answered no more."""
        if self._thread is not None:
            self._calls.put(None)
            self._thread.join()
            self._thread = None

    def _deal(self) -> None:
        """Hand out the calls that come, up to the one that is None."""
        while True:
            with contextlib.suppress(Empty):
                call = self._calls.get(timeout=WATCH)
                if call is None:
                    break
                self._given.add(call)
                self._give(call)
            self._mend()
        self._given.clear()
        self._end()

    def _give(self, call: _Call) -> None:
        """Hand a call to the pool. One that is broken does not take it: see `_mend`."""
        call.given += 1
        try:
            if self._pool is None:
                self._pool = self._begin()
            with contextlib.suppress(RuntimeError):
                future = self._pool.schedule(
                    call.function, args=call.arguments, kwargs=call.more, timeout=call.timeout
                )
                future.add_done_callback(lambda future: self._settle(call, future))
        except OSError as error:  # no worker could be begun
            self._given.discard(call)
            call.answer.set_exception(error)

    def _begin(self) -> ProcessPool:
        # Spawned, since a fork of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        self._begun, self._beginning = context.Semaphore(0), self._count
        return ProcessPool(
            max_workers=self._count, initializer=_prepare, initargs=(self._begun,), context=context
        )

    def _mend(self) -> None:
        """Begin a pool again that is broken, which forgets what it was given.

        An idle worker that is killed takes the whole pool with it.
        """
        if self._pool is not None and not self._pool.active:
            self._end()
            for call in tuple(self._given):
                self._give(call)

    def _settle(self, call: _Call, future: "Future[Any]") -> None:
        """Answer with what a worker gave; what a broken pool dropped is given again."""
        if future.cancelled():
            return
        error = future.exception()
        if isinstance(error, TimeoutError | ProcessExpired):
            self._beginning += 1  # another one takes the place of the worker that is gone
        if call not in self._given:
            return
        if isinstance(error, BrokenExecutor) and call.given < GIVEN_AT_MOST:
            return
        self._given.discard(call)
        if not call.answer.set_running_or_notify_cancel():
            return
        if error is not None:
            call.answer.set_exception(error)
        else:
            call.answer.set_result(future.result())

    def _end(self) -> None:
        if self._pool is not None:
            # One stopped while it begins would complain that its locks are gone.
            for _ in range(self._beginning if self._pool.active else 0):
                self._begun.acquire(timeout=START)
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None
