"""What a page says about its article: date, 来源, authors, 责任编辑, section, language.

Read before anything is deleted, in this order of trust: the site's layout, the metas that Chinese
CMSs and schema.org define, the info line under the title, the lines at the end, the address.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from htmldate import find_date as find_by_htmldate

from archive.hanzi import SIMPLIFIED, TRADITIONAL, fold
from crawler.clean.body import STOPS
from crawler.clean.bylines import Facts, read_head, read_tail
from crawler.clean.dates import YEAR, date_in_url, find_date
from crawler.clean.glued import glued_breadcrumbs
from crawler.clean.labels import GLOSS, Pair, read_line
from crawler.clean.markup import markup_authors, markup_date, markup_source
from crawler.clean.names import read_names
from crawler.clean.page import Block, Page, names_of
from crawler.clean.wechat import wechat_account, wechat_date
from crawler.clean.words import HAN
from crawler.sitefile.tables import Layout

if TYPE_CHECKING:
    from lxml.html import HtmlElement

DATE_METAS = (
    *("epaper:date", "pubdate", "publishdate", "publish_date", "publication_date"),
    *("article:published_time", "datepublished", "og:published_time", "bytedance:published_time"),
    *("og:release_date", "dc.date", "dcterms.date", "dc.date.issued", "dcterms.created"),
    *("weibo:article:create_at", "date", "firstcreate", "pubtime", "publishtime"),
    *("article.created", "parsely-pub-date", "sailthru.date"),
)
SOURCE_METAS = ("contentsource", "source", "article:source", "mediaid", "dc.source")
AUTHOR_METAS = ("epaper:author", "author", "article:author", "dc.creator", "byl", "parsely-author")
SECTION_METAS = ("epaper:nodename", "columnname", "article:section", "channelname")
EDITOR_METAS = ("contenteditor", "editor")
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
MOST_DATED = 300  # lines with a date that are looked at
LABELLED = 150  # characters of a line of labels
SCRIPT = 200_000  # characters of a script that are looked at
IN_SCRIPT = re.compile(
    r"\b(?:publish(?:ed)?|create|pub)_?(?:time|date|at)[\"']?\s*[:=]\s*[\"'](\d{4}-\d\d?-\d\d?[^\"'<>]{0,15})",
    re.IGNORECASE,
)
SAMPLE = 1000  # characters that tell a language
LATIN = re.compile(r"[A-Za-z]")
ENGLISH = re.compile(r"\b(?:the|and|of|to|in|for|that|with|on|was|is)\b", re.IGNORECASE)


def read_facts(
    page: Page, body: Sequence[Block], title: Block | None, layout: Layout | None, zone: str | None
) -> Facts:
    """Read the facts and take the lines and spans that state them out of the page."""
    facts = Facts()
    if layout:
        read_layout(page, layout, facts, zone)
    facts.date(wechat_date(page), "script")
    read_metas(page, facts, zone)
    if facts.published is None:
        facts.date(markup_date(page, zone), "markup")
    read_head(page, body, title, facts, zone)
    read_tail(page, body, facts, zone)
    facts.date(date_in_url(page.url), "url")
    if facts.published is None:
        facts.date(labelled_date(page, zone), "labelled elsewhere")
    if facts.published is None:
        facts.date(script_date(page, zone), "script")
    if facts.published is None and zone is None and page.tree is not None:
        facts.date(
            find_by_htmldate(page.tree, original_date=True, extensive_search=False), "htmldate"
        )
    facts.authors = facts.authors or list(markup_authors(page))
    facts.section = facts.section or read_section(page, body, title.text if title else "")
    facts.source = facts.source or markup_source(page) or wechat_account(page) or facts.organ
    facts.authors = facts.authors or [name for name in facts.claimed if name not in facts.editors]
    return facts


def stated_date(page: Page) -> str | None:
    """The date in the page's metas or its address, before anything else of it is read."""
    said = (find_date(page.metas.get(name, ""), None) for name in DATE_METAS)
    return next(filter(None, said), None) or date_in_url(page.url)


