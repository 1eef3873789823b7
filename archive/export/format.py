"""What a format of export is."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from archive.export.wanted import Row, Wanted
from archive.holdings import Holdings

Piece = tuple[str, bytes | IO[bytes]]
"""A file of a folder: its name below the folder, and what is in it."""


@dataclass(frozen=True, slots=True)
class About:
    """What a format may say or need beside the rows."""

    wanted: Wanted
    total: int
    """How many rows there are to be."""
    address: str
    """Where the archive is read, ending in /: permalinks begin so."""
    made: str
    """When the export was made: ISO 8601 in UTC."""
    source: "Source | None" = None
    """What lies behind the rows; None for readers of the web pages."""

    @property
    def behind(self) -> "Source":
        """What lies behind the rows, for formats that are not served."""
        if self.source is None:
            raise ValueError("got no source, expected one: this format is not served")
        return self.source

    def permalink(self, row: Row) -> str:
        """Give the address of a row's version."""
        return f"{self.address}a/{row['id']}?version={row['version']}"

    def name(self, row: Row) -> str:
        """Give what tells a row from all others: the article's id, with the version if need be."""
        return f"{row['id']}-v{row['version']}" if self.wanted.versions == "all" else str(row["id"])


@dataclass(frozen=True, slots=True)
class Source:
    """The archive that an export is made from."""

    db: sqlite3.Connection
    holdings: Holdings


Write = Callable[[Iterable[Row], IO[bytes], About], None]
Pieces = Callable[[Iterable[Row], About], Iterator[Piece]]


@dataclass(frozen=True, slots=True)
class Format:
    """A form that articles can be taken away in; `write` or `pieces` is given, not both."""

    name: str
    suffixes: tuple[str, ...]
    """Ends of file names that mean it; the first is given to new files."""
    title: str
    """What readers call it."""
    description: str
    media_type: str
    write: Write | None = None
    """Writes rows to a binary file that need not be seekable."""
    pieces: Pieces | None = None
    """Gives the files of a folder, which is a ZIP file where there is but one stream."""
    needs: str = ""
    """A library of the extra, as it is imported."""
    without: tuple[str, ...] = ()
    """Options of `export` that it has no place for."""
    most: int | None = None
    """So many rows it takes; None where there is no end."""
    served: bool = True
    """Whether readers of the web pages may have it: it asks nothing of the holdings."""
