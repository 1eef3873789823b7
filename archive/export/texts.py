"""A folder with a text file for each article: Markdown with front matter, or plain text.

File names are made from ids, so that no title can be a path.
"""

import json
import re
from collections.abc import Iterable, Iterator

from archive.export.format import About, Format, Piece
from archive.export.wanted import Row

FRONT = (
    *("id", "version", "title", "published", "site", "site_name", "region", "source", "authors"),
    *("editor", "section", "language", "flags", "url", "captured", "cluster", "origin"),
)
"""Columns that the front matter has."""

_CONTROL = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&])")
_OPENING = re.compile(r"^(\d*)([-+=.)])")


def markdown(rows: Iterable[Row], about: About) -> Iterator[Piece]:
    """Give a Markdown file for each row, with its record as YAML before it."""
    for row in rows:
        front = {name: row[name] for name in FRONT if row[name] not in (None, "", [])}
        front["permalink"] = about.permalink(row)
        head = "".join(f"{name}: {_yaml(value)}\n" for name, value in front.items())
        title = _plain(" ".join(str(row["title"]).split()))
        paragraphs = "\n\n".join(_plain(line) for line in str(row["text"]).split("\n"))
        yield (
            place(row, about, "md"),
            f"---\n{head}---\n\n# {title}\n\n{paragraphs}\n".encode("utf-8", "replace"),
        )


def plain(rows: Iterable[Row], about: About) -> Iterator[Piece]:
    """Give a text file for each row: the title, an empty line, the text."""
    for row in rows:
        yield (
            place(row, about, "txt"),
            f"{row['title']}\n\n{row['text']}\n".encode("utf-8", "replace"),
        )


def place(row: Row, about: About, suffix: str) -> str:
    """Name a row's file; no folder gets more than a thousandth of all."""
    name = about.name(row)
    return f"{name[:2]}/{name}.{suffix}"


def _yaml(value: object) -> str:
    """Write a value as JSON, which is YAML but for a few control characters."""
    said = json.dumps(value, ensure_ascii=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", said)


def _plain(line: str) -> str:
    """Write a line so that Markdown shows its very signs."""
    return _OPENING.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", line.strip()))


MARKDOWN = Format(
    "markdown",
    (".md.zip", ".md"),
    "Markdown",
    "a folder of Markdown files with front matter",
    "application/zip",
    pieces=markdown,
    without=("--removed",),
)
TEXT = Format(
    "text",
    (".txt.zip", ".txt"),
    "plain text",
    "a folder of plain text files",
    "application/zip",
    pieces=plain,
    without=("--removed",),
)