def read_layout(page: Page, layout: Layout, facts: Facts, zone: str | None) -> None:
    """Read what the site's own selectors point at."""

    def text_at(selector: str | None) -> str:
        found = page.tree.cssselect(selector) if selector and page.tree is not None else ()
        return " ".join(found[0].text_content().split()) if found else ""

    facts.date(find_date(text_at(layout.date), zone), "layout")
    for kind, selector in (
        ("source", layout.source),
        ("author", layout.authors),
        ("editor", layout.editor),
    ):
        if value := text_at(selector):
            pairs = [p for p in read_line(value, zone).pairs if p.kind == kind]
            names = read_names(value, fold(value), surnames=False) or ()
            facts.take(pairs or [Pair(kind, value, names)])


def read_metas(page: Page, facts: Facts, zone: str | None) -> None:
    """Read the head's metas and JSON-LD."""
    metas = page.metas
    for name in DATE_METAS:
        facts.date(find_date(metas.get(name, ""), zone), f"meta {name}")
    for item in json_ld(page):
        facts.date(find_date(str(item.get("datePublished", "")), zone), "json-ld datePublished")
        authors = item.get("author")
        for author in authors if isinstance(authors, list) else [authors]:
            name = str(author.get("name", "")) if isinstance(author, dict) else str(author or "")
            facts.take([Pair("author", name, read_names(name, fold(name), surnames=True) or ())])
    for name in SOURCE_METAS:
        if value := metas.get(name):
            said = [pair for pair in read_line(value, zone).pairs if pair.kind == "source"]
            facts.take(said or [Pair("source", value)])
    for name in AUTHOR_METAS:
        facts.claimed += (
            read_names(metas.get(name, ""), fold(metas.get(name, "")), surnames=True) or ()
        )
    for name in EDITOR_METAS:
        if value := metas.get(name):
            names = read_names(value, fold(value), surnames=True) or ()
            facts.take([Pair("editor", value, names)])
    facts.section = next((metas[name] for name in SECTION_METAS if name in metas), None)


def json_ld(page: Page) -> Iterator[dict[str, object]]:
    """Yield the objects of the page's JSON-LD that have a date or an author."""
    for script in page.tree.iter("script") if page.tree is not None else ():
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            found = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for item in found if isinstance(found, list) else [found]:
            graph = item.get("@graph", [item]) if isinstance(item, dict) else []
            graph = graph if isinstance(graph, list) else [graph]
            yield from (
                part
                for part in graph
                if isinstance(part, dict) and ("datePublished" in part or "author" in part)
            )


def labelled_date(page: Page, zone: str | None) -> str | None:
    """The first date on the page that a label says is that of publication."""
    dated = (
        block.text
        for block in page.blocks
        if not block.links and len(block.text) <= LABELLED and YEAR.search(block.text)
    )
    for text in islice(dated, MOST_DATED):
        line = read_line(text, zone)
        if line.dates and any(pair.kind == "date" for pair in line.pairs):
            return line.dates[0].iso
    return None


def script_date(page: Page, zone: str | None) -> str | None:
    """The date that a script keeps for showing later, as those of public accounts do."""
    for script in page.tree.iter("script") if page.tree is not None else ():
        code = (script.text or "")[:SCRIPT]
        if (found := IN_SCRIPT.search(code)) and (date := find_date(found[1], zone)):
            return date
    return None


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


def language_of(text: str, page: Page) -> tuple[str | None, str | None]:
    """BCP 47 language and ISO 15924 script of a text."""
    sample = text[:SAMPLE]
    han = HAN.findall(sample)
    latin = len(LATIN.findall(sample))
    if len(han) * 3 > latin and han:
        traditional = len([c for c in han if c in TRADITIONAL])
        simplified = len([c for c in han if c in SIMPLIFIED])
        if traditional == simplified:
            declared = (page.tree.get("lang") or "").lower() if page.tree is not None else ""
            hant = any(mark in declared for mark in ("hant", "tw", "hk", "mo"))
        else:
            hant = traditional > simplified
        return ("zh-Hant", "Hant") if hant else ("zh-Hans", "Hans")
    declared = (page.tree.get("lang") or "").split("-")[0].lower() if page.tree is not None else ""
    if latin and len(ENGLISH.findall(sample)) * 25 > len(sample.split()):
        return "en", "Latn"
    known = declared if re.fullmatch(r"[a-z]{2,3}", declared) and declared != "zh" else None
    return known, "Latn" if latin else None
