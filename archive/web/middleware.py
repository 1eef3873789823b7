"""ASGI middleware: the reader's language before an answer, and headers that keep a page safe."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from archive.web import visit
from archive.web.visit import Visit

if TYPE_CHECKING:
    from datasette.app import Datasette

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_COMMON = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
OURS = f"default-src 'self'; {_COMMON}"
"""The policy of the pages we draw, which have nothing inline."""
_RESIZE = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    " 'sha256-38xqj8N9cygggde3AvM+xVgS15DUXTOhM9fjk0hLOS0='"
)
"""The style sheet that cm-resize-1.0.1 of Datasette writes for the SQL editor, empty and full."""
TABLES = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; "
    f"style-src 'self' 'nonce-{{nonce}}' {_RESIZE}; img-src 'self' data:; {_COMMON}"
)
"""That of Datasette's own pages: what stands inline in their templates, and nothing else."""
OTHERS = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""That of whatever is no page."""


def wrap(datasette: "Datasette", app: Application) -> Application:
    """Wrap Datasette, once it is known to serve an archive."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not datasette.jinja_env.globals.get("union_archive"):
            await app(scope, receive, send)
            return
        scope, begun = visit.begin(scope, datasette.setting("base_url"))

        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _headers(message.get("headers", []), begun)}
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped


def _headers(given: list[tuple[bytes, bytes]], begun: Visit) -> list[tuple[bytes, bytes]]:
    """Give an answer's headers with ours."""
    kind = next((value for name, value in given if name.lower() == b"content-type"), b"")
    page = kind.startswith(b"text/html")
    style = kind.startswith((b"text/css", b"text/javascript", b"application/javascript"))
    policy = OURS if begun.ours else TABLES.format(nonce=begun.nonce) if page else OTHERS
    ours = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]
    if not style:
        ours.append((b"content-security-policy", policy.encode()))
    if page:
        ours.append((b"vary", b"Accept-Language"))
        ours.append((b"content-language", begun.language.encode()))
    return [*given, *ours]
