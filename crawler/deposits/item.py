"""A page or text that somebody saved, as a WARC resource record keeps it."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

Complain = Callable[[Path, str], None]
"""Is told of a file and what is wrong with it, or with a line of it."""
NAMELESS = "urn:sha256:"
EARLIEST = datetime(1991, 1, 1, tzinfo=UTC)
"""The year of the first web page."""


@dataclass(frozen=True)
class Item:
    """One page or text."""

    origin: str
    """Name of the file it stood in, and its line where that has several."""
    body: bytes
    content_type: str
    given: str | None
    """The address that is known of it."""
    saved: datetime
    """When it was saved, with an offset."""

    @cached_property
    def url(self) -> str:
        """Its address; one made from its content where none is known."""
        return self.given or f"{NAMELESS}{self._content}"

    @cached_property
    def record_id(self) -> str:
        """WARC-Record-ID: the same for the same content at the same address, whenever it comes."""
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{self.url} {self._content}')}"

    @property
    def captured(self) -> str:
        """WARC-Date."""
        return self.saved.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @cached_property
    def _content(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def is_web(url: str) -> bool:
    """Whether a text is an address of the web."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    spaced = any(character.isspace() or not character.isprintable() for character in url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not spaced


def written(path: Path) -> datetime:
    """Give when a file was last written."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def moment(text: str) -> datetime:
    """Read a moment as ISO 8601; a day alone is its midnight, what has no offset is UTC.

    Raises ValueError for what is none, or lies before the web or ahead.
    """
    found = datetime.fromisoformat(text.strip())
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    if not EARLIEST <= found.astimezone(UTC) <= datetime.now(UTC):
        raise ValueError(f"{text} is before the web or ahead")
    return found
