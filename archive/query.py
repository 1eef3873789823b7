"""The query language: words, "phrases", AND OR NOT, -word, prefix*, ( ), field: — in either width.

Words side by side must all be there; a word is looked for in title and text, other fields by name
(author:张). Whatever cannot be understood is passed over, and no text whatever raises: `parse`
gives an FTS5 expression that is always well formed. What is only excluded finds nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from archive.hanzi import BREAK, drop_glosses, fold, tokens

FIELDS = ("title", "text", "author", "source", "editor", "section")
"""Fields that can be searched, in the order of the index's columns."""
USUAL = ("title", "text")
"""Where a word without a field is looked for."""
NOTHING = '""'
"""The expression that finds nothing."""

MAX_LENGTH = 4000
MAX_DEPTH = 8  # SQLite's parser of expressions has a stack of 100
MAX_TERMS = 400
_QUOTES = "“”„‟＂「」『』﹁﹂﹃﹄"
_PLAIN = {point: point - 0xFEE0 for point in range(0xFF01, 0xFF5F)}
_PLAIN |= {0x3000: 0x20} | dict.fromkeys(map(ord, _QUOTES), 0x22)
_PLAIN |= dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)], 0x20)
_LEXEME = re.compile(
    rf"""(?P<quoted>"(?P<phrase>[^"]*)"(?P<star>\*?))
    | (?P<open>\() | (?P<close>\))
    | (?P<field>(?:{"|".join(FIELDS)})\s*:)(?=\s*[^\s):])
    | (?P<and>AND)(?=[\s()"]|$) | (?P<or>OR)(?=[\s()"]|$)
    | (?P<not>NOT(?=[\s()"]|$)|-+(?=[^\s-]))
    | (?P<word>[^\s()"]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})


@dataclass(frozen=True)
class Term:
    """A phrase to be found in certain fields."""

    tokens: tuple[str, ...]
    fields: tuple[str, ...]
    prefix: bool = False
    """Whether the last token may go on."""

    def __str__(self) -> str:
        """Give it as FTS5 writes it."""
        star = " *" if self.prefix else ""
        return f'{{{" ".join(self.fields)}}} : "{" ".join(self.tokens)}"{star}'


@dataclass(frozen=True)
class Both:
    """All of these, and none of those."""

    wanted: tuple["Node", ...]
    unwanted: tuple["Node", ...]

    def __str__(self) -> str:
        """Give it as FTS5 writes it."""
        wanted = " AND ".join(map(_bracketed, self.wanted))
        if not self.unwanted:
            return wanted
        if len(self.wanted) > 1:
            wanted = f"({wanted})"
        return f"{wanted} NOT ({' OR '.join(map(_bracketed, self.unwanted))})"


@dataclass(frozen=True)
class Either:
    """At least one of these."""

    choices: tuple["Node", ...]

    def __str__(self) -> str:
        """Give it as FTS5 writes it."""
        return " OR ".join(map(_bracketed, self.choices))


@dataclass(frozen=True)
class Without:
    """Whatever is not this: found nothing by itself."""

    unwanted: "Node"


Node = Term | Both | Either | Without


@dataclass(frozen=True)
class Query:
    """What was understood."""

    match: str
    """The FTS5 expression."""
    terms: tuple[Term, ...]
    """What is looked for, to be marked where it stands."""


def _bracketed(node: Node) -> str:
    return str(node) if isinstance(node, Term) else f"({node})"


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
    if node is None or isinstance(node, Without):
        return Query(NOTHING, ())
    return Query(str(node), tuple(_wanted(node)))


def _lexeme(match: re.Match[str]) -> tuple[str, str]:
    """Give kind and text of a piece of the query; small letters make no operator."""
    kind = match.lastgroup or ""
    if kind in ("phrase", "star", "quoted"):
        return ("prefix phrase" if match["star"] else "phrase"), match["phrase"]
    if kind in ("and", "or", "not") and match[0].isalpha() and match[0] not in _OPERATORS:
        kind = "word"
    return kind, match[0]


def _wanted(node: Node) -> Iterable[Term]:
    """Give the terms that a found text may hold."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Either | Both):
        for child in node.choices if isinstance(node, Either) else node.wanted:
            yield from _wanted(child)


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
        return _either(choices)

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
        return _both(parts)

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
                return _without(node) if negative and node is not None else node
            elif kind in ("and", "or", "close"):
                self.at -= 1
                return None
            else:
                node = self.words(kind, value, fields)
                return _without(node) if negative and node is not None else node
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
        return _both(terms)


def _without(node: Node) -> Node:
    return node.unwanted if isinstance(node, Without) else Without(node)


def _either(choices: list[Node]) -> Node | None:
    """Join by OR: a choice that only excludes adds nothing, unless all do."""
    wanted = [node for node in choices if not isinstance(node, Without)]
    if choices and not wanted:
        both = _both([node.unwanted for node in choices if isinstance(node, Without)])
        return None if both is None else _without(both)
    return wanted[0] if len(wanted) == 1 else Either(tuple(wanted)) if wanted else None


def _both(parts: list[Node]) -> Node | None:
    """Join by AND."""
    wanted = [node for node in parts if not isinstance(node, Without)]
    unwanted = [node.unwanted for node in parts if isinstance(node, Without)]
    if not wanted:
        either = _either(unwanted)
        return None if either is None else _without(either)
    if len(wanted) == 1 and not unwanted:
        return wanted[0]
    return Both(tuple(wanted), tuple(unwanted))
