"""ArchiveBox: a folder a snapshot, with an index.json and the page in several forms.

https://github.com/ArchiveBox/ArchiveBox#output-formats
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.errors import UnionArchiveError
from archive.warc.reading import captures
from crawler.cleaning import readable
from crawler.deposits.item import Item, is_web, moment
from crawler.deposits.pages import page
from crawler.deposits.saved import time_of

INDEX = "index.json"
LARGEST = 16 * 1024 * 1024
"""Bytes of an index that is read."""
FORMS = (
    ("singlefile", ("singlefile.html", "singlefile/singlefile.html")),
    ("dom", ("output.html", "dom/output.html")),
)
"""Who saved the page, and where: the better one first."""
COLLECTION = "ArchiveBox.conf"
"""Marks a folder of which only archive/ has pages; its own are lists of them."""
OK = 200


def snapshot(folder: Path) -> dict[str, Any] | None:
    """Read the index of a snapshot; None for a folder that is none."""
    index = folder / INDEX
    try:
        if index.stat().st_size > LARGEST:
            return None
        value = json.loads(index.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    known = isinstance(value, dict) and "timestamp" in value and is_web(str(value.get("url")))
    return value if known else None


def contents(folder: Path) -> Iterator[Item | Path]:
    """Give the WARC files of a snapshot; where they lack its page, the page as it was saved.

    Raises UnionArchiveError where it has no page in any form.
    """
    index = snapshot(folder) or {}
    url = str(index.get("url"))
    warcs = [
        warc for where in ("warc", "wget/warc") for warc in sorted((folder / where).glob("*.warc*"))
    ]
    if any(_has_page(warc) for warc in warcs):
        yield from warcs
        return
    for who, places in FORMS:
        for file in (folder / place for place in places):
            if file.is_file() and file.stat().st_size:
                saved = _saved(index, who) or time_of(file.read_bytes(), "") or _added(index)
                yield page(file, url, saved, f"{folder.name}/{file.name}")
                return
    raise UnionArchiveError(
        f"{folder}: got a snapshot without its page, expected warc/, singlefile.html or output.html"
    )


def _has_page(warc: Path) -> bool:
    """Whether a WARC file has a page that came whole."""
    try:
        return any(
            stored.capture.status == OK and readable(stored.capture.content_type)
            for stored in captures(warc)
        )
    except UnionArchiveError:
        return False


def _saved(index: dict[str, Any], who: str) -> datetime | None:
    """Give when the page was last saved by one of ArchiveBox's tools."""
    history = index.get("history")
    looks = history.get(who) if isinstance(history, dict) else None
    for look in reversed(looks if isinstance(looks, list) else []):
        if isinstance(look, dict) and look.get("status") == "succeeded":
            try:
                return moment(str(look.get("start_ts")))
            except ValueError:
                return None
    return None


def _added(index: dict[str, Any]) -> datetime | None:
    """Give when the address was added: seconds since 1970."""
    try:
        return moment(datetime.fromtimestamp(float(index["timestamp"]), UTC).isoformat())
    except (ValueError, TypeError, OverflowError, OSError):
        return None
