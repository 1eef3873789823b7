"""A saved page or a bare text in a file of its own."""

from datetime import datetime
from pathlib import Path

from crawler.deposits.item import Item, written
from crawler.deposits.saved import address_of, time_of

HTML = (".html", ".htm", ".xhtml", ".shtml")
TEXT = (".txt",)


def page(
    path: Path, url: str | None = None, saved: datetime | None = None, origin: str | None = None
) -> Item:
    """Read a file. Address and time are those given, else what page and name say of themselves.

    Where neither says so, it was saved when it was written. Raises ValueError for an empty file.
    """
    body = path.read_bytes()
    if not body.strip():
        raise ValueError("empty")
    plain = path.name.lower().endswith(TEXT)
    return Item(
        origin or path.name,
        body,
        "text/plain" if plain else "text/html",
        url if url or plain else address_of(body),
        saved or time_of(body, path.name) or written(path),
    )
