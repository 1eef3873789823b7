"""Advertising set into the text itself: paragraphs, sentences and anchors among honest ones."""

import re
from collections.abc import Iterator, Sequence

from crawler.clean.page import Block, Cut, Page
from crawler.clean.weights import is_hacked, reports_crime, weigh_folded, weigh_weak

QUOTED = re.compile(r"^\s*[“「『\"].*[”」』\"]")  # somebody shows what was sent to him
QUOTES = re.compile(r"[“”「」『』]")
SENTENCE = re.compile(r"[^。!?]+[。!?]*")
KIND = "injected"
ANCHOR = "spam-anchor"
TAIL = re.compile(
    r"[【\[(][^【】\[\]()]{0,30}(?:www\.|https?://|\w\.(?:com|net|org|cn|cc|vip|top|xyz)\b)[^【】\[\]()]{0,30}[】\])]$"
)
REPEATED = 3  # lines that end on it
SHORTEST = 4  # characters of an anchor that says enough to be judged
THICK = 0.5  # share of a sentence that the words of an advertisement make up
SEVERAL = 4  # and how many different ones it has


def remove_adverts(page: Page) -> None:
    """Drop the paragraphs, cut the sentences and anchors; note the evidence in `page.spam`."""
    shown = [block for block in page.blocks if block.dropped is None]
    hacked = any(map(is_hacked, (page.head_title, page.metas.get("keywords", ""))))
    reported: bool | None = None  # is looked for where it matters
    for block in shown:
        found: list[str] = []
        if weigh_folded(block.folded).strong:
            if reported is None:
                reported = reports_crime(shown)
            found = [] if reported else list(spam_sentences(block))
            found = found or spam_paragraph(block)
        page.spam += found or spam_anchors(block, hacked=hacked)
    page.spam += repeated_tails(shown)
    if any(cut.rule == ANCHOR for block in shown for cut in block.cuts):
        for block in shown:
            if block.dropped is None:
                page.spam += spam_anchors(block, found_others=True)


def spam_sentences(block: Block) -> Iterator[str]:
    """Cut sentences, or a caption, that are little else than the words of an advertisement."""
    prose = "。" in block.text or any(element.tag == "figcaption" for element in block.path)
    if block.links or not prose or QUOTED.search(block.text):
        return
    for match in SENTENCE.finditer(block.folded):
        weight = weigh_folded(match[0])
        several = weight.strong > 0 and weight.strong + weight.weak >= SEVERAL
        if several and weight.cover >= THICK and not (weight.reporting or QUOTES.search(match[0])):
            block.cuts.append(Cut(*match.span(), KIND, "spam-sentence"))
            words = weight.strong + weight.weak
            yield f"a sentence of {len(match[0])} characters, {words} words of an advertisement"


def repeated_tails(blocks: Sequence[Block]) -> list[str]:
    """Cut the same words in brackets at the end of several lines, where they name an address."""
    tails: dict[str, list[tuple[Block, int]]] = {}
    for block in blocks:
        if block.text[-1] in "】])）" and (tail := TAIL.search(block.folded)):
            tails.setdefault(tail[0], []).append((block, tail.start()))
    found = [places for places in tails.values() if len(places) >= REPEATED]
    for block, start in (place for places in found for place in places):
        block.cuts.append(Cut(start, len(block.text), KIND, "repeated-tail"))
    return [f"the same address at the end of {len(places)} lines" for places in found]


def spam_paragraph(block: Block) -> list[str]:
    """An advertisement in the tone of a paragraph."""
    weight = weigh_folded(block.folded)
    if weight.glaring and len(block.text) < 600 and not QUOTED.search(block.text):
        block.drop(KIND, "spam-paragraph")
        size = len(block.text)
        return [f"a paragraph of {size} characters, {weight.strong} words of gambling or the like"]
    return []


def spam_anchors(block: Block, *, found_others: bool = False, hacked: bool = False) -> list[str]:
    """Single anchors set into sentences; the words after them stay.

    `found_others`: the page has some for certain, so that less is needed to be one of them.
    `hacked`: its <title> advertises too, so that links need not lead elsewhere.
    """
    found = []
    cut = {span.start for span in block.cuts}
    for link in block.links:
        if not (link.foreign or hacked) or link.end - link.start < SHORTEST or link.start in cut:
            continue
        weight = weigh_folded(block.folded[link.start : link.end])
        enough = weight.strong and (weight.cover >= 0.6 or weight.strong + weight.weak > 2)
        alike = found_others and (weight.strong or weigh_weak(block.folded[link.start : link.end]))
        if (alike or (weight.cover >= 0.5 and enough)) and not weight.reporting:
            block.cuts.append(Cut(link.start, link.end, KIND, ANCHOR))
            found.append(f"a link within a sentence to {link.foreign or link.href}")
    return found
