"""Bylines: the lines around and in a body that say who wrote it, when and for whom.

They are read into Facts and taken out of the text, whole lines as well as what is glued to one.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from archive.hanzi import fold
from crawler.clean.credits import credit_names, dateline_names, office_names
from crawler.clean.dates import find_dates
from crawler.clean.facts import Facts
from crawler.clean.glued import glued_byline
from crawler.clean.labels import LabelLine, Pair, read_line
from crawler.clean.names import read_names
from crawler.clean.page import Block, Cut, Page
from crawler.clean.title import NEXT_HEADINGS
from crawler.clean.words import HAN

ABOVE_TITLE = 3
ABOVE_BODY = 15
"""How far above the title, or above the article where the title is not, a byline may stand."""
SHORT_REST = 16
"""Letters that such a line may have beside its labels: the name of a paper."""
HEAD_LINES = 6
"""Lines of the body in which a byline may stand at the head."""
FEW = 3
"""And of these, how many at the head may have a date below a subtitle."""
TAIL_LINES = 30
DATELINE = 60
"""Characters of a paragraph in which reporters may be named in brackets."""
PROSE_LINES = 3
"""How many of the body's last lines may hold bylines, and how many of these may be prose."""
PROSE = 60
"""Characters from which a line is no label."""
AFTER_LINES = 12
"""Lines after the body that are looked at."""
MOSTLY_LINKED = 0.7
BRACKETED = re.compile(r"[(（][^()（）]*日[)）]")
ROLL = 3  # lines that end on a name and make a roll
SIGNED_BESIDE = 3  # characters that a signed date may have beside it
SPEAKER = re.compile(r"(?:记者|编辑|主持人|问|答)\s*:")
EVENT = re.compile(r"(?:会议)?(?:时\s*间|日\s*期)\s*:")
OF_EVENT = re.compile(
    r"(?:会议)?(?:地\s*点|主\s*持|出\s*席|参\s*加|列席|人员|主题|议题|对象|内容|到会)"
)
"""How the line begins that says when something takes place, and the one after it."""
ENACTED = re.compile(r"[(（].*日.{2,60}(?:通过|批准|修[订正]|公布|施行).{0,12}[)）]")
NO_BYLINE = re.compile(r"[。!?]|日\s*(?:至|到|[-—~～])|^(?:活动|报名|会议|记者会|发布会|地点)")
EDITS = re.compile("[编审校签核]|edit")  # in each label of editors and reviewers
LINE_LONGEST = 200
BARE_NAMES = 16  # characters of a line of nothing but names
MARKS = "□■◎●○▲△★☆◆◇※· \u3000"
OFFICE_AFTER = re.compile(r"(?<=[\u3400-\u9fff]{2})[(（][^()（）]{2,16}[)）]$")


Dated = tuple[str, tuple[Pair, ...]]
"""A date, and who is named beside it."""


def read_head(
    page: Page, body: Sequence[Block], title: Block | None, facts: Facts, zone: str | None
) -> None:
    """Read the lines between the title and the article, and the first lines of the article."""
    dated = list(read_above(lines_above(page, body, title), title, facts, zone))
    dated += read_lead(body, facts, zone, dated=bool(dated))
    for block in body[HEAD_LINES:]:
        if "记者" in block.folded[:DATELINE]:
            facts.take([Pair("author", "", dateline_names(block.text))])
    for iso, beside in reversed(dated):  # the nearest to the text
        facts.date(iso, "info line")
        facts.take(beside)


def read_above(
    lines: Sequence[Block], title: Block | None, facts: Facts, zone: str | None
) -> Iterator[Dated]:
    """Read the lines above the article; yield what is dated."""
    below = False  # the title
    for block in lines:
        if block.dropped is None and block.linked <= MOSTLY_LINKED:
            line = read_line(block.text, zone)
            if line.whole:
                block.drop("byline", "info-line")
            elif below and (names := signature(block)):
                block.drop("byline", "author-line")
                facts.take([Pair("author", block.text, names)])
            yield from take_line(block, line, facts)
        below = below or block is title


