"""A workbook for Excel and its like: days as days, rows without end on further sheets.

https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3 has the limits.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any

from archive.export import csv
from archive.export.columns import Column, columns
from archive.export.extra import needed
from archive.export.format import About, Format
from archive.export.spooled import spooled
from archive.export.wanted import Row
from archive.markup import speakable

ROWS = 1_048_576
"""Rows of a sheet, its heading among them."""
LONGEST = 32_000
"""UTF-16 units of a cell that text takes; Excel has room for 32,767."""
NOTICE = " […: goes on in sheet “Long texts”]"
PARTS = "Long texts"
_FIRST_DAY = date(1900, 3, 1)  # Excel takes 1900 for a leap year, and knows nothing before it


def write(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write the workbook; a row at a time is held, the rest in temporary files."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    library = needed("xlsxwriter", "xlsx")
    with (
        spooled(file) as made,
        library.Workbook(made, {**options, "default_date_format": "yyyy-mm-dd"}) as book,
    ):
        book.use_zip64()
        heads = columns(removals=about.wanted.removals)
        sheets = _Sheets(book, "Articles", [column.name for column in heads])
        rest = _Sheets(book, PARTS, ["id", "version", "column", "part", "text"])
        for row in rows:
            shown = []
            for column in heads:
                first, *more = _cells(column, row[column.name])
                shown.append(first)
                for number, part in enumerate(more, 2):
                    rest.add([row["id"], row["version"], column.name, number, part])
            sheets.add(shown)


class _Sheets:
    """One table, on as many sheets as it takes."""

    def __init__(self, book: Any, name: str, heads: list[str]) -> None:  # noqa: ANN401 - untyped
        self._book, self._name, self._heads = book, name, heads
        self._bold = book.add_format({"bold": True})
        self._number, self._row = 0, ROWS
        self._next()

    def _next(self) -> None:
        self._number += 1
        name = self._name if self._number == 1 else f"{self._name} {self._number}"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.write_row(0, 0, self._heads, self._bold)
        self._row = 1

    def add(self, cells: list[object]) -> None:
        if self._row == ROWS:
            self._next()
        for place, value in enumerate(cells):
            if isinstance(value, str):
                self._sheet.write_string(self._row, place, value)
            elif isinstance(value, date):
                self._sheet.write_datetime(self._row, place, value)
            elif isinstance(value, int):
                self._sheet.write_number(self._row, place, value)
        self._row += 1


def _cells(column: Column, value: object) -> Iterator[object]:
    """Give a value as a cell, and what it has no room for as further ones."""
    if column.kind in ("day", "moment") and isinstance(value, str):
        yield _day(value)
        return
    shown = csv.cell(column.name, value)
    if not isinstance(shown, str):
        yield shown
        return
    text = speakable(shown)
    rare = len(text) > LONGEST // 2 and max(text) > "\uffff"  # such signs have two units
    most = LONGEST // 2 if rare else LONGEST
    yield text[:most] + NOTICE * (len(text) > most)
    for start in range(most, len(text), most):
        yield text[start : start + most]


def _day(value: str) -> object:
    """Give a day or a moment as a date, without its zone, which is UTC; what is none as text."""
    try:
        day = date.fromisoformat(value) if len(value) == len("2009-05-01") else None
        found = day or datetime.fromisoformat(value).replace(tzinfo=None, microsecond=0)
    except ValueError:
        return value
    before = found.date() if isinstance(found, datetime) else found
    return value if before < _FIRST_DAY else found


FORMAT = Format(
    "xlsx",
    (".xlsx",),
    "Excel",
    "a workbook, days as days; a long text goes on in a second sheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write,
    needs="xlsxwriter",
)
