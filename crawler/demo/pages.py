"""What a sample site answers: (site, path, edition) → status, headers and bytes."""

import gzip
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from email.utils import format_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.demo.content import EDITIONS, HERE, Block, Listing, Page, SampleSite, blocks

PIXEL = bytes.fromhex(
    "47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b"
)
"""A GIF of one dot, which every picture of the sample sites is."""
_RELATED = 4
_XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response, before compression and revalidation."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def answer(site: SampleSite, path: str, edition: int, base: str) -> Answer:
    """Answer a request for a path (with query) of a site; `base` is its address without a slash."""
    for page in site.edition(edition):
        if page.path == path:
            return _page(site, page, edition, base)
    found = site.listed(edition)
    if path == "/":
        return _html(site, "home.html", {"newest": found[:12]})
    for listing in site.lists:
        numbers = _numbers(listing, found)
        if path in numbers:
            return _list(site, listing, numbers, path, found)
    return _file(site, path, found, base) or _html(site, "missing.html", {}, status=404)


def noisy(site: SampleSite, text: str) -> str:
    """Do to a text what the site's mirror kit does: add pinyin, damage bytes. Most sites have none.

    Such a kit replaces bytes of GBK without regard to where a character begins, so the brackets
    now and then cut a character in two.
    """
    if not site.pinyin:
        return text
    raw = text.encode("gbk")
    for character, sound in site.pinyin.items():
        raw = raw.replace(character.encode("gbk"), f"{character}({sound})".encode("gbk"))
    return raw.decode("gbk", "replace").replace("\ufffd(", "?").replace("\ufffd", "?")


def _page(site: SampleSite, page: Page, edition: int, base: str) -> Answer:
    """Answer with a page that articles*.toml holds."""
    if page.kind == "redirect":
        return Answer(page.status, b"", {"Location": base + page.to})
    body = [_noisy_block(site, block) for block in blocks(page.body)]
    peers = [
        other
        for other in site.listed(edition)
        if other.section == page.section and other.path != page.path and other.kind == "article"
    ]
    context = {
        "page": page,
        "title": noisy(site, page.title),
        "blocks": body,
        "last": max((i for i, block in enumerate(body) if block.kind == "text"), default=-1),
        "shown": site.date_shown(page),
        "related": peers[:_RELATED],
        "views": 100 + sum(page.path.encode()) + 37 * edition,
        "injected": [site.spam[name] for name in page.spam],
        "canonical": base + page.path,
        "label": page.label or site.label,
    }
    shape = _html(site, f"{page.template}.html", context, page.status, page.charset)
    when = datetime.combine(page.date, time(edition), UTC)
    changed = edition == EDITIONS[-1] and bool(page.second)
    if "last-modified" in site.validators:
        stamp = when if changed else when.replace(hour=1)
        shape.headers["Last-Modified"] = format_datetime(stamp, usegmt=True)
    return shape


def _noisy_block(site: SampleSite, block: Block) -> Block:
    return Block(block.kind, noisy(site, block.text), block.href, block.rows)


def _list(
    site: SampleSite, listing: Listing, numbers: list[str], path: str, found: list[Page]
) -> Answer:
    """Answer with one page of a list."""
    turn = numbers.index(path)
    entries = [page for page in found if listing.section in ("", page.section)]
    context = {
        "listing": listing,
        "entries": entries[turn * listing.size : (turn + 1) * listing.size],
        "turn": turn + 1,
        "turns": len(numbers),
        "earlier": numbers[turn - 1] if turn else "",
        "later": numbers[turn + 1] if turn + 1 < len(numbers) else "",
    }
    return _html(site, "list.html", context)


def _numbers(listing: Listing, found: list[Page]) -> list[str]:
    """Give the paths of a list's pages, in order."""
    count = sum(listing.section in ("", page.section) for page in found)
    further = (
        range(listing.start, listing.start + (count - 1) // listing.size) if listing.more else ()
    )
    return [listing.path, *(listing.more.format(n=n) for n in further)]


def _file(site: SampleSite, path: str, found: list[Page], base: str) -> Answer | None:
    """Answer with robots.txt, a picture, a feed or a part of a sitemap, if it is one."""
    if path.startswith("/images/"):
        return Answer(200, PIXEL, {"Content-Type": "image/gif"})
    if path == "/robots.txt" and site.robots:
        text = site.robots.lstrip().replace("BASE", base)
        return Answer(200, text.encode(), {"Content-Type": "text/plain"})
    stem = site.sitemap.removesuffix(".xml")
    templates = {
        site.feed: "feed.xml",
        site.sitemap: "sitemap-index.xml",
        f"{stem}-pages.xml": "sitemap-pages.xml",
        f"{stem}-news.xml.gz": "sitemap-news.xml",
    }
    if path not in templates or not (site.feed or stem):
        return None
    listed = found[: site.feed_size if path == site.feed else None]
    context = {"site": site, "base": base, "stem": stem, "listed": listed}
    text = _templates().get_template(f"{site.id}/{templates[path]}").render(context)
    if path.endswith(".gz"):
        packed = gzip.compress(text.encode(), mtime=0)
        return Answer(200, packed, {"Content-Type": "application/gzip"})
    return Answer(200, text.encode(), {"Content-Type": _XML})


def _html(
    site: SampleSite, template: str, context: dict[str, Any], status: int = 200, charset: str = ""
) -> Answer:
    """Fill a template of the site; UnicodeEncodeError where its charset lacks a character."""
    common = {"site": site, "f": site.furniture, "label": site.label, "injected": []}
    text = _templates().get_template(f"{site.id}/{template}").render(common | context)
    body = text.encode(charset or site.charset)
    headers = {"Content-Type": site.content_type}
    if "etag" in site.validators:
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Answer(status, body, headers)


@cache
def _templates() -> Environment:
    """Templates escape everything: the sites' words are text, markup stands in them."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["rfc822"] = lambda day: format_datetime(datetime.combine(day, time(1), UTC))
    environment.filters["host"] = lambda address: urlsplit(address).netloc
    environment.filters["digits"] = lambda path: re.sub(r"\D", "", path)
    return environment
