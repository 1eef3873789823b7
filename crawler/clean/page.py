"""HTML as a row of blocks: what a reader sees, line by line, with what speaks for and against it.

Every later stage works on these blocks: it drops whole ones and cuts spans out of others, and so
can always say what was taken out, from where and why.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import tldextract
from lxml import etree, html

from crawler.clean.hidden import HiddenRules

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_CHARACTERS = 2_097_152  # of markup; what comes after is not an article
SPACE = re.compile(r"[ \t\r\n\f\v\xa0]+")
EDGES = " \t\u3000\xa0\ufeff\u200b"
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
ABSOLUTE = re.compile(r"\s*(?:https?:)?//([^/:?#\s]+)", re.I)
# Founder's e-paper system writes what it knows of an article into a comment.
EPAPER = re.compile(r"<!--enpproperty(.{0,4000}?)/enpproperty-->", re.S)
PROPERTY = re.compile(r"<(\w{1,40})>([^<]{0,500})</\1>")
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
MARKUP = re.compile(r"<(?:!doctype|html|head|body|meta|title|div|p|a|br|table|span|script|h[1-6])\b", re.I)

HEADINGS = {f"h{n}": n for n in range(1, 7)}
SKIPPED = frozenset("script style noscript template head iframe object svg select textarea title button".split())
BLOCKS = frozenset(
    "html body p div ul ol li table tbody thead tfoot caption tr td th section article header footer nav aside "
    "main form fieldset legend dl dt dd blockquote pre figure figcaption center address hr marquee details "
    "summary br h1 h2 h3 h4 h5 h6".split()
)
DATA_CELL = 120  # characters: a longer cell is layout

domain_of = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@dataclass(frozen=True, slots=True)
class Link:
    """An anchor within a block."""

    start: int
    end: int
    href: str
    """As it stands in the page."""
    foreign: str
    """Registered domain it leads to where that is not the page's own, else empty."""


@dataclass(frozen=True, slots=True)
class Span:
    """A hidden part of a block."""

    start: int
    end: int
    how: str


@dataclass(frozen=True, slots=True)
class Level:
    """A block-level element we are inside of."""

    element: "HtmlElement"
    hidden: str
    heading: int
    row: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """A span of a block that a stage takes out or changes."""

    start: int
    end: int
    kind: str
    rule: str
    replacement: str = ""


@dataclass(slots=True, eq=False)
class Block:
    """A line of the page as it is seen: text between two block boundaries."""

    text: str
    element: "HtmlElement | None" = None
    """The block-level element it stands in; None in bare text."""
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
    dropped: tuple[str, str] | None = None
    """(kind, rule) where the whole block is taken out."""
    cuts: list[Cut] = field(default_factory=list)

    @property
    def linked(self) -> float:
        """Share of the text that is link text."""
        return sum(link.end - link.start for link in self.links) / max(len(self.text), 1)

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


def parse(text: str, url: str, *, plain: bool = False) -> Page:
    """Read decoded markup, or bare text, into blocks. Any text gives a Page."""
    text = CONTROLS.sub("", text[:MAX_CHARACTERS])
    tree = None if plain or not MARKUP.search(text) else grow(text)
    if tree is None:
        return Page(url, [Block(line) for line in map(trim, text.splitlines()) if line])
    page = Page(url, [], tree, dict(read_metas(tree)))
    if epaper := EPAPER.search(text):
        page.metas |= {f"epaper:{name.lower()}": trim(value) for name, value in PROPERTY.findall(epaper[1]) if value.strip()}
    page.head_title = next((trim(t.text_content()) for t in tree.iter("title")), "")
    page.blocks = Lines(tree, url).read()
    return page


