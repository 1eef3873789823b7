"""Block rules: data in rules/*.toml that say which lines of a page are not its article.

A rule looks at one line, folded to plain width and Simplified characters so that one pattern serves
both scripts. It carries examples of what it removes and of what it keeps; a test runs them all.

    [[rule]]
    name = "editor"                  # unique
    kind = "byline"
    scope = "tail"                   # head | tail: among the first or last lines; anywhere
    within = 8                       # how many lines of the body count as its head or tail
    pattern = '^责任编辑:'            # searched for in the folded line; or instead of it
    made_of = ["打印", "关闭"]        # words: the line has two of them or more, and nothing else
    unless = '说'                    # a line that has this is left alone
    longest = 60                     # characters
    linked = 0.5                     # at least this share of the line is link text
    run = 4                          # at least so many such lines in a row
    rest = true                      # all that follows goes too
    removes = ["责任编辑：张三", ["点赞", "高兴", "愤怒", "难过"]]   # a list is several lines
    keeps = ["责任编辑制度从此确立。"]    # [in brackets] is link text
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import Any

from archive.hanzi import fold
from crawler.clean.page import Block
from crawler.clean.words import any_of

GLOSS = re.compile(r"\([a-zà-öø-ɏü]{1,6}\)")  # pinyin that a mirror kit strewed in
MOSTLY_LINKED = 0.9  # share of link text from which a line outside the body needs no name
COMMENTS = 3  # dated lines after a heading such as 评论 that make it one of comments
ENOUGH = 150  # characters of an article that has longer comments
DATED = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}")
VERSE = 12  # characters of a line of verse
ABOUT_RIGHTS = re.compile(r"版权|著作权|转载|侵权|征稿|投稿|约稿|稿酬")
BETWEEN = r"[^\w\u3400-\u9fff]*+(?:[\d.:/]+x?[^\w\u3400-\u9fff]*+)*+"
"""Pattern of what may stand between the words that a line is made of: marks, numbers, times."""
PROSE = re.compile(r"^.{24,}。[”」]?$")
HARD_STOP = 400  # characters: nothing so long is a line of furniture unless the rule says so


@dataclass(frozen=True, slots=True)
class Rule:
    """One block rule."""

    name: str
    kind: str
    pattern: re.Pattern[str]
    scope: str = "anywhere"
    within: int = 8
    unless: re.Pattern[str] | None = None
    longest: int = HARD_STOP
    linked: float = 0.0
    run: int = 1
    rest: bool = False
    removes: tuple[str | list[str], ...] = ()
    keeps: tuple[str | list[str], ...] = ()

    def fits(self, block: Block, folded: str) -> bool:
        """Whether the line itself is of the rule's kind, wherever it stands."""
        return self.reaches(block, folded) and self.pattern.search(folded) is not None

    def reaches(self, block: Block, folded: str) -> bool:
        """Whether a line is short and linked enough, and has nothing that spares it."""
        if len(folded) > self.longest or block.linked < self.linked:
            return False
        return not (self.unless and self.unless.search(folded))


@cache
def load_rules() -> tuple[Rule, ...]:
    """Read every rule of the package, in the order of file and place."""
    rules = []
    folder = files("crawler.clean") / "rules"
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            rules += [make_rule(entry) for entry in table.get("rule", ())]
    return tuple(rules)


def make_rule(entry: dict[str, Any]) -> Rule:
    """Turn one entry into a Rule. Raises TypeError for a key that is none, re.error likewise."""
    if words := entry.pop("made_of", None):
        entry["pattern"] = f"^(?:{BETWEEN}(?:{any_of(words).pattern})){{2,}}+{BETWEEN}$"
    patterns: dict[str, Any] = {
        key: re.compile(entry[key]) for key in ("pattern", "unless") if key in entry
    }
    examples = {key: tuple(entry.get(key, ())) for key in ("removes", "keeps")}
    return Rule(**{**entry, **patterns, **examples})


