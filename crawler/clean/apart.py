"""Elements whose tag, class or id says that they stand around a text: comments, sidebars, bars."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from crawler.clean.page import Block, names_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LINKED = 0.6  # share of link text from which a line is a link
READ_ON = re.compile(
    r"\W*(?:(?:继续|详细|点击|展开)?阅读(?:全文|更多)?|(?:查看|了解)?(?:详情|详细|更多|全文)"
    r"|(?:read|see|learn) more|continue reading|more|weiterlesen|lire la suite|leer más)\W*"
)
FILLED_IN = frozenset(("text", "email", "tel", "password", "search", "radio", "checkbox"))
WORDS_OF_FORM = 200  # characters around a field, its own labels and advertisement
MOST_STEPS = 8  # from a field outwards
APART = 12  # what a line in an element of furniture counts against its surroundings
FURNITURE = re.compile(
    r"(?:comments?|comment[-_]?(?:list|area|s-area|box)|commentlist|respond|reply(?:-title)?|pinglun|"
    r"sharedaddy|sd-\w+|jp-[\w-]+|(?:bd)?share(?:[-_].*)?|social(?:[-_].*)?|related(?:[-_].*)?|"
    r"xiangguan.*|recommend.*|tuijian.*|widget(?:[-_].*)?|side-?bar|profile(?:[-_].*)?|ft|foot(?:er)?(?:[-_].*)?|bottom|pls|r_one|float(?:[-_].*)?|"
    r"pagination|pager|breadcrumbs?|crumbs?|toolbar|entry-footer|post-navigation|nav-links|"
    r"cookie.*|newsletter.*|donat(?:e|ion|ions)(?:[-_].*)?|hotnews|qr-?code|erweima|copyright)",
    re.IGNORECASE,
)


FOOT = re.compile(
    r"(?:page[-_]?|site[-_]?|main[-_]?)?foot(?:er)?|ft|copyright|colophon", re.IGNORECASE
)


def set_apart(worths: dict[Block, float]) -> None:
    """Count lines in elements named as comments, sidebars or bars for sharing against the body.

    Not where they hold most of the page's prose: then the name misleads.
    """
    known: dict[HtmlElement, bool] = dict.fromkeys(small_forms(worths), True)
    named = [block for block in worths if stands_apart(block.path, known)]
    named += teasers(list(worths))
    whole = sum(max(worth, 0) for worth in worths.values())
    if 2 * sum(max(worths[block], 0) for block in named) >= whole:
        named = [block for block in named if stands_at_foot(block)]
    if sum(max(worths[block], 0) for block in named) < whole:
        for block in named:
            worths[block] = min(worths[block], -APART)


def stands_at_foot(block: Block) -> bool:
    """Whether a line stands in the foot of the page, which no theme fills with its text."""
    return any(
        element.tag == "footer" or FOOT.fullmatch(element.get("id") or element.get("class") or "")
        for element in block.path[2:]
    )


def teasers(blocks: Sequence[Block]) -> list[Block]:
    """The lines between a linked headline and a link to read on: of other articles."""
    return [
        block
        for headline, block, more in zip(blocks, blocks[1:], blocks[2:], strict=False)
        if min(headline.linked, more.linked) > LINKED and READ_ON.fullmatch(more.folded)
    ]


def small_forms(blocks: Iterable[Block]) -> "set[HtmlElement]":
    """The elements that hold a field to fill in and few words: newsletters, search, log-in, polls.

    Old sites wrap whole pages into one form, so not the form counts but the words about the field.
    """
    first = next((block for block in blocks if block.path), None)
    boxes = set()
    for field in first.path[0].iter("input", "textarea") if first else ():
        if (field.get("type") or "text").lower() not in FILLED_IN:
            continue
        box = field
        for around in islice(field.iterancestors(), MOST_STEPS):
            if around.tag in ("body", "html") or says_much(around):
                break
            box = around
        boxes.add(box)
    return boxes


def says_much(element: "HtmlElement") -> bool:
    """Whether an element has more to say than a form: many words, or a Chinese sentence."""
    size = 0
    for text in element.itertext():
        size += len(text.strip())
        if size > WORDS_OF_FORM or "。" in text:
            return True
    return False


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
    names = names_of(element).split()
    return element.tag not in ("html", "body") and any(map(is_furniture_name, names))
