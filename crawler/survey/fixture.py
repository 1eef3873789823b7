"""Pages kept as tests of one's own: what was read of them once is to be read again.

A test is NAME.html, the page's bytes, and NAME.json, its address and what was read.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import regex

from archive.errors import UsageError
from archive.records import Article
from crawler.clean import clean_page
from crawler.site import Site, find_site
from crawler.survey.looking import Looked

FIELDS = ("title", "published", "authors", "source", "editor", "section", "language", "text")


def keep(folder: Path, page: Looked) -> Path:
    """Keep a page and what was read of it; give its JSON file.

    Raises UsageError where the page is kept already, or the folder cannot be written to.
    """
    article = page.article
    stem = regex.sub(r"\W+", "-", urlsplit(article.url).path).strip("-")[-40:]
    name = f"{stem or 'page'}-{hashlib.sha256(article.url.encode()).hexdigest()[:8]}"
    path = folder / f"{name}.json"
    record = {"url": article.url, "content_type": page.content_type, "read": _read(article)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False, indent=2)
        (folder / f"{name}.html").write_bytes(page.body)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error
    return path


def differences(folder: Path, sites: Mapping[str, Site]) -> Iterator[tuple[Path, list[str]]]:
    """Read every page of a folder again; give its file and what is read otherwise than before.

    Raises UsageError for a folder without such tests, and for a file that is none.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise UsageError(f"{folder}: got no pages there, expected NAME.json beside NAME.html")
    for path in paths:
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            url, content_type, before = kept["url"], kept["content_type"], dict(kept["read"])
            body = path.with_suffix(".html").read_bytes()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}: is no kept page ({error})") from error
        now = _read(clean_page(body, url, content_type, find_site(sites.values(), url)))
        yield (
            path,
            [
                f"{name}: got {now.get(name)!r}, expected {was!r}"
                for name, was in before.items()
                if now.get(name) != was
            ],
        )


def _read(article: Article) -> dict[str, Any]:
    """Give what a test holds an article to, as JSON has it."""
    said = {name: getattr(article, name) for name in FIELDS}
    flags = sorted(flag.name for flag in article.flags)
    return {**said, "authors": list(article.authors), "flags": flags}
