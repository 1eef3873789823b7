"""A whole result sent as a file while it is read: what leaves the archive is never held at once."""

import asyncio
import io
from array import array
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Any

from archive.errors import UnionArchiveError
from archive.export.delivery import Delivery
from archive.export.format import About
from archive.export.wanted import Row, Wanted
from archive.search.together import Archives, merged

BATCH = 100
"""Articles read at a time; between two times other readers have their turn."""
PIECE = 1 << 16
"""Bytes sent at a time."""
AT_ONCE = 4
"""Files sent at a time; one more is asked to come again."""

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Keys = tuple["array[int]", "array[int]", "array[int]"]
"""Which versions of which articles, as `Wanted.keys` gives them, and which archive has them."""
Ask = Callable[[Callable[[Archives], Any]], Awaitable[Any]]
"""Puts a question to the archives and gives the answer."""

_sending: set["Download"] = set()


class Download:
    """A response of Datasette's: what is to be delivered, as one file.

    Which they are is settled when it begins; one that is gone when its turn comes is left out. The
    writer runs in a thread of its own and waits for the reader at the other end, so that neither
    a large result nor a slow reader fills the memory.
    """

    def __init__(
        self,
        ask: Ask,
        delivery: Delivery,
        address: str,
        receive: Receive,
        headers: Mapping[str, str],
    ) -> None:
        self.ask = ask
        self.delivery = delivery
        self.address = address
        self.receive = receive
        self.headers = headers

    async def asgi_send(self, send: Send) -> None:
        """Answer the request."""
        if len(_sending) >= AT_ONCE:
            said = f"{AT_ONCE} exports are being sent already; try again in a minute"
            await _refuse(send, 503, said, (b"retry-after", b"60"))
            return
        _sending.add(self)
        try:
            keys = await self.ask(partial(_keys, self.delivery.wanted))
            await asyncio.to_thread(self.delivery.expect, len(keys[0]))
        except UnionArchiveError as error:
            await _refuse(send, 400, str(error))
        else:
            await self._send(keys, send)
        finally:
            _sending.discard(self)

    async def _send(self, keys: Keys, send: Send) -> None:
        """Send the file while it is written."""
        headers = [(k.encode(), v.encode()) for k, v in self.headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        pipe = _Pipe(send, asyncio.get_running_loop())
        watch = asyncio.create_task(self._watch(pipe))
        try:
            await asyncio.to_thread(self._run, keys, pipe)
        except BrokenPipeError:
            return
        finally:
            watch.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _watch(self, pipe: "_Pipe") -> None:
        """Note when the reader has gone."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
        pipe.gone = True

    def _run(self, keys: Keys, pipe: "_Pipe") -> None:
        """Write the file, in a thread."""
        made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        about = About(self.delivery.wanted, len(keys[0]), self.address, made)
        file = io.BufferedWriter(pipe, PIECE)
        try:
            self.delivery.stream(self._rows(keys, pipe), file, about)
            file.flush()
        finally:
            with suppress(BrokenPipeError):
                file.detach()

    def _rows(self, keys: Keys, pipe: "_Pipe") -> Iterator[Row]:
        for first in range(0, len(keys[0]), BATCH):
            part = tuple(each[first : first + BATCH] for each in keys)
            reading = self.ask(partial(_read, self.delivery.wanted, part))
            yield from asyncio.run_coroutine_threadsafe(reading, pipe.loop).result()  # type: ignore[arg-type]


def _keys(wanted: Wanted, archives: Archives) -> Keys:
    """Settle what is wanted, newest first whichever archive has it."""
    if len(archives) == 1:
        keys, numbers = wanted.keys(archives[0])
        return keys, numbers, array("q", bytes(keys.itemsize * len(keys)))
    found: Keys = (array("q"), array("q"), array("q"))
    runs = (wanted.placed(db, place) for place, db in enumerate(archives))
    for *_, key, number, place in merged(runs):
        for column, value in zip(found, (key, number, place), strict=True):
            column.append(value)
    return found


def _read(wanted: Wanted, part: tuple["array[int]", ...], archives: Archives) -> list[Row]:
    """Read some of what was settled, in its order."""
    rows: list[Row] = []
    for place, run in groupby(zip(*part, strict=True), lambda each: each[2]):
        keys, numbers, _ = (array("q", column) for column in zip(*run, strict=True))
        rows += wanted.read(archives[place], keys, numbers)
    return rows


class _Pipe(io.RawIOBase):
    """A file whose bytes go to the reader; writing waits until they are taken."""

    def __init__(self, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self.send = send
        self.loop = loop
        self.gone = False

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, piece: Any) -> int:  # noqa: ANN401 - any buffer, as RawIOBase has it
        """Send some bytes. Raises BrokenPipeError where nobody reads any more."""
        if self.gone:
            raise BrokenPipeError
        body = bytes(piece)
        message = {"type": "http.response.body", "body": body, "more_body": True}
        asyncio.run_coroutine_threadsafe(self.send(message), self.loop).result()  # type: ignore[arg-type]
        return len(body)


async def _refuse(send: Send, status: int, said: str, *more: tuple[bytes, bytes]) -> None:
    """Answer with a line in place of a file."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{said}\n".encode()})
