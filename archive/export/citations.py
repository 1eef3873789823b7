"""Citations for reference managers: RIS, BibTeX and CSL-JSON."""

import json
from collections.abc import Iterable
from typing import IO

from archive import citation
from archive.citation import Cited
from archive.export.format import About, Format
from archive.export.wanted import Row


def cited(row: Row, about: About) -> Cited:
    """Give what a row is cited by."""

    def text(name: str) -> str | None:
        value = row[name]
        return None if value is None else str(value)

    authors = row["authors"]
    return Cited(
        id=about.name(row),
        title=str(row["title"]),
        authors=tuple(map(str, authors)) if isinstance(authors, list) else (),
        site=text("site_name"),
        source=text("source"),
        section=text("section"),
        published=text("published"),
        captured=str(row["captured"]),
        url=str(row["url"]),
        permalink=about.permalink(row),
        language=text("language"),
        press=row["site_kind"] == "news",
    )


def write_ris(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write entries one after the other."""
    for row in rows:
        file.write(citation.ris(cited(row, about)).encode("utf-8", "replace"))


def write_bibtex(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write entries with an empty line between."""
    for number, row in enumerate(rows):
        entry = citation.bibtex(cited(row, about))
        file.write(("\n" if number else "").encode() + entry.encode("utf-8", "replace"))


def write_csl(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write one list of items, an item a line."""
    between = b"[\n"
    for row in rows:
        item = json.dumps(citation.csl(cited(row, about)), ensure_ascii=False)
        file.write(between + item.encode("utf-8", "replace"))
        between = b",\n"
    file.write(b"\n]\n" if between == b",\n" else b"[]\n")


_WITHOUT = ("--segment", "--removed")
RIS = Format(
    "ris",
    (".ris",),
    "RIS",
    "citations for Zotero, EndNote and others",
    "application/x-research-info-systems",
    write_ris,
    without=_WITHOUT,
)
BIBTEX = Format(
    "bibtex",
    (".bib",),
    "BibTeX",
    "citations for LaTeX",
    "application/x-bibtex",
    write_bibtex,
    without=_WITHOUT,
)
CSL = Format(
    "csl",
    (".csl.json",),
    "CSL-JSON",
    "citations for pandoc and citeproc",
    "application/vnd.citationstyles.csl+json",
    write_csl,
    without=_WITHOUT,
)
