"""Decoded text to a Page: its blocks, the metas of its head, its <title>."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree, html

from crawler.clean.lines import Lines
from crawler.clean.page import Block, Page, trim

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_CHARACTERS = 2_097_152  # of markup; what comes after is not an article
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Founder's e-paper system writes what it knows of an article into a comment.
EPAPER = re.compile(r"<!--enpproperty(.{0,4000}?)/enpproperty-->", re.DOTALL)
PROPERTY = re.compile(r"<(\w{1,40})>([^<]{0,500})</\1>")
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|meta|title|div|p|a|br|table|span|script|h[1-6])\b", re.IGNORECASE
)


def parse(text: str, url: str, *, plain: bool = False) -> Page:
    """Read decoded markup, or bare text, into blocks. Any text gives a Page."""
    text = CONTROLS.sub("", text[:MAX_CHARACTERS])
    tree = None if plain or not MARKUP.search(text) else grow(text)
    if tree is None:
        return Page(url, [Block(line) for line in map(trim, text.splitlines()) if line])
    page = Page(url, [], tree, dict(read_metas(tree)))
    if epaper := EPAPER.search(text):
        page.metas |= {
            f"epaper:{name.lower()}": trim(value)
            for name, value in PROPERTY.findall(epaper[1])
            if value.strip()
        }
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


def read_metas(tree: "HtmlElement") -> Iterator[tuple[str, str]]:
    """Yield (name, content), later ones first, so that a dict keeps the first of each name."""
    for meta in reversed(list(tree.iter("meta"))):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop")
        if name and (content := trim(meta.get("content") or "")):
            yield name.strip().lower(), content
