"""Text of office files that are XML in a ZIP file: OpenDocument (ISO 26300), slides (ISO 29500).

Only the members that are named here are read, piece by piece. Entities stay as they are written.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any, NamedTuple
from zipfile import ZipFile

from lxml import etree

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")


class _Tags(NamedTuple):
    """What the parts of a text are called."""

    lines: tuple[str, ...]
    row: str
    cell: str
    signs: dict[str, str]
    """Elements that stand for a sign."""
    passed: tuple[str, ...]
    """What is not shown."""


_OPENDOCUMENT = _Tags(
    lines=(f"{_TEXT}p", f"{_TEXT}h"),
    row=f"{_TABLE}table-row",
    cell=f"{_TABLE}table-cell",
    signs={f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"},
    passed=(f"{_TEXT}tracked-changes", f"{_OFFICE}annotation"),
)
_SLIDES = _Tags(
    lines=(f"{_DRAWING}p",),
    row=f"{_DRAWING}tr",
    cell=f"{_DRAWING}tc",
    signs={f"{_DRAWING}br": "\n"},
    passed=(f"{_DRAWING}extLst",),
)


def opendocument(body: bytes) -> Iterator[str]:
    """Give the lines of a text, and the rows of its tables, cells apart by tabs.

    Raises what zipfile and lxml raise for what is no such file.
    """
    with ZipFile(BytesIO(body)) as package, package.open("content.xml") as content:
        yield from _lines(content, _OPENDOCUMENT)


def slides(body: bytes) -> Iterator[str]:
    """Give the lines of slides, by their numbers. Raises as `opendocument` does."""
    with ZipFile(BytesIO(body)) as package:
        found = filter(None, map(_SLIDE.fullmatch, package.namelist()))
        for match in sorted(found, key=lambda match: int(match[1])):
            with package.open(match[0]) as content:
                yield from _lines(content, _SLIDES)


def _lines(content: IO[bytes], tags: _Tags) -> Iterator[str]:
    wanted = (*tags.lines, tags.row)
    within = {*wanted, *tags.passed}
    events = etree.iterparse(
        content,
        tag=wanted,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in events:
        if any(above.tag in within for above in element.iterancestors()):
            continue  # it is given with what it stands in, or not at all
        for sign in element.iter(*tags.signs):
            sign.text = tags.signs[sign.tag]
        for passed in list(element.iter(*tags.passed)):
            passed.clear(keep_tail=True)
        if element.tag == tags.row:
            yield "\t".join(_cell(cell, tags) for cell in element.iterchildren(tags.cell))
        else:
            yield "".join(element.itertext())
        element.clear()
        while element.getprevious() is not None:  # so that what was read takes no memory
            del element.getparent()[0]


def _cell(cell: Any, tags: _Tags) -> str:  # noqa: ANN401 - lxml has no types
    """Give the lines of a cell as one, those of a table within it too."""
    lines = (
        "".join(line.itertext())
        for line in cell.iter(*tags.lines)
        if not any(above.tag in tags.lines for above in line.iterancestors())
    )
    return " ".join(filter(None, lines))