def grow(text: str) -> "HtmlElement | None":
    """Parse markup into a tree; None where there is nothing to parse."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    source = XML_DECLARATION.sub("", text).encode("utf-8", "replace")
    try:
        return html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None


def trim(text: str) -> str:
    """Fold runs of spaces and take them off both ends."""
    return SPACE.sub(" ", text).strip(EDGES)


def read_metas(tree: "HtmlElement") -> Iterator[tuple[str, str]]:
    """Yield (name, content), later ones first, so that a dict keeps the first of each name."""
    for meta in reversed(list(tree.iter("meta"))):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop")
        if name and (content := trim(meta.get("content") or "")):
            yield name.strip().lower(), content


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


def is_data_table(table: "HtmlElement") -> bool:
    """Tell a table of figures or names from one that lays out the page."""
    if table.find(".//table") is not None:
        return False
    rows = [[cell.text_content().strip() for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    wide = [row for row in rows if len(row) > 1]
    if len(wide) < 2 or len(wide) < len(rows) / 2:  # noqa: PLR2004
        return False
    cells = [cell for row in wide for cell in row]
    linked = sum(len(a.text_content()) for a in table.iter("a"))
    return max(map(len, cells)) <= DATA_CELL and linked * 2 < sum(map(len, cells))


class Lines:
    """Walks a tree once and collects its blocks."""

    def __init__(self, tree: "HtmlElement", url: str) -> None:
        self.tree = tree
        self.url = url
        self.domain = own_domain(url)
        self.hidden = HiddenRules(tree)
        self.data_tables = {table for table in tree.iter("table") if is_data_table(table)}
        self.blocks: list[Block] = []
        self.stack: list[Level] = [Level(tree, "", 0, row=False)]
        self.line = ""
        self.links: list[Link] = []
        self.spans: list[Span] = []
        self.anchor: tuple[HtmlElement, int, str, str] | None = None
        self.veil: tuple[HtmlElement, int, str] | None = None
        self.leads_to: dict[str, str] = {}

    def read(self) -> list[Block]:
        """Give the blocks in document order."""
        skipping = 0
        for event, node in etree.iterwalk(self.tree, events=("start", "end")):
            if event == "start":
                if skipping or node.tag in SKIPPED:
                    skipping += 1
                else:
                    self.enter(node)
                    self.add(node.text)
                continue
            if skipping:
                skipping -= 1
            else:
                self.leave(node)
            if not skipping and node is not self.tree:
                self.add(node.tail)
        self.flush()
        return self.blocks

    def enter(self, node: "HtmlElement") -> None:
        """Begin an element."""
        above = self.stack[-1]
        if node.tag in BLOCKS and (not above.row or node.tag == "tr"):
            self.flush()
            row = above.row or node in self.data_tables
            hidden = above.hidden or self.hidden.how(node)
            self.stack.append(Level(node, hidden, HEADINGS.get(node.tag, above.heading), row=row))
        elif node.tag == "a":
            href = node.get("href") or ""
            self.anchor = (node, len(self.line), href, self.foreign(href))
        if node.tag not in BLOCKS and not self.veil and (how := self.hidden.how(node)):
            self.veil = (node, len(self.line), how)

    def leave(self, node: "HtmlElement") -> None:
        """End an element."""
        if self.anchor and self.anchor[0] is node:
            self.end_link()
            self.anchor = None
        elif self.veil and self.veil[0] is node:
            self.end_veil()
            self.veil = None
        elif self.stack[-1].element is node:
            self.flush()
            if len(self.stack) > 1:
                self.stack.pop()
        elif self.stack[-1].row and node.tag in ("td", "th"):
            self.line = f"{self.line.rstrip(' ')}\t"
        elif self.stack[-1].row and node.tag in BLOCKS:
            self.add(" ")

    def add(self, text: str | None) -> None:
        """Add text to the line, runs of spaces folded."""
        if not text:
            return
        text = SPACE.sub(" ", text)
        if text[0] == " " and (not self.line or self.line[-1] in " \t"):
            text = text[1:]
        self.line += text

    def foreign(self, href: str) -> str:
        """The registered domain an address leads to, where it is not the page's own."""
        match = ABSOLUTE.match(href)
        if not match:
            return ""
        host = match[1].lower()
        if host not in self.leads_to:
            domain = domain_of(host).top_domain_under_public_suffix or host
            self.leads_to[host] = "" if domain == self.domain else domain
        return self.leads_to[host]

    def end_link(self) -> None:
        """Note the link that ends here."""
        if self.anchor and self.line[self.anchor[1] :].strip(EDGES):
            self.links.append(Link(self.anchor[1], len(self.line), *self.anchor[2:]))

    def end_veil(self) -> None:
        """Note the hidden span that ends here."""
        if self.veil and self.line[self.veil[1] :].strip(EDGES):
            self.spans.append(Span(self.veil[1], len(self.line), self.veil[2]))

    def flush(self) -> None:
        """End the line and make a block of it."""
        self.end_link()
        self.end_veil()
        text = self.line.strip(EDGES + "\t")
        if text:
            self.blocks.append(self.block(text))
        self.line, self.links, self.spans = "", [], []
        self.anchor = self.anchor and (self.anchor[0], 0, *self.anchor[2:])
        self.veil = self.veil and (self.veil[0], 0, self.veil[2])

    def block(self, text: str) -> Block:
        """Make a block of the line, its spans shifted to the trimmed text."""
        level = self.stack[-1]
        shift = len(self.line) - len(self.line.lstrip(EDGES + "\t"))

        def fit(position: int) -> int:
            return min(max(position - shift, 0), len(text))

        links = tuple(replace(x, start=fit(x.start), end=fit(x.end)) for x in self.links)
        spans = tuple(replace(x, start=fit(x.start), end=fit(x.end)) for x in self.spans)
        hidden = level.hidden
        if not hidden and spans and sum(s.end - s.start for s in spans) >= len(text) - 1:
            hidden, spans = spans[0].how, ()
        indented = self.line[:shift].count("\u3000") > 1
        return Block(text, level.element, links, spans, hidden, level.heading, indented, level.row)
