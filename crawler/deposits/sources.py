"""Which of the files and folders that are named can be taken in, and what is in each."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from archive.errors import UnionArchiveError
from crawler.deposits import archivebox, multi_wacz, table, texts
from crawler.deposits.item import Complain, Item
from crawler.deposits.pages import HTML, TEXT, page

Kind = Literal["warc", "wacz", "page", "text", "table", "texts", "snapshot"]
ENDINGS: dict[Kind, tuple[str, ...]] = {
    "warc": (".warc", ".warc.gz"),
    "wacz": (".wacz",),
    "page": HTML,
    "text": TEXT,
    "table": (".csv", ".tsv"),
    "texts": (".jsonl", ".ndjson"),
}
SHOWN = ".warc.gz .wacz .html .txt .csv .jsonl"


class Source(NamedTuple):
    """A file, or a folder that is one thing."""

    path: Path
    kind: Kind


def source(path: Path) -> Source | None:
    """Tell by its name what a file is; None for what cannot be taken in."""
    name = path.name.lower()
    kinds = (kind for kind, endings in ENDINGS.items() if name.endswith(endings))
    return next((Source(path, kind) for kind in kinds), None)


def sources(paths: Iterable[Path], complain: Complain) -> Iterator[Source]:
    """Give what can be taken in, folders' in order; complain about the others named.

    A page that a table speaks of comes with the table, not by itself.
    """
    paths = list(paths)
    spoken = _spoken(paths)
    for path in paths:
        if path.is_dir():
            yield from _walk(path, spoken, complain)
        elif not path.exists():
            complain(path, "there is no such file")
        elif (found := source(path)) is None:
            complain(path, f"got {path.suffix or 'no'} ending, expected one of {SHOWN}")
        elif path.resolve() not in spoken:
            yield found


def contents(
    given: Source, complain: Complain, url: str | None = None, saved: datetime | None = None
) -> Iterator[Item | Path]:
    """Give what a source has: items, and WARC files, which are there until the next is asked for.

    `url` and `saved` are those of a single page or text. What is wrong is told and ends nothing.
    """
    try:
        yield from _contents(given, complain, url, saved)
    except OSError as error:
        complain(given.path, error.strerror or str(error))
    except (UnionArchiveError, ValueError) as error:
        complain(given.path, str(error).removeprefix(f"{given.path}: "))


def _contents(
    given: Source, complain: Complain, url: str | None, saved: datetime | None
) -> Iterator[Item | Path]:
    path, kind = given
    if kind == "warc":
        yield path
    elif kind == "wacz":
        yield from multi_wacz.warcs(path, complain)
    elif kind == "snapshot":
        yield from archivebox.contents(path)
    elif kind == "table":
        yield from table.items(path, complain)
    elif kind == "texts":
        yield from texts.items(path, complain)
    else:
        yield page(path, url, saved)


def _spoken(paths: Iterable[Path]) -> set[Path]:
    """Give the files that tables among some paths speak of."""
    found = (source(path) for path in paths if path.is_file())
    tables = (each.path for each in found if each is not None and each.kind == "table")
    return set().union(*map(table.named, tables))


def _walk(folder: Path, spoken: set[Path], complain: Complain) -> Iterator[Source]:
    if archivebox.snapshot(folder) is not None:
        yield Source(folder, "snapshot")
        return
    if (folder / archivebox.COLLECTION).is_file():
        folder /= "archive"
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        complain(folder, error.strerror or str(error))
        return
    spoken = spoken | _spoken(inside)
    for path in inside:
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path, spoken, complain)
        elif path.is_file() and (found := source(path)) and path.resolve() not in spoken:
            yield found
