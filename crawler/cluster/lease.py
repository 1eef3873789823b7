"""One task is one worker's at a time, whoever is thought dead: a lease in the store.

A lease is a file with a number; whoever makes the file with the next number has the task, and the
store lets only one make it. Its holder writes a new beat into it again and again. Another takes
the next number when the lease was given back, or when it has itself watched it for the lease's
length without seeing a beat: no two clocks are compared. The holder ends its command when it could
not write for half that length, so that the two never overlap. The number stands before whatever
the holder writes, so that what a late one writes is never the newest.
"""

import json
import threading
import time
from collections.abc import Callable
from typing import Self

from archive.errors import UnionArchiveError
from crawler.cluster.store import Store

BEATS = 8
"""Beats in a lease's length."""


class BusyError(UnionArchiveError):
    """Another worker has the task."""


class Lease:
    """Have a task until `end`. `number` orders the holders; raises BusyError where another has it.

    `lasts` is the store's length of a lease in seconds; `owner` is shown to people.
    """

    def __init__(
        self,
        store: Store,
        task: str,
        owner: str,
        lasts: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store, self._folder = store, f"leases/{task}"
        self._owner, self.lasts, self._clock = owner, lasts, clock
        self._ended = threading.Event()
        self._beat = 0
        last = self._claimable()
        self.number = last + 1
        self._written = self._clock()
        if not store.create(self._path(self.number), self._content()):
            raise BusyError(f"{task}: another worker was first")
        if last:
            store.remove(self._path(last))
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    @property
    def held(self) -> bool:
        """Whether the task is surely ours."""
        return not self._ended.is_set() and self._clock() - self._written < self.lasts / 2

    def end(self) -> None:
        """Give it back, where it is still ours."""
        held = self.held
        self._ended.set()
        self._thread.join(self.lasts)
        if held and not self._thread.is_alive():
            self.store.write(self._path(self.number), self._content(ended=True))

    def __enter__(self) -> Self:
        """Hold it as a context."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self.end()

    def _claimable(self) -> int:
        """Give the number of the last lease once it is nobody's; raise BusyError while it is."""
        last, before, since = 0, None, self._clock()
        while True:
            names = self.store.names(self._folder)
            newest = max(
                (int(n.removesuffix(".json")) for n in names if n[:1].isdigit()), default=0
            )
            content = self.store.read(self._path(newest)) if newest else None
            if newest == 0 or (content and json.loads(content)["ended"]):
                return newest
            if (last, before) != (0, None) and (newest, content) != (last, before):
                raise BusyError(f"{self._folder}: another worker is at it")
            last, before = newest, content
            if self._clock() - since > self.lasts:
                return last
            time.sleep(self.lasts / BEATS / 2)

    def _live(self) -> None:
        while not self._ended.wait(self.lasts / BEATS):
            began = self._clock()
            self._beat += 1
            try:
                self.store.write(self._path(self.number), self._content())
            except UnionArchiveError:
                continue  # `held` tells when that has lasted too long
            if self.held:
                self._written = began

    def _path(self, number: int) -> str:
        return f"{self._folder}/{number:08d}.json"

    def _content(self, *, ended: bool = False) -> bytes:
        return json.dumps({"owner": self._owner, "beat": self._beat, "ended": ended}).encode()
