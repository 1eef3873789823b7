"""The section of a site that an article stands in: the last step of its breadcrumb, mostly."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from archive.hanzi import fold
from crawler.clean.body import STOPS
from crawler.clean.glued import glued_breadcrumbs
from crawler.clean.labels import GLOSS
from crawler.clean.page import Block, Page, names_of, trim

if TYPE_CHECKING:
    from lxml.html import HtmlElement

CRUMB = re.compile(r"\s*(?:-*[>＞]{1,3}|»|›|→|::|/{1,2}|-{2,}|[|｜・])\s*|\s+[-–]\s+")
HERE = re.compile(
    r"^.{0,8}?(?:(?:位置|here|hier|此处是|在[这這][里裡裏]|位[于於]|estás en|vous êtes ici)"
    r"(?:是|为|為)?\s*[:：]?"
    r"|(?:所在)?[栏欄]目\s*[:：]|当前\s*[:：])\s*",
    re.IGNORECASE,
)
ARROW = re.compile(r"[>＞»›→]|::|\s[-–]\s|--")
STEP = re.compile(r"(?<=\S)\s*[>＞]+\s*(?=\S)")
STEPS = 2  # arrows that make a line a breadcrumb by themselves
HOMES = re.compile(r"^(?:网站|回)?[首主][页頁]\s*")
HOME = re.compile(r"首页|主页|home|accueil|inicio|portada|startseite")
UNDER = re.compile(r"^[^\w]*(?:所属|文章)?[栏欄]目\s*[:：]\s*(\S{2,12})$")
CRUMBS = re.compile(
    r"crumb|bread|position|location|weizhi|dangqian|dqwz|arbo|path|place|curpos|(?:^|[\s_-])g?pos(?:$|\s)|where",
    re.IGNORECASE,
)
NO_SECTION = re.compile(
    r"^(?:\d{4}年?(?:\d{1,2}月)?|(?:浏览|信息|详细|文章|新闻|正文)(?:信息|内容|浏览|文章|正文)|正文|内容|详[情细].{0,4}|文章|浏览|阅读|信息|首页|主页|home|网站首页|您?的?位置|当前位置|content|details?)?$"
)
PARTS = re.compile(r"\s*[|｜_>＞]+\s*|\s+[-–—]\s+|[-–—](?=[^-–—]{2,24}(?:$|[-–—]))")
SECTION_LONGEST = 24


def read_section(page: Page, body: Sequence[Block], title: str) -> str | None:
    """The last step of the breadcrumb that is neither the page itself nor the site."""
    end = next((n for n, block in enumerate(page.blocks) if body and block is body[0]), -1)
    for block in page.blocks[:end]:
        if under := UNDER.match(block.text):
            return under[1]
    for line in (*glued_breadcrumbs(body), *breadcrumbs(page.blocks[:end])):
        steps = [HERE.sub("", step).strip(" []【】") for step in CRUMB.split(line)]
        named = [
            step
            for step in (steps[1:] or HOMES.split(steps[0])[1:])
            if not NO_SECTION.search(fold(step)) and len(step) <= 24 and step != title
        ]
        if named and (len(steps) > 1 or HERE.search(line)):
            return GLOSS.sub("", named[-1])
    return section_in_title(page, title) or filed_under(page)


def section_in_title(page: Page, title: str) -> str | None:
    """What stands between the article's title and the site's in <title>, and is linked to."""
    parts = [part.strip() for part in PARTS.split(page.head_title)]
    if len(parts) < len(("title", "section", "site")) or title not in (parts[0], parts[-1]):
        return None
    beside = parts[1] if title == parts[0] else parts[-2]
    links = {b.text[x.start : x.end].strip() for b in page.blocks for x in b.links}
    known = beside in links and not NO_SECTION.search(fold(beside))
    return beside if known and len(beside) <= SECTION_LONGEST else None


def filed_under(page: Page) -> str | None:
    """The first category that a link names as such: https://microformats.org/wiki/rel-tag."""
    for node in page.nodes:
        if node.tag == "a" and "category" in (node.get("rel") or "").split():
            return trim(node.text_content()) or None
    return None


def breadcrumbs(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield each breadcrumb above the article as one line, those that are lists joined."""
    for block in blocks:
        if len(block.text) <= 120 and is_crumb(block):
            yield block.text
    elements = dict.fromkeys(element for block in blocks for element in block.path)
    parts: dict[HtmlElement, list[str]] = {
        element: [] for element in elements if CRUMBS.search(names_of(element))
    }
    for block in blocks if parts else ():
        for element in block.path:
            if element in parts:
                parts[element].append(block.text)
    yield from (" > ".join(texts) for texts in parts.values() if 2 <= len(texts) <= 6)


def is_crumb(block: Block) -> bool:
    """Whether a line says where the page is: a label, home and steps, or a class says so."""
    if HERE.search(block.text):
        return True
    if len(CRUMB.split(block.text)) < 2:
        return False
    if CRUMBS.search(" ".join(map(names_of, block.path[-2:]))):
        return True
    # Bars and strokes part menus as well, of more than three steps.
    brief = len(CRUMB.split(block.text)) <= 3 and len(block.text) <= 24
    home = HOME.search(block.folded) and (brief or ARROW.search(block.text))
    steps = len(STEP.findall(block.text)) >= STEPS and not STOPS.search(block.text)
    return bool(home or steps or (block.links and re.search(r">>|»|›|→", block.text)))
