"""What a home page says of its site: pure functions from its links to articles, feeds and lists.

Articles are found the way people see them: many links of one shape, numbered or dated, whose words
are whole headlines.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from w3lib.html import get_base_url
from w3lib.url import safe_url_string

from crawler.site import authority, path_and_query
from crawler.tree import tree_of

HEADLINE = 8
"""Characters from which the words of a link may be a headline."""
FEW = 3
"""Links of one shape from which it may be that of the articles."""
MOST_LISTS = 6
"""List pages that are proposed."""
WORD = r"[\w-]+"
CODED = r"[^/?]+"
SLUG = r"[^/?]+-[^/?]+"
_FEED = ("application/rss+xml", "application/atom+xml")
_HEX = re.compile(r"[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"(?:19|20)\d{6}")
_NOT_A_LIST = re.compile(
    r"\.(?!(?:[sjx]?html?|php|aspx?|jspx?|do|action)$)\w+$|\blog(?:in|out)\b|\bregister\b"
)


class Link(NamedTuple):
    """A link of a page, absolute, and its words."""

    url: str
    text: str


def links_of(page: str, url: str) -> list[Link]:
    """Give a page's links to its own host, each address once with the longest of its words."""
    root = tree_of(page)
    found: dict[str, str] = {}
    for element in () if root is None else root.iter("a"):
        target = _own(element.get("href"), page, url)
        if target is not None:
            words = element.get("title") or str(element.xpath("string()"))
            found[target] = max(found.get(target, ""), " ".join(words.split()), key=len)
    return [Link(target, text) for target, text in found.items()]


def feeds_of(page: str, url: str) -> list[str]:
    """Give the feeds on its own host that a page's head names."""
    root = tree_of(page)
    named = () if root is None else root.iter("link")
    found = (_own(e.get("href"), page, url) for e in named if e.get("type", "").lower() in _FEED)
    return list(dict.fromkeys(feed for feed in found if feed))


def title_of(page: str) -> str:
    """Give the name by which a home page goes, without what else its title says."""
    root = tree_of(page)
    title = "" if root is None else root.findtext(".//title") or ""
    return re.split(r"\s+[-–—|]\s+|[_|]|--", " ".join(title.split()))[0].strip()


def article_pattern(links: Iterable[Link]) -> str | None:
    """Guess which of a site's addresses are articles; None where no shape stands out."""
    groups: defaultdict[tuple[str, ...], list[Link]] = defaultdict(list)
    for link in links:
        key = _shape(link.url)
        if key is not None and len(link.text) >= HEADLINE:
            groups[key].append(link)
    likely = {key: found for key, found in groups.items() if len(found) >= FEW}
    if not likely:
        return None
    best = max(likely, key=lambda key: _weight(key, likely[key]))
    return _pattern(best, [link.url for link in likely[best]])


def lists_of(links: Iterable[Link], pattern: str) -> list[str]:
    """Propose list pages: links of few words that lead above the articles, or seem to."""
    articles: list[str] = []
    others: list[Link] = []
    for link in links:
        if re.search(pattern, path_and_query(link.url)):
            articles.append(urlsplit(link.url).path)
        else:
            others.append(link)
    scored: list[tuple[int, str]] = []
    for link in others:
        path = urlsplit(link.url).path
        if path in ("", "/") or _NOT_A_LIST.search(path):
            continue
        if 0 < len(link.text) < 2 * HEADLINE:
            folder = path[: path.rfind("/") + 1]
            above = sum(a.startswith(folder) for a in articles) if folder != "/" else 0
            scored.append((above, link.url))
    ranked = sorted(scored, key=lambda one: -one[0])
    return [url for _, url in ranked][:MOST_LISTS]


def _own(href: str | None, page: str, url: str) -> str | None:
    """Make a link absolute; None where it leads to no page of the same host."""
    if not href or not href.strip():
        return None
    try:
        whole = urljoin(get_base_url(page, url), href.strip()).partition("#")[0]
        target = safe_url_string(whole)  # as a crawl asks for it
        same = authority(target) == authority(url)
    except ValueError:
        return None
    return target if same and target.startswith(("http://", "https://")) else None


def _shape(url: str) -> tuple[str, ...] | None:
    """Give an address's path and query as patterns; None for one that has no number or slug."""
    parts = urlsplit(url)
    segments = parts.path.split("/")[1:] or [""]
    named = len(segments) - (not segments[-1] and len(segments) > 1)  # but for a slash at the end
    pieces = [_piece(one, last=n == named) for n, one in enumerate(segments, 1)]
    query = re.sub(r"(?<==)\d+(?=&|$)", "#", parts.query)
    if query:
        pieces.append("?" + re.escape(query).replace(r"\#", r"\d+"))
    ends = pieces[-1] if query else pieces[named - 1]
    return tuple(pieces) if any(mark in ends for mark in (r"\d", SLUG, "[0-9a-f")) else None


def _piece(segment: str, *, last: bool) -> str:
    stem, dot, suffix = segment.partition(".")
    if _HEX.fullmatch(stem):
        signs = "[0-9a-f-]" if "-" in stem else "[0-9a-f]"
        return f"{signs}{{{len(stem)}}}" + re.escape(dot + suffix)
    if not last and "%" in segment:
        return CODED
    if not last and segment and not any(c.isdigit() for c in segment):
        return WORD
    if last and sum(word.isalpha() for word in stem.split("-")) > 2:  # noqa: PLR2004 - words
        return SLUG + re.escape(dot + suffix)
    return re.sub(r"\d+", lambda run: _digits(run[0], last=last), re.escape(segment))


def _digits(run: str, *, last: bool) -> str:
    if _DAY.fullmatch(run):
        return r"\d{8}"
    return r"\d+" if last else rf"\d{{{len(run)}}}" if len(run) in (2, 4, 6) else r"\d+"


def _weight(key: Sequence[str], links: Sequence[Link]) -> int:
    dated = any(day in piece for piece in key for day in (r"\d{8}", r"\d{4}", r"\d{6}"))
    return sum(min(len(link.text), 30) for link in links) * (2 if dated else 1)


def _pattern(key: Sequence[str], urls: Sequence[str]) -> str:
    """Put a shape together; a folder that is the same everywhere is named."""
    pieces = list(key)
    query = pieces.pop() if pieces[-1].startswith("?") else ""
    for number, piece in enumerate(pieces):
        seen = {urlsplit(url).path.split("/")[number + 1] for url in urls}
        if piece in (WORD, CODED) and len(seen) == 1:
            pieces[number] = re.escape(seen.pop())
    return "^/" + "/".join(pieces) + (r"\?" + query[1:] if query else "") + "$"
