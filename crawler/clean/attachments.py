"""The files that an article leads to: notices come with forms, lists of names and tables."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from w3lib.url import safe_url_string

from archive.records import Attachment
from crawler.clean.adverts import KIND
from crawler.clean.page import Block, Link, Page, trim
from crawler.clean.region import common_element

MOST = 20
"""Files of one article."""
BELOW = 8  # lines below the body in which its files may be listed
LONGEST = 200  # characters of a name
ENDINGS = "pdf|docx?|xlsx?|pptx?|wps|et|dps|rtf|odt|ods|odp|ofd|ceb|zip|rar|7z"
NAMED = re.compile(rf"\.(?:{ENDINGS})[\s)）】\]》」]*$", re.IGNORECASE)
CALLED = re.compile(r"^\s*(?:附件|附表|附錄|附录)")
PAGE = re.compile(r"\.(?:s?html?|xhtml)$", re.IGNORECASE)


def attachments_of(page: Page, body: Sequence[Block], encoding: str) -> list[Attachment]:
    """The files that the body and the lines right below it lead to, in the page's order.

    A link leads to a file where its address or its words end like a file's name, or where it is
    called 附件 and its address is not that of a page; what lies there decides in the end.
    """
    found: dict[str, Attachment] = {}
    for block in _near(page, body) if body else ():
        for link in block.links if (block.dropped or ("",))[0] != KIND else ():
            words = trim(block.text[link.start : link.end])
            url = _address(page.url, link, encoding)
            if url is not None and _is_file(url, words):
                found.setdefault(url, Attachment(url, (words or _end(url))[:LONGEST]))
    return list(found.values())[:MOST]


def _near(page: Page, body: Sequence[Block]) -> Iterator[Block]:
    """The lines from the first of the body to some below its last, and all in its own element."""
    place = {block: number for number, block in enumerate(page.blocks)}
    first, last = place[body[0]], place[body[-1]]
    element = common_element(body)
    own = element is not None and element.tag not in ("html", "body")
    for number, block in enumerate(page.blocks):
        inside = own and element is not None and block.is_inside(element)
        if inside or first <= number <= last + BELOW:
            yield block


def _address(base: str, link: Link, encoding: str) -> str | None:
    """The absolute address of a link as it is asked for; None where it is none of the web."""
    try:
        url = safe_url_string(urljoin(base, link.href.strip()), encoding or "utf-8")
        parts = urlsplit(url)
    except (ValueError, LookupError):
        return None
    return parts._replace(fragment="").geturl() if parts.scheme in ("http", "https") else None


def _is_file(url: str, words: str) -> bool:
    path = urlsplit(url).path
    if PAGE.search(path):
        return False
    return any(map(NAMED.search, (words, *_names(url)))) or CALLED.match(words) is not None


def _names(url: str) -> Iterator[str]:
    """What in an address may be the name of a file."""
    parts = urlsplit(url)
    yield unquote(parts.path)
    yield from (value for _, value in parse_qsl(parts.query))


def _end(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2] or url
