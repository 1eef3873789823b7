"""Where a source leads: pure functions from a list page, a feed or a sitemap to its links."""

import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin, urlsplit
from zoneinfo import ZoneInfo

from lxml import etree
from w3lib.html import get_base_url
from w3lib.url import safe_url_string

from crawler.fetch.memory import Link, Links
from crawler.tree import select, tree_of

if TYPE_CHECKING:
    from crawler.site import Site
    from crawler.sitefile.tables import Source

MAX_XML = 64 * 1024 * 1024
"""Bytes of an unpacked feed or sitemap that are read: the sitemap protocol allows 50 MB."""
MAX_LINKS = 50_000
"""Links of one source that are followed, as many as the sitemap protocol allows."""
MAX_SITEMAPS = 500
"""Sitemaps of an index that are followed: with fifty thousand pages each, more is a trap."""
MAX_TEXT = 2 * 1024 * 1024
"""Characters of a list page that are read."""
MAX_ELEMENTS = 100_000
"""Elements that may come before the next entry of a feed or sitemap."""
PIECE = 64 * 1024
"""Bytes that are unpacked and parsed at once."""
GZIP = b"\x1f\x8b"
_CDATA = re.compile(rb"(<!\[CDATA\[|\]\]>)")
_AMPERSAND = re.compile(rb"&(?:amp;|(?!#?\w{1,31};))")
_BEGUN = re.compile(rb"(?:&#?\w{0,31}|<!?\[?[CDAT]{0,5}|\]\]?)\Z")
"""What of these may go on in the next piece."""
_ROW_DATE = re.compile(r"(?<!\d)(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})(?!\d)")
_ROW_DEPTH = 4
_ROW_LINKS = 10
"""Links of a row that are looked at: a page of many would be walked for each of them."""


def from_list(text: str, url: str, encoding: str, site: "Site", source: "Source") -> Links:
    """Give a list page's articles, in its order, and its next page.

    `text` is the page; `encoding` is what it came in, for addresses that are not ASCII.
    """
    root = tree_of(text[:MAX_TEXT])
    if root is None:
        return Links()
    base = get_base_url(text, url, encoding)
    articles: dict[str, str | None] = {}
    following: list[Link] = []
    for element in root.iter("a", "area"):
        target = _target(element.get("href"), base, encoding)
        if target and target not in articles and site.is_article(target):
            articles[target] = _row_date(element)
            if len(articles) >= MAX_LINKS:
                break
    if source.next is not None:
        targets = (_target(e.get("href"), base, encoding) for e in select(root, source.next))
        # A page that is its own next is the last one.
        following += [(t, None) for t in targets if t and t != url and site.owns(t)][:1]
    return Links(list(articles.items()), following)


def from_feed(body: bytes, url: str, site: "Site") -> Links:
    """Give the articles of an RSS or Atom feed, newest first."""
    found: dict[str, str | None] = {}
    for entry in _entries(body, "item", "entry"):
        target = _target(_feed_link(entry), url)
        if target and site.is_article(target):
            found.setdefault(target, _first_date(entry, site.timezone))
    return Links(_newest_first(found))


def from_sitemap(body: bytes, url: str, site: "Site") -> Links:
    """Give the articles of a sitemap, or the sitemaps of an index, newest first."""
    articles: dict[str, str | None] = {}
    lists: dict[str, str | None] = {}
    for entry in _entries(body, "url", "sitemap"):
        target = _target(entry.findtext("{*}loc"), url)
        if not target or not site.owns(target):
            continue
        day = _first_date(entry, site.timezone)
        if etree.QName(entry).localname == "sitemap":
            if len(lists) < MAX_SITEMAPS:
                lists.setdefault(target, day)
        elif site.is_article(target):
            articles.setdefault(target, day)
    return Links(_newest_first(articles), _newest_first(lists))


def unpack(body: bytes) -> Iterator[bytes]:
    """Unpack a gzip body piece by piece, as far as it is whole and no further than MAX_XML."""
    if not body.startswith(GZIP):
        yield body
        return
    packed, left = zlib.decompressobj(wbits=31), MAX_XML
    with suppress(zlib.error):
        while left and body:
            piece = packed.decompress(body, min(PIECE, left))
            body, left = packed.unconsumed_tail, left - len(piece)
            yield piece


