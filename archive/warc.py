"""Responses as they came: WARC files are written, and recovered after a crash.

A file is HOLDINGS/warc/NAME.warc.gz, with `.open` behind it while it is being written. Every record
is a gzip member of its own, handed to the system before its place is given out.
"""

import base64
import hashlib
import os
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin
from uuid import uuid4

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.records import Capture

OPEN = ".open"
MAX_SIZE = 1_000_000_000
"""Bytes after which a new file is begun, as is usual for WARC."""
ROLE = "Union-Archive-Role"
SECTION = "Union-Archive-Section"
FORMAT = "WARC File Format 1.1"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
NOTE = (
    "payloads are the server's own bytes; names of HTTP headers are written in one case and "
    "Transfer-Encoding, which the client resolved, is left out"
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the response to it, as they went over the wire."""

    url: str
    method: str
    request_headers: Headers
    status: int
    reason: str
    response_headers: Headers
    payload: bytes
    """The body as it was sent, still in its content encoding."""
    protocol: str = "HTTP/1.1"
    address: str | None = None
    """The server's IP address."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """WARC header fields of our own: ROLE, SECTION."""


def now() -> str:
    """Give the time as a WARC-Date."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def payload_digest(payload: bytes) -> str:
    """Name a payload by its content: sha1:BASE32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(payload).digest()).decode()  # noqa: S324


def redirect_target(status: int, url: str, location: str) -> str | None:
    """Give the absolute address that a response sends its reader to; None where to none."""
    if status not in REDIRECTS or not location:
        return None
    try:
        return urljoin(url, location.strip())
    except ValueError:
        return location


def new_id() -> str:
    """Make a WARC-Record-ID."""
    return f"urn:uuid:{uuid4()}"


class _ExactHeaders(StatusAndHeaders):  # type: ignore[misc]
    """HTTP headers that are written byte for byte as they came."""

    def __init__(self, first_line: str, headers: Headers, protocol: str) -> None:
        super().__init__(first_line, [], protocol=protocol)
        lines = [first_line.encode("latin-1", "replace")]
        lines += [name + b": " + value for name, value in headers]
        self.exact = b"\r\n".join(lines) + b"\r\n\r\n"

    def to_ascii_bytes(self, filter_func: object = None) -> bytes:  # noqa: ARG002
        return self.exact


class Writer:
    """Writes records into one file after another; `close` makes the last one whole.

    `name` is the file's, without .warc.gz; further files get -2, -3 … `software` is for warcinfo.
    """

    def __init__(self, folder: Path, name: str, software: str, *, max_size: int = MAX_SIZE) -> None:
        self._folder, self._name, self._software = folder, name, software
        self._max_size = max_size
        self._number = 0
        self._file: BinaryIO | None = None
        self._writer = WARCWriter(None, gzip=True, warc_version="1.1")
        self.current = ""
        """Name of the file being written, as Capture.warc has it."""

    def write_exchange(self, exchange: Exchange) -> Capture:
        """Write the response and request records of an exchange; say where the response lies."""
        captured, response_id = now(), new_id()
        digest = payload_digest(exchange.payload)
        fields = {"WARC-Record-ID": f"<{response_id}>", "WARC-Date": captured}
        if exchange.address:
            fields["WARC-IP-Address"] = exchange.address
        fields |= {"WARC-Payload-Digest": digest, **exchange.notes}
        first = f"{exchange.protocol} {exchange.status} {exchange.reason}"
        headers = _ExactHeaders(first, exchange.response_headers, exchange.protocol)
        offset = self._write("response", exchange.url, fields, exchange.payload, headers)
        asked = f"{exchange.method} {_target(exchange.url)} HTTP/1.1"
        self._write(
            "request",
            exchange.url,
            {"WARC-Date": captured, "WARC-Concurrent-To": f"<{response_id}>"},
            b"",
            _ExactHeaders(asked, exchange.request_headers, "HTTP/1.1"),
        )
        return Capture(
            record_id=response_id,
            url=exchange.url,
            captured=captured,
            status=exchange.status,
            content_type=_header(exchange.response_headers, b"content-type"),
            digest=digest,
            warc=self.current,
            offset=offset,
            location=redirect_target(
                exchange.status, exchange.url, _header(exchange.response_headers, b"location")
            ),
        )

    def write_resource(
        self, url: str, payload: bytes, content_type: str, *, captured: str, record_id: str
    ) -> Capture:
        """Write a text that came without a response; say where its record lies."""
        digest = payload_digest(payload)
        fields = {
            "WARC-Record-ID": f"<{record_id}>",
            "WARC-Date": captured,
            "WARC-Payload-Digest": digest,
            "Content-Type": content_type,
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

    def close(self) -> None:
        """Bring the current file to the disk and give it its name."""
        if self._file is None:
            return
        file, self._file = self._file, None
        file.flush()
        os.fsync(file.fileno())
        file.close()
        _publish(self._folder / (self.current + OPEN))

    def _write(
        self,
        kind: str,
        url: str,
        fields: dict[str, str],
        payload: bytes,
        headers: StatusAndHeaders | None,
    ) -> int:
        file = self._room_for(kind)
        offset = file.tell()
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(payload),
            length=len(payload),
            warc_headers_dict=fields,
            http_headers=headers,
        )
        try:
            self._writer.write_record(record)
            file.flush()
        except OSError:
            # A full disk: what stands of the record goes, so that the file stays sound.
            with suppress(OSError):
                file.truncate(offset)
                file.seek(offset)
            raise
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
        # Unbuffered: a record reaches the system in whole writes and none is held back at a crash.
        self._file = (self._folder / (self.current + OPEN)).open("xb", buffering=0)
        self._writer.out = self._file
        info = {"software": self._software, "format": FORMAT, "conformsTo": CONFORMS_TO}
        record = self._writer.create_warcinfo_record(self.current, info | {"description": NOTE})
        self._writer.write_record(record)
        return self._file


def recover(folder: Path) -> list[Path]:
    """Finish the files that a crash left open: cut a torn last record off and give them their name.

    Only for whoever holds the lock on the holdings. Gives the files that now are whole; one in
    which nothing but its warcinfo had been written is taken away.
    """
    whole: list[Path] = []
    for path in sorted(folder.glob(f"*.warc.gz{OPEN}")):
        records, end = whole_members(path)
        if records <= 1:
            path.unlink()
            continue
        with path.open("r+b") as file:
            file.truncate(end)
            os.fsync(file.fileno())
        whole.append(_publish(path))
    return whole


def whole_members(path: Path) -> tuple[int, int]:
    """Count the whole gzip members of a file, and say at which byte the last of them ends."""
    count = end = position = 0
    member = zlib.decompressobj(wbits=31)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            position += len(chunk)
            while chunk:
                try:
                    member.decompress(chunk)
                except zlib.error:
                    return count, end
                if not member.eof:
                    break
                chunk = member.unused_data
                count, end = count + 1, position - len(chunk)
                member = zlib.decompressobj(wbits=31)
    return count, end


def _publish(path: Path) -> Path:
    """Take .open off a file's name, lastingly."""
    final = path.with_name(path.name.removesuffix(OPEN))
    path.rename(final)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return final


def _header(headers: Headers, name: bytes) -> str:
    value = next((value for key, value in headers if key.lower() == name), b"")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _target(url: str) -> str:
    """Give what a request line names: path and query."""
    rest = url.split("://", 1)[-1].split("#", 1)[0]
    slash = min((rest.find(c) for c in "/?" if c in rest), default=-1)
    if slash < 0:
        return "/"
    return rest[slash:] if rest[slash] == "/" else "/" + rest[slash:]
