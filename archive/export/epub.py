"""EPUB: a book of articles by site and date, with a page on what it contains."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import IO, Any

from archive.export.extra import needed
from archive.export.format import About, Format
from archive.export.spooled import spooled
from archive.export.wanted import Row
from archive.markup import escaped

MOST = 5000
"""Articles of a book: it is put together in memory, and readers' devices do no better."""

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47, in short


def write(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write the book."""
    library = needed("ebooklib.epub", "epub")
    book = library.EpubBook()
    held = sorted(rows, key=lambda row: (_site(row), str(row["day"] or "9999"), str(row["id"])))
    languages = Counter(tag for row in held if _TAG.fullmatch(tag := str(row["language"])))
    book.set_identifier(f"{about.address}#{about.made}")
    book.set_title(f"Union Archive: {about.wanted.selection.query or 'articles'}")
    book.set_language(max(languages, key=lambda tag: languages[tag], default="zh"))
    book.add_author("Union Archive")
    cover = _page(library, book, "contents-of-this-book", "Contents", _cover(held, about))
    contents: list[Any] = [cover]
    spine: list[Any] = [cover, "nav"]
    for site, of_site in groupby(held, _site):
        pages = [
            _page(library, book, f"{row['id']}-v{row['version']}", _title(row), _body(row, about))
            for row in of_site
        ]
        contents.append((library.Section(site), pages))
        spine += pages
    book.toc, book.spine = contents, spine
    book.add_item(library.EpubNcx())
    book.add_item(library.EpubNav())
    with spooled(file) as made:
        library.write_epub(made, book, {"raise_exceptions": True})


def _page(library: Any, book: Any, name: str, title: str, body: str) -> Any:  # noqa: ANN401
    page = library.EpubHtml(title=title, file_name=f"{name}.xhtml", uid=f"p-{name}")
    page.content = f"<html><head></head><body>{body}</body></html>"
    book.add_item(page)
    return page


def _site(row: Row) -> str:
    return escaped(row["site_name"] or row["site"] or "Without a site")


def _title(row: Row) -> str:
    return " ".join(escaped(row["title"]).split())[:500] or str(row["id"])


def _body(row: Row, about: About) -> str:
    """Give an article with its byline above it and its permalink below."""
    authors = row["authors"] if isinstance(row["authors"], list) else []
    about_it = filter(None, [row["day"], row["source"], "、".join(map(str, authors))])
    lines = str(row["text"]).split("\n")
    text = "".join(f"<p>{escaped(line)}</p>" for line in lines if line.strip())
    link = escaped(about.permalink(row))
    return (
        f"<h1>{_title(row)}</h1><p>{escaped(' · '.join(map(str, about_it)))}</p>{text}"
        f'<p><a href="{link}">{link}</a></p>'
    )


def _cover(held: list[Row], about: About) -> str:
    """Say what the book contains."""
    days = sorted(str(row["day"]) for row in held if row["day"])
    span = f", {days[0]} – {days[-1]}" if days else ""
    sites = "".join(
        f"<li>{site}: {number}</li>" for site, number in Counter(map(_site, held)).items()
    )
    asked = "".join(
        f"<li>{escaped(name)}: {escaped(value)}</li>"
        for name, value in about.wanted.as_json().items()
    )
    return (
        f"<h1>Union Archive</h1><p>{len(held)} articles{span}</p><ul>{sites}</ul>"
        f"<h2>Asked for</h2><ul>{asked}</ul><p>Made {escaped(about.made)}."
        " Texts belong to their publishers and are kept here for research.</p>"
    )


FORMAT = Format(
    "epub",
    (".epub",),
    "EPUB",
    f"a book by site and date, of up to {MOST} articles",
    "application/epub+zip",
    write,
    needs="ebooklib",
    without=("--removed",),
    most=MOST,
)
