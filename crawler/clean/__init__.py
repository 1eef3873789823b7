"""Bytes to an Article: pure functions, no Scrapy, no files, no network.

The stages, in order: decode the bytes; read the page into blocks; take injected spam out; tell
pages that are no article; find the body, the title and the region that holds both; read date,
source, authors and editor; drop furniture by rule; clean characters; judge. What a stage takes out
stays on record: `Article.removals` and `Article.text` give the extracted text back.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from archive.records import Article, Flag
from crawler.clean.attachments import attachments_of
from crawler.clean.blocks import drop_furniture
from crawler.clean.body import inside, pick_body
from crawler.clean.characters import clean_characters, plain_title
from crawler.clean.compose import compose
from crawler.clean.decode import Decoded, decode
from crawler.clean.glued import cut_navigation
from crawler.clean.images import images_of, take_captions
from crawler.clean.kind import is_scrap, list_page, nothing, notice
from crawler.clean.metadata import language_of, read_facts, stated_date
from crawler.clean.page import Block, Page
from crawler.clean.parse import MAX_CHARACTERS, parse
from crawler.clean.region import (
    drop_learned,
    drop_own_address,
    drop_rest,
    drop_teaser,
    drop_title,
    find_region,
    without_hidden_copies,
)
from crawler.clean.spam import remove_spam
from crawler.clean.title import above_next, below_title, find_title
from crawler.clean.verdict import judge
from crawler.site import Site
from crawler.sitefile.tables import Layout

__all__ = ["clean_page"]

DEFAULT_ZONE = "Asia/Shanghai"


def clean_page(
    body: bytes,
    url: str,
    content_type: str = "",
    site: Site | None = None,
    *,
    boilerplate: Collection[str] = (),
) -> Article:
    """Read the article out of one page.

    `body` is the response as it was sent, content encoding undone; `url` its address;
    `content_type` the header's value; `site` the site it belongs to, for layouts and time zone;
    `boilerplate` lines that stand on many of its pages, folded to letters, as the archive learns.
    Any bytes give an Article; a page that is none has empty text and a flag that says what it is.
    Raises TypeError where `body` is no bytes, `url` or `content_type` no text.
    """
    for given, wanted in ((body, bytes | bytearray | memoryview), (url, str), (content_type, str)):
        if not isinstance(given, wanted):
            raise TypeError(f"clean_page wants bytes and texts, got {type(given)}")
    decoded = decode(bytes(body), content_type)
    if len(decoded.text) > MAX_CHARACTERS:
        decoded = replace(
            decoded, evidence=f"{decoded.evidence}; cut at {MAX_CHARACTERS} characters"
        )
    page = parse(decoded.text, url, plain=content_type.lower().startswith("text/plain"))
    page.boilerplate = boilerplate
    remove_spam(page)
    if flag := notice(page):
        return no_article(page, decoded, flag)
    layout = layout_of(page, site)
    article = pick_body(page, layout.body if layout else None)
    if flag := list_page(page, article):
        return no_article(page, decoded, flag)
    if not article:
        return no_article(page, decoded, nothing(page))
    return read_article(page, decoded, article, layout, site)


def layout_of(page: Page, site: Site | None) -> Layout | None:
    """The site's layout of the page's day if its body is on the page, else the first that is.

    What the layout says to remove is dropped.
    """
    if site is None or page.tree is None:
        return None
    said = stated_date(page)
    dated = site.layout_at(date.fromisoformat(said[:10]) if said else None)
    for layout in dict.fromkeys((dated, *site.layouts)):
        if layout and (layout.body is None or page.tree.cssselect(layout.body)):
            if layout.remove:
                for block in inside(page.blocks, page.tree.cssselect(layout.remove)):
                    block.drop("furniture", "layout")
            return layout
    return None


def no_article(page: Page, decoded: Decoded, flag: Flag) -> Article:
    """The record of a page that is no article."""
    return Article(
        page.url,
        page.head_title,
        flags=(flag,),
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
    )


def read_article(
    page: Page, decoded: Decoded, body: list[Block], layout: Layout | None, site: Site | None
) -> Article:
    """Clean the body and put the Article together."""
    captions = take_captions(page, body)
    body = [block for block in body if block.dropped is None] or body
    body = without_hidden_copies(body)
    title = find_title(page, body, layout.title if layout else None)
    body = above_next(below_title(body, title))
    cut_navigation(body)
    zone = site.timezone if site else zone_of(page)
    facts = read_facts(page, body, title.block, layout, zone)
    region = find_region(page, body, title)
    drop_title(region, body, title)
    drop_teaser(body)
    drop_own_address(page, body)
    drop_furniture(body, region, title.text)
    drop_learned(region, page.boilerplate)
    drop_rest(region, body)
    noise = list(clean_characters(shown := [block for block in body if block.dropped is None]))
    flags = (*judge(page, body, title.text, noise), *noise)
    text, removals = compose(region)
    if flag := scrap(page, text, title.text):
        return no_article(page, decoded, flag)
    language, script = language_of(text or title.text, page)
    return Article(
        url=page.url,
        title=plain_title(title.text, noise),
        text=text,
        published=facts.published,
        published_rule=facts.published_rule,
        authors=tuple(facts.authors),
        source=facts.source,
        editor=facts.editor,
        credits=tuple(facts.credits),
        section=facts.section,
        language=language,
        script=script,
        images=tuple(images_of(page, shown, captions)),
        attachments=tuple(attachments_of(page, body, decoded.encoding)),
        removals=removals,
        flags=flags,
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
    )


def scrap(page: Page, text: str, title: str) -> Flag | None:
    """The flag of a page of which nothing is left, or a scrap of a list; None for an article."""
    if text and not is_scrap(text, title):
        return None
    flag = nothing(page)
    return flag if not text or flag.name == "list_page" else None


def zone_of(page: Page) -> str | None:
    """The time zone of a page whose site is not known: China's, where it is Chinese."""
    sample = "".join(block.text for block in page.blocks[:400])
    language, _ = language_of(sample, page)
    return DEFAULT_ZONE if language in ("zh-Hans", "zh-Hant") else None
