"""Captures read back from WARC files, ours or another crawler's."""

import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from archive.errors import UnionArchiveError
from archive.records import Capture
from archive.warc.exchange import REFERS_TO_FILE, REFERS_TO_OFFSET, redirect_target
from archive.warc.naming import OPEN, ROLE, SECTION, new_id, payload_digest, utc

Decode = Literal["all", "transfer", "none"]
MAX_PAYLOAD = 64 * 1024 * 1024
"""Bytes of a decoded payload that are read, so that a bomb fills no memory."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A capture read back from its WARC file."""

    capture: Capture
    role: str | None = None
    """What the crawler fetched it as: article or list; None where the file does not say."""
    section: str | None = None
    revisit: bool = False
    """Whether its payload lies in another record."""


def locate(folder: Path, name: str) -> Path:
    """Find a file by the name a Capture has, finished or not."""
    path = folder / name
    return path if path.exists() else folder / (name + OPEN)


def captures(path: Path) -> Iterator[Stored]:
    """Give the responses, revisits and resources of a WARC file, in order, without payloads.

    Raises UnionArchiveError where the file cannot be read to its end.
    """
    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, quirks_mode=True):
                if record.record_type & kinds and record.headers.get("WARC-Target-URI"):
                    yield _stored(record, path)
    except (OSError, ValueError, EOFError) as error:
        raise UnionArchiveError(f"{path}: not readable as WARC: {error}") from error


def read_payload(path: Path, offset: int) -> bytes:
    """Read the payload of the record at an offset, free of transfer and content encodings.

    A revisit of ours is followed to the record that has its payload. One whose content encoding
    is not what it says is given as it was sent. Raises UnionArchiveError where there is no record.
    """
    ways: tuple[Decode, ...] = ("all", "transfer", "none")
    for decode in ways:
        try:
            with path.open("rb") as file:
                record = _record_at(file, path, offset, decode)
                if record.record_type == WarcRecordType.revisit:
                    return _referred(record, path, offset)
                body = bytes(record.reader.read(MAX_PAYLOAD))
                return _undone(record, body) if decode == "transfer" else body
        except (OSError, ValueError, EOFError) as error:
            if decode == "none":
                raise UnionArchiveError(f"{path}, byte {offset}: {error}") from error
    raise AssertionError  # the last way of decoding returns or raises


def _undone(record: WarcRecord, body: bytes) -> bytes:
    """Undo content encodings that browsers and our crawler understand and fastwarc does not.

    These are x-gzip, and deflate without the zlib format that RFC 9110, 8.4.1.2, has around it.
    """
    headers = record.http_headers
    encoding = "" if headers is None else (headers.get("Content-Encoding") or "").strip().lower()
    bits = {"x-gzip": 31, "deflate": -zlib.MAX_WBITS}.get(encoding)
    if bits is not None:
        with suppress(zlib.error):
            return zlib.decompressobj(bits).decompress(body, MAX_PAYLOAD)
    return body


def read_capture(
    folder: Path, row: sqlite3.Row | Mapping[str, str | int | None]
) -> tuple[bytes, str | None]:
    """Read the payload of a row of captures, wherever it lies, and the section of its list, if any.

    Raises UnionArchiveError where the record at its place is another one, or torn.
    """
    section = _section(
        locate(folder, str(row["warc"])), int(row["offset"] or 0), str(row["record_id"])
    )
    warc = row["warc"] if row["payload_warc"] is None else row["payload_warc"]
    offset = row["offset"] if row["payload_warc"] is None else row["payload_offset"]
    return read_payload(locate(folder, str(warc)), int(offset or 0)), section


def read_headers(path: Path, offset: int) -> list[tuple[str, str]]:
    """Read the HTTP headers of the record at an offset, in order, as they came.

    Raises UnionArchiveError where there is no record.
    """
    try:
        with path.open("rb") as file:
            http = _record_at(file, path, offset, "none").http_headers
            return [] if http is None else [(str(name), str(value)) for name, value in http]
    except (OSError, ValueError, EOFError) as error:
        raise UnionArchiveError(f"{path}, byte {offset}: {error}") from error


