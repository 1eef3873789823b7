"""Which blocks are the article.

The site's layout says so, or the blocks themselves do: sentences count for an element, link lists
and short scraps against it, and the element with most to its credit holds the article (the idea
of maximum subsequence segmentation, Pasternack & Roth 2009, https://doi.org/10.1145/1526709.1526840,
on the tree and then on its lines). trafilatura is asked about the lines that remain in doubt.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawler.clean.apart import APART, set_apart
from crawler.clean.blocks import load_rules
from crawler.clean.containers import article_element, known_containers
from crawler.clean.glued import way_out
from crawler.clean.labels import read_line
from crawler.clean.official import FORMAL, LAW, NUMBER, names_document
from crawler.clean.opinion import second_opinion
from crawler.clean.page import Block, Page

if TYPE_CHECKING:
    from lxml.html import HtmlElement

STOPS = re.compile(r"[。！？；…!?]|\.(?:\s|$)")
PAUSES = re.compile(r"[，、：,:“”「」]")
ABOUT_THE_SITE = re.compile(
    r"版权|转载|法律(?:责任|顾问)|免责|侵权|本网(?:站)?(?:注明|所有|转)|备案|icp|举报电话|"
    r"cookies?|all rights reserved|javascript"
)
LINKED = 0.6  # share of link text from which a line is a list entry
DOCUMENT = re.compile(
    r"(?:附件\s*)?\d{1,2}\s*[.、．].{2,40}(?:办法|规定|细则|通知|标准|制度|规则|意见|方案|条例|表|名单|指引|守则|指南|须知|章程)"
)
SENTENCE = 25  # characters of a line with a comma that count as prose without a full stop
LINE_TAGS = frozenset("p div li span font section h2 h3 h4 h5 h6 dd center".split())  # noqa: SIM905
LEGAL = 8  # what a line about the site itself counts against its surroundings
CLIMB = 1.4  # how much more a wider element must be worth to be taken instead
VERSE = 40.0  # worth below which there is no prose; verses stand in a container that is known
STANZA, VERSE_LEAST = 6, 60
"""Lines and characters that a poem has at least."""
VERSE_LONGEST = 20.0  # characters of a line that count


def pick_body(page: Page, selector: str | None) -> list[Block]:
    """The blocks of the article, in order; those that spam removal has dropped are not among them.

    `selector` is the CSS of the site's layout, if it has one.
    """
    blocks = [block for block in page.blocks if block.dropped is None]
    if page.tree is None:
        return body_of_bare_text(blocks)
    if selector and (chosen := inside(blocks, page.tree.cssselect(selector)[:1])):
        return chosen
    worths = {block: worth(block) for block in blocks}
    set_apart(worths)
    element, run, gain = best_run_of_page(blocks, worths)
    if gain < VERSE and (chosen := inside(blocks, known_containers(page)) or verse(worths)):
        return chosen
    if element is None or gain <= 0:
        return []
    if (whole := article_element(element)) is not None:
        run = inside(blocks, [whole])
    else:
        run = with_siblings(inside(blocks, [container_of(element)]), run, worths)
    documents = listed_documents(run, worths)
    # Linked lines with prose of the same standing after are a list of documents in the article.
    last = {shape(block): n for n, block in enumerate(run) if block.linked < LINKED}
    chosen = [
        block
        for n, block in enumerate(run)
        if (block.linked <= LINKED and worths[block] > -APART)
        or is_file_list(block)
        or (last.get(shape(block), -1) > n and worths[block] == worth(block))  # not set apart
        or block in documents
    ]
    if whole is None:
        sure = {shape(block) for block in chosen if worths[block] > 0}
        doubtful = {
            block
            for block in chosen
            if worth(block) < 0 and shape(block) not in sure and not is_file_list(block)
        }
        chosen = second_opinion(chosen, doubtful, element)
    return numbered(blocks, chosen)


def listed_documents(run: Sequence[Block], worths: dict[Block, float]) -> set[Block]:
    """The linked lines between paragraphs that name documents: what a notice puts in force.

    Two thirds of a list must, or it is one of other articles.
    """
    end = max((n for n, block in enumerate(run) if worths[block] > 0), default=0)
    lists: dict[object, list[Block]] = {}
    for block in run[:end]:
        if block.linked > LINKED:
            lists.setdefault(shape(block), []).append(block)
    return {
        block
        for blocks in lists.values()
        if 3 * sum(map(names_document, blocks)) >= 2 * len(blocks)
        for block in blocks
    }


def numbered(blocks: Sequence[Block], chosen: list[Block]) -> list[Block]:
    """The article with the number of the document, where it stands between title and text."""
    place = blocks.index(chosen[0]) if chosen else 0
    above = blocks[place - 1] if place else None
    return [above, *chosen] if above and NUMBER.search(above.folded) else chosen


def body_of_bare_text(lines: list[Block]) -> list[Block]:
    """The lines around those worth most, up to the next that says it is something else."""
    run, gain = best_run(lines, {line: worth(line) for line in lines})
    if gain < VERSE:
        return lines
    first, last = lines.index(run[0]), lines.index(run[-1])
    while first > 0 and not is_furniture(lines[first - 1]):
        first -= 1
    while last < len(lines) - 1 and not is_furniture(lines[last + 1]):
        last += 1
    return lines[first : last + 1]


def is_furniture(block: Block) -> bool:
    """Whether a line says by itself what it is: labels, or what a rule knows."""
    folded = block.folded
    return read_line(block.text, None).whole or any(
        rule.fits(block, folded) for rule in load_rules()
    )


def container_of(element: "HtmlElement") -> "HtmlElement":
    """The element itself, or what holds it where it is a single line."""
    above = element.getparent()
    while element.tag in LINE_TAGS - {"div", "section"} and above is not None:
        element, above = above, above.getparent()
    return element


def verse(worths: dict[Block, float]) -> list[Block]:
    """The longest run of short lines without links: a poem, a roll; nothing where it is brief.

    But the last may end on a link back to the site.
    """
    spoken = {block: verse_of(block, worth) for block, worth in worths.items()}
    run, size = best_run(list(worths), spoken)
    if len(run) < STANZA or size < VERSE_LEAST:
        return []
    head = [n for n, block in enumerate(run[:STANZA]) if read_line(block.text, None).dates]
    return list(run[head[-1] + 1 if head else 0 :])


def verse_of(block: Block, worth: float) -> float:
    """How many characters of verse a line counts for; below 0 where it ends a poem."""
    if (size := way_out(block)) > 0:
        return min(size, VERSE_LONGEST)
    if block.links or worth <= -APART:
        return -2.0 * VERSE_LEAST
    return 0.0 if is_furniture(block) else min(len(block.text), VERSE_LONGEST)


def with_siblings(
    lines: Sequence[Block], run: Sequence[Block], worths: dict[Block, float]
) -> Sequence[Block]:
    """Widen the run by lines beside it that stand as its own lines do: a salutation, a signature.

    They have the same parent and tag as a line of prose in the run, and are no links. Other plain
    lines under the same parent are passed on the way: a list, a table; or taken where they are what
    an official letter begins and ends with.
    """
    shapes = {shape(block) for block in run if worths[block] > 0}
    parents = {parent for parent, _ in shapes if parent is not None}
    first, last = lines.index(run[0]), lines.index(run[-1])
    for step, end in ((-1, first), (1, last)):
        n, farthest = end + step, end
        while 0 <= n < len(lines):
            line = lines[n]
            plain = line.linked <= LINKED and worths[line] > -APART
            alike = shape(line) in shapes
            formal = bool(FORMAL.search(line.folded)) and not parents.isdisjoint(line.path)
            formal = formal or bool(LAW.search(line.folded))
            if is_file_list(line) or (plain and (alike or formal)):
                farthest = n
            elif not (alike or (plain and passes(line, parents)) or names_document(line)):
                break
            n += step
        first, last = (farthest, last) if step < 0 else (first, farthest)
    return lines[first : last + 1]


def passes(line: Block, parents: "set[HtmlElement]") -> bool:
    """Whether a line stands within the same parent as the article's own and is no furniture."""
    return not parents.isdisjoint(line.path) and not is_furniture(line)


