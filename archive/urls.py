"""Addresses: one form for one page, and the short id made from it."""

import base64
import hashlib
import re

ID_LENGTH = 10
"""Characters of an id; the store adds 2 where two addresses would share one."""

_HTTP = re.compile(r"(https?)://([^/?#\\]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_DEFAULT_PORT = {"http": "80", "https": "443"}
# What mail, advertisements and social networks hang on to an address, and no site reads.
_TRACKING = re.compile(
    r"(?:utm_\w*|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|_ga|_gl"
    r"|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|spm|scm|isappinstalled"
    r"|from=(?:timeline|singlemessage|groupmessage)|nsukey)(?:=.*)?",
    re.IGNORECASE | re.DOTALL,
)


def canonical_url(url: str) -> str:
    """Give the address without fragment, default port and tracking, its host in lower case.

    All else stays as it is, order of parameters included. What is not http(s) is given back
    without surrounding space. Never raises.
    """
    url = url.strip()
    match = _HTTP.match(url)
    if match is None:
        return url
    scheme, authority, path, query = match.groups()
    scheme = scheme.lower()
    user, at, place = authority.rpartition("@")
    host, colon, port = place.lower().partition(":") if "[" not in place else _bracketed(place)
    if port in ("", _DEFAULT_PORT[scheme]):
        colon = port = ""
    parameters = [part for part in (query or "").split("&") if not _TRACKING.fullmatch(part)]
    kept = "&".join(parameters)
    return (
        f"{scheme}://{user}{at}{host}{colon}{port}{path or '/'}{'?' if kept else ''}{kept}".rstrip()
    )


def _bracketed(place: str) -> tuple[str, str, str]:
    """Split an IPv6 host from its port."""
    host, bracket, rest = place.lower().rpartition("]")
    before, colon, port = rest.partition(":")
    return host + bracket + before, colon, port


def address_key(canonical: str) -> str:
    """Give what makes an address that of one page: without scheme and leading www."""
    match = _HTTP.match(canonical)
    return canonical if match is None else canonical[match.start(2) :].removeprefix("www.")


def article_id(canonical: str, length: int = ID_LENGTH) -> str:
    """Give the id of the article at a canonical URL: lower-case base32 of its key's SHA-256."""
    digest = hashlib.sha256(address_key(canonical).encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:length]
