"""Which captures archive.db has, and which have a payload of their own that revisits refer to."""

import sqlite3
from dataclasses import fields

from archive.records import Capture

_COLUMNS = ", ".join(field.name for field in fields(Capture))


def is_recorded(db: sqlite3.Connection, record_id: str) -> bool:
    """Tell whether a capture is recorded."""
    query = "SELECT 1 FROM captures WHERE record_id = ?"
    return db.execute(query, [record_id]).fetchone() is not None


def with_digest(db: sqlite3.Connection, digest: str) -> Capture | None:
    """Give the earliest capture whose record has the payload of that digest, whole."""
    return _one(
        db,
        "digest = ? AND payload_warc IS NULL AND truncated IS NULL ORDER BY captured, record_id",
        [digest],
    )


def of_capture(db: sqlite3.Connection, record_id: str) -> Capture | None:
    """Give the capture that has the payload which a capture shows: itself, or another."""
    capture = _one(db, "record_id = ?", [record_id])
    if capture is None or capture.payload_warc is None:
        return capture
    return _one(db, "warc = ? AND offset = ?", list(capture.payload_place))


def _one(db: sqlite3.Connection, where: str, binds: list[str | int]) -> Capture | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM captures WHERE {where} LIMIT 1", binds).fetchone()
    return None if row is None else Capture(*row)
