"""Articles are committed to archive.db many at a time, so that each costs little."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from archive.errors import UnionArchiveError
from archive.records import Article, Capture, Document
from archive.store import Saved, Store

if TYPE_CHECKING:
    from archive.records import SiteRecord
    from crawler.site import Site

SIZE = 32
"""Articles of a batch; it is committed earlier when its time has come."""

Keep = Callable[[Capture, Article | Document | None, "Site | SiteRecord | None", str | None], Saved]


class _Waiting(NamedTuple):
    arguments: tuple[Capture, Article | Document | None, "Site | SiteRecord | None", str | None]
    then: Callable[[Saved], None]
    saved: "asyncio.Future[Saved]"


class Batch:
    """Saves that wait for their common commit; `keep` does one, within a transaction of `store`."""

    def __init__(self, store: Store, keep: Keep) -> None:
        self._store, self._keep = store, keep
        self._waiting: list[_Waiting] = []

    def add(
        self,
        capture: Capture,
        article: Article | Document | None,
        site: "Site | SiteRecord | None",
        outcome: str | None,
        then: Callable[[Saved], None],
    ) -> "asyncio.Future[Saved]":
        """Have a capture saved with the next commit; right after it, `then` is called.

        The future has what saving came to, or raises what went wrong.
        """
        saved: asyncio.Future[Saved] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting((capture, article, site, outcome), then, saved))
        if len(self._waiting) >= SIZE:
            self.commit()
        return saved

    def commit(self) -> None:
        """Save what waits, in one transaction; one that cannot be saved stops no other."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            with self._store.transaction():
                results = [self._keep(*one.arguments) for one in waiting]
        except UnionArchiveError as error:
            for one in waiting:
                _set(one.saved, error)
        except Exception:  # noqa: BLE001 - whatever it is, it is told of the one it concerns
            for one in waiting:
                self._save_alone(one)
        else:
            for one, result in zip(waiting, results, strict=True):
                _tell(one, result)

    def _save_alone(self, one: _Waiting) -> None:
        try:
            result = self._keep(*one.arguments)
        except Exception as error:  # noqa: BLE001 - the future raises it
            _set(one.saved, error)
        else:
            _tell(one, result)


def _tell(one: _Waiting, result: Saved) -> None:
    """Tell of one that is saved; what goes wrong meanwhile concerns no other."""
    try:
        one.then(result)
    except Exception as error:  # noqa: BLE001 - the future raises it
        _set(one.saved, error)
    else:
        _set(one.saved, result)


def _set(future: "asyncio.Future[Saved]", result: Saved | Exception) -> None:
    if future.done():  # a second Ctrl-C has cancelled it
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
