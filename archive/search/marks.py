"""Marks: what is known of an article beside its words, as tokens of the index's last column.

Site, language, flags and day of publication are found by the same expression as words, so that any
of them can be combined with any other, and excluded. A token is a letter and what it says:
`f` and a flag, `l` and a language, `s` and a site, in hexadecimal, so that it stays one token;
`d` and the beginning of a day, `d2`, `d20`, `d200`, `d2009`, `d200905`, `d20090501`, so that a
span of days is a few tokens; `d0` where the day is not known.
"""

import json
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from archive.hanzi import fold
from archive.search.keys import DAY, first_key

UNDATED = "d0"
EVERYTHING = (UNDATED, *(f"d{millennium}" for millennium in range(1, 10)))
"""One of these is a mark of every article."""
NOTHING = "x"
"""A mark of no article."""
SUSPECT = ("hijacked_brand", "spun_text")
"""Flags of pages whose words cannot be trusted."""

_PREFIXES = (1, 2, 3, 4, 6, 8)
"""Characters of YYYYMMDD that a token of a day may have."""


def marks(site: str | None, language: str | None, flags: str | None, published: str | None) -> str:
    """Give an article's tokens with spaces between; `flags` is a JSON list of names."""
    found = [] if site is None else [site_mark(site)]
    found += [language_mark(tag) for tag in _tags(language or "")]
    found += [flag_mark(str(name)) for name in json.loads(flags or "[]")]
    return " ".join([*found, *_day_marks(published)])


def site_mark(site: str) -> str:
    """Give the token of a site by its id."""
    return f"s{_hex(site)}"


def flag_mark(name: str) -> str:
    """Give the token of a flag."""
    return f"f{_hex(fold(name).replace('-', '_'))}"


def language_mark(tag: str) -> str:
    """Give the token of a BCP 47 tag; zh is a mark of zh-Hans too."""
    return f"l{_hex(fold(tag).replace('_', '-'))}"


def days(low: date, high: date) -> tuple[str, ...]:
    """Give the tokens of a span of days, the last one included."""
    if high < low:
        return (NOTHING,)
    whole = high.day == monthrange(high.year, high.month)[1]
    last = f"{_digits(high)[:6]}31" if whole else _digits(high)
    return tuple(f"d{prefix}" for prefix in _cover("", _digits(low), last))


def _cover(prefix: str, low: str, high: str) -> Iterator[str]:
    """Give the fewest prefixes below `prefix` that cover the span."""
    if len(prefix) < 4:  # noqa: PLR2004 - the digits of a year
        below = [f"{prefix}{digit}" for digit in "0123456789"[not prefix :]]
    elif len(prefix) == 4:  # noqa: PLR2004
        below = [f"{prefix}{month:02}" for month in range(1, 13)]
    else:
        below = [f"{prefix}{day:02}" for day in range(1, 32)]
    for block in below:
        first, last = _ends(block)
        if low <= first and last <= high:
            yield block
        elif first <= high and last >= low:
            yield from _cover(block, low, high)


def _ends(block: str) -> tuple[str, str]:
    """Give the first and the last day that begin so."""
    if len(block) <= 4:  # noqa: PLR2004
        return f"{block.ljust(4, '0')}0101", f"{block.ljust(4, '9')}1231"
    return (f"{block}01", f"{block}31") if len(block) == 6 else (block, block)  # noqa: PLR2004


def _day_marks(published: str | None) -> list[str]:
    """Give the tokens of a day; of the same one that the article's key is made of."""
    key = first_key(published)
    if not key:
        return [UNDATED]
    digits = _digits(date.fromordinal(key // DAY))
    return [f"d{digits[:length]}" for length in _PREFIXES]


def _digits(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _tags(language: str) -> Iterator[str]:
    """Give a tag and those it is a kind of: zh, zh-Hans, zh-Hans-CN."""
    parts = language.split("-")
    for count in range(1, len(parts) + 1):
        if parts[count - 1]:
            yield "-".join(parts[:count])


def _hex(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").hex()
