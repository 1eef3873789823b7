"""clean_page in worker processes, so that no page can hold up or bring down the crawl."""

import os
import resource
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pebble import ProcessExpired

from archive.errors import UsageError
from archive.records import Article, Document
from crawler.deposits.given import GIVEN, article
from crawler.workers import WorkerPool

if TYPE_CHECKING:
    from concurrent.futures import Future

    from crawler.site import Site

WORKERS_VARIABLE = "UNION_ARCHIVE_WORKERS"
MOST_WORKERS = 8
TIMEOUT = 60.0
"""Seconds that one page may take; then its worker is killed."""
DOCUMENT_TIMEOUT = 30.0
"""Seconds that the text of one file may take; then its worker is killed."""
DOCUMENT_MEMORY = 512 << 20
"""Bytes that a worker may take for it beside what it has."""
LOST = 3600.0
"""Seconds after which a page or file is none of those that wait: it was lost with a worker that
was killed, by hand or for want of memory, at the moment of taking it."""
PAGE = resource.getpagesize()
READABLE = ("text/html", "text/plain", "text/xml", "application/xhtml", "application/xml")

Clean = Callable[..., Article]
"""Takes what `clean` takes; `boilerplate` only where there is some."""


def clean(
    body: bytes,
    url: str,
    content_type: str,
    site: "Site | None",
    *,
    boilerplate: Collection[str] = (),
) -> Article:
    """Call clean_page, in a worker; a text that came clean is read as it is."""
    if content_type == GIVEN:
        return article(body, url)
    from crawler.clean import clean_page  # noqa: PLC0415 - only workers carry its weight

    return clean_page(body, url, content_type, site, boilerplate=boilerplate)


def read_document(body: bytes, memory: int) -> Document:
    """Read a file in a worker, which is given so many bytes of memory for it and no more."""
    from crawler.clean.documents import kind_of, read  # noqa: PLC0415 - likewise

    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * PAGE
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory, before[1]))
    try:
        return read(body)
    except MemoryError:
        why = f"reading took over {memory >> 20} MiB and was stopped"
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    return Document(kind_of(body), len(body), why=why)


def document_of(future: "Future[Document]", body: bytes) -> Document:
    """Give what a worker read of a file; where it had to be ended, what it is and why."""
    from crawler.clean.documents import kind_of  # noqa: PLC0415 - a worker begins without it

    try:
        return future.result(LOST)
    except Exception as error:  # noqa: BLE001 - whatever befell one file, the others go on
        why = explain(error, DOCUMENT_TIMEOUT, "reading")
        return Document(kind_of(body), len(body), why=why)


def _wanted() -> int | None:
    """Give how many workers the environment asks for, if it does. Raises UsageError."""
    told = os.environ.get(WORKERS_VARIABLE)
    if not told:
        return None
    if not told.isdecimal() or not int(told):
        raise UsageError(f"{WORKERS_VARIABLE}: got {told!r}, expected a number of processes from 1")
    return int(told)


class Cleaner:
    """A pool of workers, started with the first page. `function` is what they do with one.

    There are as many as processors, MOST_WORKERS at most, unless `workers` or the environment say
    otherwise.
    """

    def __init__(
        self, function: Clean = clean, *, workers: int | None = None, timeout: float = TIMEOUT
    ) -> None:
        self._function, self._timeout = function, timeout
        self.workers = workers or _wanted() or min(os.cpu_count() or 1, MOST_WORKERS)
        self._pool = WorkerPool(self.workers)

    def submit(
        self,
        body: bytes,
        url: str,
        content_type: str,
        site: "Site | None",
        *,
        boilerplate: Collection[str] = (),
    ) -> "Future[Article]":
        """Hand a page to a worker; `explain` says why a future gave no article.

        `boilerplate` is what was learned of the site: see `archive.register.boilerplate`.
        """
        more = {"boilerplate": boilerplate} if boilerplate else {}
        arguments = (body, url, content_type, site)
        return cast(
            "Future[Article]", self._pool.call(self._function, arguments, more, self._timeout)
        )

    def read(self, body: bytes) -> "Future[Document]":
        """Hand a file to a worker; `document_of` says what came of it."""
        future = self._pool.call(read_document, (body, DOCUMENT_MEMORY), {}, DOCUMENT_TIMEOUT)
        return cast("Future[Document]", future)

    def close(self) -> None:
        """End the workers; what they were asked for is answered no more."""
        self._pool.close()


def explain(error: BaseException, timeout: float = TIMEOUT, what: str = "cleaning") -> str:
    """Say in words why a worker gave no article, or no document."""
    if isinstance(error, TimeoutError):
        return f"{what} took over {timeout:g} s and was stopped"
    if isinstance(error, ProcessExpired):
        return f"the {what} process died (exit code {error.exitcode})"
    return f"{what} failed: {type(error).__name__}: {error}"


def with_section(article: Article, section: str | None) -> Article:
    """Give an article the section that its list has, where the page itself named none."""
    if section is None or article.section is not None or article.no_article:
        return article
    return replace(article, section=section)


def readable(content_type: str) -> bool:
    """Whether a Content-Type may be a page's; one that is missing may."""
    kind = content_type.strip().lower()
    return not kind or kind.startswith(READABLE)
