"""A tree to blocks: one walk, a line wherever a browser begins a new one."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from crawler.clean.hidden import HiddenRules
from crawler.clean.page import (
    ABSOLUTE,
    BLOCKS,
    EDGES,
    SPACE,
    SPACES,
    SPACES_KEPT,
    WIDE,
    Block,
    Link,
    Span,
    domain_of,
    own_domain,
)

if TYPE_CHECKING:
    from lxml.html import HtmlElement

HEADINGS = {f"h{n}": n for n in range(1, 7)}
# ruff: noqa: SIM905
SKIPPED = frozenset(
    "script style noscript template head iframe object svg select textarea title button".split()
)
UNEVEN = re.compile(f"[{SPACES[1:]}]|  ")  # spaces that are to be folded
MOST_BLOCKS = 20_000  # what comes after is not read
DEEPEST = 200  # block-level elements around a line that count
DATA_CELL = 120  # characters: a longer cell is layout


@dataclass(slots=True)
class Level:
    """A block-level element we are inside of."""

    element: "HtmlElement"
    hidden: str
    heading: int
    row: bool
    path: "tuple[HtmlElement, ...]"
    """It and the block-level elements around it, itself last."""


def is_data_table(table: "HtmlElement") -> bool:
    """Tell a table of figures or names from one that lays out the page."""
    if table.find(".//table") is not None:
        return False
    rows: list[list[str]] = []
    for row in table.iter("tr"):
        cells = [cell.text_content().strip() for cell in row if cell.tag in ("td", "th")]
        if max(map(len, cells), default=0) > DATA_CELL:
            return False
        rows.append(cells)
    wide = [row for row in rows if len(row) > 1]
    if 2 * sum(1 for _ in table.iter("img")) >= sum(map(len, rows)):  # pictures side by side
        return False
    if len(wide) < 2 or len(wide) < len(rows) / 2:
        return False
    cells = [cell for row in wide for cell in row]
    linked = sum(len(a.text_content()) for a in table.iter("a"))
    return linked * 2 < sum(map(len, cells))


def moved(part: Link | Span, shift: int, size: int) -> tuple[int, int]:
    """Where a part of a line begins and ends in the line's trimmed text of this size."""
    return min(max(part.start - shift, 0), size), min(max(part.end - shift, 0), size)


class Lines:
    """Walks a tree once and collects its blocks."""

    def __init__(self, tree: "HtmlElement", url: str) -> None:
        self.tree = tree
        self.url = url
        self.domain = own_domain(url)
        self.hidden = HiddenRules(tree)
        self.data_tables = {table for table in tree.iter("table") if is_data_table(table)}
        self.blocks: list[Block] = []
        self.stack: list[Level] = [Level(tree, "", 0, row=False, path=(tree,))]
        self.line = ""
        self.links: list[Link] = []
        self.spans: list[Span] = []
        self.anchor: tuple[HtmlElement, int, str, str] | None = None
        self.veil: tuple[HtmlElement, int, str] | None = None
        self.leads_to: dict[str, str] = {}
        self.picture: HtmlElement | None = None

    def read(self) -> list[Block]:
        """Give the blocks in document order."""
        skipping = 0
        for event, node in etree.iterwalk(self.tree, events=("start", "end")):
            if event == "start":
                if skipping or node.tag in SKIPPED:
                    skipping += 1
                else:
                    self.enter(node)
                    if text := node.text:
                        self.add(text)
                continue
            if skipping:
                skipping -= 1
            else:
                self.leave(node)
            if not skipping and (text := node.tail) and node is not self.tree:
                self.add(text)
            if len(self.blocks) >= MOST_BLOCKS:
                return self.blocks
        self.flush()
        return self.blocks

    def enter(self, node: "HtmlElement") -> None:
        """Begin an element."""
        above, tag = self.stack[-1], node.tag
        if tag in BLOCKS and (not above.row or tag == "tr"):
            self.flush()
            row = above.row or node in self.data_tables
            hidden = above.hidden or self.hidden.how(node)
            heading = HEADINGS.get(tag, above.heading)
            path = (*above.path, node) if len(above.path) < DEEPEST else above.path
            self.stack.append(Level(node, hidden, heading, row=row, path=path))
            return
        if tag == "img":
            self.picture = node
        elif tag == "a":
            href = node.get("href") or ""
            self.anchor = (node, len(self.line), href, self.foreign(href))
        if not self.veil and tag not in BLOCKS and (how := self.hidden.how(node)):
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

    def add(self, text: str) -> None:
        """Add text to the line, runs of spaces folded."""
        if not text.strip(SPACES):  # nine of ten
            self.line += " " if self.line and self.line[-1] not in " \t" else ""
            return
        if UNEVEN.search(text):
            text = SPACE.sub(" ", text)
        if len(text) > SPACES_KEPT:
            text = WIDE.sub(r"\1", text)
        if text[0] == " " and (not self.line or self.line[-1] in " \t"):
            text = text[1:]
        if text[0].isspace() and WIDE.fullmatch(f"{self.line[-20:]}{text[0]}"):
            text = text.lstrip()
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
        if not self.line:
            return
        self.end_link()
        self.end_veil()
        text = self.line.strip(EDGES + "\t")
        if text:
            self.blocks.append(self.block(text))
            self.picture = None
        self.line, self.links, self.spans = "", [], []
        self.anchor = self.anchor and (self.anchor[0], 0, *self.anchor[2:])
        self.veil = self.veil and (self.veil[0], 0, self.veil[2])

    def block(self, text: str) -> Block:
        """Make a block of the line, its spans shifted to the trimmed text."""
        level = self.stack[-1]
        shift = 0
        links, spans = tuple(self.links), tuple(self.spans)
        if len(text) < len(self.line):
            shift = self.line.find(text)
            links = tuple([Link(*moved(x, shift, len(text)), *x[2:]) for x in links])
            spans = tuple([Span(*moved(x, shift, len(text)), *x[2:]) for x in spans])
        hidden = level.hidden
        if not hidden and spans and sum(s.end - s.start for s in spans) >= len(text) - 1:
            hidden, spans = spans[0].how, ()
        indented = self.line[:shift].count("\u3000") > 1
        return Block(
            text,
            level.element,
            level.path,
            links,
            spans,
            hidden,
            level.heading,
            indented,
            level.row,
            self.picture,
        )
