"""JSON Lines: one article a line, every field under its own name."""

import json
from collections.abc import Iterable
from typing import IO

from archive.export.format import About, Format
from archive.export.wanted import Row


def write(rows: Iterable[Row], file: IO[bytes], about: About) -> None:  # noqa: ARG001 - see Format
    """Write a line for each row, in UTF-8."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for row in rows:
        file.write(encode(row).encode("utf-8", "replace") + b"\n")


FORMAT = Format(
    "jsonl",
    (".jsonl", ".ndjson"),
    "JSON Lines",
    "an object a line, for programs",
    "application/jsonl; charset=utf-8",
    write,
)