def read_lead(
    body: Sequence[Block], facts: Facts, zone: str | None, *, dated: bool
) -> Iterator[Dated]:
    """Read the first lines of the article; yield what is dated. `dated`: a date stood above."""
    lead = True  # no line of prose has come yet
    for n, block in enumerate(body[:HEAD_LINES]):
        if block.dropped is not None:
            continue
        if is_event(block, body[n + 1 : n + 2]):
            return
        line = read_line(block.text, zone)
        early = n < FEW and n + FEW < len(body)
        if is_info_line(block, line, lead=lead, dated=dated) or (early and only_dated_name(line)):
            block.drop("byline", "info-line")
            found = take_line(block, line, facts)
            dated = dated or bool(found)
            yield from found
        elif lead and (names := bare_names(block)) and len(body) > n + 1:
            block.drop("byline", "author-line")
            facts.take([Pair("author", block.text, names)])
        else:
            lead = False
            facts.take([Pair("author", "", dateline_names(block.text))])


def take_line(block: Block, line: LabelLine, facts: Facts) -> list[Dated]:
    """Note what a line above the prose says; give its date and who is named beside it."""
    facts.take(line.pairs)
    if not line.dates or len(block.text) > LINE_LONGEST or ENACTED.fullmatch(block.text):
        return []
    if any(pair.kind == "date" for pair in line.pairs):
        facts.date(line.dates[0].iso, "info line, labelled")
    return [(line.dates[0].iso, line.beside)]


def is_info_line(block: Block, line: LabelLine, *, lead: bool, dated: bool) -> bool:
    """Whether a line of the body is a byline: labels, or before all prose a date and a name."""
    if BRACKETED.fullmatch(block.text) and dated:  # of a speech whose own line has its date
        return False
    if line.whole and (line.pairs or lead) and not NO_BYLINE.search(block.folded):
        return lead or any(pair.kind in ("author", "source", "editor") for pair in line.pairs)
    short = len(line.rest) <= SHORT_REST and not NO_BYLINE.search(block.folded)
    return lead and bool(line.dates) and short


def is_event(block: Block, after: Sequence[Block]) -> bool:
    """Whether a line begins what minutes and invitations say: when, where, who."""
    return bool(after and EVENT.match(block.folded) and OF_EVENT.match(after[0].folded))


def only_dated_name(line: LabelLine) -> bool:
    """Whether a line is a date and who published then, and nothing else: 2003-07-24 沙洲晚报."""
    return bool(line.dates) and 0 < len(line.loose) == len(line.beside)


def lines_above(page: Page, body: Sequence[Block], title: Block | None) -> Sequence[Block]:
    """The lines from just above the title, or from shortly above the article, to the article."""
    place = {block: n for n, block in enumerate(page.blocks)}
    first = place[body[0]]
    start = place[title] - ABOVE_TITLE if title and place[title] < first else first - ABOVE_BODY
    return page.blocks[max(0, start, first - 80) : first]


def signature(block: Block) -> tuple[str, ...]:
    """The names of a line between title and text marked as theirs, as ◇张三, 李四（一车间）."""
    marked = block.text[0] in MARKS or OFFICE_AFTER.search(block.text)
    return bare_names(block) or () if marked and not block.links else ()


def bare_names(block: Block) -> tuple[str, ...] | None:
    """The names of a line that is nothing but one or a few names."""
    if block.heading:
        return None
    text = OFFICE_AFTER.sub("", block.text.lstrip(MARKS))
    return read_names(text, fold(text), surnames=True) if len(text) <= BARE_NAMES else None


