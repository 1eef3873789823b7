"""WARC: the responses that the selection was read from, record by record as they lie here.

The files that it leads to come along.
"""

import gzip
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO

from archive.errors import UnionArchiveError
from archive.export.format import About, Format, Source
from archive.export.wanted import Row
from archive.register.withdrawals import withheld
from archive.version import version
from archive.warc.reading import locate

CHUNK = 1 << 16
_PLACES = "SELECT warc, offset, payload_warc, payload_offset FROM captures WHERE record_id = ?"


def write(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write each capture once: its response, its request, and the record that has its payload.

    Raises UnionArchiveError where a WARC file is not there or a record cannot be read.
    """
    file.write(_warcinfo(about))
    done: set[tuple[str, int]] = set()
    hidden = withheld(about.behind.holdings.register_db)
    for row in rows:
        for place in _places(row, hidden, about.behind):
            if place not in done:
                done.add(place)
                for member in _exchange(locate(about.behind.holdings.warc, place[0]), place[1]):
                    file.write(member)


def _places(row: Row, hidden: Collection[str], source: Source) -> Iterator[tuple[str, int]]:
    """Give file and offset of each record behind a row: of those with payloads before others."""
    files = source.db.execute(
        "SELECT capture FROM attachments WHERE article = ? AND capture IS NOT NULL ORDER BY number",
        [row["id"]],
    )
    for record in (row["capture"], *(file[0] for file in files)):
        if record in hidden:
            continue
        found = source.db.execute(_PLACES, [record]).fetchone()
        for place in ((found[2], found[3]), (found[0], found[1])):
            if place[0] is not None:
                yield place


def _warcinfo(about: About) -> bytes:
    """Give the record that says what the file is, as a gzip member."""
    from warcio.warcwriter import WARCWriter  # noqa: PLC0415 - asyncio comes with it

    said = {
        "software": f"Union Archive {version()}",
        "format": "WARC File Format 1.1",
        "description": f"captures behind {about.total} articles of {about.address}",
    }
    plain = BytesIO()
    writer = WARCWriter(plain, gzip=False, warc_version="1.1")
    writer.write_record(writer.create_warcinfo_record("export.warc.gz", said))
    return gzip.compress(plain.getvalue(), mtime=0)


def _exchange(path: Path, offset: int) -> Iterator[bytes]:
    """Give the record at an offset, and the request that goes with it, as gzip members."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            member, head, after = _member(file)
            yield member
            record_id = head.partition(b"WARC-Record-ID: ")[2].partition(b"\r\n")[0]
            file.seek(offset + after)
            with suppress(EOFError, zlib.error):
                member, head, _ = _member(file)
                if b"WARC-Type: request" in head and record_id in head:
                    yield member
    except (OSError, EOFError, zlib.error) as error:
        raise UnionArchiveError(
            f"{path}, byte {offset}: {error}; `union-archive verify`"
        ) from error


def _member(file: IO[bytes]) -> tuple[bytes, bytes, int]:
    """Read a gzip member: its bytes, the WARC header in it, its length. Raises EOFError if torn."""
    inflate = zlib.decompressobj(wbits=31)
    raw, head = bytearray(), bytearray()
    while not inflate.eof:
        chunk = file.read(CHUNK)
        if not chunk:
            raise EOFError("the record is torn")
        raw += chunk
        while chunk and not inflate.eof:
            plain = inflate.decompress(chunk, CHUNK)
            if b"\r\n\r\n" not in head:
                head += plain
            chunk = inflate.unconsumed_tail
    length = len(raw) - len(inflate.unused_data)
    return bytes(raw[:length]), bytes(head).partition(b"\r\n\r\n")[0], length


FORMAT = Format(
    "warc",
    (".warc.gz", ".warc"),
    "WARC",
    "the captures behind the selection",
    "application/warc",
    write,
    without=("--script", "--segment", "--removed"),
    served=False,
)
