"""Taking articles out of the archive: one selection, streamed, in one of many formats."""

from pathlib import Path

from archive.errors import UsageError
from archive.export import (
    atom,
    citations,
    corpus,
    csv,
    epub,
    jsonl,
    parquet,
    sqlite,
    tei,
    texts,
    wacz,
    warc,
    xlsx,
)
from archive.export.format import Format

_ALL = (
    *(csv.FORMAT, xlsx.FORMAT, jsonl.FORMAT, parquet.FORMAT, sqlite.FORMAT),
    *(texts.MARKDOWN, texts.TEXT, corpus.FORMAT, epub.FORMAT, tei.FORMAT),
    *(citations.RIS, citations.BIBTEX, citations.CSL, atom.FORMAT, warc.FORMAT, wacz.FORMAT),
)
FORMATS: dict[str, Format] = {each.name: each for each in _ALL}
"""By name, in the order in which they are shown."""


def format_of(out: str, given: str | None) -> Format:
    """Give the format: the one named, or the one the file's name ends in. Raises UsageError."""
    if given is not None:
        found = FORMATS.get(given.lower())
    else:
        ends = {end: each for each in _ALL for end in each.suffixes}
        name = Path(out).name.lower()
        found = next((ends[end] for end in sorted(ends, key=len)[::-1] if name.endswith(end)), None)
    if found is None:
        got = f"format {given!r}" if given else f"{out!r}, whose name gives no known format"
        raise UsageError(f"got {got}, expected --format {', '.join(FORMATS)}")
    return found
