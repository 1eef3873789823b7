"""Responses as they came: WARC files are written.

A file is HOLDINGS/warc/NAME.warc.gz, with `.open` behind it and its lock held while it is being
written. Every record is a gzip member of its own, handed to the system before its place is given
out. A payload that is held already is not written again: a revisit record refers to the first.
"""

import fcntl
import hashlib
import os
import zlib
from array import array
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.records import Capture, Fixity
from archive.warc.exchange import Exchange, Headers, circumstances, reference
from archive.warc.naming import OPEN, ORIGIN, new_id, now, payload_digest, publish

MAX_SIZE = 1_000_000_000
"""Bytes after which a new file is begun, as is usual for WARC."""
PACKED, STORED = 9, 0
"""Levels of compression: what came compressed is not made smaller by doing it again."""
FORMAT = "WARC File Format 1.1"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
NOTE = (
    "payloads are the server's own bytes; names of HTTP headers are written in one case and "
    "Transfer-Encoding, which the client resolved, is left out"
)


class ExactHeaders(StatusAndHeaders):  # type: ignore[misc]
    """HTTP headers that are written byte for byte as they came."""

    def __init__(self, first_line: str, headers: Headers, protocol: str) -> None:
        super().__init__(first_line, [], protocol=protocol)
        lines = [first_line.encode("latin-1", "replace")]
        lines += [name + b": " + value for name, value in headers]
        self.exact = b"\r\n".join(lines) + b"\r\n\r\n"

    def to_ascii_bytes(self, filter_func: object = None) -> bytes:  # noqa: ARG002
        """Give the bytes that warcio is to write."""
        return self.exact


