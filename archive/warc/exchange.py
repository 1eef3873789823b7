"""One request with its response, and what a WARC record says of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin

from archive.records import Capture

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PROFILES = "http://netpreserve.org/warc/1.1/revisit/"
IDENTICAL = f"{_PROFILES}identical-payload-digest"
NOT_MODIFIED = f"{_PROFILES}server-not-modified"
REFERS_TO_FILE = "WARC-Refers-To-Filename"
REFERS_TO_OFFSET = "WARC-Refers-To-File-Offset"
"""These two are Heritrix's: with them a revisit is read without an index."""

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the response to it, as they went over the wire."""

    url: str
    method: str
    request_headers: Headers
    status: int
    reason: str
    response_headers: Headers
    payload: bytes
    """The body as it was sent, still in its content encoding."""
    sent: bytes = b""
    """The body of the request."""
    protocol: str = "HTTP/1.1"
    address: str | None = None
    """The server's IP address."""
    tls: str | None = None
    """The version of TLS it came by, as tls/1.3; None where it came in the clear."""
    cipher: str | None = None
    """The cipher suite of TLS."""
    truncated: str | None = None
    """Why the payload is not whole: length, time or disconnect."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """WARC header fields of our own: ROLE, SECTION."""

    @property
    def request_line(self) -> str:
        """The first line of the request."""
        return f"{self.method} {_target(self.url)} HTTP/1.1"

    @property
    def status_line(self) -> str:
        """The first line of the response."""
        return f"{self.protocol} {self.status} {self.reason}"

    def header(self, name: bytes) -> str:
        """Give a header of the response; an empty string where it has none."""
        value = next((value for key, value in self.response_headers if key.lower() == name), b"")
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")

    @property
    def protocols(self) -> list[str]:
        """What it came by, as WARC-Protocol has it: http/1.1, tls/1.3."""
        return [self.protocol.lower(), *([self.tls] if self.tls else [])]

    @property
    def location(self) -> str | None:
        """Where the response sends its reader; None where nowhere else."""
        return redirect_target(self.status, self.url, self.header(b"location"))


def redirect_target(status: int, url: str, location: str) -> str | None:
    """Give the absolute address that a response sends its reader to; None where to none."""
    if status not in REDIRECTS or not location:
        return None
    try:
        return urljoin(url, location.strip())
    except ValueError:
        return location


def circumstances(exchange: Exchange) -> dict[str, str]:
    """Give the WARC header fields that tell how a response came."""
    fields = {
        "WARC-IP-Address": exchange.address,
        "WARC-Cipher-Suite": exchange.cipher,
        "WARC-Truncated": exchange.truncated,
    }
    return {name: value for name, value in fields.items() if value}


def reference(status: int, original: Capture) -> dict[str, str]:
    """Give the WARC header fields by which a revisit names the record that has its payload."""
    return {
        "WARC-Profile": NOT_MODIFIED if status == HTTPStatus.NOT_MODIFIED else IDENTICAL,
        "WARC-Refers-To": f"<{original.record_id}>",
        "WARC-Refers-To-Target-URI": original.url,
        "WARC-Refers-To-Date": original.captured,
        REFERS_TO_FILE: original.warc,
        REFERS_TO_OFFSET: str(original.offset),
    }


def _target(url: str) -> str:
    """Give what a request line names: path and query."""
    rest = url.split("://", 1)[-1].split("#", 1)[0]
    slash = min((rest.find(c) for c in "/?" if c in rest), default=-1)
    if slash < 0:
        return "/"
    return rest[slash:] if rest[slash] == "/" else "/" + rest[slash:]
