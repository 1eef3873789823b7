"""The elements that content systems put an article in, by class and id."""

import re
from typing import TYPE_CHECKING

from crawler.clean.page import Page, names_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

WHOLE = re.compile(
    r"js_content|rich_media_content|trs_(?:uetrs_)?editor|v_news_content|ucap-content",
    re.IGNORECASE,
)
CONTAINER = re.compile(
    r"o?zoom|js_content|rich_media_content|ucap-content|trs_(?:uetrs_)?editor|v_news_content|vsb_content(?:_\d+)?|wp_articlecontent|rm_txt_con|xl_con|endtext|the_content|"
    r"(?:article|art|news|text|txt|content|detail|show|main|post|entry)[-_]?(?:content|con|body|text|txt|article|detail)|artibody|"
    r"neirong|zhengwen|content",
    re.IGNORECASE,
)


def article_element(element: "HtmlElement") -> "HtmlElement | None":
    """The element around it that its content system fills with the article and nothing else."""
    for around in (element, *element.iterancestors()):
        names = names_of(around).split()
        if any(WHOLE.fullmatch(name) for name in names):
            return around
    return None


def known_containers(page: Page) -> list["HtmlElement"]:
    """The elements that content systems put an article in; the first of those found."""
    for node in page.nodes:
        names = names_of(node).split()
        if node.tag == "founder-content" or any(CONTAINER.fullmatch(name) for name in names):
            return [node]
    return []
