"""Peers measured side by side: each in a process of its own, in turns, with a table at the end."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from environments import MissingError, environment, version

HERE = Path(__file__).parent
OURS = "Union Archive"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what was measured, or why it was not."""

    name: str
    cost: float = 0.0
    """Milliseconds of CPU a page; 0 where it was not measured."""
    told: str = ""
    """What else is to be said of it."""


class Side:
    """A process that reads pages when it is asked to; see answering.py. Raises MissingError."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the side
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
        )
        self.results: list[str | None] = json.loads(self._line())
        """What it found on each page, in order; None where it failed."""

    def turn(self) -> float:
        """Let it go over all pages once; give the seconds of CPU."""
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        return float(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            return line
        self._errors.seek(0)
        raise MissingError(f"fails: {(self._errors.read().splitlines() or ['silently'])[-1]}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # with nothing more to read it ends
        self._errors.close()


def costs(sides: Sequence[Side], pages: int, turns: int) -> list[float]:
    """Give the milliseconds of CPU that a page costs each side, the median of the turns."""
    rounds = [[side.turn() for side in sides] for _ in range(turns)]
    return [1000 * statistics.median(side) / pages for side in zip(*rounds, strict=True)]


def begun(
    stack: ExitStack, script: str, pages: Path, packages: dict[str, str | None], folder: Path
) -> tuple[list[Side], list[Row]]:
    """Begin a side for each name, with the package whose environment it needs; None is ours.

    Gives the sides, and a row for each that cannot be measured here.
    """
    sides, missing = [], []
    for name, package in packages.items():
        try:
            python = Path(sys.executable) if package is None else environment(package, folder)
            label = f"{name} ({version(python, package)})" if package else name
            side = Side(label, [str(python), str(HERE / script), name, str(pages)])
        except MissingError as error:
            missing.append(Row(name, told=str(error)))
        else:
            sides.append(stack.enter_context(side))
    return sides, missing


def table(title: str, rows: Iterable[Row], base: str) -> None:
    """Print costs and their ratios to the row whose name begins with `base`."""
    rows = list(rows)
    one = next((row.cost for row in rows if row.name.startswith(base)), 0.0)
    print(f"\n{title}")
    for row in rows:
        ratio = f"{row.cost / one:6.2f} x" if one and row.cost else f"{'':8}"
        cost = f"{row.cost:9.2f} ms" if row.cost else f"{'':12}"
        print(f"  {row.name:42}{cost} {ratio}  {row.told}")
