"""A long text in parts, so that no page of it is long to load; paragraphs keep their numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

PART = 36_000
"""Bytes of a part: about twelve thousand Chinese characters."""
MARKUP = 220
"""Bytes that a page needs around each paragraph."""
LONG = 1000
"""Characters of a title that a page shows; a longer one is nobody's headline."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or a piece of one that is too long for a page."""

    number: int
    text: str
    goes_on: bool = False
    """Whether it is the rest of one that began before."""


def parts(lines: tuple[str, ...]) -> list[list[Paragraph]]:
    """Lay paragraphs out in parts of about PART bytes; there is always one, if it is empty."""
    laid: list[list[Paragraph]] = [[]]
    room = PART
    for paragraph in _pieces(lines):
        size = len(paragraph.text.encode("utf-8", "surrogatepass")) + MARKUP
        if size > room and laid[-1]:
            laid.append([])
            room = PART
        laid[-1].append(paragraph)
        room -= size
    return laid


def _pieces(lines: tuple[str, ...]) -> Iterator[Paragraph]:
    longest = PART // 4  # characters, the widest of which have four bytes
    for number, line in enumerate(lines, 1):
        for start in range(0, len(line), longest):
            yield Paragraph(number, line[start : start + longest], goes_on=start > 0)


def clipped(text: str, longest: int) -> str:
    """Give text as it is, or its beginning and an ellipsis where it is longer."""
    return text if len(text) <= longest else f"{text[:longest]}…"
