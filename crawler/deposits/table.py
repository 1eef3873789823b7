"""A CSV beside saved pages: the file of each, its address, and when it was saved."""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from archive.errors import UnionArchiveError
from crawler.deposits.item import Complain, Item, is_web, moment
from crawler.deposits.pages import page

NAMES = {
    "file": ("file", "filename", "path", "文件", "文件名", "檔案"),
    "url": ("url", "address", "link", "网址", "網址", "链接", "地址"),
    "saved": ("saved", "captured", "date", "time", "保存时间", "抓取时间", "日期", "时间"),
}
"""What the columns may be called; `saved` need not be there."""
DELIMITERS = ",;\t"


class Row(NamedTuple):
    """A line of the table, as it is written, but with / between folders."""

    line: int
    file: str
    url: str
    saved: str


def rows(path: Path) -> list[Row]:
    """Read the table, in UTF-8 or a Chinese encoding. Raises UnionArchiveError for what is none."""
    from crawler.clean.decode import decode  # noqa: PLC0415 - a weight that few files need

    text = decode(path.read_bytes(), "text/csv").text.removeprefix("\ufeff")
    head = text.partition("\n")[0].strip()
    delimiter = max(DELIMITERS, key=head.count)
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        names = [name.strip().lower() for name in next(reader, [])]
        place = {
            key: next((names.index(name) for name in known if name in names), None)
            for key, known in NAMES.items()
        }
        if place["file"] is None or place["url"] is None:
            raise UnionArchiveError(
                f"{path}: got {head[:80]!r} as first line, expected the names of columns,"
                " file and url among them"
            )
        return [
            Row(
                reader.line_num,
                _cell(row, place["file"]).replace("\\", "/"),  # as Windows has it
                *(_cell(row, place[key]) for key in ("url", "saved")),
            )
            for row in reader
            if row
        ]
    except csv.Error as error:
        raise UnionArchiveError(f"{path}: not readable as CSV: {error}") from error


def named(path: Path) -> set[Path]:
    """Give the files that a table speaks of; none where it is no table."""
    try:
        return {(path.parent / row.file).resolve() for row in rows(path) if "\0" not in row.file}
    except (UnionArchiveError, OSError):
        return set()  # whoever reads it for its items is told


def items(path: Path, complain: Complain) -> Iterator[Item]:
    """Give the pages of a table; complain about lines that cannot be followed.

    Without an address a page's own is taken, without a time what it or its name says. Raises
    UnionArchiveError.
    """
    seen: dict[Path, int] = {}
    for row in rows(path):
        try:
            file, saved = _file(path, row, seen), _saved(row)
            seen[file] = row.line
            yield page(file, row.url or None, saved)
        except (ValueError, OSError) as error:
            why = error.strerror if isinstance(error, OSError) else None
            complain(path, f"line {row.line}: {why or error}")


def _cell(row: list[str], place: int | None) -> str:
    return "" if place is None or place >= len(row) else row[place].strip()


def _file(path: Path, row: Row, seen: Mapping[Path, int]) -> Path:
    """Give the file of a row, which lies beside the table or below. Raises ValueError.

    `seen` has the files of rows before, with their lines.
    """
    if not row.file or "\0" in row.file:
        raise ValueError("got no file, expected the name of one")
    file = (path.parent / row.file).resolve()
    if not file.is_relative_to(path.parent.resolve()):
        raise ValueError(f"got {row.file!r}, expected a file below the table's own folder")
    if not file.is_file():
        raise ValueError(f"{row.file}: there is no such file")
    if file in seen:
        raise ValueError(f"got {row.file!r} again, expected it once; line {seen[file]} stands")
    if row.url and not is_web(row.url):
        raise ValueError(f"got {row.url!r}, expected an address such as http://a.example/1.html")
    return file


def _saved(row: Row) -> datetime | None:
    if not row.saved:
        return None
    from crawler.clean.dates import find_date  # noqa: PLC0415 - a weight that few files need

    try:
        # Spreadsheets write days their own way.
        return moment(find_date(row.saved, "UTC") or row.saved)
    except ValueError as error:
        expected = "expected a day or time of the past such as 2024-03-05 or 2024-03-05T09:30+08:00"
        raise ValueError(f"got {row.saved!r}, {expected}") from error
