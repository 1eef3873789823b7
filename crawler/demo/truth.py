"""What the author of the sample sites knows about each page, for tests to compare with.

All of it is derived from the pages' own files, so that it cannot drift from what is served.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from crawler.demo.content import Page, SampleSite, blocks, sample_sites
from crawler.demo.pages import answer, noisy

_CHINESE = re.compile(r"[^。！？]*[。！？]+[”’」』）]*")
_ENGLISH = re.compile(r"(?<=[.!?])(?=\s+[A-Z“])|(?<=[.!?]”)(?=\s+[A-Z“])")
_BRACKETED = re.compile(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]+\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true of one page in one edition."""

    site: str
    path: str
    """Path and query; SampleSites.url(site, path) gives the address."""
    kind: str
    """article, list, soft_404, block_page, redirect or forbidden (by robots.txt)."""
    title: str = ""
    published: str | None = None
    """ISO 8601; `is_dated` compares with it."""
    source: str | None = None
    authors: tuple[str, ...] = ()
    editor: str | None = None
    section: str | None = None
    """None where the page does not plainly name it: then there is nothing to compare."""
    first: str = ""
    """The first sentence of the text."""
    last: str = ""
    """The last sentence of the text, without a byline glued to it."""
    paragraphs: tuple[str, ...] = ()
    """Paragraphs that must be whole in the text: all but tables, captions and damaged ones."""
    cells: tuple[str, ...] = ()
    """What stands in the cells of its tables."""
    forbidden: tuple[str, ...] = ()
    """What the page shows and the text must not hold."""
    flags: tuple[str, ...] = ()
    to: str = ""
    """The path that a redirect leads to."""

    def is_dated(self, published: str | None) -> bool:
        """Whether Article.published says the same, be it to the minute or to the second."""
        if published is None or self.published is None:
            return published is self.published
        if len(self.published) == len("2004-01-01"):
            return published == self.published
        there = datetime.fromisoformat(published)
        return there.tzinfo is not None and there == datetime.fromisoformat(self.published)


def truth(edition: int = 1) -> tuple[Truth, ...]:
    """Tell of every page that the sample sites have in that edition, lists included."""
    known: list[Truth] = []
    for site in sample_sites().values():
        known += (_of_page(site, page, edition) for page in site.edition(edition))
        known += (Truth(site=site.id, path=item.path, kind="list") for item in site.lists)
    return tuple(known)


def articles(edition: int = 1) -> tuple[Truth, ...]:
    """Tell of those that are articles and may be fetched."""
    return tuple(page for page in truth(edition) if page.kind == "article")


def _of_page(site: SampleSite, page: Page, edition: int) -> Truth:
    if page.kind != "article":
        flags = (page.kind,) if page.kind in ("soft_404", "block_page") else ()
        return Truth(site=site.id, path=page.path, kind=page.kind, flags=flags, to=page.to)
    parts = blocks(page.body)
    texts = [part.text for part in parts if part.kind in ("text", "heading", "file")]
    return Truth(
        site=site.id,
        path=page.path,
        kind=page.kind,
        title=page.title,
        published=page.date.isoformat(),
        source=page.source,
        authors=page.authors,
        editor=page.editor,
        section=page.section if site.sections else None,
        first=sentences(texts[0])[0],
        last=sentences(texts[-1])[-1],
        paragraphs=tuple(text for text in texts if not damaged(site, text)),
        cells=tuple(chain.from_iterable(row for part in parts for row in part.rows)),
        forbidden=_forbidden(site, page, edition),
        flags=page.flags,
    )


def sentences(paragraph: str) -> list[str]:
    """Cut a paragraph into sentences; one without a full stop is one sentence."""
    chinese = _CHINESE.findall(paragraph)
    rest = paragraph[sum(map(len, chinese)) :]
    return chinese + ([piece.strip() for piece in _ENGLISH.split(rest)] if rest else [])


def damaged(site: SampleSite, text: str) -> bool:
    """Whether the site's mirror kit broke characters of this text, beside adding pinyin."""
    return _BRACKETED.sub("", noisy(site, text)) != text


def _forbidden(site: SampleSite, page: Page, edition: int) -> tuple[str, ...]:
    """Give the furniture, spam, byline and noise that the page as served really shows."""
    served = answer(site, page.path, edition, site.home.rstrip("/"))
    shown = html.unescape(served.body.decode(page.charset or site.charset))
    spam = [site.spam[name] for name in page.spam]
    candidates = [
        *_texts(site.furniture.values()),
        *(text for farm in spam for text, _ in farm.links),
        *(farm.lead for farm in spam),
        *page.trailer,
        page.byline,
        *(f"{character}({sound})" for character, sound in site.pinyin.items()),
    ]
    own = f"{page.title}\n{page.body}"
    wanted = dict.fromkeys(text.strip() for text in candidates)
    return tuple(text for text in wanted if _tells(text) and text in shown and text not in own)


def _tells(text: str) -> bool:
    """Whether a piece of furniture is long enough, or a label, not to stand in a text by chance."""
    return len(text) > 3 or text.endswith(("：", ")"))  # noqa: PLR2004


def _texts(values: Iterable[object]) -> Iterable[str]:
    """Give every text in nested lists."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _texts(value)
