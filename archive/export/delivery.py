"""An export as it is delivered: a file or a folder, its manifest, or all of it as a bag."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from archive.errors import UnionArchiveError, UsageError
from archive.export.bag import make_bag
from archive.export.columns import dictionary
from archive.export.extra import needed
from archive.export.folder import new_folder, unfolded, zipped
from archive.export.format import About, Format, Source
from archive.export.manifest import SUFFIX, files_below, manifest
from archive.export.replacing import STDOUT, replacing
from archive.export.wanted import Row, Wanted
from archive.holdings import Holdings

Progress = Callable[[Iterable[Row], int], AbstractContextManager[Iterable[Row]]]
"""Shows how far it is, given the rows and how many there are."""
COLUMNS_FILE = "columns.md"


@dataclass(frozen=True)
class Delivery:
    """What is to be delivered.

    Raises UsageError where something is asked for that the format has no place for.
    """

    format: Format
    wanted: Wanted
    bagit: bool = False

    def __post_init__(self) -> None:
        """Look at what was asked for."""
        useless = [each for each in self.format.without if each in self.wanted.options]
        if useless:
            raise UsageError(
                f"got {', '.join(useless)} for format {self.format.name}, which has no place for"
                " it; leave it out, or take another format"
            )

    def expect(self, total: int) -> None:
        """Raise UnionArchiveError for too many rows, or a library that is not installed."""
        most = self.format.most
        if most is not None and total > most:
            raise UnionArchiveError(
                f"got {total} articles, expected at most {most} as {self.format.name}; ask for"
                " less, or take another format"
            )
        if self.format.needs:
            needed(self.format.needs, f"format {self.format.name}")
        if self.bagit:
            needed("bagit", "--bagit")
        self.wanted.expect_libraries()

    def to(self, out: str, db: sqlite3.Connection, holdings: Holdings, progress: Progress) -> int:
        """Deliver; give how many rows there are. What was there stays where anything fails.

        Raises UsageError for a bag that would be a stream, UnionArchiveError for no rows, what
        `expect` does not, and what cannot be written.
        """
        if self.bagit and out == STDOUT:
            raise UsageError("a bag is a folder; name one instead of -")
        keys, numbers = self.wanted.keys(db)
        if not keys:
            raise UnionArchiveError("0 articles: nothing to export; ask for more")
        self.expect(len(keys))
        made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        source = Source(db, holdings)
        about = About(self.wanted, len(keys), holdings.address(), made, source)
        with progress(self.wanted.rows(db, keys, numbers), len(keys)) as rows:
            if self.bagit:
                self._bag(rows, out, about)
            elif self.format.pieces is not None and not _one_stream(out):
                self._folder(rows, out, about)
            else:
                self._file(rows, out, about)
        return about.total

    def stream(self, rows: Iterable[Row], file: IO[bytes], about: About) -> None:
        """Write everything into one file, which need not be seekable."""
        if self.format.write is not None:
            self.format.write(rows, file, about)
        elif self.format.pieces is not None:
            zipped(self.format.pieces(rows, about), file)

    def _file(self, rows: Iterable[Row], out: str, about: About) -> None:
        """Write one file and, where it is one that stays, its manifest beside it."""
        with replacing(out) as file:
            self.stream(rows, file, about)
        path = Path(out)
        if out == STDOUT or not path.is_file():
            return
        beside = path.with_name(path.name + SUFFIX)
        with replacing(str(beside)) as file:
            file.write(manifest(about, self.format, {path.name: path}).encode())

    def _folder(self, rows: Iterable[Row], out: str, about: About) -> None:
        with new_folder(out) as folder:
            self._fill(rows, folder, about)

    def _bag(self, rows: Iterable[Row], out: str, about: About) -> None:
        with new_folder(out) as folder:
            self._fill(rows, folder, about)
            make_bag(folder, about)

    def _fill(self, rows: Iterable[Row], folder: Path, about: About) -> None:
        """Put the export, the data dictionary and the manifest into a folder."""
        if self.format.pieces is not None:
            unfolded(self.format.pieces(rows, about), folder)
        else:
            with (folder / f"articles{self.format.suffixes[0]}").open("xb") as file:
                self.stream(rows, file, about)
        (folder / COLUMNS_FILE).write_text(dictionary(), encoding="utf-8")
        said = manifest(about, self.format, dict(files_below(folder)))
        (folder / "manifest.json").write_text(said, encoding="utf-8")


def _one_stream(out: str) -> bool:
    """Tell whether a place takes one file: the standard output, a ZIP file, a pipe or a device."""
    with suppress(OSError):
        path = Path(out)
        if path.exists() and not path.is_dir() and not path.is_file():
            return True
    return out == STDOUT or out.lower().endswith(".zip")
