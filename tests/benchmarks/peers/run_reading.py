"""Reads pages with one library, in its own environment: `run_reading.py LIBRARY PAGES`.

Those that read no bytes are given the text, decoded for them at no cost. Where a library gives
HTML, its text is taken.
"""

import base64
import sys
from collections.abc import Callable

from answering import answer, read_pages

Reader = Callable[[dict[str, str]], str | None]


def body(page: dict[str, str]) -> bytes:
    return base64.b64decode(page["body"])


def plain(html: str) -> str:
    """Give the text of HTML, a line a block."""
    from lxml.html import fromstring

    if not html.strip():
        return ""
    root = fromstring(html)
    for block in root.iter("p", "div", "br", "h1", "h2", "h3", "li", "td"):
        block.tail = "\n" + (block.tail or "")
    return str(root.text_content())


def union_archive() -> Reader:
    from crawler.clean import clean_page

    return lambda page: clean_page(body(page), page["url"]).text


def trafilatura(**options: bool) -> Reader:
    from trafilatura import bare_extraction

    def read(page: dict[str, str]) -> str | None:
        found = bare_extraction(body(page), url=page["url"], include_comments=False, **options)
        return found.text if found else ""

    return read


def newspaper4k() -> Reader:
    import newspaper

    def read(page: dict[str, str]) -> str | None:
        article = newspaper.Article(page["url"], language="zh", fetch_images=False)
        article.download(input_html=body(page))
        article.parse()
        return str(article.text)

    return read


def readability() -> Reader:
    from readability import Document

    return lambda page: plain(Document(body(page)).summary())


def gne() -> Reader:
    from gne import GeneralNewsExtractor

    return lambda page: str(GeneralNewsExtractor().extract(page["text"])["content"])


def magic_html() -> Reader:
    from magic_html import GeneralExtractor

    extractor = GeneralExtractor()
    return lambda page: plain(
        extractor.extract(page["text"], base_url=page["url"], html_type="article")["html"]
    )


READERS: dict[str, Callable[[], Reader]] = {
    "Union Archive": union_archive,
    "trafilatura, fast, with metadata": lambda: trafilatura(fast=True, with_metadata=True),
    "trafilatura, with metadata": lambda: trafilatura(with_metadata=True),
    "trafilatura, fast": lambda: trafilatura(fast=True),
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "readability-lxml": readability,
    "gne": gne,
    "magic-html": magic_html,
}

if __name__ == "__main__":
    answer(READERS[sys.argv[1]](), read_pages(sys.argv[2]))
