"""Revisit records of other crawlers, which say whose payload they repeat, but not where it lies."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from archive.records import Capture
from archive.warc.naming import payload_digest
from archive.warc.reading import Stored, locate

EMPTY = payload_digest(b"")


def placed(
    records: Iterable[Stored], folder: Path, original: Callable[[str], Capture | None]
) -> list[Stored]:
    """Give records in the order of their dates, each revisit with the place of its payload.

    The payload is looked for among the records, then by its digest with `original`. A revisit
    whose payload is nowhere stays without.
    """
    line = sorted(records, key=lambda stored: (stored.capture.captured, stored.capture.record_id))
    own = {
        stored.capture.digest: stored.capture for stored in reversed(line) if has_payload(stored)
    }

    return [
        place(stored, folder, lambda digest: own.get(digest) or original(digest)) for stored in line
    ]


def place(stored: Stored, folder: Path, original: Callable[[str], Capture | None]) -> Stored:
    """Give a revisit the place of its payload, which `original` knows by its digest."""
    capture = stored.capture
    if not stored.revisit or capture.digest == EMPTY or _held(capture, folder):
        return stored
    found = original(capture.digest)
    if found is None:
        return stored
    capture = replace(capture, payload_warc=found.warc, payload_offset=found.offset)
    return replace(stored, capture=capture)


def has_payload(stored: Stored) -> bool:
    """Tell whether a record has a payload of its own, whole, for revisits to refer to."""
    return not stored.revisit and not stored.capture.truncated


def _held(capture: Capture, folder: Path) -> bool:
    return capture.payload_warc is not None and locate(folder, capture.payload_warc).exists()
