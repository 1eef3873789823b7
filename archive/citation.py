"""How an article is cited: GB/T 7714-2015, in the manner of Chicago, BibTeX, RIS, CSL-JSON.

Every function takes what is known and gives text, or for CSL what becomes JSON. What is not known
is left out; no name is turned round or put into Latin letters. Readers saw what was captured, so
the day of the capture is the day of access.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from archive.hanzi import HAN

LONGEST = 500
"""Characters of a title that a citation has; a longer one is spam, and ends in an ellipsis."""

_PAGE = re.compile(r"(?<!\d)([A-Z]?)0*(\d{1,3})\s*版", re.ASCII)
"""A page of a printed paper, as sections name it."""
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        **{sign: f"\\{sign}" for sign in "$&#_%"},
    }
)
_UNSAFE = frozenset('\\{}<>" \r\n')
_MANY = 3
"""So many authors are named before "and others"."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation is made from."""

    id: str
    """The article's id."""
    title: str
    authors: tuple[str, ...]
    site: str | None
    """Name of the site it was on."""
    source: str | None
    """来源: who published it first, as the page says."""
    section: str | None
    published: str | None
    """ISO 8601; None where it is not known."""
    captured: str
    """When the version that is cited was captured: ISO 8601 in UTC."""
    url: str
    """The page it was read from."""
    permalink: str
    """The version's address in the archive."""
    language: str | None
    """BCP 47."""
    press: bool = False
    """Whether the site is a newspaper's."""

    @property
    def chinese(self) -> bool:
        """Whether its words are to be joined as Chinese ones are."""
        return bool(HAN.search(self.title) or HAN.search(self.site or ""))

    @property
    def day(self) -> date | None:
        """The day it was published; None where that is not known."""
        return _day(self.published)

    @property
    def accessed(self) -> date | None:
        """The day it was captured."""
        return _day(self.captured)


def _day(iso: str | None) -> date | None:
    try:
        return date.fromisoformat((iso or "")[:10])
    except ValueError:
        return None


def plain(text: str | None, longest: int = LONGEST) -> str:
    """Give text on one line, without control characters and what turns the writing round."""
    kept = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in (text or "")[: 4 * longest]
        if sign not in _BIDI
    )
    line = " ".join(kept.split())
    return line if len(line) <= longest else f"{line[:longest]}…"


def _sentence(text: str) -> str:
    """End text with a full stop, unless it ends a sentence as it is."""
    return text if text.endswith((".", "。", "?", "!", "？", "！", "…")) else f"{text}."


def gb_t_7714(cited: Cited) -> str:
    """Cite as GB/T 7714-2015 has it, numeric style: newspapers online (4.4), web pages (4.6).

    Who wrote it is left out where that is not known, as 8.1.3 allows. Names stay as they were
    published, though the standard puts surnames first: of a byline nobody knows which is one.
    """
    names = [plain(name) for name in cited.authors[:_MANY]]
    if len(cited.authors) > _MANY:
        names.append("等" if HAN.search("".join(names)) else "et al")
    start = f"{_sentence(', '.join(names))} " if names else ""
    title = plain(cited.title) or "无题名"
    kind = "N/OL" if cited.press else "EB/OL"
    issued = _gb_issued(cited)
    accessed = f"[{cited.accessed}]" if cited.accessed else ""
    where = f"{issued}{accessed}"
    return f"{start}{title}[{kind}]. {where + '. ' if where else ''}{cited.permalink}."


def _gb_issued(cited: Cited) -> str:
    """Say where and when: a paper, day and page, or a publisher, year and day of the page."""
    day, site = cited.day, plain(cited.site)
    if cited.press:
        page = _page(cited)
        when = f"{day}({page})" if day and page else str(day or "")
    else:
        when = f"{day.year if site else ''}({day})" if day else ""
    return ", ".join(filter(None, (site, when)))


def _page(cited: Cited) -> str:
    """Give the page of a newspaper that its section names; nothing where none is known."""
    found = _PAGE.search(cited.section or "") if cited.press else None
    return f"{found[1]}{found[2]}" if found else ""