def shape(block: Block) -> tuple[object, str]:
    """Where and as what a line stands: the parent of its element and the tag."""
    if block.element is None or block.element.tag not in LINE_TAGS:
        return block.element, ""
    return block.element.getparent(), block.element.tag


def best_run_of_page(
    blocks: Sequence[Block], worths: dict[Block, float]
) -> "tuple[HtmlElement | None, Sequence[Block], float]":
    """The element that holds the article, the lines of it that are the article, and their worth."""
    element = best_element(blocks, worths)
    places: dict[HtmlElement, tuple[int, int]] = {}  # where the lines of an element begin and end
    for n, block in enumerate(blocks):
        for around in block.path:
            places[around] = (places[around][0] if around in places else n, n + 1)
    place = places.get(element, (0, 0))
    run, gain = best_run(blocks[slice(*place)], worths)
    above = element.getparent() if element is not None else None
    while above is not None:
        if places.get(above, place) != place:
            place = places[above]
            wider, more = best_run(blocks[slice(*place)], worths)
            if more > CLIMB * gain:
                element, run, gain = above, wider, more
        above = above.getparent()
    return element, run, gain


def worth(block: Block) -> float:
    """How much a line speaks for being part of an article; see `judge_line`."""
    if block.worth is None:
        block.worth = judge_line(block)
    return block.worth


