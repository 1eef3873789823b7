"""Dates, authors, captions as markup itself names them: microformats, RDFa, microdata, HTML5."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from lxml.etree import XPath

from archive.hanzi import fold
from crawler.clean.dates import find_date
from crawler.clean.media import medium
from crawler.clean.names import read_names
from crawler.clean.page import Page, trim

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# https://microformats.org/wiki/hentry, https://schema.org/datePublished, Dublin Core in RDFa, HTML5
DATES = (
    XPath("//*[@itemprop='datePublished']"),
    XPath("//*[@property and contains(concat(' ', @property, ' '), ' dc:date ')]"),
    XPath("//*[@property and contains(concat(' ', @property, ' '), ' article:published_time ')]"),
    XPath("//abbr[contains(concat(' ', @class, ' '), ' published ')]"),
    XPath("//time[contains(concat(' ', @class, ' '), ' published ') or @pubdate]"),
    XPath("//article//time[@datetime] | //header//time[@datetime]"),
)
AUTHORS = (
    XPath("//*[@itemprop='author']"),
    XPath("//*[@rel and contains(@rel, 'author')]"),
    XPath("//*[@rel and contains(concat(' ', @rel, ' '), ' sioc:has_creator ')]"),
    XPath(
        "//*[@class and contains(@class, 'vcard')]//*[contains(concat(' ', @class, ' '), ' fn ')]"
    ),
    XPath("//*[contains(@class, 'byline') and contains(concat(' ', @class, ' '), ' byline ')]"),
    XPath("//*[contains(@class, 'author') and contains(concat(' ', @class, ' '), ' author ')]"),
)
NAMES = (
    XPath("//@class", smart_strings=False),
    XPath("//@rel", smart_strings=False),
    XPath("//@itemprop", smart_strings=False),
)
AUTHOR_NAMES = re.compile("author|byline|has_creator|vcard")
SOURCES = (
    XPath("id('js_name')"),  # a WeChat account's own name
    XPath("//@class[contains(., 'source') or contains(., 'laiyuan') or contains(., '-src')]/.."),
)
NAME_LONGEST = 60


def markup_date(page: Page, zone: str | None) -> str | None:
    """The date of publication that the markup names, or None."""
    for node in select(page, DATES):
        value = node.get("content") or node.get("datetime") or node.get("title")
        if found := find_date(value or node.text_content(), zone):
            return found
    return None


def markup_authors(page: Page) -> tuple[str, ...]:
    """The author's names that the markup gives; empty where it gives none."""
    # Most pages name nobody so, and one look is cheaper than six.
    named: Any = (names(page.tree) for names in NAMES) if page.tree is not None else ()
    if not any(AUTHOR_NAMES.search(" ".join(names)) for names in named):
        return ()
    for node in select(page, AUTHORS):
        value = trim(node.get("content") or node.text_content())
        if len(value) <= NAME_LONGEST and (names := plain_names(value)):
            return names
    return ()


def markup_source(page: Page) -> str | None:
    """Who published it, where an element is named so and holds nothing but such a name."""
    for node in select(page, SOURCES):
        value = trim(node.text_content()[: 2 * NAME_LONGEST])
        if 1 < len(value) <= NAME_LONGEST and (node.get("id") == "js_name" or medium(value)):
            return value
    return None


def plain_names(value: str) -> tuple[str, ...]:
    """The names in a value that may begin with a word such as by or 由."""
    for lead in ("由", "作者", "文", "By ", "by ", "par ", "Par "):
        value = value.removeprefix(lead).lstrip(" :：/")
    return read_names(value, fold(value), surnames=True) or ()


def select(page: Page, paths: Iterable[XPath]) -> Iterator["HtmlElement"]:
    """Yield the elements at each path in turn; none for bare text."""
    for path in paths if page.tree is not None else ():
        found: Any = path(page.tree)  # type: ignore[arg-type]
        yield from found
