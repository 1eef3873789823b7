"""Spam that was put into a page: link farms, hidden or in sight, and advertising paragraphs.

Nothing is removed for one reason alone. Counted are: how much of a line the words of link farms
cover, links that lead to other domains, being hidden from readers, and separators in place of
sentences. Hidden text without such evidence is shown again: tabs and folded parts hide text too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from archive.hanzi import SIMPLIFIED, TRADITIONAL, fold
from crawler.clean.page import Block, Cut, Page
from crawler.clean.words import any_of, table

QUOTED = re.compile(r"^\s*[“「『\"].*[”」』\"]")  # somebody shows what was sent to him
KIND = "injected"
ANCHOR = "spam-anchor"
STRONG_VEILS = ("off screen", "no size", "tiny marquee", "transparent", "clipped", "by script")
SENTENCE_END = re.compile(r"[。！？!?；;]")
SEPARATED = re.compile(r"\s*[|│｜丨/\\,，、·•]\s*|\s{2,}|\t")
FILLED = re.compile(r"[\W_]+")
WRITTEN = re.compile(r"document\.write(?:ln)?\s*\(\s*([\"'])(.{20,20000}?)\1\s*\)", re.DOTALL)
TAG = re.compile(r"<[^<>]{1,500}>")
SHORTEST = 4  # characters of an anchor that says enough to be judged


@dataclass(frozen=True, slots=True)
class Words:
    """The word lists, as patterns."""

    strong: re.Pattern[str]
    weak: re.Pattern[str]
    reporting: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a text looks like spam."""

    cover: float
    """Share of its letters that spam words cover."""
    strong: int
    """Different words that hardly anything but spam has."""
    weak: int
    """Different words that spam likes."""
    reporting: int
    """Words of somebody who reports about such things."""

    @property
    def spammy(self) -> bool:
        """Whether the words alone would do, given a second reason."""
        enough = self.strong > 1 or (self.strong > 0 and self.weak > 1 and self.cover >= 0.4)
        return self.reporting == 0 and self.cover >= 0.2 and enough

    @property
    def glaring(self) -> bool:
        """Whether the words are so thick that no second reason is needed."""
        return self.reporting == 0 and self.cover >= 0.3 and self.strong >= 3


NOTHING = Weight(0.0, 0, 0, 0)


@cache
def words() -> Words:
    """Read the word lists."""
    lists = table("spam_words")
    return Words(any_of(lists["strong"]), any_of(lists["weak"]), any_of(lists["reporting"]))


def weigh(text: str) -> Weight:
    """Weigh a text's words. Without one strong word nothing else is looked at."""
    return weigh_folded(fold(text))


def pool(blocks: Sequence[Block]) -> Weight:
    """Weigh the words of several lines together."""
    if not any(weigh_folded(block.folded).strong for block in blocks):
        return NOTHING
    return weigh_folded(" ".join(block.folded for block in blocks))


@lru_cache(maxsize=4096)
def weigh_folded(folded: str) -> Weight:
    """Weigh a folded text's words."""
    lists = words()
    strong = lists.strong.findall(folded)
    if not strong:
        return NOTHING
    weak = lists.weak.findall(lists.strong.sub(" ", folded))
    size = len(FILLED.sub("", folded))
    return Weight(
        sum(map(len, strong + weak)) / max(size, 1),
        len(set(strong)),
        len(set(weak)),
        len(set(lists.reporting.findall(folded))),
    )


def weigh_weak(folded: str) -> bool:
    """Whether words that spam likes make up a third of a text or more."""
    return 3 * sum(map(len, words().weak.findall(folded))) >= len(folded)


def remove_spam(page: Page) -> None:
    """Drop or cut what was injected; note the evidence in `page.spam`."""
    page.spam = [*hidden_farms(page.blocks), *visible_farms(page.blocks), *unread_farms(page)]
    for block in page.blocks:
        if block.dropped is None:
            page.spam += spam_paragraph(block) or spam_anchors(block)
    if any(cut.rule == ANCHOR for block in page.blocks for cut in block.cuts):
        for block in page.blocks:
            if block.dropped is None:
                page.spam += spam_anchors(block, found_others=True)


def runs(blocks: Sequence[Block], belongs: "list[bool]") -> Iterator[list[Block]]:
    """Yield the runs of neighbours that belong."""
    run: list[Block] = []
    for block, wanted in zip([*blocks, None], [*belongs, False], strict=True):
        if block is not None and wanted and (not run or run[-1].hidden == block.hidden):
            run.append(block)
            continue
        if run:
            yield run
        run = [block] if block is not None and wanted else []


def foreign(blocks: Sequence[Block]) -> int:
    """How many links lead to other domains."""
    return sum(1 for block in blocks for link in block.links if link.foreign)


def drop_all(blocks: Sequence[Block], rule: str) -> None:
    """Drop the blocks as injected."""
    for block in blocks:
        block.drop(KIND, rule)


