"""Dates, authors, captions as markup itself names them: microformats, RDFa, microdata, HTML5."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive.hanzi import fold
from crawler.clean.dates import find_date
from crawler.clean.names import read_names
from crawler.clean.page import Page, trim

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# https://microformats.org/wiki/hentry, https://schema.org/datePublished, Dublin Core in RDFa, HTML5
DATES = (
    "//*[@itemprop='datePublished']",
    "//*[contains(concat(' ', @property, ' '), ' dc:date ')]",
    "//*[contains(concat(' ', @property, ' '), ' article:published_time ')]",
    "//abbr[contains(concat(' ', @class, ' '), ' published ')]",
    "//time[contains(concat(' ', @class, ' '), ' published ') or @pubdate]",
    "//article//time[@datetime] | //header//time[@datetime]",
)
AUTHORS = (
    "//*[@itemprop='author']",
    "//*[contains(@rel, 'author')]",
    "//*[contains(concat(' ', @rel, ' '), ' sioc:has_creator ')]",
    "//*[contains(@class, 'vcard')]//*[contains(concat(' ', @class, ' '), ' fn ')]",
    "//*[contains(concat(' ', @class, ' '), ' byline ')]",
    "//*[contains(concat(' ', @class, ' '), ' author ')]",
)
NAME_LONGEST = 60


def markup_date(page: Page, zone: str | None) -> str | None:
    """The date of publication that the markup names, or None."""
    for path in DATES:
        for node in select(page, path):
            value = node.get("content") or node.get("datetime") or node.get("title")
            if found := find_date(value or node.text_content(), zone):
                return found
    return None


def markup_authors(page: Page) -> tuple[str, ...]:
    """The author's names that the markup gives; empty where it gives none."""
    for path in AUTHORS:
        for node in select(page, path):
            value = trim(node.get("content") or node.text_content())
            if len(value) <= NAME_LONGEST and (names := plain_names(value)):
                return names
    return ()


def plain_names(value: str) -> tuple[str, ...]:
    """The names in a value that may begin with a word such as by or 由."""
    for lead in ("由", "作者", "文", "By ", "by ", "par ", "Par "):
        value = value.removeprefix(lead).lstrip(" :：/")
    return read_names(value, fold(value), surnames=True) or ()


def select(page: Page, path: str) -> Iterator["HtmlElement"]:
    """Yield the elements at an XPath; none for bare text."""
    if page.tree is not None:
        yield from page.tree.xpath(path)
