"""Citations of what a reading page shows, and the same as files."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archive import citation, crosswalk
from archive.citation import Cited
from archive.web.reading import Reading
from archive.web.words import web_link


@dataclass(frozen=True, slots=True)
class Format:
    """A file that a citation can be had as."""

    name: str
    content_type: str
    write: Callable[[Cited], str]


FORMATS: Mapping[str, Format] = {
    "bib": Format("BibTeX", "application/x-bibtex", citation.bibtex),
    "ris": Format("RIS", "application/x-research-info-systems", citation.ris),
    "csl.json": Format(
        "CSL-JSON",
        "application/vnd.citationstyles.csl+json",
        lambda cited: json.dumps([citation.csl(cited)], ensure_ascii=False, indent=2) + "\n",
    ),
}


def cited(reading: Reading, permalink: str) -> Cited:
    """Give what the version that is shown is cited by; `permalink` is the article's address."""
    row = reading.row
    return Cited(
        id=row["id"],
        title=reading.title,
        authors=reading.authors,
        site=row["site_name"],
        source=row["source"],
        section=row["section"],
        published=row["published"],
        captured=reading.seen,
        url=row["url"],
        permalink=f"{permalink}?version={reading.number}",
        language=row["language"],
        press=row["site_kind"] == "news",
    )


def schema_org(of: Cited) -> dict[str, object]:
    """Give what a machine reads on the page; an address that is no link is left out."""
    item = crosswalk.schema_org(of)
    if not web_link(of.url):
        item.pop("url", None)
    return item
