"""The word lists of rules/*.toml, read once."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from archive.hanzi import fold

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@cache
def table(name: str) -> dict[str, Any]:
    """Give the lists of rules/NAME.toml."""
    return tomllib.loads(
        (files("crawler.clean") / f"rules/{name}.toml").read_text(encoding="utf-8")
    )


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Give a pattern of the words, folded, the longest first."""
    folded = sorted({fold(word) for word in words}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, folded)))
