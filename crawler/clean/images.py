"""The pictures of an article, and their captions, which are no part of its prose."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from archive.records import Image
from crawler.clean.labels import read_line
from crawler.clean.page import Block, Page, trim
from crawler.clean.region import common_element
from crawler.clean.weights import weigh

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 50
TINY = frozenset(("0", "1", "2", "3"))  # pixels: counters and spacers
NEAR = 8  # lines above the article in which its first picture may stand
LONGEST = 90  # characters of a caption
LINKED = 0.3  # share of link text
LABEL = 60  # and of one that nothing but its place gives away
CREDITED = re.compile(
    r"^(?:▲|△|▼|↑|↓|[上下左右]?图\d{0,2}(?:为|:|是)|资料图)"
    r"|(?:摄|供图|[^意试企]图)\s*[)）]?$|图(?:片来)?源\s*[:/]|资料(?:图片?|照片)"
    r"|\b(?:photo(?:graph)?|foto|image|credit)s?\s*(?:[:/©]|by\b)",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"(?:^|[\s_-])(?:caption(?:[\s_-]text)?|cap|tu(?:zhu|shuo)|pic[_-]?(?:desc|note|txt|info)|"
    r"im(?:g|age)[_-]?(?:desc|note|title|alt|txt|info)|photo[_-]?(?:desc|note|info))(?:$|[\s_-])",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[。！？!?：:；;]$")
CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)


def take_captions(page: Page, body: Sequence[Block]) -> "dict[HtmlElement, str]":
    """Take the captions out of the prose; give each picture's or figure's.

    A line that only its place makes one is given, but stays in the prose: it may belong there. So
    do all where they are most of what the page says: then it is a story in pictures.
    """
    captions: dict[HtmlElement, list[Block]] = {}
    named = "".join(b.text for b in page.blocks if b.heading == 1) + page.head_title
    for block in around(page, body):
        if block.dropped is not None or block.text in named:
            continue
        shows = picture_of(block)
        shows = picture_above(block) if shows is None else shows
        if shows is not None:
            captions.setdefault(shows, []).append(block)
    taken = [b for blocks in captions.values() for b in blocks if picture_of(b) is not None]
    within = set(body).intersection(taken)
    if 2 * sum(len(block.text) for block in within) > sum(len(block.text) for block in body):
        return {}
    for block in taken:
        block.drop("caption", "caption")
    return {shows: " ".join(b.text for b in blocks) for shows, blocks in captions.items()}


def around(page: Page, body: Sequence[Block]) -> Sequence[Block]:
    """The lines of the article, those among and shortly above them, those of pictures below."""
    place = {block: n for n, block in enumerate(page.blocks)}
    end = place[body[-1]] + 1
    below = takewhile(lambda block: block.picture is not None, page.blocks[end : end + NEAR])
    return [*page.blocks[max(0, place[body[0]] - NEAR) : end], *below]


def picture_of(block: Block) -> "HtmlElement | None":
    """The picture or figure whose caption a line is by markup or wording; None where it is none."""
    if any(element.tag == "figcaption" for element in block.path):
        return next((e for e in reversed(block.path) if e.tag == "figure"), None)
    if not may_be_caption(block) or not (CREDITED.search(block.folded) or is_named(block)):
        return None
    return block.picture


def picture_above(block: Block) -> "HtmlElement | None":
    """The picture right above a line that stands like a caption; None where it does not."""
    if block.picture is None or block.element is None or not may_be_caption(block):
        return None
    centred = is_centred(block.element)
    ends = bool(SENTENCE_END.search(block.text))
    if shares_box(block, block.picture) and not block.indented:
        like = centred or block.element.tag != "p" or not ends
    else:
        like = centred and not ends and len(block.text) <= LABEL
    return block.picture if like else None


def may_be_caption(block: Block) -> bool:
    """Whether a line stands below a picture and is short, plain and no byline."""
    if block.picture is None or len(block.text) > LONGEST or block.heading:
        return False
    says = {pair.kind for pair in read_line(block.text, None).pairs}
    return block.linked <= LINKED and not says & {"source", "editor", "date"}


def is_named(block: Block) -> bool:
    """Whether a class within a step or two says that the line is a caption."""
    named = [*block.path[-2:], *(block.element if block.element is not None else ())]
    return any(NAMED.search(str(element.get("class") or "")) for element in named)


def is_centred(element: "HtmlElement") -> bool:
    """Whether an element, or one of the two around it, is set in the middle."""
    around_it: HtmlElement | None = element
    for _ in range(3):
        if around_it is None:
            return False
        styled = CENTRED.search(around_it.get("style") or "")
        if around_it.tag == "center" or around_it.get("align") == "center" or styled:
            return True
        around_it = around_it.getparent()
    return False


def shares_box(block: Block, picture: "HtmlElement") -> bool:
    """Whether a line and the picture stand in an element that holds no other text."""
    inside = set(block.path)
    box = next((e for e in picture.iterancestors() if e in inside), None)
    return box is not None and len(trim(box.text_content())) <= len(block.text) + 2


def images_of(
    page: Page, shown: Sequence[Block], captions: "dict[HtmlElement, str]"
) -> list[Image]:
    """The pictures within the article, with their captions, in order."""
    element = common_element(shown) if page.tree is not None and shown else None
    if element is None or element.tag in ("html", "body"):
        return []
    inside = set(element.iter("img"))
    captioned = {image for image in captions if image.tag == "img"}
    captioned |= {image for figure in captions for image in figure.iter("img")}
    found: dict[str, Image] = {}
    for image in page.tree.iter("img") if page.tree is not None else ():
        source = image.get("data-src") or image.get("data-original") or image.get("src") or ""
        source = source or (image.get("srcset") or "").strip().partition(" ")[0]
        width = (image.get("width") or "").removesuffix("px")
        wanted = image in inside or image in captioned
        if not wanted or not source or source.startswith("data:") or width in TINY:
            continue
        try:
            address = urljoin(page.url, source.strip())
        except ValueError:
            continue
        figure = next(image.iterancestors("figure"), None)
        caption = captions.get(image) or (captions.get(figure, "") if figure is not None else "")
        named = caption or trim(image.get("alt") or image.get("title") or "")
        named = "" if named and weigh(named).spammy else named
        found.setdefault(address, Image(address, named))
    return list(found.values())[:MOST]