def drop_furniture(body: Sequence[Block], region: Sequence[Block], title: str = "") -> None:
    """Drop the lines of `body`, and name those of `region` around it, that a rule knows.

    `body` is what has been found to be the article, `region` all that is shown around it; both in
    document order. A rule of scope head or tail looks only so far into the body, and always
    outside it.
    """
    position = {block: n for n, block in enumerate(body)}
    folded = [GLOSS.sub("", block.folded) for block in region]
    last_of_body = next((n for n in reversed(range(len(region))) if region[n] in position), -1)
    open_lines = sorted(
        (
            (len(folded[n]), n, block, folded[n], position.get(block))
            for n, block in enumerate(region)
            if block.dropped is None and (block in position or block.linked < MOSTLY_LINKED)
        ),
        key=itemgetter(0),  # so that a rule for short lines sees only those
    )
    linked_lines = [line for line in open_lines if line[2].links]
    pools = [(lines, [size for size, *_ in lines]) for lines in (open_lines, linked_lines)]
    spared = spared_kinds(body, fold(title))
    for rule in load_rules():
        found = rule.pattern.search
        outside_only = rule.kind in spared
        lines, sizes = pools[rule.linked > 0]
        hits = [
            n
            for _, n, block, text, place in lines[: bisect_right(sizes, rule.longest)]
            if found(text)  # first, since few lines pass it
            and (place is None or (not outside_only and in_scope(rule, place, len(body))))
            and rule.reaches(block, text)
        ]
        for n in long_enough(sorted(hits), rule.run):
            region[n].drop(rule.kind, rule.name)
            if rule.rest and region[n] in position and ends_here(rule, region, n, position):
                for block in up_to_prose(rule, region, n, last_of_body + 1):
                    block.drop(rule.kind, rule.name)
                break


def spared_kinds(body: Sequence[Block], title: str) -> set[str]:
    """Kinds of furniture that this body may itself be about, or be made of."""
    short = sum(len(block.text) <= VERSE for block in body)
    kinds = {"poll"} if len(body) > 4 and short * 2 > len(body) else set()
    opening = title + (body[0].folded if body else "")
    return kinds | ({"copyright"} if ABOUT_RIGHTS.search(opening) else set())


def ends_here(rule: Rule, region: Sequence[Block], place: int, body: Container[Block]) -> bool:
    """Whether the article ends at a line: more of it stands before, or comments stand after.

    Comments may be longer than what they are about; each has its date.
    """
    sizes = [len(block.text) if block in body else 0 for block in region]
    if sum(sizes[:place]) > sum(sizes[place:]):
        return True
    dated = sum(bool(DATED.search(block.text)) for block in region[place:])
    return rule.kind == "comments" and dated >= COMMENTS and sum(sizes[:place]) >= ENOUGH


def up_to_prose(rule: Rule, region: Sequence[Block], place: int, end: int) -> Iterator[Block]:
    """Yield what follows a line that ends an article; of other articles only a list of links.

    Where prose comes after it that stands as that before, the list was set into the text.
    """
    before = {parent_of(block) for block in region[:place] if PROSE.search(block.text)}
    for n, block in enumerate(region[place + 1 : end]):
        again = n and not block.links and PROSE.search(block.text) and parent_of(block) in before
        if again and rule.kind == "related":
            return
        yield block


def parent_of(block: Block) -> object:
    """The element around that which a line stands in."""
    return block.path[-2] if len(block.path) > 1 else None


def in_scope(rule: Rule, place: int | None, size: int) -> bool:
    """Whether a line at this place of a body of this size is the rule's business."""
    if place is None or rule.scope == "anywhere":
        return True
    return place < rule.within if rule.scope == "head" else size - place <= rule.within


def long_enough(hits: list[int], run: int) -> list[int]:
    """Of the line numbers, those that stand in runs of at least `run`."""
    kept: list[int] = []
    current: list[int] = []
    for n in [*hits, None]:
        if current and n != current[-1] + 1:
            kept += current if len(current) >= run else []
            current = []
        if n is not None:
            current.append(n)
    return kept
