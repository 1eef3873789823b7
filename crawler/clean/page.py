"""HTML as a row of blocks: what a reader sees, line by line, with what speaks for and against it.

Every later stage works on these blocks: it drops whole ones and cuts spans out of others, and so
can always say what was taken out, from where and why.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import tldextract

from archive.hanzi import fold

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SPACES = " \t\r\n\f\v\xa0"
SPACE = re.compile(f"[{SPACES}]+")
SPACES_KEPT = 20
WIDE = re.compile(
    rf"(\s{{{SPACES_KEPT}}})\s+"
)  # patterns that look for spaces are slow on long runs of them
EDGES = " \t\u3000\xa0\ufeff\u200b"
ABSOLUTE = re.compile(r"\s*(?:https?:)?//([^/:?#\s]+)", re.IGNORECASE)

# ruff: noqa: SIM905
BLOCKS = frozenset(
    "html body p div ul ol li table tbody thead tfoot caption tr td th section article header "
    "footer nav aside main form fieldset legend dl dt dd blockquote pre figure figcaption center "
    "address hr marquee details summary br h1 h2 h3 h4 h5 h6".split()
)

domain_of = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


class Link(NamedTuple):
    """An anchor within a block."""

    start: int
    end: int
    href: str
    """As it stands in the page."""
    foreign: str
    """Registered domain it leads to where that is not the page's own, else empty."""


class Span(NamedTuple):
    """A hidden part of a block."""

    start: int
    end: int
    how: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A span of a block that a stage takes out or changes."""

    start: int
    end: int
    kind: str
    rule: str
    replacement: str = ""


@dataclass(eq=False, slots=True)
class Block:
    """A line of the page as it is seen: text between two block boundaries."""

    text: str
    element: "HtmlElement | None" = None
    """The block-level element it stands in; None in bare text."""
    path: "tuple[HtmlElement, ...]" = ()
    """The block-level elements around it, the outermost first, its own last."""
    links: tuple[Link, ...] = ()
    spans: tuple[Span, ...] = ()
    """Parts of it that readers do not see."""
    hidden: str = ""
    """How it is hidden from readers; empty where it is not."""
    heading: int = 0
    """1 to 6 inside h1 to h6, else 0."""
    indented: bool = False
    """Begins with the two wide spaces of a Chinese paragraph."""
    row: bool = False
    """A row of a data table, cells parted by tabs."""
    picture: "HtmlElement | None" = None
    """The picture that stands between it and the line before, the last of several."""
    dropped: tuple[str, str] | None = None
    """(kind, rule) where the whole block is taken out."""
    cuts: list[Cut] = field(default_factory=list)
    worth: float | None = None
    """What crawler.clean.body.worth has found, so that it is asked once."""

    linked: float = field(init=False)
    """Share of the text that is link text."""
    folded: str = field(init=False)
    """The text in plain width, lower case and Simplified characters, of the same length."""

    def __post_init__(self) -> None:
        """Work out what nearly every stage asks of a line."""
        linked = sum([link.end - link.start for link in self.links])
        self.linked = linked / max(len(self.text), 1)
        self.folded = fold(self.text)

    def is_inside(self, element: "HtmlElement") -> bool:
        """Whether it stands in an element or is it."""
        if element in self.path or self.element is None:
            return element in self.path
        return element.tag not in BLOCKS and element in self.element.iterancestors()

    def drop(self, kind: str, rule: str) -> None:
        """Take the whole block out, unless it is out already."""
        if self.dropped is None:
            self.dropped = (kind, rule)


@dataclass(slots=True)
class Page:
    """A page's blocks in document order, with its tree and head."""

    url: str
    blocks: list[Block]
    tree: "HtmlElement | None" = None
    """None for bare text."""
    metas: dict[str, str] = field(default_factory=dict)
    """Lower-case name, property or itemprop of each meta, first one wins."""
    head_title: str = ""
    boilerplate: Collection[str] = ()
    """Lines, letters only and folded, that stand on many of the site's pages."""
    spam: list[str] = field(default_factory=list)
    """What was injected and taken out, one find an item."""
    nodes: "list[HtmlElement]" = field(default_factory=list)
    """All elements of the tree: while they are held, lxml makes none of them anew."""


def names_of(element: "HtmlElement") -> str:
    """An element's class and id."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def trim(text: str) -> str:
    """Fold runs of spaces and take them off both ends."""
    return WIDE.sub(r"\1", SPACE.sub(" ", text)).strip(EDGES)


def host_of(url: str) -> str:
    """The host of an address, or an empty string."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def own_domain(url: str) -> str:
    """The registered domain of an address, or its host where it has none."""
    host = host_of(url)
    return domain_of(host).top_domain_under_public_suffix or host