def _section(path: Path, offset: int, record_id: str) -> str | None:
    """Give the section noted with a record, once it is known to be the one meant, and whole."""
    try:
        with path.open("rb") as file:
            record = _record_at(file, path, offset, None)
            torn = len(record.reader.read(record.content_length)) < record.content_length
    except (OSError, ValueError, EOFError) as error:
        raise UnionArchiveError(f"{path}, byte {offset}: {error}") from error
    if torn:
        raise UnionArchiveError(f"{path}, byte {offset}: the record is torn")
    found = str(record.headers.get("WARC-Record-ID") or record_id).strip("<>")
    if found != record_id:
        raise UnionArchiveError(f"{path}, byte {offset}: got {found}, expected {record_id}")
    section: str | None = record.headers.get(SECTION)
    return section


def _record_at(file: BinaryIO, path: Path, offset: int, decode: Decode | None) -> WarcRecord:
    """Give the record at an offset, its HTTP headers read unless `decode` is None."""
    file.seek(offset)
    http = decode is not None
    records = ArchiveIterator(file, parse_http=http, auto_decode=decode or "none", quirks_mode=True)
    for record in records:
        return record
    raise UnionArchiveError(f"{path}: no WARC record at byte {offset}")


def _referred(record: WarcRecord, path: Path, offset: int) -> bytes:
    """Read the payload that a revisit refers to, by file and offset as we note them."""
    place = _place(record)
    if place is None:
        raise UnionArchiveError(
            f"{path}, byte {offset}: a revisit that does not say where its payload lies"
        )
    target = locate(path.parent, place[0])
    with target.open("rb") as file:
        original = _record_at(file, target, place[1], None)
        found = original.headers.get("WARC-Record-ID")
        if found != record.headers.get("WARC-Refers-To"):
            raise UnionArchiveError(
                f"{target}, byte {place[1]}: got {found}, expected the record that the revisit"
                f" {record.headers.get('WARC-Record-ID')} refers to"
            )
        if original.record_type == WarcRecordType.revisit:
            raise UnionArchiveError(
                f"{target}, byte {place[1]}: got a revisit, expected the payload of another"
            )
    return read_payload(target, place[1])


def _place(record: WarcRecord) -> tuple[str, int] | None:
    """Give the file and the offset that a revisit names; None where it names none of a folder."""
    name, offset = (record.headers.get(key) or "" for key in (REFERS_TO_FILE, REFERS_TO_OFFSET))
    if name != Path(name).name or not name or not (offset.isascii() and offset.isdecimal()):
        return None
    return name, int(offset)


def _stored(record: WarcRecord, path: Path) -> Stored:
    headers = record.headers
    url = str(headers.get("WARC-Target-URI")).strip("<>")
    http = record.http_headers if record.is_http_parsed else None
    status = (http.status_code or 0) if http is not None else 0
    content_type = (http if http is not None else headers).get("Content-Type") or ""
    location = (http.get("Location") or "") if http is not None else ""
    digest = headers.get("WARC-Payload-Digest")
    revisit = record.record_type == WarcRecordType.revisit
    place = _place(record) if revisit else None
    capture = Capture(
        record_id=str(headers.get("WARC-Record-ID") or new_id()).strip("<>"),
        url=url,
        captured=utc(str(headers.get("WARC-Date") or "")),
        status=status,
        content_type=str(content_type),
        digest=digest or payload_digest(bytes(record.reader.read())),
        warc=path.name.removesuffix(OPEN),
        offset=record.stream_pos,
        location=redirect_target(status, url, location),
        payload_warc=place[0] if place else None,
        payload_offset=place[1] if place else None,
        truncated=headers.get("WARC-Truncated"),
    )
    return Stored(capture, headers.get(ROLE), headers.get(SECTION), revisit)
