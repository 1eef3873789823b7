"""The pictures of an article, and their captions, which are no part of its prose."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from archive.records import Image
from crawler.clean.page import Block, Page, trim
from crawler.clean.region import common_element

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 50
TINY = frozenset(("0", "1", "2", "3"))  # pixels: counters and spacers


def take_captions(page: Page) -> "dict[HtmlElement, str]":
    """Take the captions out of the prose; give each figure's."""
    captions: dict[HtmlElement, str] = {}
    for block in page.blocks:
        inner = next((e for e in reversed(block.path) if e.tag == "figcaption"), None)
        figure = next((e for e in reversed(block.path) if e.tag == "figure"), None)
        if inner is not None and figure is not None and block.dropped is None:
            captions[figure] = f"{captions.get(figure, '')} {block.text}".strip()
            block.drop("caption", "figcaption")
    return captions


def images_of(
    page: Page, shown: Sequence[Block], captions: "dict[HtmlElement, str]"
) -> list[Image]:
    """The pictures within the article, with their captions, in order."""
    element = common_element(shown) if page.tree is not None and shown else None
    if element is None or element.tag in ("html", "body"):
        return []
    found: dict[str, Image] = {}
    for image in element.iter("img"):
        source = image.get("data-src") or image.get("data-original") or image.get("src") or ""
        width = (image.get("width") or "").removesuffix("px")
        if not source or source.startswith("data:") or width in TINY:
            continue
        try:
            address = urljoin(page.url, source.strip())
        except ValueError:
            continue
        figure = next(image.iterancestors("figure"), None)
        caption = captions.get(figure, "") if figure is not None else ""
        named = caption or trim(image.get("alt") or image.get("title") or "")
        found.setdefault(address, Image(address, named))
    return list(found.values())[:MOST]
