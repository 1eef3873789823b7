"""Where and when a page was saved, as the file says itself: in its head, or in its name."""

import re
from contextlib import suppress
from datetime import datetime
from html import unescape

from lxml import etree

from crawler.deposits.item import is_web, moment

HEAD = 4096
"""Bytes in which a browser notes what it saved."""
# What browsers write into the head of a page, and SingleFile into its own comment.
_SAVED_FROM = re.compile(
    rb"<!--\s*saved from url=\(\d+\)(https?://[^\s>]+)"
    rb"|<!--\s*Page saved with SingleFile\s+url:\s*(https?://[^\s>]+)",
    re.IGNORECASE,
)
# What a page of a WeChat account says in a script.
_WECHAT = re.compile(rb"\bmsg_link\s*=\s*[\"'](https?:(?://|\\/\\/)mp\.weixin\.qq\.com[^\"'\s]+)")
# What SingleFile writes: JavaScript's Date as text.
_SAVED_DATE = re.compile(
    rb"saved date:\s*\w{3} (\w{3}) (\d\d) (\d{4}) (\d\d:\d\d:\d\d) GMT([+-]\d{4})"
)
# What the Wayback Machine adds to the page's end; its times are UTC.
_ARCHIVED_ON = re.compile(rb"FILE ARCHIVED ON (\d\d:\d\d:\d\d) (\w{3}) (\d\d), (\d{4})")
# 20240305093000, 2024-03-05T09-30-00Z, 2024-03-05 09.30.00 …; a date alone is mostly the article's.
_IN_NAME = re.compile(
    r"(?<!\d)(\d{4})[-_.]?(\d\d)[-_.]?(\d\d)[T _-]?(\d\d)[-:._]?(\d\d)[-:._]?(\d\d)(?!\d)"
)


def address_of(body: bytes) -> str | None:
    """Find the address that a saved page gives itself; None where it gives none.

    What was noted when it was saved goes before what its author wrote: many pages name their
    site's home as their canonical address.
    """
    saved = _SAVED_FROM.search(body[:HEAD])
    parser = etree.HTMLParser(no_network=True, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    found = [(saved[1] or saved[2]).decode("utf-8", "replace")] if saved else []
    if root is not None:
        found += [
            *(e.get("href", "") for e in root.iter("link") if e.get("rel") == "canonical"),
            *(e.get("content", "") for e in root.iter("meta") if e.get("property") == "og:url"),
        ]
    if wechat := _WECHAT.search(body):
        found.append(unescape(wechat[1].decode("utf-8", "replace").replace("\\/", "/")))
    return next((url.strip() for url in found if is_web(url.strip())), None)


def time_of(body: bytes, name: str) -> datetime | None:
    """Find when a page was saved: noted in it, else in its file's name, where times are UTC.

    None where neither says so.
    """
    if match := _SAVED_DATE.search(body[:HEAD]):
        month, day, year, time, offset = (part.decode() for part in match.groups())
        return _moment(f"{day} {month} {year} {time} {offset}")
    if match := _ARCHIVED_ON.search(body):
        time, month, day, year = (part.decode() for part in match.groups())
        return _moment(f"{day} {month} {year} {time} +0000")
    for found in _IN_NAME.finditer(name):
        year, month, day, *clock = found.groups()
        with suppress(ValueError):
            return moment(f"{year}-{month}-{day}T{':'.join(clock)}+00:00")
    return None


def _moment(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(text, "%d %b %Y %H:%M:%S %z")
    return None