def mended(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Write each & of XML in a way that libxml2 reads whatever is wrong elsewhere.

    After a bare one it tells of no element, and after any error it leaves out &amp;. Within CDATA
    they may stand; UTF-16 is left as it is.
    """
    rest, inside = b"", False
    for piece in chain(pieces, (None,)):
        text = rest + (piece or b"")
        begun = _BEGUN.search(text, max(len(text) - 40, 0)) if piece is not None else None
        text, rest = (text[: begun.start()], begun[0]) if begun else (text, b"")
        parts = _CDATA.split(text)
        for number, part in enumerate(parts):
            if number % 2:
                inside = part != b"]]>"
            elif not inside and b"\0" not in part:
                parts[number] = _AMPERSAND.sub(b"&#38;", part)
        yield b"".join(parts)


def _entries(body: bytes, *names: str) -> Iterator[etree._Element]:
    """Give the entries of XML that may be broken or hostile, each of which is gone after the next.

    Nothing is loaded, no entity is expanded, and what is no entry does not gather.
    """
    parser = etree.XMLPullParser(
        ("end",), resolve_entities=False, no_network=True, recover=True, huge_tree=False
    )
    entries = elements = 0
    for piece in _fed(parser, body):
        for _, element in piece:
            elements += 1
            if etree.QName(element).localname in names:
                yield element
                element.clear()
                entries, elements = entries + 1, 0
            if entries >= MAX_LINKS or elements >= MAX_ELEMENTS:
                return


def _fed(parser: "etree.XMLPullParser", body: bytes) -> Iterator[Iterator[tuple[str, Any]]]:
    """Feed a parser; give what it has read each time."""
    first = True
    with suppress(etree.XMLSyntaxError, ValueError):
        for piece in mended(unpack(body)):
            for start in range(0, len(piece), PIECE):
                part = piece[start : start + PIECE]
                parser.feed(part.lstrip() if first else part)
                first = first and not part.strip()
                yield parser.read_events()


def _target(href: str | None, base: str, encoding: str = "utf-8") -> str | None:
    """Make a link absolute, as a browser would; None for one that leads to no page."""
    if not href or not href.strip():
        return None
    path, mark, query = href.strip().partition("?")
    try:
        target = urldefrag(urljoin(base, path.replace("\\", "/") + mark + query)).url
        is_page = urlsplit(target).scheme in ("http", "https")
        return safe_url_string(target, encoding) if is_page else None
    except (ValueError, LookupError):
        return None


def _row_date(element: etree._Element) -> str | None:
    """Find the day in a list's row: the largest element around a link that has no other."""
    row: str | None = None
    for ancestor, _ in zip(element.iterancestors(), range(_ROW_DEPTH), strict=False):
        links = islice(ancestor.iter("a"), _ROW_LINKS)
        if len({link.get("href") for link in links}) > 1:
            break
        days = _ROW_DATE.findall(etree.tostring(ancestor, method="text", encoding="unicode"))
        if days:
            year, month, day = days[-1]
            row = _day(int(year), int(month), int(day))
            break
    return row


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _feed_link(entry: etree._Element) -> str | None:
    for link in entry.iterfind("{*}link"):
        target = link.get("href") or link.text
        if link.get("rel", "alternate") == "alternate" and target:
            return urljoin(link.base or "", target.strip())
    guid = entry.find("{*}guid")
    if guid is not None and guid.get("isPermaLink", "true") == "true":
        return guid.text
    return None


def _first_date(entry: etree._Element, zone: str) -> str | None:
    """Give the day an entry names, in the site's time."""
    for name in ("pubDate", "published", "date", "updated", "lastmod"):
        text = (entry.findtext(f"{{*}}{name}") or "").strip()
        if not text:
            continue
        for parse in (datetime.fromisoformat, parsedate_to_datetime):
            with suppress(ValueError, OverflowError):  # 9999-12-31T23:59Z is none east of Greenwich
                moment = parse(text)
                there = moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment
                return there.date().isoformat()
    return None


def _newest_first(found: dict[str, str | None]) -> list[Link]:
    """Order by day, newest first; those without one come first, in the order they came."""
    newest = datetime.max.replace(tzinfo=UTC).date().isoformat()
    ordered = sorted(found.items(), key=lambda link: link[1] or newest, reverse=True)
    return ordered[:MAX_LINKS]


def since(links: Links, day: str | None) -> Iterator[Link]:
    """Leave out the articles that their list dates before a day."""
    return (link for link in links.articles if day is None or link[1] is None or link[1] >= day)
