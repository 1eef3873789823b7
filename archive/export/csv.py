"""CSV as spreadsheets like it: UTF-8 with BOM, and no cell that a spreadsheet would calculate."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import IO

COLUMNS = (
    "id",
    "title",
    "published",
    "site",
    "source",
    "authors",
    "editor",
    "section",
    "text",
    "url",
    "language",
    "script",
    "flags",
    "images",
    "published_rule",
    "encoding",
    "encoding_evidence",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_BETWEEN = {"authors": "、", "flags": " "}


def write(rows: Iterable[Mapping[str, object]], file: IO[bytes]) -> None:
    """Write a heading and a line for each row; removals have a column where the rows have them."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        columns: tuple[str, ...] = ()
        for row in rows:
            if not columns:
                columns = COLUMNS + (("removals",) if "removals" in row else ())
                writer.writerow(columns)
            writer.writerow([_cell(name, row[name]) for name in columns])
        if not columns:
            writer.writerow(COLUMNS)
    finally:
        text.detach()


def _cell(name: str, value: object) -> str:
    """Give a value as text; the apostrophe keeps a spreadsheet from reading it as a formula."""
    if isinstance(value, list | tuple):
        between = _BETWEEN.get(name)
        if between is not None:
            value = between.join(map(str, value))
        else:
            value = json.dumps(value, ensure_ascii=False) if value else ""
    cell = "" if value is None else str(value)
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
