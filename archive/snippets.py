"""Where a query is found in a text: marks about it, and a short piece around it."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence

from archive.hanzi import Token, tokens
from archive.query import Term, parse

MARK = "\ue001"
"""Begins a marked piece; private use, so that whoever shows it makes of it what fits."""
UNMARK = "\ue002"
LENGTH = 80
LEAD = 20
"""Characters shown before the first find."""
MAX_TEXT = 200_000

Span = tuple[int, int]


def snippet(text: str, query: str, length: int = LENGTH, field: str = "text") -> str:
    """Give some `length` characters of a text about what the query looks for in that field, marked.

    A length of 0 gives the whole text. Line feeds become spaces.
    """
    text = text[:MAX_TEXT].translate({0xE001: 0x20, 0xE002: 0x20})
    spans = find(text, [term for term in parse(query).terms if field in term.fields])
    start = _best(spans, length) if length else 0
    end = start + length if length else len(text)
    pieces = ["…" if start else ""]
    at = start
    for low, high in spans:
        if low < at or high > end:
            continue
        pieces += (text[at:low], MARK, text[low:high], UNMARK)
        at = high
    pieces += (text[at:end], "…" if end < len(text) else "")
    return "".join(pieces).replace("\n", " ").strip()


def plain(marked: str) -> str:
    """Give a snippet without its marks."""
    return marked.replace(MARK, "").replace(UNMARK, "")


def find(text: str, terms: Iterable[Term]) -> list[Span]:
    """Give where the terms stand, in order, none overlapping another."""
    found = [token._replace(text=_bare(token.text)) for token in tokens(text)]
    places: dict[str, list[int]] = {}
    for number, token in enumerate(found):
        places.setdefault(token.text, []).append(number)
    spans = sorted({span for term in terms for span in _places(term, found, places)})
    merged: list[Span] = []
    for low, high in spans:
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def _places(term: Term, found: Sequence[Token], places: dict[str, list[int]]) -> Iterable[Span]:
    """Give where one term stands."""
    wanted = [_bare(token) for token in term.tokens]
    starts: Collection[int] = places.get(wanted[0], ())
    if term.prefix and len(wanted) == 1:
        starts = [n for n, token in enumerate(found) if token.text.startswith(wanted[0])]
    for start in starts:
        here = [token.text for token in found[start : start + len(wanted)]]
        if term.prefix and len(here) == len(wanted) and here[-1].startswith(wanted[-1]):
            here[-1] = wanted[-1]
        if here == wanted:
            yield found[start].start, found[start + len(wanted) - 1].end


def _bare(token: str) -> str:
    """Give a word without diacritics, as the index has it."""
    if token.isascii() or len(token) == 1:
        return token
    return "".join(c for c in unicodedata.normalize("NFD", token) if not unicodedata.combining(c))


def _best(spans: list[Span], length: int) -> int:
    """Give where to begin so that most of what was found is seen, and as early as can be."""
    best = most = 0
    for low, _ in spans[:200]:
        start = max(0, low - LEAD)
        seen = sum(high - at for at, high in spans if at >= start and high <= start + length)
        if seen > most:
            best, most = start, seen
    return best