def hidden_farms(blocks: Sequence[Block]) -> Iterator[str]:
    """Hidden runs and spans with spam words or links that lead elsewhere."""
    for run in runs(blocks, [bool(block.hidden) for block in blocks]):
        pooled = pool(run).spammy
        bad = [block for block in run if pooled or is_hidden_farm(block)]
        if bad:
            drop_all(bad, "hidden-farm")
            size = sum(len(block.text) for block in bad)
            away = foreign(bad)
            yield f"{size} characters hidden ({run[0].hidden}), {away} links to other domains"
    for block in blocks:
        for span in block.spans:
            if block.dropped is None and weigh_folded(block.folded[span.start : span.end]).spammy:
                block.cuts.append(Cut(span.start, span.end, KIND, "hidden-span"))
                yield f"{span.end - span.start} hidden characters within a line ({span.how})"


def unread_farms(page: Page) -> Iterator[str]:
    """Farms that no reader sees and no text has: in noscript, or written by a script."""
    if page.tree is None:
        return
    for node in page.tree.iter("noscript", "script"):
        if node.tag == "noscript":
            texts = [node.text_content()]
        else:
            code = node.text or ""
            texts = [m[2] for m in WRITTEN.finditer(code)] if "document.write" in code else []
        text = TAG.sub(" ", " ".join(texts))
        if weigh(text).glaring:
            yield f"{len(text)} characters of spam words in <{node.tag}>"


def is_hidden_farm(block: Block) -> bool:
    """Spam words, or a few of them and links to elsewhere behind a veil that nobody lifts."""
    if unlike_the_site(block):
        return True
    weight = weigh_folded(block.folded)
    many = foreign([block]) >= 3 and block.hidden in STRONG_VEILS
    return weight.spammy or (many and weight.cover >= 0.1 and weight.reporting == 0)


def is_farm_line(block: Block) -> bool:
    """Links or separators instead of sentences."""
    if block.dropped is not None or block.hidden:
        return False
    return len(block.links) > 0 or len(SEPARATED.split(block.text)) > 3


def visible_farms(blocks: Sequence[Block]) -> Iterator[str]:
    """Lines of links or of scraps parted by bars, made of spam words."""
    if not any(weigh_folded(b.folded).strong or unlike_the_site(b) for b in blocks):
        return
    for run in runs(blocks, [is_farm_line(block) for block in blocks]):
        pooled = pool(run).spammy
        bad = [block for block in run if is_farm(block, pooled=pooled)]
        if bad:
            drop_all(bad, "visible-farm")
            size = sum(len(block.text) for block in bad)
            away = foreign(bad)
            yield f"{size} characters of link text, {away} links to other domains"


def is_farm(block: Block, *, pooled: bool) -> bool:
    """Whether a line among such lines is spam; `pooled`: all of them together are."""
    weight = weigh_folded(block.folded)
    if unlike_the_site(block):
        return True
    if (not pooled and not weight.strong) or QUOTED.search(block.text):
        return False
    scraps = len(SEPARATED.split(block.text))
    if len(SENTENCE_END.findall(block.text)) > scraps // 3 and block.linked < 0.5:
        return False
    away = bool(foreign([block]))
    if weight.spammy and (away or scraps > 3 or weight.glaring):
        return True
    if len({link.foreign for link in block.links} - {""}) > 1 and scraps > 3 and weight.strong:
        return weight.reporting == 0
    alike = weight.strong + weight.weak > 0 or unlike_page(block.text)
    return pooled and away and block.linked > 0.5 and weight.reporting == 0 and alike


def unlike_the_site(block: Block) -> bool:
    """Whether links to several other domains are made of words that spam likes, and little else."""
    if len({link.foreign for link in block.links} - {""}) < 2 or SENTENCE_END.search(block.text):
        return False
    lists = words()
    found = lists.weak.findall(block.folded)
    size = len(FILLED.sub("", block.folded))
    thick = len(set(found)) >= 4 and 2 * sum(map(len, found)) >= size
    return thick and not lists.reporting.search(block.folded)


def unlike_page(text: str) -> bool:
    """Simplified characters only."""
    return any(c in SIMPLIFIED for c in text) and not any(c in TRADITIONAL for c in text)


def spam_paragraph(block: Block) -> list[str]:
    """An advertisement in the tone of a paragraph."""
    weight = weigh_folded(block.folded)
    if weight.glaring and len(block.text) < 600 and not QUOTED.search(block.text):
        block.drop(KIND, "spam-paragraph")
        size = len(block.text)
        return [f"a paragraph of {size} characters, {weight.strong} words of gambling or the like"]
    return []


def spam_anchors(block: Block, *, found_others: bool = False) -> list[str]:
    """Single anchors set into sentences; the words after them stay.

    `found_others`: the page has some for certain, so that less is needed to be one of them.
    """
    found = []
    cut = {span.start for span in block.cuts}
    for link in block.links:
        if not link.foreign or link.end - link.start < SHORTEST or link.start in cut:
            continue
        weight = weigh_folded(block.folded[link.start : link.end])
        enough = weight.strong and (weight.cover >= 0.6 or weight.strong + weight.weak > 2)
        alike = found_others and (weight.strong or weigh_weak(block.folded[link.start : link.end]))
        if (alike or (weight.cover >= 0.5 and enough)) and not weight.reporting:
            block.cuts.append(Cut(link.start, link.end, KIND, ANCHOR))
            found.append(f"a link within a sentence to {link.foreign}")
    return found
