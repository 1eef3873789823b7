"""Articles that are committed together, and who is told what of it."""

import asyncio
from pathlib import Path

import pytest

from archive.records import Capture
from archive.store import Saved, Store
from crawler.batch import Batch

CAPTURE = Capture("urn:uuid:1", "http://s.example/1", "2026-01-01T00:00:00Z", 200, "", "", "w", 0)
SAVED = Saved("new", "ninghe")


def test_what_goes_wrong_once_one_is_saved_is_told_of_no_other(tmp_path: Path) -> None:
    def broken(_: Saved) -> None:
        raise AttributeError("refused")

    async def save() -> None:
        with Store(tmp_path / "archive.db") as store:
            batch, told = Batch(store, lambda *_: SAVED), list[Saved]()
            first, second = (
                batch.add(CAPTURE, None, None, None, then) for then in (broken, told.append)
            )
            batch.commit()
            with pytest.raises(AttributeError, match="refused"):
                await first
            assert [await second] == told == [SAVED]

    asyncio.run(save())
