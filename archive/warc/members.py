"""The gzip members of a WARC file: where each begins and ends, and a checksum of its bytes."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CHUNK = 1 << 15
"""Bytes read at once; what follows a member is copied, so that more would cost more."""


class Member(NamedTuple):
    """A whole gzip member."""

    start: int
    end: int
    """The byte after its last."""
    checksum: int
    """CRC-32 of its bytes as they lie in the file."""


def members(path: Path) -> Iterator[Member]:
    """Give the members of a file in order, up to the first that is damaged or torn."""
    start = position = checksum = 0
    inflate = zlib.decompressobj(wbits=31)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            while chunk:
                try:
                    inflate.decompress(chunk, CHUNK)
                except zlib.error:
                    return
                rest = inflate.unused_data or inflate.unconsumed_tail
                used = len(chunk) - len(rest)
                checksum = zlib.crc32(memoryview(chunk)[:used], checksum)
                position, chunk = position + used, rest
                if inflate.eof:
                    yield Member(start, position, checksum)
                    start, checksum = position, 0
                    inflate = zlib.decompressobj(wbits=31)


def whole_members(path: Path) -> tuple[int, int]:
    """Count the whole members of a file, and say at which byte the last of them ends."""
    count = end = 0
    for member in members(path):
        count, end = count + 1, member.end
    return count, end
