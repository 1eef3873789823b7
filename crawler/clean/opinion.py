"""trafilatura's opinion of the lines that do not look like prose and do not stand like it."""

import copy
import logging
import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import trafilatura
from lxml import html

from crawler.clean.page import Block

if TYPE_CHECKING:
    from lxml.html import HtmlElement

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

LETTERS = re.compile(r"[\W_]+")
LITTLE = 0.02  # share of the text that is no more than a label or two
MANY = 400  # lines of an article that are not shown to trafilatura


def second_opinion(
    chosen: list[Block], doubtful: Collection[Block], element: "HtmlElement"
) -> list[Block]:
    """Ask trafilatura about the doubtful lines of those chosen; keep what either is sure of.

    Nobody is asked for the sake of a few characters: it costs as much as all else together.
    """
    size, doubt = (sum(len(block.text) for block in blocks) for blocks in (chosen, doubtful))
    if doubt < LITTLE * size or not doubtful or len(chosen) > MANY:
        return chosen
    read = read_by_trafilatura(element)
    if not read:
        return chosen
    return [block for block in chosen if block not in doubtful or squeeze(block.text) in read]


def read_by_trafilatura(element: "HtmlElement") -> str:
    """What trafilatura takes for the article in an element, letters only; empty where it fails."""
    page: Any = html.document_fromstring("<html><body><div></div></body></html>")
    part = copy.deepcopy(element)
    part.tail = None
    if part.tag in ("html", "body"):
        page = part if part.tag == "html" else page
    if part.tag != "html":
        part.tag = "div"
        page.find("body").find("div").append(part)
    found: Any = trafilatura.bare_extraction(
        page, fast=True, with_metadata=False, include_comments=False, favor_recall=True
    )
    return squeeze(found.text or "") if found else ""


def squeeze(text: str) -> str:
    """Letters and digits only."""
    return LETTERS.sub("", text)
