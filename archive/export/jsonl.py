"""JSON Lines: one article a line, every field under its own name."""

import json
from collections.abc import Iterable, Mapping
from typing import IO


def write(rows: Iterable[Mapping[str, object]], file: IO[bytes]) -> None:
    """Write a line for each row, in UTF-8."""
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
