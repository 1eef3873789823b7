"""What a page says about its article: date, 来源, authors, 责任编辑, section, language.

Read before anything is deleted, in this order of trust: the site's layout, the metas that Chinese
CMSs and schema.org define, the info line under the title, the lines at the end, the address.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archive.hanzi import SIMPLIFIED, TRADITIONAL, fold
from crawler.clean.dates import date_in_url, find_date
from crawler.clean.labels import Pair, dateline_names, glued_byline, read_line
from crawler.clean.names import read_names
from crawler.clean.page import Block, Cut, Page
from crawler.site import Layout

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
ABOVE_TITLE = 3
ABOVE_BODY = 15
"""How far above the title, or above the article where the title is not, a byline may stand."""
SHORT_REST = 16
"""Letters that such a line may have beside its labels: the name of a paper."""
HEAD_LINES = 6
"""Lines of the body in which a byline may stand at the head."""
TAIL_LINES = 30
PROSE_LINES = 3
"""How many of the body's last lines may hold bylines, and how many of these may be prose."""
PROSE = 60
"""Characters from which a line is no label."""
AFTER_LINES = 12
"""Lines after the body that are looked at."""
CRUMB = re.compile(r"\s*(?:>{1,2}|»|›|→|::|/)\s*")
NO_SECTION = re.compile(
    r"^(?:正文|内容|详[情细].{0,4}|文章|浏览|阅读|信息|首页|主页|home|网站首页|您?的?位置|当前位置|content)?$"
)
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LATIN = re.compile(r"[A-Za-z]")
ENGLISH = re.compile(r"\b(?:the|and|of|to|in|for|that|with|on|was|is)\b", re.IGNORECASE)


@dataclass(slots=True)
class Facts:
    """What has been found so far; the first finding of each stays."""

    published: str | None = None
    published_rule: str | None = None
    source: str | None = None
    authors: list[str] = field(default_factory=list)
    claimed: list[str] = field(default_factory=list)
    """Who the metas say is the author: often the editor, so the page's own byline goes before."""
    editors: list[str] = field(default_factory=list)
    section: str | None = None

    def date(self, value: str | None, rule: str) -> None:
        """Note a date; a time is added to the same day known without one."""
        if value and (self.published is None or (value[:10] == self.published and len(value) > 10)):
            self.published_rule = self.published_rule if self.published else rule
            self.published = value

    def take(self, pairs: Sequence[Pair]) -> None:
        """Note what a line of labels says."""
        for pair in pairs:
            if pair.kind == "source" and not self.source and is_source(pair.value):
                self.source = pair.value
            elif pair.kind == "author":
                self.authors += [name for name in pair.names if name not in self.authors]
            elif pair.kind == "editor":
                self.editors += [name for name in pair.names if name not in self.editors]


def is_source(value: str) -> bool:
    """Whether a value names somebody: not an address of a page, not a placeholder."""
    return len(value) > 1 and not re.search(
        r"^(?:未知|本站原创|原创|网络|转载|互联网|admin|null|无|https?:/)", fold(value)
    )


def read_facts(
    page: Page, body: Sequence[Block], title: Block | None, layout: Layout | None, zone: str | None
) -> Facts:
    """Read the facts and take the lines and spans that state them out of the page."""
    facts = Facts()
    if layout:
        read_layout(page, layout, facts, zone)
    read_metas(page, facts, zone)
    read_head(page, body, title, facts, zone)
    read_tail(page, body, facts, zone)
    facts.date(date_in_url(page.url), "url")
    facts.section = facts.section or read_section(page, body)
    facts.authors = facts.authors or [name for name in facts.claimed if name not in facts.editors]
    return facts


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
            facts.take([Pair("source", value)])
    for name in AUTHOR_METAS:
        facts.claimed += (
            read_names(metas.get(name, ""), fold(metas.get(name, "")), surnames=True) or ()
        )
    for name in EDITOR_METAS:
        value = metas.get(name, "")
        facts.take([Pair("editor", value, read_names(value, fold(value), surnames=True) or ())])
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


def read_head(
    page: Page, body: Sequence[Block], title: Block | None, facts: Facts, zone: str | None
) -> None:
    """Read the lines between the title and the article, and the first lines of the article."""
    inside = set(body)
    loose: list[str] = []
    lead = True  # no line of prose has come yet
    for block in [*lines_above(page, body, title), *body[:HEAD_LINES]]:
        if block.dropped is not None or block.linked > 0.7:
            continue
        line = read_line(block.text, zone)
        in_head = lead and block in inside
        if (line.whole and (line.pairs or block not in inside or in_head)) or (
            in_head
            and line.dates
            and len(line.rest) <= SHORT_REST
            and not re.search("[。！？]", block.text)
        ):
            block.drop("byline", "info-line")
        elif (names := bare_names(block)) and in_head and len(body) > 1:
            facts.take([Pair("author", block.text, names)])
            block.drop("byline", "author-line")
            continue
        elif block in inside:
            lead = False
            if names := dateline_names(block.text):
                facts.take([Pair("author", "", names)])
            continue
        facts.take(line.pairs)
        if line.dates and len(block.text) < 200:
            if any(pair.kind == "date" for pair in line.pairs):
                facts.date(line.dates[0].iso, "info line, labelled")
            loose.append(line.dates[0].iso)
    for iso in reversed(loose):  # the nearest to the text
        facts.date(iso, "info line")


