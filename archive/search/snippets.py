"""Where a query is found in a text: marks about it, and a short piece around it."""

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from archive.hanzi import alone, fold, loosely, tokens
from archive.search.query import parse
from archive.search.terms import Term

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
    text = text[:MAX_TEXT].replace(MARK, " ").replace(UNMARK, " ")
    terms = [term for term in parse(query).terms if field in term.fields]
    spans = _adjacent(text, terms) if length else None
    if spans is None:
        spans = find(text, terms)
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
    terms = tuple(terms)
    found = list(tokens(text)) if terms else []
    words = [_bare(word) for word, _, _ in found]
    spans = sorted(
        (found[first].start, found[last].end)
        for term in terms
        for first, last in _places(term, words)
    )
    return _merged(spans)


def _adjacent(text: str, terms: Iterable[Term]) -> list[Span] | None:
    """Give where terms of Chinese characters stand without anything between; None if one may not.

    That is all a snippet needs, and fifty times as fast as `find`.
    """
    folded = fold(text)
    spans: list[Span] = []
    for term in terms:
        wanted = "".join(term.tokens)
        at = folded.find(wanted)
        if not alone(wanted) or (at < 0 and loosely(wanted).search(folded)):
            return None
        while at >= 0:
            spans.append((at, at + len(wanted)))
            at = folded.find(wanted, at + len(wanted))
    return _merged(sorted(spans))


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Join pieces that touch; they come in order."""
    merged: list[Span] = []
    for low, high in spans:
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def _places(term: Term, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Give the first and last word of each place where a term stands."""
    wanted = [_bare(token) for token in term.tokens]
    head, last = wanted[:-1], wanted[-1]
    for start in range(len(words) - len(head)):
        end = start + len(head)
        # Most places fail at the first word: that is looked at before anything is copied.
        if head and (words[start] != head[0] or list(words[start:end]) != head):
            continue
        if words[end] == last or (term.prefix and words[end].startswith(last)):
            yield start, end


def _bare(token: str) -> str:
    """Give a word without diacritics, as the index has it."""
    if len(token) == 1 or token.isascii():
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


def attached_snippet(
    db: sqlite3.Connection, article: str, own: str, query: str, length: int = LENGTH
) -> tuple[str, str] | None:
    """Give name and snippet of the attached file that has words which the article itself has not.

    `own` is the article's title and text. None where no file has any of them.
    """
    terms = [term for term in parse(query).terms if "attachment" in term.fields]
    known = "SELECT 1 FROM sqlite_master WHERE name = 'attachments'"  # not in archives of before
    if not terms or not db.execute(known).fetchone():
        return None
    files = db.execute(
        "SELECT name, documents.text FROM attachments JOIN documents ON digest = document"
        " WHERE article = ? ORDER BY number",
        [article],
    ).fetchall()
    if not files:
        return None
    missing = [term for term in terms if "text" not in term.fields or not find(own, [term])]
    for name, text in files:
        piece = snippet(text, query, length, "attachment")
        if any(find(plain(piece), [term]) for term in missing):
            return name, piece
    return None
