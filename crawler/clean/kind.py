"""Pages that are no article: a firewall's answer, a missing page, a parked domain, a list.

Each needs little visible text, or none that is prose, and words that say so.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise, zip_longest

from archive.hanzi import fold
from archive.records import Flag
from crawler.clean.body import STANZA, STOPS, worth
from crawler.clean.dates import find_date
from crawler.clean.labels import read_line
from crawler.clean.page import Block, Page
from crawler.clean.words import table

SHORT = 700  # visible characters of a page that may be a notice of one of these kinds
FEW = 3  # dated headlines that make a short list
SECTION = 6  # characters that the name of a section has
SHORT_BODY = 60  # characters of what may be left of a list for a body
REMARK = 30  # characters of prose that a list may have beside them
ARTICLE = 100  # characters in sentences that no list page has in one place
PROSE = 160  # characters in sentences from which a page has something else to say

DATE_LONGEST = 20  # characters of a line that is a date and no more
LEAD = 160  # characters of what an entry of a list may say below its headline
NOTE = 60  # characters; a longer line of three sentences tells a story
EMPTY = 80  # visible characters of a page that leaves everything to a script
RELOAD = re.compile(r"location\.(?:reload|replace|href)|location\s*=")
LOUD = 350  # characters beyond which a <title> alone does not make a page a notice
DATED = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|(?<!\d)\d{2}[-/]\d{2}(?!\d)")
SEARCH = re.compile(r"search|搜索|检索|搜尋|查询|[?&](?:q|kw|key|keywords?|wd)=")
FOUND = re.compile(  # what the page of a site's own search begins with
    r"^[^。]{0,20}(?:找到|搜索?到|检索到|查询到)[^。\d]{0,12}\d+\s*[条个篇项](?:相关|符合)?[^。]{0,8}(?:结果|记录|信息|文章|内容)"
    r"|^\W*(?:search results|搜索结果|检索结果)|\b\d+ results? (?:for|found)\b"
)
FILES = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|zip|rar|wps|et|ofd)$", re.IGNORECASE)


def notice(page: Page) -> Flag | None:
    """The flag of a page whose little text says that it is no article; None otherwise."""
    seen = [block for block in page.blocks if block.dropped is None and not block.hidden]
    texts = [block.text for block in seen if block.linked < 0.9]
    notes = [text for text in texts if len(text) <= NOTE or len(STOPS.findall(text)) < 3]
    size = sum(map(len, texts))
    if size > SHORT or sum(worth(block) for block in seen if worth(block) > 0) > PROSE + size / 3:
        return None
    if sum(len(block.text) for block in page.blocks) <= EMPTY and runs_challenge(page):
        return Flag("block_page", 80, f"a script sets a cookie and reloads, {size} characters")
    places = [("title", page.head_title)] if size <= LOUD else []
    for where, text in (*places, *(("text", text) for text in notes)):
        folded = fold(text)
        for name, patterns in notices():
            if match := next(filter(None, (pattern.search(folded) for pattern in patterns)), None):
                return Flag(name, 90, f"{where} says “{match[0]}”, {size} characters on the page")
    return None


@cache
def notices() -> list[tuple[str, list[re.Pattern[str]]]]:
    """Give the flags of pages that are no article and what such pages say."""
    entries = table("no_article")["notice"]
    return [(entry["flag"], [re.compile(p) for p in entry["patterns"]]) for entry in entries]


def runs_challenge(page: Page) -> bool:
    """Whether a script only sets a cookie and loads the page again."""
    scripts = page.tree.iter("script") if page.tree is not None else ()
    return any(
        "document.cookie" in (script.text or "") and RELOAD.search(script.text or "")
        for script in scripts
    )


def list_page(page: Page, body: Sequence[Block]) -> Flag | None:
    """The flag of an index of articles; None otherwise. A notice with a list of files is none."""
    if page.tree is None:
        return None
    prose = sum(
        len(b.text) for b in body if worth(b) > 0 and STOPS.search(b.text) and b.linked < 0.3
    )
    if not prose and is_verse(body) and says_when(page):
        return None
    entries = headlines(page)
    after = dict(zip_longest(page.blocks, page.blocks[1:]))
    dated = sum(1 for block in entries if DATED.search(block.text) or is_date(after[block]))
    leads = leads_below(entries, page.blocks)
    score = 0
    if leads >= FEW + 2 or (len(entries) >= FEW and has_searched(page)):
        score = 85
    elif dated >= FEW and prose < REMARK:
        score = 80
    elif prose >= ARTICLE or (prose and says_when(page)):
        score = 0
    elif dated >= 5 and prose < 40 * dated and dated >= len(entries) / 3:
        score = 90
    elif len(entries) >= (8 if prose < REMARK else 12) and prose < 12 * len(entries):
        score = 80
    grounds = f"{len(entries)} linked headlines, {dated} with a date, {leads} with a few words"
    return Flag("list_page", score, f"{grounds}, {prose} characters of prose") if score else None


def has_searched(page: Page) -> bool:
    """Whether the page is called a search and a line says how many results it has."""
    return bool(SEARCH.search(f"{page.url} {page.head_title}".lower())) and any(
        len(block.text) <= NOTE and FOUND.search(block.folded) for block in page.blocks
    )


def is_verse(body: Sequence[Block]) -> bool:
    """Whether a text without sentences is many lines that neither lead anywhere nor have dates."""
    told = [block for block in body if not block.links and not DATED.search(block.text)]
    return len(told) >= STANZA and len(told) * 4 >= len(body) * 3


def headlines(page: Page) -> list[Block]:
    """The lines that lead to other articles of the site."""
    return [
        block
        for block in page.blocks
        if block.dropped is None
        and (
            block.linked > 0.5
            or (block.links and DATED.search(block.text) and not STOPS.search(block.text))
        )
        and sum(link.end - link.start for link in block.links) >= 8
        and not any(link.foreign or FILES.search(link.href) for link in block.links)
    ]


def leads_below(entries: Sequence[Block], blocks: Sequence[Block]) -> int:
    """How many headlines have a short text below them, where there is hardly any other text."""
    texts = {
        b
        for b in blocks
        if b.dropped is None and worth(b) > 0 and STOPS.search(b.text) and b.linked < 0.3
    }
    heads = set(entries)
    undated = [block for block in blocks if not is_date(block)]
    led = [b for before, b in pairwise(undated) if b in texts and before in heads]
    if len(led) * 5 < len(texts) * 4 or any(len(b.text) > LEAD for b in led):
        return 0
    return len(led)


def is_date(block: Block | None) -> bool:
    """Whether a line is a date and nothing else, as lists have it in a cell of its own."""
    if block is None or len(block.text) >= DATE_LONGEST:
        return False
    return bool(DATED.search(block.text) or find_date(block.text, None))


def nothing(page: Page) -> Flag:
    """The flag of a page without prose: a list if it links to anything, else an empty shell."""
    headlines = sum(
        block.linked > 0.5 or bool(block.links and DATED.search(block.text))
        for block in page.blocks
        if len(block.text) >= 8
    )
    if headlines > 1:
        return Flag("list_page", 60, f"{headlines} linked headlines and no sentence")
    return Flag("soft_404", 60, "no sentence on the page")


def is_scrap(text: str, title: str) -> bool:
    """Whether what is left is no more than a line of furniture under the name of a section."""
    return len(text) < SHORT_BODY and len(title) <= SECTION and not STOPS.search(text)


def says_when(page: Page) -> bool:
    """Whether a line of labels outside any link gives a date: 发布时间：2021-03-05."""
    for block in page.blocks:
        if block.linked > 0.5 or len(block.text) > 200 or not DATED.search(block.text):
            continue
        line = read_line(block.text, None)
        if line.dates and any(pair.kind in ("date", "source", "author") for pair in line.pairs):
            return True
    return False