def read_tail(page: Page, body: Sequence[Block], facts: Facts, zone: str | None) -> None:
    """Read the last lines of the article and the lines after it."""
    end_at_editor(body, zone)
    body = [block for block in body if block.dropped is None] or body
    inside = set(body)
    after = page.blocks.index(body[-1]) + 1
    below = page.blocks[after : after + AFTER_LINES]
    tail = [*ending(body), *takewhile(lambda block: block.heading not in NEXT_HEADINGS, below)]
    glued = glued_bylines([block for block in tail if block in inside], len(body))
    interview = sum(bool(SPEAKER.match(block.folded)) for block in body) > 1
    for block in dict.fromkeys(tail):
        if block.dropped is not None:
            continue
        line = read_line(block.text, zone)
        if interview and SPEAKER.match(block.folded):
            continue
        if line.dates and any(pair.kind == "date" for pair in line.pairs):
            facts.date(line.dates[0].iso, "trailer")
        if line.whole and line.pairs:
            block.drop("byline", "trailer")
            facts.take(
                [p for p in line.pairs if not (zone and p.value and not HAN.search(p.value))]
            )
        elif block in body[-3:] and not listed(body) and (names := bracketed_names(block)):
            block.drop("byline", "author-line")
            facts.take([Pair("author", block.text, names)])
        elif block in glued:
            start, pairs = glued[block]
            block.cuts.append(Cut(start, len(block.text), "byline", "glued-byline"))
            facts.take(pairs)
    for block in reversed(body[-3:]):
        dates = find_dates(block.text, None) if block.dropped is None else []
        if dates and len(block.text) - (dates[0].end - dates[0].start) <= SIGNED_BESIDE:
            facts.date(dates[0].iso, "signature")


def glued_bylines(lines: Sequence[Block], size: int) -> dict[Block, tuple[int, tuple[Pair, ...]]]:
    """The bylines glued to lines at the end of an article of that many, and where they begin.

    None where most lines end on a name: those are slogans, each with its author.
    """
    glued = {line: found for line in lines if (found := glued_byline(line.text))}
    return {} if len(glued) >= max(ROLL, size / 2) else glued


def ending(body: Sequence[Block]) -> Sequence[Block]:
    """The last lines of the body, some of them prose: labels may stand before a last paragraph."""
    prose = 0
    for n, block in enumerate(reversed(body), 1):
        prose += len(block.text) > PROSE
        if prose > PROSE_LINES or n == TAIL_LINES:
            return body[-n:]
    return body


def end_at_editor(body: Sequence[Block], zone: str | None) -> None:
    """End the article at the line that names its editor, if more of it stands before than after."""
    whole = sum(map(len, {block.text for block in body}))  # teasers stand there twice
    before = 0
    for n, block in enumerate(body):
        before += len(block.text)
        if before * 2 < whole or len(block.text) > PROSE or not EDITS.search(block.folded):
            continue
        line = read_line(block.text, zone)
        if not line.whole or not any(pair.kind in ("editor", "review") for pair in line.pairs):
            continue
        rest = body[n + 1 :]
        brief = sum(len(block.text) for block in rest) * 8 <= whole
        for after in rest if brief or are_teasers(rest) else ():
            if not (after.row or read_line(after.text, zone).whole):
                after.drop("furniture", "after-editor")
        return


def are_teasers(lines: Sequence[Block]) -> bool:
    """Whether lines are of other articles: a third of them links, or a quarter of them twice."""
    linked = sum(block.linked > 0.3 for block in lines)
    again = len(lines) - len({block.text for block in lines})
    return linked * 3 >= len(lines) or again * 4 >= len(lines)


def bracketed_names(block: Block) -> tuple[str, ...] | None:
    """The names of a line that is nothing but names in brackets."""
    if not re.fullmatch(r"[(（【].+[)）】]", block.text):
        return None
    inner = slice(1, -1)
    text, folded = block.text[inner], block.folded[inner]
    return bare_names(block) or credit_names(text, folded) or office_names(text) or None


def listed(body: Sequence[Block]) -> bool:
    """Whether several lines are names in brackets: a roll of honour, no byline."""
    return sum(bracketed_names(block) is not None for block in body) > 1
