"""What a page says about its article: date, 来源, authors, 责任编辑, section, language.

Read before anything is deleted, in this order of trust: the site's layout, the metas that Chinese
CMSs and schema.org define, the info line under the title, the lines at the end, the address.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from htmldate import find_date as find_by_htmldate

from archive.hanzi import SIMPLIFIED, TRADITIONAL, fold
from crawler.clean.bylines import read_head, read_tail
from crawler.clean.dates import YEAR, date_in_url, find_date
from crawler.clean.facts import Facts
from crawler.clean.labels import Pair, read_line
from crawler.clean.markup import markup_authors, markup_date, markup_source
from crawler.clean.names import read_names
from crawler.clean.page import Block, Page
from crawler.clean.section import read_section
from crawler.clean.wechat import wechat_account, wechat_date
from crawler.clean.words import HAN
from crawler.sitefile.tables import Layout

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
