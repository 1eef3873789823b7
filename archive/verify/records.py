"""The records of a WARC file, each checked against its own checksums and digests.

A record is read in pieces, so that one of any size takes little memory. After a damaged record the
next one is looked for.
"""

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 14
MAX_HEADER = 1 << 20
"""Bytes of a header; what has more is none."""
ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha384", "sha512"})
_MAGIC = b"\x1f\x8b\x08"
_BREAK = b"\r\n\r\n"


@dataclass(slots=True)
class Checked:
    """A record and what is wrong with it."""

    offset: int
    fields: dict[str, str] = field(default_factory=dict)
    """Its WARC header, names in lower case; empty where not even that could be read."""
    faults: list[str] = field(default_factory=list)
    torn: bool = False
    """Whether it is damaged and no record follows it: what a crash leaves."""

    @property
    def kind(self) -> str:
        """WARC-Type."""
        return self.fields.get("warc-type", "")

    @property
    def record_id(self) -> str | None:
        """WARC-Record-ID; None where it could not be read."""
        return self.fields.get("warc-record-id", "").strip("<>") or None


class _DamagedError(Exception):
    """What is wrong with the bytes of a record."""


def check_records(path: Path, start: int = 0) -> Iterator[Checked]:
    """Give every record of a file from an offset on, checked; a gzip member holds one record."""
    size = path.stat().st_size
    offset: int | None = start
    with path.open("rb") as file:
        while offset is not None and offset < size:
            checked = Checked(offset)
            member = _Member(file, offset)
            try:
                _check(member, checked)
            except _DamagedError as error:
                checked.faults.append(str(error))
            offset = member.end or _next(file, offset)
            checked.torn = offset is None
            yield checked


def _next(file: BinaryIO, after: int) -> int | None:
    """Look for the record that follows a damaged one."""
    position, held = after + 1, b""
    file.seek(position)
    while chunk := file.read(1 << 20):
        held += chunk
        for match in re.finditer(re.escape(_MAGIC), held):
            start = position + match.start()
            try:
                begins = next(_Member(file, start).pieces(), b"").startswith(b"WARC/")
            except _DamagedError:
                continue
            if begins:
                return start
        position += len(held) - 2
        held = held[-2:]
        file.seek(position + len(held))
    return None


class _Member:
    """One gzip member, inflated piece by piece. `end` is known once it was read to its end."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file, self._start = file, start
        self.end: int | None = None

    def pieces(self) -> Iterator[bytes]:
        """Give its content. Raises _DamagedError."""
        inflate = zlib.decompressobj(wbits=31)
        self._file.seek(self._start)
        while not inflate.eof:
            chunk = inflate.unconsumed_tail or self._file.read(CHUNK)
            if not chunk:
                raise _DamagedError("the file ends within it")
            try:
                piece = inflate.decompress(chunk, CHUNK)
            except zlib.error as error:
                raise _DamagedError(f"its compressed bytes are damaged ({error})") from error
            if piece:
                yield piece
        self.end = self._file.tell() - len(inflate.unused_data)


def _check(member: _Member, checked: Checked) -> None:
    """Read a record to its end and note what is wrong with it."""
    pieces = member.pieces()
    head, rest = _until_break(pieces, b"")
    checked.fields = _fields(head)
    if not head.startswith(b"WARC/") or not checked.record_id:
        checked.faults.append("its WARC header is damaged")
    length = checked.fields.get("content-length", "")
    if not (length.isascii() and length.isdecimal()):
        raise _DamagedError(f"got {length!r} as Content-Length")
    block = _Block(checked.fields)
    left = int(length)
    for piece in _chain(rest, pieces):
        block.update(piece[:left])
        if piece[left:].strip(b"\r\n"):
            checked.faults.append("there is more in it than its Content-Length says")
        left = max(0, left - len(piece))
    if left:
        checked.faults.append(f"it lacks {left} bytes of its Content-Length")
    checked.faults += block.faults()


def _chain(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from pieces


def _until_break(pieces: Iterator[bytes], held: bytes) -> tuple[bytes, bytes]:
    """Read up to an empty line; give what is before it and what after."""
    for piece in pieces:
        held += piece
        if _BREAK in held or len(held) > MAX_HEADER:
            break
    head, found, rest = held.partition(_BREAK)
    if not found:
        raise _DamagedError("its WARC header has no end")
    return head, rest


def _fields(head: bytes) -> dict[str, str]:
    """Read header lines; of a name that is repeated, the first."""
    fields: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), value.strip())
    return fields


class _Block:
    """A record's block as it goes by, and its digests."""

    def __init__(self, fields: dict[str, str]) -> None:
        self._http = fields.get("content-type", "").lower().startswith("application/http")
        self._head = b""
        self._in_head = self._http
        self._block = _Digest(fields.get("warc-block-digest"))
        # A revisit's is the digest of what it refers to.
        revisit = fields.get("warc-type") == "revisit" or "warc-segment-number" in fields
        self._payload = _Digest(None if revisit else fields.get("warc-payload-digest"))

    def update(self, piece: bytes) -> None:
        self._block.update(piece)
        if self._in_head and len(self._head) <= MAX_HEADER:
            self._head += piece
            head, found, piece = self._head.partition(_BREAK)
            if not found:
                return
            self._head, self._in_head = head, False
        self._payload.update(piece)

    def faults(self) -> Iterator[str]:
        if not self._block.holds():
            yield "its block digest does not fit"
        # Of a body in chunks some take the digest without them: the block's has been checked.
        chunked = re.search(rb"(?im)^transfer-encoding:.*chunked", self._head)
        if not chunked and not self._payload.holds():
            yield "its payload digest does not fit"


class _Digest:
    """A digest to be compared: sha1:BASE32 or sha256:HEX; one of another kind always holds."""

    def __init__(self, expected: str | None) -> None:
        algorithm, _, self._expected = (expected or "").partition(":")
        known = algorithm.lower() in ALGORITHMS
        self._hash = hashlib.new(algorithm.lower()) if known else None

    def update(self, piece: bytes) -> None:
        if self._hash is not None:
            self._hash.update(piece)

    def holds(self) -> bool:
        if self._hash is None:
            return True
        in_base32 = base64.b32encode(self._hash.digest()).decode()
        return self._expected.rstrip("=").lower() in {
            self._hash.hexdigest(),
            in_base32.rstrip("=").lower(),
        }
