"""The title: a heading that the page's own <title> confirms, before what only claims to be it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from archive import hanzi
from crawler.clean.blocks import load_rules
from crawler.clean.dates import YEAR
from crawler.clean.head import SITE_LIKE, claimed_title, head_title, without_site
from crawler.clean.labels import read_line
from crawler.clean.page import Block, Page, names_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

TITLE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:(?!sub|site|side)[a-z]{0,8}title\d?|(?!out)[a-z]{0,4}tit|[a-z]{0,3}bt|headline|biaoti|h1|subject)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
NO_TITLE = re.compile(
    r"^(?:首页|正文|全文检索|站内(?:检索|搜索)|当前位置|您的位置|返回|上一[篇条]|下一[篇条]|相关|热点|推荐|评论|分享|来源|作者|责任编辑|发布时间|时间|notfound|untitled|无标题文档|新建网页)"
)
GLUED_DATE = re.compile(r"\s*[\[(（【](?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\])）】]$")
BADGE = re.compile(
    r"(?:\s+[\[【(]?(?:热门?|荐|推荐|[置固]?顶|精华?|图文?|新|hot|new)[\]】)]?)+$", re.IGNORECASE
)
"""What a list's marks leave behind a headline."""
LONGEST = 120
INFO_LINE = 120  # characters of a line that says date and source
MOST_LINES = 2000  # of a page, among which a title stands
NEXT_HEADINGS = (1, 2)  # those of another article below it
INFO_LINES = 4  # such lines, where each thing has one of its own
NUMBERED = re.compile(r"[一二三四五六七八九十]{1,2}[、.．]")
SITE_NAME = 16  # letters that the name of a site may have
LOOK_BACK = 60  # blocks before the body in which its title may stand
LOUD = ("font", "b", "strong", "big")
BARE_LINES = 8  # lines above an article in which a title without any markup may stand
LOOK_IN = 5  # blocks of the body that may repeat it


@dataclass(frozen=True, slots=True)
class Title:
    """The title and the block it was read from, if it stands on the page."""

    text: str = ""
    block: Block | None = None


letters = lru_cache(maxsize=512)(hanzi.letters)
"""Folded letters and digits alone: what lines are compared by, again and again."""


def find_title(page: Page, body: Sequence[Block], selector: str | None) -> Title:
    """Find the title of the article whose body is given. `selector` is the layout's CSS, if any."""
    before = candidates(page, body)
    if page.tree is None:
        return title_of_bare_text(before)
    if selector and (named := page.tree.cssselect(selector)):
        return title_at(page, named[0])
    return title_of_page(page, body, before)


def title_of_page(page: Page, body: Sequence[Block], before: Sequence[Block]) -> Title:
    """The title as the lines where it may stand, `before`, and the page's head agree on it.

    A line that they agree on comes first, then what the metas or the <title> claim alone, at last
    whatever line looks most like one.
    """
    head, claim = head_title(page), claimed_title(page)
    sayings = (claim,) if "epaper:title" in page.metas else (without_site(head), head, claim)
    said = [letters(text) for text in sayings if text]
    points, best = best_candidate(page, body, before, said)
    nowhere = len(letters(head)) <= SITE_NAME and not any(agrees(b, said) for b in before)
    if best is not None and points >= (0.5 if said and not nowhere else 0.3):
        return Title(without_badge(best.text, said), best)
    if claim and letters(claim) not in ("", letters(page.metas.get("og:site_name", ""))):
        return Title(without_site(claim))
    if head:
        return Title(without_site(head))
    if best is not None and points > 0:
        return Title(best.text, best)
    return title_of_bare_text(before[-BARE_LINES:])


def title_at(page: Page, element: "HtmlElement") -> Title:
    """The title in the element that the site's layout names, and its block if it is a whole one."""
    text = " ".join(element.text_content().split())
    wanted = letters(element.text_content())
    block = next((b for b in page.blocks if letters(b.text) == wanted), None)
    return Title(block.text if block else text, block)


def best_candidate(
    page: Page, body: Sequence[Block], before: Sequence[Block], said: Sequence[str]
) -> tuple[float, Block | None]:
    """The likeliest title among the lines up to the article's first sentence, and its points.

    Of equals the last one is taken.
    """
    told, inside = above_info_line(page), set(body)
    prose = next((n for n, b in enumerate(before) if "。" in b.text and b in inside), len(before))
    scored = [
        (score(block, said) + (0.4 if block is told else 0), block)
        for block in reversed(before[:prose])
    ]
    return max(scored, default=(0.0, None), key=lambda item: item[0])


def without_badge(text: str, said: Sequence[str]) -> str:
    """A headline without a date after it, and the marks that the page's head does not have."""
    text = GLUED_DATE.sub("", text)
    bare = BADGE.sub("", text)
    own = letters(bare)
    return bare if any(own in each and letters(text) not in each for each in said) else text


