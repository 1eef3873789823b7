"""The query language: words, "phrases", AND OR NOT, -word, prefix*, ( ), field: — in either width.

Words side by side must all be there; a word is looked for in title, text and attached files, other
fields by name (author:张). site: region: flag: language: before: after: on: ask for what is known
of an article (`archive.search.marks`). What cannot be understood is passed over or taken for words,
and no text whatever raises: `parse` gives a query whose FTS5 expression is always well formed. What
only excludes words finds nothing; what only excludes marks, -flag:spun_text, finds all others.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from archive.errors import UsageError
from archive.hanzi import BREAK, drop_glosses, fold, tokens
from archive.search import keys, marks
from archive.search.terms import (
    Marked,
    Named,
    Node,
    Sites,
    Term,
    Without,
    both,
    by_id,
    either,
    without,
    written,
)
from archive.search.terms import terms as terms_of

FIELDS = ("title", "text", "author", "source", "editor", "section", "attachment")
"""Fields that can be searched, in the order of the index's columns."""
USUAL = ("title", "text", "attachment")
"""Where a word without a field is looked for."""
KNOWN = ("site", "region", "flag", "language", "before", "after", "on")
"""What can be asked for beside words."""
NOTHING = '""'
"""The expression that finds nothing."""

MAX_LENGTH = 4000
MAX_DEPTH = 8  # SQLite's parser of expressions has a stack of 100
MAX_TERMS = 400
_QUOTES = "“”„‟＂「」『』﹁﹂﹃﹄"
_PLAIN = {point: point - 0xFEE0 for point in range(0xFF01, 0xFF5F)}
_PLAIN |= {0x3000: 0x20, 0xFE55: 0x3A, 0xFE13: 0x3A, 0x2236: 0x3A}  # three more colons
_PLAIN |= dict.fromkeys(map(ord, _QUOTES), 0x22)
_PLAIN |= dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], 0x20)
_LEXEME = re.compile(
    rf"""(?P<quoted>"(?P<phrase>[^"]*)"(?P<star>\*?))
    | (?P<open>\() | (?P<close>\))
    | (?P<field>(?:{"|".join(FIELDS + KNOWN)})\s*:)(?=\s*[^\s):])
    | (?P<and>AND)(?=[\s()"]|$) | (?P<or>OR)(?=[\s()"]|$)
    | (?P<not>NOT(?=[\s()"]|$)|-+(?=[^\s-]))
    | (?P<word>[^\s()"]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d\d?)(?:[-/.月](\d\d?)日?)?月?)?年?", re.ASCII)
_ENDS = re.compile(r"[,、;。，；]")
"""What ends a value: site:shuofang，工会."""


@dataclass(frozen=True)
class Query:
    """What was understood."""

    node: Node | None
    """None where nothing was."""
    terms: tuple[Term, ...]
    """What is looked for, to be marked where it stands."""

    @property
    def match(self) -> str:
        """The FTS5 expression, sites known by their ids alone."""
        return self.expression(by_id)

    def expression(self, sites: Sites) -> str:
        """Give the FTS5 expression, in an archive that has these sites."""
        if self.node is None or isinstance(self.node, Without):
            return NOTHING
        return written(self.node, sites)


@lru_cache(maxsize=256)
def parse(text: str) -> Query:
    """Understand a query as well as can be. Never raises."""
    plain = drop_glosses(text[:MAX_LENGTH].translate(_PLAIN))
    lexemes = [_lexeme(match) for match in _LEXEME.finditer(plain)]
    parser = _Parser(lexemes)
    node = parser.alternatives(USUAL, 0)
    if not parser.terms:
        # AND by itself is a word like any other.
        parser = _Parser(
            [("word" if kind in ("and", "or", "not") else kind, value) for kind, value in lexemes]
        )
        node = parser.alternatives(USUAL, 0)
    return Query(node, () if node is None else tuple(terms_of(node, wanted=True)))


def _lexeme(match: re.Match[str]) -> tuple[str, str]:
    """Give kind and text of a piece of the query; small letters make no operator."""
    kind = match.lastgroup or ""
    if kind in ("phrase", "star", "quoted"):
        return ("prefix phrase" if match["star"] else "phrase"), match["phrase"]
    if kind in ("and", "or", "not") and match[0].isalpha() and match[0] not in _OPERATORS:
        kind = "word"
    return kind, match[0]


class _Parser:
    """Reads lexemes from left to right; every method gives None where there is nothing to find."""

    def __init__(self, lexemes: list[tuple[str, str]]) -> None:
        self.lexemes = lexemes
        self.at = 0
        self.terms = 0

    def alternatives(self, fields: tuple[str, ...], depth: int) -> Node | None:
        """Read up to the bracket that closes: choices with OR between."""
        choices: list[Node] = []
        while self.at < len(self.lexemes):
            kind = self.lexemes[self.at][0]
            if kind == "close" and depth:
                break
            if kind in ("or", "close"):  # one too many
                self.at += 1
                continue
            node = self.conjunction(fields, depth)
            if node is not None:
                choices.append(node)
        return either(choices)

    def conjunction(self, fields: tuple[str, ...], depth: int) -> Node | None:
        """Read up to OR or the closing bracket: what must all be there."""
        parts: list[Node] = []
        while self.at < len(self.lexemes):
            kind = self.lexemes[self.at][0]
            if kind == "or" or (kind == "close" and depth):
                break
            if kind in ("and", "close"):
                self.at += 1
                continue
            node = self.operand(fields, depth)
            if node is not None:
                parts.append(node)
        return both(parts)

    def operand(self, fields: tuple[str, ...], depth: int) -> Node | None:
        """Read one word, phrase or bracket with the NOT and the field before it."""
        negative = False
        while self.at < len(self.lexemes):
            kind, value = self.lexemes[self.at]
            self.at += 1
            if kind == "not":
                negative = not negative
            elif kind == "field":
                fields = (fold(value).rstrip(":").strip(),)
            elif kind == "open":
                node = self.bracket(fields, depth)
                return without(node) if negative and node is not None else node
            elif kind in ("and", "or", "close"):
                self.at -= 1
                return None
            else:
                node = self.words(kind, value, fields)
                return without(node) if negative and node is not None else node
        return None

    def bracket(self, fields: tuple[str, ...], depth: int) -> Node | None:
        """Read what stands in brackets; those nested too deeply are passed over."""
        if depth >= MAX_DEPTH:
            return None
        node = self.alternatives(fields, depth + 1)
        self.at += 1  # the closing bracket, or the end
        return node

    def words(self, kind: str, value: str, fields: tuple[str, ...]) -> Node | None:
        """Make terms of a word or phrase; punctuation parts words, in quotes it is looked for."""
        if fields[0] in KNOWN:
            return self.known(kind, value, fields[0])
        found = [token.text for token in tokens(value)]
        prefix = kind == "prefix phrase" or (kind == "word" and value.endswith("*"))
        text = "\n".join(found).strip(f"{BREAK}\n")
        pieces = [text] if "phrase" in kind else re.split(f"\n{BREAK}\n", text)
        terms: list[Node] = []
        for piece in filter(None, pieces):
            if self.terms >= MAX_TERMS:
                break
            self.terms += 1
            last = piece is pieces[-1]
            terms.append(Term(tuple(piece.split("\n")), fields, prefix and last))
        return both(terms)

    def known(self, kind: str, value: str, field: str) -> Node | None:
        """Make a mark of a value; one that cannot be is taken for words, field and all."""
        prefix = kind == "prefix phrase" or (kind == "word" and value.endswith("*"))
        value, rest = (value, "") if "phrase" in kind else _parted(value)
        node = _mark(field, fold(value).strip().removesuffix("*").strip(), prefix=prefix)
        if node is None:
            return self.words(kind, f"{field} {value}{rest}", USUAL)
        if self.terms >= MAX_TERMS:
            return None
        self.terms += len(node.tokens) if isinstance(node, Marked) else 1
        more = self.words("word", rest, USUAL) if rest else None
        return both([node, more]) if more else node


def _parted(value: str) -> tuple[str, str]:
    """Part a value from words that follow it without a space."""
    end = _ENDS.search(value)
    return (value[: end.start()], value[end.end() :]) if end else (value, "")


def _mark(field: str, value: str, *, prefix: bool) -> Node | None:
    """Give what a field and its (folded) value ask for; None where that is not understood."""
    if not value:
        return None
    if field in ("site", "region"):
        return Named(field, value, prefix)
    if field == "flag":
        names = marks.SUSPECT if value == "suspect" else (value.replace(" ", "_"),)
        return Marked(tuple(map(marks.flag_mark, names)), prefix)
    if field == "language":
        return Marked((marks.language_mark(value),), prefix)
    return _days(field, value)


def _days(field: str, value: str) -> Node | None:
    """Give the days before, after or on a date, which may be a month or a year."""
    if field == "on" and value == "unknown":
        return Marked((marks.UNDATED,))
    found = _DATE.fullmatch(value)
    if found is None:
        return None
    try:
        low, high = keys.span("-".join(filter(None, found.groups())))
    except UsageError:
        return None
    if field == "before":
        low, high = keys.FIRST, low - timedelta(days=1)
    elif field == "after":
        if high == date.max:
            return Marked((marks.NOTHING,))
        low, high = high + timedelta(days=1), date.max
    return Marked(marks.days(low, high))
