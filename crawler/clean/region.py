"""The main region: the smallest element that holds title, byline and body.

Its visible text is what counts as extracted; what no stage has claimed of it by the end is
furniture, and is taken out as that.
"""

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from crawler.clean.page import Block, Page
from crawler.clean.title import Title, letters

if TYPE_CHECKING:
    from lxml.html import HtmlElement

GENEROUS = 3  # a region with so many times the text of the body is the page, not the region
SLACK = 600  # characters that a short article's region may have beside it
TEASER = re.compile(r"(?:…+|\.{3,})$|^(?:内容)?(?:摘要|提要|简介|導讀|导读|摘\s要)\s*[:：]\s*")
TEASER_WITHIN, TEASER_LEAST = 2, 12
"""Lines at the head of which one may be a teaser, and the characters that it has at least."""
HEAD = 8  # lines among which the paragraph stands that it is the beginning of
LABEL_LONGEST = 20  # characters before a page's own address
SCHEME = re.compile(r"^https?://")
DUPLICATE = 4  # letters from which a line can be the title again
SHORT_TITLE = 6  # letters up to which a longer line may begin with it by chance
SENTENCE = re.compile("[。！？]")


def find_region(page: Page, body: Sequence[Block], title: Title) -> list[Block]:
    """The blocks of the main region in document order, injected ones from anywhere among them."""
    if page.tree is None:
        return list(page.blocks)
    wanted = {*body, title.block}
    places = [n for n, block in enumerate(page.blocks) if block in wanted]
    if not places:
        return [block for block in page.blocks if block.dropped is not None]
    element = common_element([page.blocks[n] for n in places])
    limit = GENEROUS * sum(len(block.text) for block in body) + SLACK
    chosen = [block for block in page.blocks if element is not None and block.is_inside(element)]
    if (
        element is None
        or element.tag in ("html", "body")
        or sum(len(b.text) for b in chosen) > limit
    ):
        chosen = page.blocks[places[0] : places[-1] + 1]
    inside = set(chosen)
    return [
        block for block in page.blocks if block in inside or block.dropped is not None or block.cuts
    ]


def common_element(blocks: Sequence[Block]) -> "HtmlElement | None":
    """The innermost element that all the blocks stand in."""
    shared = set(blocks[0].path).intersection(*(block.path for block in blocks[1:]))
    return next((element for element in reversed(blocks[0].path) if element in shared), None)


def drop_title(region: Sequence[Block], body: Sequence[Block], title: Title) -> None:
    """Take the title out, and the lines at the text's head that only repeat it or part of it."""
    whole = letters(title.text)
    if title.block is not None:
        title.block.drop("title", "title")
    inside = set(body)
    first = next((n for n, block in enumerate(region) if block in inside), len(region))
    for block in [*region[:first], *body[:6]]:
        if block.dropped is None and repeats(letters(block.text), whole, within=block in inside):
            block.drop("title", "title-repeated")
    seen: set[str] = set()
    for block in body[:HEAD]:  # a subtitle that stands twice stays once
        own = letters(block.text)
        if block.dropped is None and len(own) >= DUPLICATE and not SENTENCE.search(block.text):
            if own in seen:
                block.drop("title", "subtitle-repeated")
            seen.add(own)


def repeats(line: str, title: str, *, within: bool) -> bool:
    """Whether a line says the title again, or part of it; both are letters alone.

    `within`: it stands in the body, where less than half of the title may be a sentence of its own.
    """
    if len(line) < DUPLICATE:
        return False
    if line in title:
        return not within or 2 * len(line) > len(title)
    return len(title) > SHORT_TITLE and line.startswith(title) and len(line) < 1.3 * len(title)


def drop_teaser(body: Sequence[Block]) -> None:
    """Drop a line at the head that breaks off in what a later one says: a CMS's own summary."""
    for block in body[:TEASER_WITHIN]:
        start = TEASER.sub("", block.text)
        if len(start) < TEASER_LEAST or start == block.text:
            continue
        if any(other is not block and other.text.startswith(start) for other in body[:HEAD]):
            block.drop("furniture", "teaser")


def without_hidden_copies(body: list[Block]) -> list[Block]:
    """The body without the hidden lines that stand there for all to see as well: print versions."""
    if not any(block.hidden for block in body):
        return body
    seen = {block.text for block in body if not block.hidden}
    return [block for block in body if not (block.hidden and block.text in seen)]


def drop_own_address(page: Page, body: Sequence[Block]) -> None:
    """Drop the short lines at the end that give the page's own address: 链接：https://…/3302.html."""
    own = SCHEME.sub("", page.url).rstrip("/")
    for block in body[-HEAD:]:
        if "/" in own and own in block.text and len(block.text) <= len(page.url) + LABEL_LONGEST:
            block.drop("byline", "own-address")


def drop_learned(region: Sequence[Block], boilerplate: Collection[str]) -> None:
    """Drop the lines that stand on many of the site's pages, unless they are most of this one."""
    shown = [block for block in region if block.dropped is None]
    known = [block for block in shown if letters(block.text) in boilerplate] if boilerplate else []
    if 2 * sum(len(block.text) for block in known) <= sum(len(block.text) for block in shown):
        for block in known:
            block.drop("boilerplate", "learned")


def drop_rest(region: Sequence[Block], body: Sequence[Block]) -> None:
    """What is in the region but in no body, and what no stage has named, is furniture."""
    inside = set(body)
    for block in region:
        if block not in inside:
            block.drop("furniture", "outside-body")
