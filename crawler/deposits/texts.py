"""JSON Lines of texts that are clean already; see `crawler.deposits.given`."""

from collections.abc import Iterator
from pathlib import Path

from crawler.deposits.given import GIVEN, parse
from crawler.deposits.item import Complain, Item, written

LONGEST = 16 * 1024 * 1024
"""Bytes of a line; whatever is longer is no article."""


def items(path: Path, complain: Complain) -> Iterator[Item]:
    """Give the texts of a file; complain about lines that are none.

    When each was captured says the line, else it is when the file was written.
    """
    for number, line in _lines(path):
        if line is None:
            complain(path, f"line {number}: over {LONGEST} bytes, expected a text of one article")
            continue
        body = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not body:
            continue
        try:
            given = parse(body)
        except ValueError as error:
            complain(path, f"line {number}: {error}")
            continue
        yield Item(
            f"{path.name} line {number}",
            body,
            GIVEN,
            given.facts.get("url"),
            given.captured or written(path),
        )


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Give the lines with their numbers, None in place of one that is too long to be read."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST):
            number += 1
            long = len(line) == LONGEST and not line.endswith(b"\n")
            while long and line and not line.endswith(b"\n"):
                line = file.readline(LONGEST)
            yield number, None if long else line
