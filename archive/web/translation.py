"""The languages of our pages: which one a reader asked for, and our words in it.

A catalogue is TOML, "English" = "中文". zh.toml and whatever is named zh_*.toml beside it are
Simplified; zh_hant.toml is made from them by OpenCC, and a test compares the two.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Language:
    """A language that our pages are in."""

    tag: str
    """BCP 47."""
    path: str
    """What its addresses begin with."""
    name: str
    """Its own name for itself."""


LANGUAGES = (
    Language("en", "/en", "English"),
    Language("zh-Hans", "/zh", "简体中文"),
    Language("zh-Hant", "/zh-hant", "繁體中文"),
)
ENGLISH = "en"
HANT = "zh_hant.toml"

_RANGE = re.compile(r"\s*([A-Za-z*]+(?:-[A-Za-z0-9]+)*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


@cache
def catalogue(tag: str) -> Mapping[str, str]:
    """Give our words in a language, by their English; empty for English itself."""
    if tag == ENGLISH:
        return {}
    folder = resources.files("archive.web")
    names = (file.name for file in folder.iterdir())
    files = sorted(n for n in names if n.startswith("zh") and n.endswith(".toml") and n != HANT)
    words: dict[str, str] = {}
    for name in [HANT] if tag == "zh-Hant" else reversed(files):  # zh.toml has the last word
        words |= tomllib.loads((folder / name).read_text(encoding="utf-8"))
    return words


def translate(tag: str, english: str, **values: object) -> Markup:
    """Give words in a language, with values put in place of %(name)s; English where it has none.

    Both the words and the values are escaped, but for values that are Markup.
    """
    words = escape(catalogue(tag).get(english, english))
    return words % values if values else words


def translate_number(tag: str, one: str, many: str, number: int, **values: object) -> Markup:
    """Give the words for that number, which is %(number)s in them; catalogues have `many` alone."""
    english = one if number == 1 and tag == ENGLISH else many
    return translate(tag, english, number=f"{number:,}", **values)


def preferred(accept: str) -> str:
    """Choose a language by an Accept-Language header; English where it names none of ours."""
    best, weight = ENGLISH, 0.0
    for part in accept[:400].split(","):
        if (found := _RANGE.fullmatch(part)) and (tag := _ours(found[1])):
            quality = float(found[2] or 1)
            if quality > weight:
                best, weight = tag, quality
    return best


def _ours(language: str) -> str | None:
    """Name the one of our languages that a language range asks for."""
    first, *others = language.lower().split("-")
    if first == "zh":
        return "zh-Hant" if _TRADITIONAL & set(others) and "hans" not in others else "zh-Hans"
    return ENGLISH if first in ("en", "*") else None
