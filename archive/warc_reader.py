"""Captures read back from WARC files, ours or another crawler's."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from archive.errors import UnionArchiveError
from archive.records import Capture
from archive.warc import OPEN, ROLE, SECTION, new_id, payload_digest, redirect_target

MAX_PAYLOAD = 64 * 1024 * 1024
"""Bytes of a decoded payload that are read, so that a bomb fills no memory."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A capture read back from its WARC file."""

    capture: Capture
    role: str | None = None
    """What the crawler fetched it as: article or list; None where the file does not say."""
    section: str | None = None


def locate(folder: Path, name: str) -> Path:
    """Find a file by the name a Capture has, finished or not."""
    path = folder / name
    return path if path.exists() else folder / (name + OPEN)


def captures(path: Path) -> Iterator[Stored]:
    """Give the responses and resources of a WARC file, in order; payloads are not kept.

    Raises UnionArchiveError where the file cannot be read to its end.
    """
    kinds = WarcRecordType.response | WarcRecordType.resource
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, quirks_mode=True):
                if record.record_type & kinds and record.headers.get("WARC-Target-URI"):
                    yield _stored(record, path)
    except (OSError, ValueError, EOFError) as error:
        raise UnionArchiveError(f"{path}: not readable as WARC: {error}") from error


def read_payload(path: Path, offset: int) -> bytes:
    """Read the payload of the record at an offset, free of transfer and content encodings.

    One whose content encoding is not what it says is given as it was sent. Raises
    UnionArchiveError where there is no record.
    """
    for decode in ("all", "transfer", "none"):
        try:
            with path.open("rb") as file:
                file.seek(offset)
                record = next(iter(ArchiveIterator(file, auto_decode=decode, quirks_mode=True)))
                return bytes(record.reader.read(MAX_PAYLOAD))
        except StopIteration:
            break
        except (OSError, ValueError, EOFError) as error:
            if decode == "none":
                raise UnionArchiveError(f"{path}, byte {offset}: {error}") from error
    raise UnionArchiveError(f"{path}: no WARC record at byte {offset}")


def read_again(path: Path, offset: int, record_id: str) -> tuple[bytes, str | None]:
    """Read a capture's payload again, and the section that its list had for it, if any.

    Raises UnionArchiveError where the record at the offset is another one, or torn.
    """
    payload = read_payload(path, offset)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            record = next(iter(ArchiveIterator(file, parse_http=False, quirks_mode=True)))
            torn = len(record.reader.read(record.content_length)) < record.content_length
    except (OSError, ValueError, EOFError) as error:
        raise UnionArchiveError(f"{path}, byte {offset}: {error}") from error
    if torn:
        raise UnionArchiveError(f"{path}, byte {offset}: the record is torn")
    found = str(record.headers.get("WARC-Record-ID") or record_id).strip("<>")
    if found != record_id:
        raise UnionArchiveError(f"{path}, byte {offset}: got {found}, expected {record_id}")
    return payload, record.headers.get(SECTION)


def _stored(record: WarcRecord, path: Path) -> Stored:
    headers = record.headers
    url = str(headers.get("WARC-Target-URI")).strip("<>")
    http = record.http_headers if record.is_http_parsed else None
    status = (http.status_code or 0) if http is not None else 0
    content_type = (http if http is not None else headers).get("Content-Type") or ""
    location = (http.get("Location") or "") if http is not None else ""
    digest = headers.get("WARC-Payload-Digest")
    capture = Capture(
        record_id=str(headers.get("WARC-Record-ID") or new_id()).strip("<>"),
        url=url,
        captured=str(headers.get("WARC-Date") or ""),
        status=status,
        content_type=str(content_type),
        digest=digest or payload_digest(bytes(record.reader.read())),
        warc=path.name.removesuffix(OPEN),
        offset=record.stream_pos,
        location=redirect_target(status, url, location),
    )
    return Stored(capture, headers.get(ROLE), headers.get(SECTION))
