"""CSV as spreadsheets like it: UTF-8 with BOM, and no cell that a spreadsheet would calculate."""

import codecs
import csv
import io
import json
from collections.abc import Iterable
from operator import itemgetter
from typing import IO

from archive.export.columns import columns
from archive.export.format import About, Format
from archive.export.wanted import Row

_FORMULA = frozenset("=+-@\t\r＝＋－＠")
_BETWEEN = {"authors": "、", "flags": " "}


def write(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write a heading and a line for each row; removals have a column where they were asked for."""
    names = [column.name for column in columns(removals=about.wanted.removals)]
    values = itemgetter(*names)
    file.write(codecs.BOM_UTF8)  # the encoding utf-8-sig writes it too, but slowly
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", errors="replace")
    try:
        writer = csv.writer(text)
        writer.writerow(names)
        for row in rows:
            writer.writerow(
                [
                    cell(name, value) if value else ""
                    for name, value in zip(names, values(row), strict=True)
                ]
            )
        text.flush()
    finally:
        text.detach()


def cell(name: str, value: object) -> object:
    """Give a value as text; the apostrophe keeps a spreadsheet from reading it as a formula."""
    if isinstance(value, list):
        between = _BETWEEN.get(name)
        if between is not None:
            value = between.join(map(str, value))
        else:
            value = json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, str) and value[:1] in _FORMULA:
        return f"'{value}"
    return value


FORMAT = Format(
    "csv",
    (".csv",),
    "CSV",
    "a table for spreadsheets, UTF-8 with BOM",
    "text/csv; charset=utf-8",
    write,
)