def lines_above(page: Page, body: Sequence[Block], title: Block | None) -> Sequence[Block]:
    """The lines from just above the title, or from shortly above the article, to the article."""
    place = {block: n for n, block in enumerate(page.blocks)}
    first = place[body[0]]
    start = place[title] - ABOVE_TITLE if title and place[title] < first else first - ABOVE_BODY
    return page.blocks[max(0, start, first - 80) : first]


def bare_names(block: Block) -> tuple[str, ...] | None:
    """The names of a line that is nothing but one or a few names."""
    if len(block.text) > 16 or block.heading:
        return None
    return read_names(block.text, block.folded, surnames=True)


def read_tail(page: Page, body: Sequence[Block], facts: Facts, zone: str | None) -> None:
    """Read the last lines of the article and the lines after it."""
    end_at_editor(body, zone)
    body = [block for block in body if block.dropped is None] or body
    inside = set(body)
    after = page.blocks.index(body[-1]) + 1
    tail = [*ending(body), *page.blocks[after : after + AFTER_LINES]]
    for block in dict.fromkeys(tail):
        if block.dropped is not None:
            continue
        line = read_line(block.text, zone)
        if line.dates and any(pair.kind == "date" for pair in line.pairs):
            facts.date(line.dates[0].iso, "trailer")
        if line.whole and line.pairs:
            block.drop("byline", "trailer")
            facts.take(line.pairs)
        elif (
            block in body[-3:]
            and re.fullmatch(r"[(（【].+[)）】]", block.text)
            and (names := bare_names(block))
        ):
            block.drop("byline", "author-line")
            facts.take([Pair("author", block.text, names)])
        elif block in inside and (glued := glued_byline(block.text)):
            start, pairs = glued
            block.cuts.append(Cut(start, len(block.text), "byline", "glued-byline"))
            facts.take(pairs)
    signature = [b for b in body[-3:] if b.dropped is None and len(b.text) < 24]
    for block in reversed(signature):
        facts.date(find_date(block.text, None), "signature")


def ending(body: Sequence[Block]) -> Sequence[Block]:
    """The last lines of the body, some of them prose: labels may stand before a last paragraph."""
    prose = 0
    for n, block in enumerate(reversed(body), 1):
        prose += len(block.text) > PROSE
        if prose > PROSE_LINES or n == TAIL_LINES:
            return body[-n:]
    return body


def end_at_editor(body: Sequence[Block], zone: str | None) -> None:
    """End the article at the line that names its editor, if more of it stands before than after."""
    whole = sum(len(block.text) for block in body)
    before = 0
    for n, block in enumerate(body):
        before += len(block.text)
        if before * 2 < whole or len(block.text) > PROSE:
            continue
        line = read_line(block.text, zone)
        if line.whole and any(pair.kind == "editor" for pair in line.pairs):
            for after in body[n + 1 :]:
                if not (after.row or read_line(after.text, zone).whole):
                    after.drop("furniture", "after-editor")
            return


def read_section(page: Page, body: Sequence[Block]) -> str | None:
    """The last step of the breadcrumb that is neither the page itself nor the site."""
    end = next(
        (n for n, block in enumerate(page.blocks) if body and block is body[0]), len(page.blocks)
    )
    for block in page.blocks[:end]:
        steps = [
            re.sub(r"^.{0,8}?(?:位置|栏目|here)\s*[:：]", "", step).strip(" []【】")
            for step in CRUMB.split(block.text)
        ]
        if not (2 <= len(steps) <= 8) or len(block.text) > 120 or not block.links:
            continue
        if not re.search(r"首页|主页|位置|home|here", block.folded):
            continue
        named = [
            step for step in steps[1:] if not NO_SECTION.search(fold(step)) and len(step) <= 12
        ]
        if named:
            return named[-1]
    return None


def language_of(text: str, page: Page) -> tuple[str | None, str | None]:
    """BCP 47 language and ISO 15924 script of a text."""
    sample = text[:20000]
    han = HAN.findall(sample)
    latin = len(LATIN.findall(sample))
    if len(han) * 3 > latin and han:
        traditional = sum(c in TRADITIONAL for c in han)
        simplified = sum(c in SIMPLIFIED for c in han)
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
