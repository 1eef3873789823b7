"""What a harvester asks: the arguments of a request, and where a list goes on.

https://www.openarchives.org/OAI/openarchivesprotocol.html, sections 2.5, 3.5 and 3.6.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from archive.oai.metadata import FORMATS

IDENTIFIER = "oai:union-archive:"
"""Begins the identifier of each record; the article's id follows."""
_LIST = {"metadataPrefix": True, "from": False, "until": False, "set": False}
VERBS: Mapping[str, Mapping[str, bool]] = {
    "Identify": {},
    "ListMetadataFormats": {"identifier": False},
    "ListSets": {},
    "GetRecord": {"identifier": True, "metadataPrefix": True},
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
}
"""By verb its arguments, and whether each is required."""
_LISTS = ("ListSets", "ListIdentifiers", "ListRecords")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", re.ASCII)
_FORM = "%Y-%m-%dT%H:%M:%SZ"


class Refusal(Exception):  # noqa: N818 - the protocol answers it; nothing went wrong
    """What the protocol calls an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        """One of the protocol's codes, such as badArgument."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which records a list has, and after which of them it goes on."""

    prefix: str
    since: str | None = None
    """A datestamp to the second; the first that is meant."""
    until: str | None = None
    """The last that is meant."""
    site: str | None = None
    at: str = ""
    """The datestamp of the last record that was given."""
    article: str = ""
    """Its article's id."""
    given: int = 0
    """How many were given."""

    def token(self) -> str:
        """Write it as a resumption token: all that is needed to go on, so that none expires."""
        said = json.dumps(astuple(self), ensure_ascii=True, separators=(",", ":"))
        return urlsafe_b64encode(said.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that can be answered."""

    verb: str
    arguments: Mapping[str, str]
    """As they were given, the verb aside."""
    span: Span | None = None
    """Of a list of records or headers, which."""

    @property
    def article(self) -> str | None:
        """The id of the article that is asked about; None where none is."""
        identifier = self.arguments.get("identifier")
        if identifier is None:
            return None
        if not identifier.startswith(IDENTIFIER):
            raise Refusal("idDoesNotExist", f"identifiers here begin with {IDENTIFIER}")
        return identifier.removeprefix(IDENTIFIER)


def asked(pairs: Sequence[tuple[str, str]]) -> Asked:
    """Read the arguments of a request. Raises Refusal for what the protocol does not have."""
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise Refusal("badVerb", f"expected one verb of {', '.join(VERBS)}")
    verb = verbs[0]
    rest = [(name, value) for name, value in pairs if name != "verb"]
    arguments = dict(rest)
    if len(arguments) != len(rest):
        raise Refusal("badArgument", "an argument is repeated")
    if "resumptionToken" in arguments and verb in _LISTS:
        if len(arguments) > 1:
            raise Refusal("badArgument", "resumptionToken stands alone beside the verb")
        return Asked(verb, arguments, _resumed(verb, arguments["resumptionToken"]))
    known = VERBS[verb]
    if unknown := [name for name in arguments if name not in known]:
        raise Refusal("badArgument", f"{verb} has no argument {unknown[0]!r}")
    if missing := [name for name, must in known.items() if must and name not in arguments]:
        raise Refusal("badArgument", f"{verb} needs {missing[0]}")
    if "metadataPrefix" in arguments and arguments["metadataPrefix"] not in FORMATS:
        raise Refusal("cannotDisseminateFormat", f"there are {', '.join(FORMATS)}")
    return Asked(verb, arguments, _span(arguments) if known is _LIST else None)


def _span(arguments: Mapping[str, str]) -> Span:
    since, until = arguments.get("from"), arguments.get("until")
    if since is not None and until is not None and len(since) != len(until):
        raise Refusal("badArgument", "from and until differ in granularity")
    first = None if since is None else _moment(since, "T00:00:00Z")
    last = None if until is None else _moment(until, "T23:59:59Z")
    if first and last and first > last:
        raise Refusal("badArgument", "from is later than until")
    set_ = arguments.get("set")
    return Span(arguments["metadataPrefix"], first, last, None if set_ is None else site_of(set_))


def _moment(date: str, rest: str) -> str:
    """Give a date to the second. Raises Refusal."""
    whole = date if "T" in date else date + rest
    with suppress(ValueError):
        if _DATE.fullmatch(date):
            datetime.strptime(whole, _FORM)  # noqa: DTZ007 - only whether there is such a moment
            return whole
    raise Refusal("badArgument", f"got {date!r}, expected 2026-05-01 or 2026-05-01T00:00:00Z")


def _resumed(verb: str, token: str) -> Span:
    """Read a token that `Span.token` wrote. Raises Refusal for any other."""
    with suppress(ValueError, TypeError, RecursionError):
        if verb != "ListSets":  # sets come all at once
            return _read_token(token)
    raise Refusal("badResumptionToken", "no token of this archive; begin anew")


def _read_token(token: str) -> Span:
    """Read a token. Raises ValueError or TypeError for what is none."""
    span = Span(*json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4))))
    texts = (span.since or "", span.until or "", span.site or "", span.at, span.article)
    "".join(texts).encode()  # all are text, and none has half a character
    if span.token() != token or span.prefix not in FORMATS or not _counts(span.given):
        raise ValueError(token)
    return span


def _counts(number: object) -> bool:
    return type(number) is int and number >= 0


def set_of(site: str) -> str:
    """Give the setSpec of a site, which has no other signs than the protocol allows."""
    return quote(site, safe="!*'()").replace("~", "%7E").replace("%", "~")


def site_of(spec: str) -> str:
    """Give the site of a setSpec; of one that is none, a site that no archive has."""
    return unquote(spec.replace("~", "%"), errors="replace")
