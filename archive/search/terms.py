"""What a query asks for, as a tree, and how FTS5 writes it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archive.search import marks

MARKS = "marks"
"""The column of the index that has marks."""
Sites = Callable[[str, str, bool], Iterable[str]]
"""Gives the ids of the sites meant by ("site" or "region", value, whether it may go on)."""


@dataclass(frozen=True)
class Term:
    """A phrase to be found in certain fields."""

    tokens: tuple[str, ...]
    fields: tuple[str, ...]
    prefix: bool = False
    """Whether the last token may go on."""


@dataclass(frozen=True)
class Marked:
    """Any of these marks."""

    tokens: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True)
class Named:
    """Any of the sites that a name, an id or a region means; which, the archive knows."""

    kind: str
    """site or region."""
    value: str
    """Folded."""
    prefix: bool = False


@dataclass(frozen=True)
class Both:
    """All of these, and none of those."""

    wanted: tuple["Node", ...]
    unwanted: tuple["Node", ...]


@dataclass(frozen=True)
class Either:
    """At least one of these."""

    choices: tuple["Node", ...]


@dataclass(frozen=True)
class Without:
    """Whatever has not these words: found nothing by itself."""

    unwanted: "Node"


Node = Term | Marked | Named | Both | Either | Without
ALL = Marked(marks.EVERYTHING)


def by_id(kind: str, value: str, prefix: bool) -> Iterable[str]:  # noqa: FBT001 - see Sites
    """Know no site but by its id."""
    return [value] if kind == "site" and not prefix else []


def written(node: Node, sites: Sites = by_id) -> str:
    """Give a tree as FTS5 writes it."""
    match node:
        case Term():
            star = " *" if node.prefix else ""
            text = f'{{{" ".join(node.fields)}}} : "{" ".join(node.tokens)}"{star}'
        case Marked():
            text = _marked(node.tokens, node.prefix)
        case Named():
            ids = sites(node.kind, node.value, node.prefix)
            text = _marked(tuple(map(marks.site_mark, ids)))
        case Either():
            text = " OR ".join(_bracketed(choice, sites) for choice in node.choices)
        case Both():
            text = _both(node, sites)
        case Without():
            text = _marked((marks.NOTHING,))
    return text


def _both(node: Both, sites: Sites) -> str:
    wanted = " AND ".join(_bracketed(part, sites) for part in node.wanted)
    if not node.unwanted:
        return wanted
    if len(node.wanted) > 1:
        wanted = f"({wanted})"
    return f"{wanted} NOT ({' OR '.join(_bracketed(part, sites) for part in node.unwanted)})"


def _marked(tokens: tuple[str, ...], prefix: bool = False) -> str:  # noqa: FBT001, FBT002
    star = " *" if prefix else ""
    choices = " OR ".join(f'"{token}"{star}' for token in tokens or (marks.NOTHING,))
    return f"{{{MARKS}}} : ({choices})" if len(tokens) > 1 else f"{{{MARKS}}} : {choices}"


def _bracketed(node: Node, sites: Sites) -> str:
    text = written(node, sites)
    return f"({text})" if isinstance(node, Both | Either) else text


def without(node: Node) -> Node:
    """Exclude a node. What has no words leaves all others; words leave nothing by themselves."""
    if isinstance(node, Without):
        return node.unwanted
    return Without(node) if any(terms(node)) else Both((ALL,), (node,))


def either(choices: list[Node]) -> Node | None:
    """Join by OR: a choice that only excludes words adds nothing, unless all do."""
    wanted = [node for node in choices if not isinstance(node, Without)]
    if choices and not wanted:
        both_of = both([node.unwanted for node in choices if isinstance(node, Without)])
        return None if both_of is None else without(both_of)
    return wanted[0] if len(wanted) == 1 else Either(tuple(wanted)) if wanted else None


def both(parts: list[Node]) -> Node | None:
    """Join by AND."""
    wanted: list[Node] = []
    unwanted: list[Node] = []
    for node in parts:
        if isinstance(node, Without):
            unwanted.append(node.unwanted)
        elif isinstance(node, Both):
            wanted += node.wanted
            unwanted += node.unwanted
        else:
            wanted.append(node)
    wanted = [node for node in wanted if node != ALL] or wanted[:1]
    if not wanted:
        of_these = either(unwanted)
        return None if of_these is None else without(of_these)
    if len(wanted) == 1 and not unwanted:
        return wanted[0]
    return Both(tuple(wanted), tuple(unwanted))


def terms(node: Node, *, wanted: bool = False) -> Iterator[Term]:
    """Give the terms in a tree; with `wanted` those that a found text may hold."""
    match node:
        case Term():
            yield node
        case Either():
            for choice in node.choices:
                yield from terms(choice, wanted=wanted)
        case Both():
            for part in node.wanted if wanted else (*node.wanted, *node.unwanted):
                yield from terms(part, wanted=wanted)
        case Without() if not wanted:
            yield from terms(node.unwanted)