def judge_line(block: Block) -> float:
    """How much a line speaks for being part of an article, in characters; below 0 against."""
    size = len(block.text)
    own = size * (1 - block.linked)
    if block.linked > 0.5:
        return -10 - size / 2
    folded = block.folded
    if ABOUT_THE_SITE.search(folded) and any(
        rule.kind in ("copyright", "footer") and rule.fits(block, folded) for rule in load_rules()
    ):
        return -LEGAL - own / 20
    if STOPS.search(block.text) or (own >= SENTENCE and PAUSES.search(block.text)):
        return own + (10 if block.indented else 0)
    if block.heading:
        return 0
    if block.indented or block.row:
        return own / 2
    return -2 - min(own, 30) * 0.3


def best_element(blocks: Sequence[Block], worths: dict[Block, float]) -> "HtmlElement | None":
    """The element whose lines are worth most together; the innermost of equals."""
    totals: dict[HtmlElement, float] = {}
    for block in blocks:
        for element in reversed(block.path):
            totals[element] = totals.get(element, 0.0) + worths[block]
    return max(totals, key=totals.__getitem__, default=None)


def best_run(blocks: Sequence[Block], worths: dict[Block, float]) -> tuple[Sequence[Block], float]:
    """The neighbours that are worth most together, and their worth (Kadane's algorithm)."""
    best, most = (0, 0), float("-inf")
    start, total = 0, 0.0
    for n, block in enumerate(blocks):
        if total <= 0:
            start, total = n, 0.0
        total += worths[block]
        if total > most:
            best, most = (start, n + 1), total
    return blocks[best[0] : best[1]], most


def inside(blocks: Sequence[Block], elements: Sequence["HtmlElement"]) -> list[Block]:
    """The blocks that stand in one of the elements."""
    return [block for block in blocks if any(block.is_inside(element) for element in elements)]


def is_file_list(block: Block) -> bool:
    """A link to an attachment, or to a numbered document, belongs to a notice."""
    return bool(DOCUMENT.match(block.text)) or any(
        re.search(r"\.(?:docx?|xlsx?|pptx?|pdf|zip|rar|wps|et|ofd|txt)$", link.href, re.IGNORECASE)
        for link in block.links
    )