class Writer:
    """Writes records into one file after another; `close` makes the last one whole.

    `name` is the file's, without .warc.gz; further files get -2, -3 … `software` is for warcinfo.
    `finished` is called with the fixity of each file that has got its name; `clock` gives the
    WARC-Date of a capture.
    """

    def __init__(  # noqa: PLR0913 - what differs in tests has a default
        self,
        folder: Path,
        name: str,
        software: str,
        *,
        max_size: int = MAX_SIZE,
        finished: Callable[[Fixity], None] | None = None,
        clock: Callable[[], str] = now,
    ) -> None:
        self._folder, self._name, self._software = folder, name, software
        self._max_size, self._finished = max_size, finished
        self._clock = clock
        self._number = 0
        self._file: BinaryIO | None = None
        self._written = _Written()
        self._writer = WARCWriter(None, gzip=False, warc_version="1.1")
        self.current = ""
        """Name of the file being written, as Capture.warc has it."""

    def write_exchange(self, exchange: Exchange, original: Capture | None = None) -> Capture:
        """Write the response and request records of an exchange; say where the response lies.

        `original` is the capture whose payload this one repeats, or which the server says is
        still what there is (304): then a revisit record is written.
        """
        captured, response_id = self._clock(), new_id()
        digest = original.digest if original else payload_digest(exchange.payload)
        fields = {"WARC-Record-ID": f"<{response_id}>", "WARC-Date": captured}
        fields |= circumstances(exchange) | {"WARC-Payload-Digest": digest, **exchange.notes}
        if original is not None:
            fields |= reference(exchange.status, original)
        kind = "revisit" if original else "response"
        answered = ExactHeaders(exchange.status_line, exchange.response_headers, exchange.protocol)
        asked = ExactHeaders(exchange.request_line, exchange.request_headers, "HTTP/1.1")
        payload = b"" if original else exchange.payload
        level = STORED if exchange.header(b"content-encoding") and payload else PACKED
        offset = self._write(
            kind, exchange.url, fields, payload, answered, exchange.protocols, level
        )
        concurrent = {"WARC-Date": captured, "WARC-Concurrent-To": f"<{response_id}>"}
        self._write("request", exchange.url, concurrent, exchange.sent, asked)
        return Capture(
            record_id=response_id,
            url=exchange.url,
            captured=captured,
            status=exchange.status,
            content_type=exchange.header(b"content-type"),
            digest=digest,
            warc=self.current,
            offset=offset,
            location=exchange.location,
            payload_warc=original.warc if original else None,
            payload_offset=original.offset if original else None,
            truncated=exchange.truncated,
        )

    def write_resource(  # noqa: PLR0913 - what a record says of itself
        self,
        url: str,
        payload: bytes,
        content_type: str,
        *,
        captured: str,
        record_id: str,
        origin: str,
    ) -> Capture:
        """Write a text that came without a response; say where its record lies.

        `origin` says in which file it came.
        """
        digest = payload_digest(payload)
        fields = {
            "WARC-Record-ID": f"<{record_id}>",
            "WARC-Date": captured,
            "WARC-Payload-Digest": digest,
            "Content-Type": content_type,
            ORIGIN: quote(origin, safe=" /()"),
        }
        offset = self._write("resource", url, fields, payload, None)
        return Capture(
            record_id=record_id,
            url=url,
            captured=captured,
            status=0,
            content_type=content_type,
            digest=digest,
            warc=self.current,
            offset=offset,
        )

    def write_conversion(self, original: Capture, payload: bytes, content_type: str) -> None:
        """Write what was made of a capture's payload, with a reference to it (WARC 1.1, 6.8)."""
        fields = {
            "WARC-Date": self._clock(),
            "WARC-Refers-To": f"<{original.record_id}>",
            "WARC-Payload-Digest": payload_digest(payload),
            "Content-Type": content_type,
        }
        self._write("conversion", original.url, fields, payload, None)

    def close(self) -> None:
        """Bring the current file to the disk and give it its name."""
        if self._file is None:
            return
        file, self._file = self._file, None
        os.fsync(file.fileno())
        publish(self._folder / (self.current + OPEN))
        file.close()
        if self._finished is not None:
            self._finished(self._written.fixity(self.current))

    def _write(  # noqa: PLR0913, PLR0917 - what a record is made of
        self,
        kind: str,
        url: str,
        fields: dict[str, str],
        payload: bytes,
        headers: StatusAndHeaders | None,
        protocols: Iterable[str] = (),
        level: int = PACKED,
    ) -> int:
        file = self._room_for(kind)
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(payload),
            length=len(payload),
            warc_headers_dict=fields,
            http_headers=headers,
        )
        for protocol in protocols:  # a field that may be repeated, which a dict cannot
            record.rec_headers.add_header("WARC-Protocol", protocol)
        return self._append(file, record, level)

    def _append(self, file: BinaryIO, record: object, level: int = PACKED) -> int:
        """Write a record as one gzip member; say where it begins."""
        self._writer.out = plain = BytesIO()
        self._writer.write_record(record)
        member = zlib.compress(plain.getbuffer(), level, wbits=31)
        offset = file.tell()
        left = memoryview(member)
        try:
            while left:
                left = left[file.write(left) :]
        except OSError:
            # A full disk: what stands of the record goes, so that the file stays sound.
            with suppress(OSError):
                file.truncate(offset)
                file.seek(offset)
            raise
        self._written.add(member)
        return offset

    def _room_for(self, kind: str) -> BinaryIO:
        # A request follows its response into the same file.
        if self._file is not None and (self._file.tell() < self._max_size or kind == "request"):
            return self._file
        self.close()
        self._number += 1
        serial = f"-{self._number}" if self._number > 1 else ""
        self.current = f"{self._name}{serial}.warc.gz"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._written = _Written()
        self._file = _begin(self._folder / (self.current + OPEN))
        info = {"software": self._software, "format": FORMAT, "conformsTo": CONFORMS_TO}
        self._append(
            self._file,
            self._writer.create_warcinfo_record(self.current, info | {"description": NOTE}),
        )
        return self._file


class _Written:
    """Sums up what has been written into a file."""

    def __init__(self) -> None:
        self._sha256, self._size, self._checksums = hashlib.sha256(), 0, array("I")

    def add(self, member: bytes) -> None:
        self._sha256.update(member)
        self._size += len(member)
        self._checksums.append(zlib.crc32(member))

    def fixity(self, name: str) -> Fixity:
        return Fixity(name, self._size, self._sha256.hexdigest(), tuple(self._checksums))


def _begin(path: Path) -> BinaryIO:
    """Make a file and hold its lock, by which other processes know that it is being written."""
    while True:
        # Unbuffered: a record reaches the system in whole writes and none is held back at a crash.
        file = path.open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # a recovery came between and took the empty file away
