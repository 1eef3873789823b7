"""What WARC files and records are called, by us and in WARC 1.1, and when a file gets its name.

What only reads WARC needs no more of writing than this.
"""

import base64
import hashlib
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

OPEN = ".open"
"""What a file's name ends in while it is being written."""
ROLE = "Union-Archive-Role"
SECTION = "Union-Archive-Section"
ORIGIN = "Union-Archive-Origin"
"""The file that a resource record came in, percent-encoded."""
_REST = {len("2026"): "-01-01", len("2026-05"): "-01"}
_EXACT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


def now() -> str:
    """Give the time as a WARC-Date."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def utc(date: str) -> str:
    """Give a WARC-Date of others in UTC, to the second or finer; empty for what is none.

    WARC 1.1, 5.4, has years, months, days, minutes and nine digits after the second; of what is
    less exact it is the beginning. https://www.w3.org/TR/NOTE-datetime
    """
    date = date.strip()
    try:
        found = datetime.fromisoformat(date + _REST.get(len(date), ""))
        if _EXACT.fullmatch(date):
            return date
        found = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return f"{found.replace(tzinfo=None).isoformat()}Z"


def payload_digest(payload: bytes) -> str:
    """Name a payload by its content: sha1:BASE32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(payload).digest()).decode()  # noqa: S324


def new_id() -> str:
    """Make a WARC-Record-ID."""
    return f"urn:uuid:{uuid4()}"


def publish(path: Path) -> Path:
    """Take .open off a file's name, lastingly."""
    final = path.with_name(path.name.removesuffix(OPEN))
    path.rename(final)
    sync_folder(path.parent)
    return final


def sync_folder(path: Path) -> None:
    """Bring the names in a folder to the disk."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
