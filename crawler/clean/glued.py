"""What is glued to a paragraph: a breadcrumb before it, links or a byline after it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from archive.hanzi import fold
from crawler.clean.credits import credit_names, office_names
from crawler.clean.labels import LABEL, Pair, read_line
from crawler.clean.names import read_names
from crawler.clean.page import Block, Cut, Link

HEAD_LINES, TAIL_LINES = 3, 4
"""How many of an article's first and last lines may have navigation glued to them."""
WHERE = re.compile(
    r"\W*(?:[\u3400-\u9fff]{0,6}(?:位置|栏目)(?:是|为)?\s*[:：]?|you are here\s*:?)?\W*"
)
STEPS = re.compile(r"\s*(?:[>»›→/|·]|-{2}|::)+\s*")
LAST_STEP = re.compile(r"\s*(?:[>»›→]|-{2}|::)+\s*[^\s。！？!?]{1,12}(?=[ \u3000])")
BETWEEN = re.compile(r"[\s>»›|/·,、\[\]【】()（）-]*")
WAY_OUT = re.compile(r"\W*(?:返回|回到)\w{1,5}(?:\W*(?:点击)?(?:查看|了解|浏览)更多\w{0,4})?\W*")
SENTENCE_END = re.compile(r"[。！？!?…”’」』]$")
LEAD_LONGEST = 40  # characters before a breadcrumb's first link
LINK_LONGEST = 10  # characters of a link that only navigates
PROSE_LEAST = 20  # characters of the paragraph that such things are glued to
BYLINE_WITHIN = 150  # characters at the end in which a byline may begin
AFTER_SENTENCE = re.compile(r"[。!?”\"」』…》)]\s*(?=\S)")
BRACKETED = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]{2,80})[)）\]】]\s*")
CREDITED = re.compile(r"\s*[(\[【]|.{0,12}(?:记者|通讯员|实习生|作者|撰稿|供稿|摄影|文/图|图/文)")
SPEAKS = ("author", "photo", "editor", "review", "source")


def cut_navigation(body: Sequence[Block]) -> None:
    """Cut the breadcrumb that the article's first lines begin with, the links that its last end on.

    `body` is in document order. Only where a sentence stands in the same line: else it is a line of
    navigation, which rules know. A link back to the site is cut from the end of any line.
    """
    for block in body[:HEAD_LINES]:
        if (end := crumb_end(block)) and len(block.text) - end >= PROSE_LEAST:
            block.cuts.append(Cut(0, end, "navigation", "glued-breadcrumb"))
    for block in body[-TAIL_LINES:]:
        if (start := links_start(block)) >= PROSE_LEAST:
            block.cuts.append(Cut(start, len(block.text), "navigation", "glued-links"))
    for block in body:
        if (start := way_out(block)) > 0:
            block.cuts.append(Cut(start, len(block.text), "navigation", "way-out"))


def glued_breadcrumbs(body: Sequence[Block]) -> list[str]:
    """The breadcrumbs that were cut from the article's first lines."""
    return [
        block.text[: cut.end]
        for block in body[:HEAD_LINES]
        for cut in block.cuts
        if cut.rule == "glued-breadcrumb"
    ]


def crumb_end(block: Block) -> int:
    """Where the breadcrumb ends that a line begins with; 0 where it begins with none."""
    if not block.links or block.links[0].start > LEAD_LONGEST:
        return 0
    if (lead := WHERE.fullmatch(block.folded[: block.links[0].start])) is None:
        return 0
    end, steps = block.links[0].end, 1
    for before, link in pairwise(block.links):
        if not STEPS.fullmatch(block.folded[before.end : link.start]):
            break
        end, steps = link.end, steps + 1
    here = LAST_STEP.match(block.folded, end)
    said = any(letter.isalpha() for letter in lead[0])
    return (here.end() if here else end) if said or (steps > 1 and here) else 0


def links_start(block: Block) -> int:
    """Where the links begin that a line ends on after its last sentence; -1 where none do."""
    end, chain = len(block.text), 0
    for link in reversed(block.links):
        gap = block.folded[link.end : end]
        if not (BETWEEN.fullmatch(gap) and navigates(link)):
            break
        end, chain = link.start, chain + 1
    start = len(block.text[:end].rstrip(" \u3000|[【(（"))
    return start if chain > 1 and SENTENCE_END.search(block.text[:start]) else -1


def way_out(block: Block) -> int:
    """Where a line's only link begins if it ends on one that leads back to the site; else -1."""
    if len(block.links) != 1 or block.links[0].end < len(block.text):
        return -1
    start = block.links[0].start
    return len(block.text[:start].rstrip()) if WAY_OUT.fullmatch(block.folded[start:]) else -1


def navigates(link: Link) -> bool:
    """Whether a link is a short word or two that lead elsewhere on the site."""
    return link.end - link.start <= LINK_LONGEST and not link.foreign


def glued_byline(text: str) -> tuple[int, tuple[Pair, ...]] | None:
    """Where a byline begins that is glued to a paragraph's end, and what it says.

    It is all of what follows a sentence: names in brackets, labels with their values, or both.
    """
    folded = fold(text)
    for match in AFTER_SENTENCE.finditer(folded, max(0, len(text) - BYLINE_WITHIN)):
        start = match.end()
        if CREDITED.match(folded, start) or LABEL.match(folded, start):
            pairs = tuple(trailer(text[start:]))
            if pairs:
                return start, pairs
    return None


def trailer(text: str) -> Iterator[Pair]:
    """Yield what labels and bracketed credits say; nothing where the text says anything else."""
    found: list[Pair] = []
    at = 0
    while at < len(text):
        if match := BRACKETED.match(text, at):
            said, at = credits_in(match[1], bracketed=True), match.end()
        else:
            opening = next((n for n in range(at + 1, len(text)) if text[n] in "(（[【"), len(text))
            said, at = credits_in(text[at:opening], bracketed=False), opening
        if not said:
            return
        found += said
    yield from found


def credits_in(text: str, *, bracketed: bool) -> Sequence[Pair]:
    """What a piece of a trailer says of who made the article; empty where it is something else."""
    text = text.strip(" \u3000")
    folded = fold(text)
    if names := credit_names(text, folded):
        return (Pair("author", text, names),)
    names = read_names(text, folded, surnames=True) or office_names(text) if bracketed else ()
    if names:
        return (Pair("author", text, names),)
    line = read_line(text, None)
    told = [pair for pair in line.pairs if pair.kind in SPEAKS]
    return line.pairs if line.whole and told else ()
