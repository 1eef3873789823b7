import contextlib
import threading
from pathlib import Path

import pytest

from archive.errors import UnionArchiveError
from crawler.cluster.lease import BusyError, Lease
from crawler.cluster.store import Store

LASTS = 0.8


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store.at(str(tmp_path / "store"))
    opened.make()
    return opened


def test_one_has_it_until_it_is_given_back(store: Store) -> None:
    with Lease(store, "a", "one", LASTS) as first:
        assert first.held
        with pytest.raises(BusyError):
            Lease(store, "a", "two", LASTS)
        Lease(store, "b", "two", LASTS).end()
    with Lease(store, "a", "two", LASTS) as second:
        assert second.number == first.number + 1
        assert second.held
        assert not first.held


def test_of_many_who_ask_at_once_one_has_it(store: Store) -> None:
    got: list[Lease] = []
    together = threading.Barrier(6)

    def ask() -> None:
        together.wait()
        with contextlib.suppress(BusyError):
            got.append(Lease(store, "a", "x", LASTS))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    got[0].end()


def test_who_cannot_write_gives_it_up_before_another_has_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Lease(store, "a", "one", LASTS)

    def broken(*_: object) -> None:
        raise UnionArchiveError("the network is gone")

    out_of_reach = Store.at(store.url)
    monkeypatch.setattr(out_of_reach, "write", broken)
    first.store = out_of_reach
    with Lease(store, "a", "two", LASTS) as second:
        assert not first.held
        assert second.number == first.number + 1
        first.end()
        assert second.held
    with Lease(store, "a", "three", LASTS) as third:
        assert third.number == second.number + 1
