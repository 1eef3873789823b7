"""A site file for a site that nobody has written one for: looked at, guessed, tried."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from protego import Protego
from w3lib.html import get_meta_refresh

from archive.records import Article
from crawler.presets import load_preset, recognise
from crawler.site import Site
from crawler.sitefile.tables import Source
from crawler.spiders.look import LookSpider
from crawler.survey.home import FEW, article_pattern, feeds_of, links_of, lists_of, title_of
from crawler.survey.looking import follow, read, text_of

MOST_SOURCES = 5
NEXT = (
    'a[rel=next], a.next, li.next a, a:contains("下一页"), a:contains("下页"), a:contains("下一頁")'
)
"""What leads from a list to its next page on most sites; presets have their own."""


@dataclass(slots=True)
class Proposal:
    """What is to stand in the file, and what was read by it."""

    home: str
    why: str = ""
    """Why there is none; empty where there is one."""
    name: str = ""
    preset: str | None = None
    article: str | None = None
    """The pattern; None where the preset's fits."""
    sources: list[dict[str, str]] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)

    def toml(self) -> str:
        """Give the text of the site file."""
        keys: dict[str, Any] = {"name": self.name, "home": self.home}
        keys |= {"preset": self.preset, "article": self.article}
        keys |= {"evidence": next((one.url for one in self.articles), None)}
        lines = [f"{key} = {_quoted(value)}" for key, value in keys.items() if value is not None]
        lines += ["sources = ["]
        tables = (", ".join(f"{k} = {_quoted(v)}" for k, v in s.items()) for s in self.sources)
        lines += [f"    {{ {table} }}," for table in tables]
        return "\n".join([*lines, "]", ""])


async def propose(spider: LookSpider) -> Proposal:
    """Look at a home page, its feeds, sitemap and lists, and at three articles."""
    home = await spider.get(spider.site.home)
    found = Proposal(spider.site.home)
    if home is None:
        found.why = spider.missed[spider.site.home]
        return found
    forward = get_meta_refresh(text_of(home), home.url)[1]
    if forward is not None:
        home = await spider.get(forward) or home
    page = text_of(home)
    links = links_of(page, home.url)
    found.name = title_of(page) or spider.site.id
    found.preset = recognise(page)
    if found.preset is not None:
        fits = _site(found, spider.site.id)
    if found.preset is None or sum(fits.is_article(link.url) for link in links) < FEW:
        found.article = article_pattern(links)
        if found.article is None:
            found.why = "no links on its home page look like articles; write the file by hand"
            return found
    site = _site(found, spider.site.id)
    lists = lists_of(links, site.article or "")
    sitemaps = await _sitemaps(spider, site, home.url)
    await _try(spider, site, found, _candidates(page, home.url, lists, sitemaps))
    return found


async def _try(
    spider: LookSpider, site: Site, found: Proposal, candidates: list[tuple[str, str]]
) -> None:
    """Keep the sources that lead to articles, and read three of these."""
    articles: dict[str, str | None] = {}
    for kind, url in candidates:
        more = {"next": NEXT} if kind == "list" and found.preset is None else {}
        source = Source.model_validate({kind: url} | more)
        links = await follow(spider, site, source)
        if links and len(links.articles) + len(links.lists) >= FEW:
            parts = urlsplit(url)
            address = parts._replace(scheme="", netloc="").geturl() or "/"
            found.sources.append({kind: address} | (more if links.lists else {}))
            articles |= dict(links.articles)
        if len(found.sources) >= MOST_SOURCES:
            break
    found.articles = [
        page.article for page in await read(spider, site, articles) if not page.article.no_article
    ]
    if not found.articles:
        found.why = "none of what look like its articles could be read; write the file by hand"


async def _sitemaps(spider: LookSpider, site: Site, url: str) -> list[str]:
    """Give the sitemaps that robots.txt names, or where one lies as a rule."""
    robots = Protego.parse(text_of(await spider.get(urljoin(url, "/robots.txt"))))
    named = [one for one in dict.fromkeys(robots.sitemaps) if site.owns(one)]
    return named or [urljoin(url, "/sitemap.xml")]


def _candidates(
    page: str, url: str, lists: list[str], sitemaps: list[str]
) -> list[tuple[str, str]]:
    """Give what may be sources, with its kind: feeds first, then lists, home and sitemaps."""
    feeds = [("feed", feed) for feed in feeds_of(page, url)]
    listed = [("list", one) for one in [*lists[: MOST_SOURCES - 1], url]]
    return [*feeds, *listed, *(("sitemap", one) for one in sitemaps)]


def _site(found: Proposal, id_: str) -> Site:
    """Make the site that the file would be of, without sources."""
    keys = {"id": id_, "name": found.name, "home": found.home, "sources": []}
    if found.article is not None:
        keys["article"] = found.article
    return Site.model_validate(load_preset(found.preset).fill(keys) if found.preset else keys)


def _quoted(text: str) -> str:
    """Write a string of TOML: literally, where it can be, for the backslashes of patterns."""
    if "'" in text or any(ord(c) < 32 or ord(c) == 127 for c in text):  # noqa: PLR2004
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"'{text}'"
