"""Spam that was put into a page: link farms, hidden or in sight.

Nothing is removed for one reason alone. Counted are: how much of a line the words of link farms
cover, links that lead to other domains, being hidden from readers, and separators in place of
sentences. Hidden text without such evidence is shown again: tabs and folded parts hide text too.
"""

import re
from collections.abc import Iterator, Sequence

from archive.hanzi import SIMPLIFIED, TRADITIONAL
from crawler.clean.adverts import KIND, QUOTED, remove_adverts
from crawler.clean.page import Block, Cut, Page
from crawler.clean.weights import (
    FILLED,
    SENTENCE_END,
    pool,
    weigh,
    weigh_folded,
    words,
)

STRONG_VEILS = ("off screen", "no size", "tiny marquee", "transparent", "clipped", "by script")
SPELT_OUT = re.compile(r"(?<=[\u3400-\u9fff])[ .·•*_-]{1,2}(?=[\u3400-\u9fff])")  # 百.家.乐
SEPARATED = re.compile(r"\s*[|│｜丨/\\,，、·•]\s*|\s{2,}|\t")
WRITTEN = re.compile(r"document\.write(?:ln)?\s*\(\s*([\"'])(.{20,20000}?)\1\s*\)", re.DOTALL)
TAG = re.compile(r"<[^<>]{1,500}>")


def remove_spam(page: Page) -> None:
    """Drop or cut what was injected; note the evidence in `page.spam`."""
    page.spam = [*hidden_farms(page.blocks), *visible_farms(page.blocks), *unread_farms(page)]
    remove_adverts(page)


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
    if weigh_folded(SPELT_OUT.sub("", block.folded)).spammy:
        return True
    lists = words()
    found = lists.weak.findall(block.folded)
    size = len(FILLED.sub("", block.folded))
    thick = len(set(found)) >= 4 and 2 * sum(map(len, found)) >= size
    return thick and not lists.reporting.search(block.folded)


def unlike_page(text: str) -> bool:
    """Simplified characters only."""
    return any(c in SIMPLIFIED for c in text) and not any(c in TRADITIONAL for c in text)
