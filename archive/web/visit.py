"""What one request brings along for the templates: the reader's language and a nonce.

A reader who chooses a language reads at /zh/…, and links there stay there; no cookie is needed.
Elsewhere the browser's own choice holds.
"""

import secrets
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup

from archive.web.translation import ENGLISH, LANGUAGES, preferred, translate, translate_number

if TYPE_CHECKING:
    from datasette.app import Datasette

Scope = dict[str, Any]


@dataclass(slots=True)
class Visit:
    """One request."""

    language: str = ENGLISH
    chosen: str = ""
    """What the address began with, where it names a language: /zh."""
    path: str = "/"
    """The rest of it, with its query, as a browser writes it."""
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    ours: bool = False
    """Whether the answer is a page that we draw, all of it."""


_NOW: ContextVar[Visit | None] = ContextVar("visit", default=None)


def now() -> Visit:
    """Give the request that is being answered; a plain one in English outside of any."""
    return _NOW.get() or Visit()


def begin(scope: Scope, base: str) -> tuple[Scope, Visit]:
    """Take the language out of a request's path; give what is left of the request, and the visit.

    `base` is Datasette's base_url, such as / or /archive/.
    """
    headers = dict(scope.get("headers") or ())
    accept = headers.get(b"accept-language", b"").decode("latin-1")
    visit = Visit(language=preferred(accept))
    raw = scope.get("raw_path") or quote(scope["path"]).encode()
    raw = raw.partition(b"?")[0].decode("latin-1")
    head = base.rstrip("/")
    for language in LANGUAGES:
        start = head + language.path
        if scope["path"] == start or scope["path"].startswith(f"{start}/"):
            visit.language, visit.chosen = language.tag, language.path
            path = head + (scope["path"][len(start) :] or "/")
            raw = head + (raw[len(start) :] or "/")
            scope = {**scope, "path": path, "raw_path": raw.encode("latin-1")}
            break
    query = scope.get("query_string", b"").decode("latin-1")
    visit.path = raw[len(head) :] + (f"?{query}" if query else "")
    _NOW.set(visit)
    return scope, visit


def language_links(base: str) -> list[tuple[str, str, str]]:
    """Give (tag, name, address) of the page that is being read in each language."""
    visit = now()
    return [(t.tag, t.name, base.rstrip("/") + t.path + visit.path) for t in LANGUAGES]


def say(english: str, **values: object) -> Markup:
    """Put words into the reader's language: `_` in templates."""
    return translate(now().language, english, **values)


def say_number(one: str, many: str, number: int, **values: object) -> Markup:
    """Put words about a number into the reader's language: `_n` in templates."""
    return translate_number(now().language, one, many, number, **values)


def addresses(datasette: "Datasette") -> Any:  # noqa: ANN401 - Datasette's class has no types
    """Give Datasette's `urls`, such that links stay in the language that the address names."""
    from datasette.url_builder import Urls
    from datasette.utils import PrefixedUrlString

    class Addresses(Urls):  # type: ignore[misc]
        """Addresses in the language of a visit; files of ours and Datasette's have none."""

        def path(self, path: str, format: str | None = None) -> str:  # noqa: A002 - Datasette's
            machinery = path.lstrip("/").startswith("-/static")
            if not isinstance(path, PrefixedUrlString) and not machinery:
                path = f"{now().chosen}/{path.removeprefix('/')}"
            addressed: str = super().path(path, format=format)
            return addressed

    return Addresses(datasette)
