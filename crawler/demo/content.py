"""The sample sites as they lie in the folders beside this module, read once and checked."""

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent
PORT = 8765
"""The port that the site files name, and the one the demo takes when it is free."""
EDITIONS = (1, 2)
"""What the web looked like at the first crawl, and at the second."""

_IMAGE = re.compile(r"!\[(?P<caption>.*)\]\((?P<href>.+)\)")
_LINKED = re.compile(r"\* (?P<caption>.+) -> (?P<href>\S+)")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an article's body."""

    kind: str
    """text, heading, file, image, table or break (between stanzas)."""
    text: str = ""
    href: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a sample site, as its author wrote it."""

    path: str
    """Path and query."""
    title: str
    date: date | datetime
    kind: str = "article"
    """article, soft_404, block_page, redirect, or forbidden (by robots.txt)."""
    section: str = ""
    body: str = ""
    """A paragraph a line; content.blocks tells what else a line can be."""
    shown: str = ""
    """The date as the page shows it; by default in one of the site's ways."""
    source: str | None = None
    authors: tuple[str, ...] = ()
    byline: str = ""
    """Names glued to the last sentence; without it the info line shows the authors."""
    editor: str | None = None
    trailer: tuple[str, ...] = ()
    """Paragraphs after the body that are not of it."""
    template: str = "article"
    charset: str = ""
    """Where it is another than the site's."""
    label: str = ""
    spam: tuple[str, ...] = ()
    """Names of the site's spam put into this page."""
    flags: tuple[str, ...] = ()
    """What a careful reader would flag."""
    to: str = ""
    """Where a redirect leads."""
    status: int = 200
    listed: bool = True
    """Whether lists, feeds and sitemaps name it."""
    editions: tuple[int, ...] = EDITIONS
    """The editions that have it; a 404 in the others."""
    second: dict[str, Any] = field(default_factory=dict)
    """What the second edition changes."""

    @property
    def day(self) -> str:
        """The publication date without its time."""
        return self.date.isoformat()[:10]

    def in_edition(self, edition: int) -> "Page":
        """Give this page as it is in that edition."""
        return replace(self, **_tuples(self.second)) if edition == EDITIONS[-1] else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Spam:
    """A link farm put into some pages of a site by strangers."""

    at: str
    """top, inside or end: where the templates let it in."""
    how: str
    """A name in shared/spam.html: the way it is hidden, or not."""
    links: tuple[tuple[str, str], ...]
    """Text and address of each link."""
    lead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list page, with its further pages."""

    path: str
    section: str = ""
    """The section it lists; empty for all."""
    more: str = ""
    """Path of the further pages, with {n} for the number that the second page begins with."""
    start: int = 2
    """The number that the second page has."""
    size: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSite:
    """One sample site."""

    id: str
    file: str
    """Its site file, as TOML text."""
    home: str
    name: str
    charset: str = "utf-8"
    """What its pages are encoded in."""
    label: str = "utf-8"
    """What they say that they are encoded in."""
    content_type: str = "text/html"
    dates: tuple[str, ...] = ("{:%Y-%m-%d}",)
    """The ways in which it shows a date."""
    times: tuple[str, ...] = ("{:%Y-%m-%d %H:%M}",)
    """The ways in which it shows a date with its time."""
    sections: bool = False
    """Whether its pages name their section in a breadcrumb."""
    robots: str = ""
    feed: str = ""
    feed_size: int = 8
    sitemap: str = ""
    """Path of the sitemap index; its parts are NAME-news.xml.gz and NAME-pages.xml."""
    gzip: bool = False
    """Whether it compresses pages for those who take it."""
    validators: tuple[str, ...] = ()
    """etag, last-modified: which of them it sends and honours."""
    furniture: dict[str, Any] = field(default_factory=dict)
    """What stands around every article: texts by name, or lists of texts."""
    lists: tuple[Listing, ...] = ()
    spam: dict[str, Spam] = field(default_factory=dict)
    pinyin: dict[str, str] = field(default_factory=dict)
    """What a mirror kit writes in brackets after a character."""
    tail: str = ""
    """What a mirror kit leaves at the end of a text."""
    pages: tuple[Page, ...] = ()

    @property
    def address(self) -> str:
        """The loopback address it lives on."""
        return urlsplit(self.home).hostname or ""

    def edition(self, number: int) -> tuple[Page, ...]:
        """Give its pages in that edition, newest first."""
        changed = (page.in_edition(number) for page in self.pages if number in page.editions)
        return tuple(sorted(changed, key=_newest, reverse=True))

    def listed(self, number: int) -> list[Page]:
        """Give what lists, feeds and sitemaps name, newest first.

        They go on naming pages that are gone, as such sites do.
        """
        changed = (page.in_edition(number) for page in self.pages if page.listed)
        return sorted(changed, key=_newest, reverse=True)

    def date_shown(self, page: Page) -> str:
        """Say how the page shows its date."""
        if page.shown:
            return page.shown
        forms = self.times if isinstance(page.date, datetime) else self.dates
        turn = sum(map(ord, page.path))  # one page always shows it in one way
        return forms[turn % len(forms)].format(page.date)


def _newest(page: Page) -> tuple[str, str]:
    return page.day, page.path


def blocks(body: str) -> tuple[Block, ...]:
    """Read a body: `# ` a heading, `|…|` a table row, `* name -> path` a file, `![…](…)` an image.

    An empty line is a break between stanzas, every other line a paragraph.
    """
    found: list[Block] = []
    for line in body.strip().splitlines():
        if line.startswith("|"):
            row = tuple(cell.strip() for cell in line.strip("|").split("|"))
            before = found.pop().rows if found and found[-1].kind == "table" else ()
            found.append(Block("table", rows=(*before, row)))
        elif line.startswith("# "):
            found.append(Block("heading", line[2:]))
        elif match := _LINKED.fullmatch(line):
            found.append(Block("file", match["caption"], match["href"]))
        elif match := _IMAGE.fullmatch(line):
            found.append(Block("image", match["caption"], match["href"]))
        else:
            found.append(Block("text", line) if line else Block("break"))
    return tuple(found)


@cache
def sample_sites() -> dict[str, SampleSite]:
    """Read every sample site, by id. An unknown or missing key raises TypeError."""
    return {path.parent.name: _read(path.parent) for path in sorted(HERE.glob("*/site.toml"))}


def _read(folder: Path) -> SampleSite:
    file = (folder / "site.toml").read_text(encoding="utf-8")
    owner = tomllib.loads(file)
    served = tomllib.loads((folder / "pages.toml").read_text(encoding="utf-8"))
    spam = {name: Spam(**_tuples(value)) for name, value in served.pop("spam", {}).items()}
    lists = tuple(Listing(**value) for value in served.pop("list", ()))
    pages = tuple(
        Page(**_tuples(value))
        for path in sorted(folder.glob("articles*.toml"))
        for value in tomllib.loads(path.read_text(encoding="utf-8"))["article"]
    )
    twice = len(pages) - len({page.path for page in pages})
    if twice:
        raise ValueError(f"{folder.name}: {twice} pages share a path with another")
    return SampleSite(
        id=folder.name,
        file=file,
        home=owner["home"],
        name=owner["name"],
        spam=spam,
        lists=lists,
        pages=pages,
        **_tuples(served),
    )


def _tuples(table: dict[str, Any]) -> dict[str, Any]:
    """Turn the arrays of a TOML table into tuples, also those within arrays."""
    return {
        key: tuple(tuple(item) if isinstance(item, list) else item for item in value)
        if isinstance(value, list)
        else value
        for key, value in table.items()
    }
