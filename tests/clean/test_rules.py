"""Every block rule removes what it says it removes and keeps what it says it keeps."""

import re

import pytest
import regex

from archive.hanzi import fold
from crawler.clean.blocks import Rule, load_rules, long_enough
from crawler.clean.page import Block, Link

RULES = load_rules()


def example(lines: str | list[str]) -> list[Block]:
    """Blocks of an example; [in brackets] is link text where the rule asks for links."""
    return [block(line) for line in ([lines] if isinstance(lines, str) else lines)]


def block(line: str) -> Block:
    text, links = "", []
    for piece in re.split(r"(\[[^\]]*\])", line):
        if piece.startswith("["):
            links.append(Link(len(text), len(text) + len(piece) - 2, "/", ""))
            text += piece[1:-1]
        else:
            text += piece
    return Block(text, links=tuple(links)) if links else Block(line)


def hits(rule: Rule, blocks: list[Block]) -> list[int]:
    return long_enough([n for n, b in enumerate(blocks) if rule.fits(b, fold(b.text))], rule.run)


def plain_or_linked(rule: Rule, lines: str | list[str]) -> list[list[Block]]:
    texts = [lines] if isinstance(lines, str) else lines
    return (
        [example(lines), [Block(text) for text in texts]] if not rule.linked else [example(lines)]
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_does_as_its_examples_say(rule: Rule) -> None:
    assert rule.removes, "a rule without examples cannot exist"
    assert rule.keeps, "a rule without counter-examples cannot exist"
    for lines in rule.removes:
        tries = plain_or_linked(rule, lines)
        first = [hits(rule, blocks) for blocks in tries]
        enough = 1 if rule.rest else len(tries[0])
        assert any(len(found) >= enough for found in first), lines
    for lines in rule.keeps:
        assert all(not hits(rule, blocks) for blocks in plain_or_linked(rule, lines)), lines


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_runs_away_on_a_line_as_long_as_it_reads(rule: Rule) -> None:
    alphabet = set(fold("".join(map(str, rule.removes)))) | set(" 1>|.、年a")
    for pattern in filter(None, (rule.pattern, rule.unless)):
        bounded = regex.compile(pattern.pattern)  # the engine that knows a timeout
        for one in sorted(alphabet):
            for filler in (one, f"{one} ", f"{one}1", f"{one}大"):
                line = (filler * rule.longest)[: rule.longest - 1] + "\x01"
                bounded.search(line, timeout=2.0)


def test_names_are_unique() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
