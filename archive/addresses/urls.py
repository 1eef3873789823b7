"""Addresses: the form to show, the key that makes an address that of one page, and the short id.

A key leaves out only what cannot select content.
"""

import base64
import hashlib
import re
from contextlib import suppress
from functools import lru_cache
from urllib.parse import unquote_to_bytes

ID_LENGTH = 10
"""Characters of an id; the store adds 2 where two addresses would share one."""

_HTTP = re.compile(
    r"(https?)://([^/?#\\]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL
)
_DEFAULT_PORT = {"http": "80", "https": "443"}
# What mail, advertisements and social networks hang on to an address, and no site reads.
_TRACKING = (
    r"(?:utm_\w*|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|_ga|_gl"
    r"|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|spm|scm|isappinstalled"
    r"|from=(?:timeline|singlemessage|groupmessage)|nsukey)(?:=.*)?"
)
# A visitor's session, by names that mean nothing else or by a value no article has.
_SESSION = (
    r"(?:phpsessid|jsessionid|aspsessionid[a-z]{8}|asp\.net_sessionid|zenid|oscsid)(?:=.*)?"
    r"|(?:session_?id|sess(?:ion)?)=(?=\w*\d)(?=\w*[a-z])\w{20,}"
)
# Made up anew at every visit, so that no cache answers.
_RANDOM = (
    r"_=\d{10,}|(?:_?rn?d|_?rand|_?random|no_?cache)=(?:\d+|0?\.\d+)|(?:r|t|_|_t|_r|v)=0?\.\d{6,}"
)
_IDLE = re.compile(f"(?:{_TRACKING}|{_SESSION}|{_RANDOM})", re.IGNORECASE | re.DOTALL)
_SESSION_PATH = re.compile(
    r";(?:jsessionid|phpsessid)=[^;/]*|/\([A-Z]\([a-z0-9]{20,}\)\)(?=/)", re.IGNORECASE
)
# What sticks to an address copied out of a text.
_JUNK = re.compile(r'(?:[\s"<>，。；、]|%(?:20|22|3[CE]|0[9AD]|C2%A0|E3%80%80))+\Z', re.IGNORECASE)
_INDEX = re.compile(
    r"(?:index\.(?:html?|shtml|php|aspx?|jsp|do)|default\.(?:aspx?|html?|php|jsp))", re.IGNORECASE
)
_UNICODE = re.compile(r"%u([0-9a-f]{4})", re.IGNORECASE)


def canonical_url(url: str) -> str:
    """Give the address without fragment, default port, tracking and session, its host lower case.

    All else stays as it is, order of parameters included; of fragments those stay that select
    content (#! and #/). What is not http(s) is given back without surrounding space. Never raises.
    """
    while (better := _bettered(url)) != url:
        url = better
    return url


def _bettered(url: str) -> str:
    url = url.strip()
    match = _HTTP.match(url)
    if match is None:
        return url
    scheme, authority, path, query, fragment = match.groups()
    scheme = scheme.lower()
    user, at, place = authority.rpartition("@")
    host, colon, port = place.lower().partition(":") if "[" not in place else _bracketed(place)
    if port in ("", _DEFAULT_PORT[scheme]):
        colon = port = ""
    path = _SESSION_PATH.sub("", path or "/")
    parts = (part.removeprefix("amp;") for part in (query or "").split("&"))
    kept = "&".join(part for part in parts if part and not _IDLE.fullmatch(part))
    whole = f"{scheme}://{user}{at}{host}{colon}{port}{path or '/'}{'?' if kept else ''}{kept}"
    whole = _JUNK.sub("", whole)
    return f"{whole}#{fragment}".rstrip() if (fragment or "").startswith(("!", "/")) else whole


def _bracketed(place: str) -> tuple[str, str, str]:
    """Split an IPv6 host from its port."""
    host, bracket, rest = place.lower().rpartition("]")
    before, colon, port = rest.partition(":")
    return host + bracket + before, colon, port


@lru_cache(maxsize=1024)
def address_key(url: str) -> str:
    """Give what makes an address that of one page; two addresses with one key are the same page.

    Scheme, www., index files, order of parameters, dot segments, case and encoding of escapes
    (UTF-8, GBK or %u) make no difference. Never raises.
    """
    canonical = canonical_url(url)
    match = _HTTP.match(canonical)
    if match is None:
        return canonical
    _, authority, path, query, fragment = match.groups()
    user, at, place = authority.rpartition("@")
    host, colon, port = place.partition(":") if "[" not in place else (place, "", "")
    host = _ascii(host.rstrip(".")).removeprefix("www.")
    parameters = _parameters(query) if query else ""
    route = f"#{fragment}" if fragment else ""
    return f"{user}{at}{host}{colon}{port}{_path(path, query)}{parameters}{route}"


def _ascii(host: str) -> str:
    """Write a host with characters of other scripts as the network does."""
    with suppress(UnicodeError):
        return host if host.isascii() else host.encode("idna").decode("ascii")
    return host


def _path(path: str, query: str | None) -> str:
    """Resolve dot segments and encodings; leave an index file's name out where it stands alone."""
    segments: list[str] = []
    steps = [_readable(step, "/?#%") for step in path.replace("\\", "/").split("/")[1:]]
    for place, step in enumerate(steps, 1):
        if step == "..":
            del segments[-1:]
        elif step != ".":
            segments.append(step)
            continue
        if place == len(steps):
            segments.append("")
    if segments and not query and _INDEX.fullmatch(segments[-1]):
        segments[-1] = ""
    return "/" + "/".join(segments)


def _parameters(query: str) -> str:
    """Order parameters by name where each has one; those of the same name keep their order."""
    parts = [part.partition("=") for part in query.split("&")]
    if all(sign for _, sign, _ in parts):
        parts.sort(key=lambda part: part[0])
    read = [
        f"{_readable(name.replace('+', ' '), '&=+#%')}{sign}"
        f"{_readable(_UNICODE.sub(_character, value).replace('+', ' '), '&+#%')}"
        for name, sign, value in parts
    ]
    return "?" + "&".join(read)


def _character(match: re.Match[str]) -> str:
    """Give the character that JavaScript's escape() wrote as %u and four digits."""
    number = int(match[1], 16)
    return match[0] if 0xD800 <= number < 0xE000 else chr(number)  # noqa: PLR2004 - surrogates


def _readable(text: str, reserved: str) -> str:
    """Give a part of an address with escapes decoded, but for what is reserved in that part."""
    if text.isascii() and "%" not in text and " " not in text:
        return text
    raw = unquote_to_bytes(text.encode("utf-8", "surrogatepass"))
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return "".join(
                f"%{ord(c):02X}" if c in reserved or c <= " " or c == "\x7f" else c
                for c in raw.decode(encoding)
            )
    plain = frozenset(range(0x21, 0x7F)) - frozenset(reserved.encode())
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in raw)


def host_of(url: str) -> str:
    """Give an address's host without www., and its port where it is not the scheme's own.

    Empty for an address that has none. Never raises.
    """
    match = _HTTP.match(canonical_url(url))
    return "" if match is None else match[2].rpartition("@")[2].removeprefix("www.")


def article_id(url: str, length: int = ID_LENGTH) -> str:
    """Give the id of the article at an address."""
    return id_of_key(address_key(url), length)


def id_of_key(key: str, length: int = ID_LENGTH) -> str:
    """Give the id that belongs to a key: lower-case base32 of its SHA-256."""
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:length]
