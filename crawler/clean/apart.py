"""Elements whose tag, class or id says that they stand around a text: comments, sidebars, bars."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.clean.page import Block

if TYPE_CHECKING:
    from lxml.html import HtmlElement

APART = 12  # what a line in an element of furniture counts against its surroundings
FURNITURE = re.compile(
    r"(?:comments?|comment[-_]?(?:list|area|s-area|box)|commentlist|respond|reply(?:-title)?|pinglun|"
    r"sharedaddy|sd-\w+|jp-[\w-]+|(?:bd)?share(?:[-_].*)?|social(?:[-_].*)?|related(?:[-_].*)?|"
    r"xiangguan.*|recommend.*|tuijian.*|widget(?:[-_].*)?|side-?bar|footer|foot|bottom|float(?:[-_].*)?|"
    r"pagination|pager|breadcrumbs?|crumbs?|toolbar|entry-footer|post-navigation|nav-links|"
    r"cookie.*|newsletter.*|hotnews|qr-?code|erweima|copyright)",
    re.IGNORECASE,
)


def set_apart(worths: dict[Block, float]) -> None:
    """Count lines in elements named as comments, sidebars or bars for sharing against the body.

    Not where they hold most of the page's prose: then the name misleads.
    """
    known: dict[HtmlElement, bool] = {}
    named = [block for block in worths if stands_apart(block.path, known)]
    if 2 * sum(max(worths[b], 0) for b in named) < sum(max(w, 0) for w in worths.values()):
        for block in named:
            worths[block] = min(worths[block], -APART)


def stands_apart(path: Sequence["HtmlElement"], known: "dict[HtmlElement, bool]") -> bool:
    """Whether one of the elements is furniture; `known` remembers those that were looked at."""
    if not path:
        return False
    if path[-1] not in known:
        known[path[-1]] = is_furniture_element(path[-1]) or stands_apart(path[:-1], known)
    return known[path[-1]]


@lru_cache(maxsize=4096)
def is_furniture_name(name: str) -> bool:
    """Whether a class or id is one that themes and CMSs give to what stands around a text."""
    return bool(FURNITURE.fullmatch(name))


def is_furniture_element(element: "HtmlElement") -> bool:
    """Whether an element's tag, class or id says that it is no part of a text."""
    if element.tag in ("footer", "nav", "aside"):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}".split()
    return element.tag not in ("html", "body") and any(map(is_furniture_name, names))
