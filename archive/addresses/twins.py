"""Addresses of one page in another dress: for telephones, for paper.

m.host, wap.host, /m/, /amp, ?print=1 and print.aspx?id=9 are marks of a dress; without them twins
have one form. The form only says which articles are to be compared: they are joined where what was
read there is the same, title and text, and never by their addresses alone.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from archive.addresses.urls import address_key, id_of_key
from archive.hanzi import letters
from archive.records import Article
from archive.versions.history import hijack_flags

LEAST = 20
"""Letters of a text that can tell."""

_DRESS = r"(?:m|wap|3g|h5|mobile|touch|amp|mip|print|printer|printpage)"
_HOST = re.compile(r"(?:m|wap|3g|h5|mobile|touch|amp|mip)\.(?=[^./]+\.)")
_SEGMENT = re.compile(_DRESS, re.IGNORECASE)
_NAMED = re.compile(rf"{_DRESS}[_-](?=.)|(?<=.)[_.-]{_DRESS}(?=\.\w+$|$)", re.IGNORECASE)
_PARAMETER = re.compile(
    r"(?:print(?:able|er)?|mobile|wap|amp|mip|m)(?:=(?:1|y|yes|true|on)?)?"
    r"|(?:action|act|do|op|mode|view|style|format|output|outputtype|type|from|tpl|template)="
    r"(?:print\w*|mobile|wap|amp|mip|m|h5)",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"([^/]*)(\.(?:aspx?|php|jsp|do|cfm|action))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """An address without its dress."""

    shape: str
    """What all its twins share: an id. The name of a script that has parameters is left out."""
    base: str
    prints: bool
    """Whether it names a script that prints."""
    marks: int
    """How many marks of a dress it has; the article's own address has fewest."""


@lru_cache(maxsize=4096)
def form(url: str) -> Form:
    """Give the form of an address. Never raises."""
    whole = address_key(url)
    place, question, query = whole.partition("?")
    host, slash, path = place.partition("/")
    bare, marks = _HOST.subn("", host, count=1)
    segments = path.split("/")
    kept = [part for part in segments[:-1] if not _SEGMENT.fullmatch(part)]
    last = segments[-1]
    if kept and _SEGMENT.fullmatch(last):
        last = kept.pop()
    marks += len(segments) - 1 - len(kept)
    parameters = [part for part in query.split("&") if not _PARAMETER.fullmatch(part)]
    marks += len(query.split("&")) - len(parameters)
    asked = f"?{'&'.join(parameters)}" if question and parameters else ""
    folder = f"{bare}{slash}{''.join(f'{part}/' for part in kept)}"
    script = _SCRIPT.fullmatch(last) if asked else None
    prints = script is not None and "print" in script[1].lower()
    if not prints:
        last, times = _NAMED.subn("", last)
        marks += times
    loose = f"{folder}*{script[2]}{asked}" if script else f"{folder}{last}{asked}"
    return Form(id_of_key(loose), f"{folder}{last}{asked}", prints, marks + prints)


def twins(one: str, other: str) -> bool:
    """Tell whether two addresses may be of one page in two dresses."""
    a, b = form(one), form(other)
    return a.shape == b.shape and (a.base == b.base or a.prints != b.prints)


def own(url: str) -> tuple[int, int, str]:
    """Give what orders an article's addresses: its own one comes first."""
    whole = address_key(url)
    return form(url).marks, len(whole), whole


def same(one: Article, other: Article) -> bool:
    """Tell whether two readings are of one article: the same letters, in title and text."""
    if hijack_flags(one) or hijack_flags(other):
        return False
    title, text = letters(one.title), letters(one.text)
    if not title or len(text) < LEAST:
        return False
    return (title, text) == (letters(other.title), letters(other.text))
