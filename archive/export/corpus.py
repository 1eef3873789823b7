"""A corpus for concordancers (AntConc, #LancsBox, TXM): a text a file, and a table about them."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator

from archive.export.columns import COLUMNS
from archive.export.csv import cell
from archive.export.format import About, Format, Piece
from archive.export.texts import place
from archive.export.wanted import Row

TABLE = "metadata.tsv"
_NAMES = tuple(column.name for column in COLUMNS if column.name != "text")


def pieces(rows: Iterable[Row], about: About) -> Iterator[Piece]:
    """Give the texts, without their titles, and at the end the table that names their files.

    A cell with a quotation mark is quoted as in CSV: whatever reads tables takes one for a quote.
    """
    with tempfile.TemporaryFile() as table:
        text = io.TextIOWrapper(table, encoding="utf-8", errors="replace", newline="")
        writer = csv.writer(text, "excel-tab", lineterminator="\n")
        writer.writerow(("file", *_NAMES))
        for row in rows:
            name = f"texts/{place(row, about, 'txt')}"
            writer.writerow((name, *(_cell(column, row[column]) for column in _NAMES)))
            yield name, f"{row['text']}\n".encode("utf-8", "replace")
        text.flush()
        table.seek(0)
        yield TABLE, table


def _cell(column: str, value: object) -> str:
    """Give a value on one line."""
    shown = cell(column, value)
    return "" if shown is None else " ".join(str(shown).split())


FORMAT = Format(
    "corpus",
    (".corpus.zip", ".corpus"),
    "corpus",
    "a folder for concordancers: a text a file, and metadata.tsv",
    "application/zip",
    pieces=pieces,
    without=("--removed",),
)