def chicago(cited: Cited) -> str:
    """Cite in the manner of the Chicago Manual of Style, names as they are written."""
    names = [plain(name) for name in cited.authors[:_MANY]]
    who = f"{names[0]} et al." if len(cited.authors) > _MANY else ""
    if names and not who:
        who = _sentence(" and ".join(filter(None, (", ".join(names[:-1]), names[-1]))))
    title = plain(cited.title).replace("“", "‘").replace("”", "’").replace('"', "'")
    title = f"“{_sentence(title)}”" if title else "Untitled."
    when = f"{_spelled(cited.day)}" if cited.day else "n.d."
    where = f"{plain(cited.site)}, {when}" if cited.site else when
    archived = f"Archived {_spelled(cited.accessed)}, at " if cited.accessed else "Archived at "
    parts = (who, title, _sentence(where), f"{archived}{cited.permalink}.")
    return " ".join(part for part in parts if part)


def _spelled(day: date | None) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}" if day else ""


def notes(cited: Cited) -> list[str]:
    """What no field of a format has a place for."""
    named = [f"来源: {plain(cited.source)}"] if cited.source else []
    return [*named, f"Original: {plain(cited.url, 2000)}"]


def bibtex(cited: Cited) -> str:
    """Give an entry for BibTeX and biblatex, in UTF-8."""

    def braced(text: str) -> str:
        return "{" + plain(text).translate(_TEX) + "}"

    fields = {
        "author": " and ".join(braced(name) for name in cited.authors),
        "title": braced(cited.title) if cited.title else "",
        "organization": plain(cited.site).translate(_TEX),
        "date": str(cited.day or ""),
        "year": str(cited.day.year) if cited.day else "",
        "url": _web(cited.permalink),
        "urldate": str(cited.accessed or ""),
        "langid": {"zh": "chinese", "en": "english"}.get((cited.language or "")[:2], ""),
        "note": "; ".join(notes(cited)).translate(_TEX),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@online{{{cited.id},\n{''.join(lines)}}}\n"


def _web(address: str) -> str:
    """Write an address so that it ends no field of any format."""
    return "".join(f"%{ord(sign):02X}" if sign in _UNSAFE else sign for sign in address)


def ris(cited: Cited) -> str:
    """Give an entry in RIS, each field under the tag that Zotero reads for that kind of item."""
    day, accessed = cited.day, cited.accessed
    tags = [
        ("TY", "NEWS" if cited.press else "ELEC"),
        ("ID", cited.id),
        *(("AU", plain(name)) for name in cited.authors),
        ("TI", plain(cited.title)),
        ("T2", plain(cited.site)),
        ("SE" if cited.press else "KW", plain(cited.section)),  # web pages have no sections
        ("SP", _page(cited)),
        ("PY", str(day.year) if day else ""),
        ("DA", f"{day:%Y/%m/%d}" if day else ""),
        ("Y2", f"{accessed:%Y/%m/%d}" if accessed else ""),
        ("UR", _web(cited.permalink)),
        ("LA", cited.language or ""),
        *(("N1", note) for note in notes(cited)),
    ]
    lines = [f"{tag}  - {value}\r\n" for tag, value in tags if value]
    return "".join(lines) + "ER  - \r\n"


def csl(cited: Cited) -> dict[str, object]:
    """Give an item of CSL-JSON."""
    item: dict[str, object] = {
        "id": cited.id,
        "type": "article-newspaper" if cited.press else "webpage",
        "title": plain(cited.title),
        "author": [{"literal": plain(name)} for name in cited.authors],
        "container-title": plain(cited.site),
        "section": plain(cited.section),
        "page": _page(cited),
        "issued": _parts(cited.day),
        "accessed": _parts(cited.accessed),
        "URL": cited.permalink,
        "archive": "Union Archive",
        "language": cited.language or "",
        "note": "\n".join(notes(cited)),
    }
    return {name: value for name, value in item.items() if value}


def _parts(day: date | None) -> dict[str, object] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None
