"""Decoded text to a Page: its blocks, the metas of its head, its <title>."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree, html

from crawler.clean.lines import MOST_BLOCKS, Lines
from crawler.clean.page import Block, Page, trim

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_CHARACTERS = 2_097_152  # of markup; what comes after is not an article
NO_TEXT = re.compile(
    r"<(script|style)\b(?![^>]{0,200}ld\+json)[^>]*>.*?(?:</\1\s*>|$)|<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Founder's e-paper system writes what it knows of an article into a comment.
EPAPER = ("<!--enpproperty", "/enpproperty-->")
PROPERTY = re.compile(r"<(\w{1,40})>([^<]{0,500})</\1>")
LONG_TITLE = 300  # characters: what comes after is not the title
LONG_META = 2000
# libxml2 compares each attribute of an element with every other.
MANY_ATTRIBUTES = re.compile(
    r"(<[a-z][\w:-]*+)(?:[\s/]*+[^\s\"'<>=/]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++))?+){500,}+",
    re.IGNORECASE,
)
LONG_MARKUP = 20_000  # characters in which so many attributes can stand
# libxml2 reads nothing after the end of the page, which may stand in the middle of an article.
ENDS = re.compile(r"</(?:html|body)\s*+>", re.IGNORECASE)
# A program that cuts by bytes takes a character's end for a question mark, and "<" with it.
BITTEN = re.compile(
    r"\ufffd?\?(?=/?(?:p|br|div|span|td|tr|li|font|strong|b|a)\s*/?>)", re.IGNORECASE
)
XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|meta|title|div|p|a|br|table|span|script|style|link|h[1-6])\b",
    re.IGNORECASE,
)


def parse(text: str, url: str, *, plain: bool = False) -> Page:
    """Read decoded markup, or bare text, into blocks. Any text gives a Page."""
    if len(text) > MAX_CHARACTERS:
        text = NO_TEXT.sub("", text)
    text = CONTROLS.sub("", text[:MAX_CHARACTERS])
    if "?/" in text:
        text = BITTEN.sub("\ufffd<", text)
    tree = None if plain or not MARKUP.search(text) else grow(text)
    if tree is None:
        lines = filter(None, map(trim, text.splitlines()))
        return Page(url, [Block(line) for line in islice(lines, MOST_BLOCKS)])
    page = Page(url, [], tree, dict(read_metas(tree)), nodes=list(tree.iter()))
    epaper = text.partition(EPAPER[0])[2].partition(EPAPER[1])
    page.metas |= {
        f"epaper:{name.lower()}": trim(value)
        for name, value in PROPERTY.findall(epaper[0] if epaper[1] else "")
        if value.strip()
    }
    titles = (trim(title.text_content()[:LONG_META]) for title in tree.iter("title"))
    page.head_title = next(titles, "")[:LONG_TITLE]
    page.blocks = Lines(tree, url).read()
    return page


def grow(text: str) -> "HtmlElement | None":
    """Parse markup into a tree; None where there is nothing to parse."""
    # Without huge_tree all text below 256 open elements is lost: old pages never close a <font>.
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    if len(text) > LONG_MARKUP:
        text = MANY_ATTRIBUTES.sub(r"\1", text)
    source = ENDS.sub("", XML_DECLARATION.sub("", text)).encode("utf-8", "replace")
    try:
        return html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None


def read_metas(tree: "HtmlElement") -> Iterator[tuple[str, str]]:
    """Yield (name, content), later ones first, so that a dict keeps the first of each name."""
    for meta in reversed(list(tree.iter("meta"))):
        name = meta.get("name") or meta.get("property") or meta.get("itemprop")
        if name and (content := trim((meta.get("content") or "")[:LONG_META])):
            yield name.strip().lower(), content