def agrees(block: Block, said: Sequence[str]) -> bool:
    """Whether a line is what the page's head says, or part of it."""
    own = letters(block.text)
    return len(own) > 1 and any(own in text or (len(text) > 5 and text in own) for text in said)


def above_info_line(page: Page) -> Block | None:
    """The line right above those that say date and source, where it can be a title."""
    lines = page.blocks[:MOST_LINES]
    dated = [len(line.text) <= INFO_LINE and bool(YEAR.search(line.text)) for line in lines]
    for n, line in enumerate(lines):
        if (
            any(dated[n + 1 : n + 1 + INFO_LINES])
            and line.linked < 0.3
            and 4 <= len(line.text) <= LONGEST
            and not re.search(r"[。；;：:]$", line.text)
            and not NO_TITLE.search(line.folded)
            and says_date_and_who(lines[n + 1 : n + 1 + INFO_LINES])
            and not read_line(line.text, None).whole
        ):
            return line
    return None


def says_date_and_who(lines: Sequence[Block]) -> bool:
    """Whether the first of the lines, or as many as are labels, say a date and something else."""
    dated = labelled = False
    for line in lines:
        if line.dropped is not None or len(line.text) > INFO_LINE:
            return False
        info = read_line(line.text, None)
        if not info.whole:
            return False
        dated, labelled = dated or bool(info.dates), labelled or bool(info.pairs)
        if dated and labelled:
            return True
    return False


def below_title(body: list[Block], title: Title) -> list[Block]:
    """The body without the title at its head and what stands above it, unless that is prose."""
    if title.block not in body:
        return body
    place = body.index(title.block)
    if any(re.search("[。！？]", block.text) for block in body[:place]):
        return body
    return body[place + 1 :] or body


def above_next(body: list[Block]) -> list[Block]:
    """The body up to the headline of another article, whose own date and source stand below it."""
    for n, (block, below) in enumerate(pairwise(body)):
        if n and block.heading in NEXT_HEADINGS and says_date_and_who([below]):
            return body[:n]
    return body


def candidates(page: Page, body: Sequence[Block]) -> list[Block]:
    """The blocks in which the title may stand, in order."""
    if not body:
        place = len(page.blocks)
    else:
        place = next(n for n, block in enumerate(page.blocks) if block is body[0])
    around = [*page.blocks[max(0, place - LOOK_BACK) : place], *body[:LOOK_IN]]
    return [
        block
        for block in around
        if block.dropped is None and len(block.text) <= LONGEST and len(letters(block.text)) > 1
        and not NO_TITLE.search(block.folded) and not is_byline(block)
    ]  # fmt: skip


def is_byline(block: Block) -> bool:
    """Whether a line is a label and its value, and nothing else: 撰稿：张三."""
    return ":" in block.folded and any(pair.value for pair in read_line(block.text, None).pairs)


def score(block: Block, said: Sequence[str]) -> float:
    """How likely a block is the title, given what the page's head says it is."""
    own = letters(GLUED_DATE.sub("", block.text))
    points = 0.0
    for text in said:
        if own and own in text:
            edge = text.startswith(own) or text.endswith(own)
            points = max(points, len(own) / len(text) + (0.35 if edge else 0))
        elif len(text) > 5 and text in own:
            points = max(points, len(text) / len(own) * 0.9)
        elif (
            len(own) > 8
            and len(text) > 8
            and common_start(own, text) > 0.7 * min(len(own), len(text))
        ):
            points = max(points, 0.7)
    if block.heading in (1, 2, 3):
        points += 0.4
    elif is_title_class(block) or is_loud(block):
        points += 0.35
    if SITE_LIKE.search(block.folded) and len(own) <= SITE_NAME:
        points -= 0.5
    if re.search(r"[。；;]$", block.text) or NUMBERED.match(block.text):
        points -= 0.3
    return points - 0.5 * block.linked


def common_start(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def is_loud(block: Block) -> bool:
    """Whether all of a line is set bold or large, as headings were before style sheets."""
    if block.element is None or not 4 <= len(block.text) <= 60:
        return False
    own = letters(GLUED_DATE.sub("", block.text))
    return any(letters(node.text_content()) == own for node in block.element.iter(*LOUD))


def is_title_class(block: Block) -> bool:
    """Whether the element or its parent is named as a title."""
    element = block.element
    for _ in range(2):
        if element is None:
            return False
        if TITLE_CLASS.search(names_of(element)):
            return True
        element = element.getparent()
    return False


def title_of_bare_text(lines: Sequence[Block]) -> Title:
    """The first line that can be a title: no sentence, no name of a site, no furniture."""
    for block in lines:
        folded = block.folded
        if re.search(r"[。；;,，]$|>", block.text) or re.match(r"[-—─]{2,}", block.text):
            continue
        if (SITE_LIKE.search(folded) and len(block.text) < 9) or len(letters(block.text)) < 4:
            continue
        single = (rule for rule in load_rules() if rule.run == 1)
        if not any(rule.fits(block, folded) for rule in single):
            return Title(block.text, block)
    return Title()
