"""The newest of what a query finds as an Atom feed (RFC 4287)."""

import json
from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from archive.markup import moment, speakable
from archive.search.snippets import plain, snippet
from archive.search.together import Archives, listed, rows_of
from archive.web.parameters import SearchParameters

ATOM = "atom"
ENTRIES = 50
"""Articles in a feed."""
SUMMARY = 200
"""Characters of each article's text."""
NAMESPACE = "http://www.w3.org/2005/Atom"
NEVER = "1970-01-01T00:00:00Z"
"""When a feed without entries changed."""

_ENTRIES = """
SELECT a.fts_pk, a.id, a.title, a.text, a.authors, a.published, a.language, a.source,
    s.name AS site, coalesce(v.captured, a.first_captured) AS updated
FROM json_each(?) AS wanted CROSS JOIN articles AS a ON a.fts_pk = wanted.value
    LEFT JOIN sites AS s ON s.id = a.site
    LEFT JOIN versions AS v ON v.article = a.id AND v.number = a.version
"""
register_namespace("", NAMESPACE)


def read_feed(
    archives: Archives, parameters: SearchParameters, absolute: Callable[[str], str]
) -> str:
    """Write the feed of a search; `absolute` makes an absolute address of a path."""
    spots = listed(archives, parameters.selection, ENTRIES)
    found = [row for _, row in rows_of(archives, _ENTRIES, spots)]
    address = parameters.address(sort="", chart="")
    feed = Element(f"{{{NAMESPACE}}}feed")
    _add(feed, "id", absolute(f"/search.{ATOM}?{address}"))
    _add(feed, "title", f"{parameters.q or '*'} · Union Archive")
    _add(feed, "updated", max((moment(row["updated"]) or NEVER for row in found), default=NEVER))
    _add(feed, "link", rel="self", href=absolute(f"/search.{ATOM}?{address}"))
    _add(feed, "link", rel="alternate", type="text/html", href=absolute(f"/search?{address}"))
    _add(_add(feed, "author"), "name", "Union Archive")
    for row in found:
        _entry(feed, row, parameters, absolute(f"/a/{row['id']}"))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(feed, encoding="unicode")}\n'


def _entry(feed: Element, row: dict[str, str], parameters: SearchParameters, address: str) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", address)
    _add(entry, "title", row["title"] or row["id"])
    _add(entry, "updated", moment(row["updated"]) or NEVER)
    if published := moment(row["published"]):
        _add(entry, "published", published)
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    for name in json.loads(row["authors"]) or filter(None, [row["source"], row["site"]][:1]):
        _add(_add(entry, "author"), "name", str(name))
    _add(entry, "summary", plain(snippet(row["text"], parameters.words, SUMMARY)))


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    child = SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    child.text = None if text is None else speakable(text)
    return child
