"""Credits: ■本报记者 张三 通讯员 李四 文/图, on a line of their own or in a dateline."""

import re

from archive.hanzi import fold
from crawler.clean.names import read_names

TITLES = r"(?:(?:本[报网刊台站社]|特约|特派|见习|实习|首席|全媒体|融媒体|新媒体)\s*)*"
ORGAN = (
    r"(?:(?!记者|通讯员)[\u3400-\u9fff·《》]){1,12}?"
    r"(?:[报网台社刊》]|新闻|客户端|频道|工会|融媒体?|在线|广播)"
)
PREFIX = rf"(?:(?:采写|整合|整理|文|撰文|图文)\s*[:/]?\s*)?(?:{ORGAN})?\s*{TITLES}"
WORKED = (
    rf"{TITLES}(?:特约撰稿人?|撰稿人?|实习生|作者|(?:摄影)?报道|文/图|图/文|文图|图文|摄影|"
    r"(?<![\u3400-\u9fff])[摄文图](?![\u3400-\u9fff]))(?:\s*[/、]\s*(?:文|图|摄影))*"
)
CREDIT = re.compile(rf"(?:(?:^|(?<=\s)){PREFIX}|{TITLES})(?:记者|通讯员)\s*[:/]?|{WORKED}\s*[:/]?")
OPENING = re.compile(
    r"[□■◎●▲★◆·\-—\s]*(?:(?:(?!记者|通讯员)[\u3400-\u9fff·《》:/]){0,14}?)(?=记者|通讯员|作者)"
)
WHERE = re.compile(
    r"\s*[/／]?\s*(?:[/／](?:文|图).*|发自.{2,8}|整合|综合|整理|報道|报道"
    r"|(?:(?<=[\s/／])[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{2})(?:报道|报导|報導))\s*$"
)
DATELINE = re.compile(
    rf"^.{{0,40}}?[(【〔]\s*(?:{PREFIX}(?:记者|通讯员)[^()。]{{2,50}}?)\s*[)】〕]"
)
SIGNED = re.compile(
    r"([\u3400-\u9fff]{2,3}(?:[、,\s]+[\u3400-\u9fff]{2,3}){0,5}?)[/\s]*"
    r"(?:文/图|图/文|文图|图文|摄影报道|摄影|摄|报道|整理|供稿|供图|撰文|撰稿|编译|漫画|绘图?|文|图)"
    r"(?![\u3400-\u9fff])[、,;\s]*"
)
CREDIT_LONGEST = 100  # characters of a line that is one
RARE_NAME = 3  # characters of a name whose surname we do not know
OFFICE = re.compile(
    r"\s*[\u3400-\u9fff]{2,20}"
    r"(?:会|部|处|科|室|局|院|校|公司|集团|中心|报|网|台|社|站|队|厂|矿|段|镇|乡|街道|村|办)\s+"
)
"""An office before the name of who works there."""
REPORTER = re.compile(r"记者|通讯员|[:/]$")
NO_RARE_NAME = re.compile(
    r"从|在|向|对|获悉|了解|采访|手记|观察|调查|现场|来信|证|站|节|们|说|问|帮"
)


def credit_names(text: str, folded: str) -> tuple[str, ...] | None:
    """The names of a line that is a credit and nothing else: ■本报记者 张三 通讯员 李四 文/图."""
    if len(text) > 2 * CREDIT_LONGEST:
        return None
    opening = OPENING.match(folded)
    begin = opening.end() if opening else len(folded) - len(folded.lstrip("□■◎●▲★◆·-— \u3000"))
    text, folded = text[begin:], folded[begin:]
    if signed := signed_names(text, folded):
        return signed
    if len(text) > CREDIT_LONGEST or not CREDIT.match(folded):
        return None
    spans = list(CREDIT.finditer(folded))
    names: list[str] = []
    for n, match in enumerate(spans):
        upto = spans[n + 1].start() if n + 1 < len(spans) else len(folded)
        value = WHERE.sub("", text[match.end() : upto])
        if not value.strip(" \u3000/()（）"):
            continue
        plain = fold(value)
        found = read_names(value, plain, surnames=True)
        if found is None and REPORTER.search(match[0]):  # a rare surname
            found = read_names(value, plain, surnames=False)
            if found and (max(map(len, found)) > RARE_NAME or NO_RARE_NAME.search(plain)):
                found = None
        found = found or office_names(value)
        if not found:
            return None
        names += found
    return tuple(dict.fromkeys(names)) or None


def signed_names(text: str, folded: str) -> tuple[str, ...]:
    """The names of a credit that says after each what he did: 张三/文 李四/图."""
    names: list[str] = []
    at = 0
    while at < len(folded):
        match = SIGNED.match(folded, at)
        found = match and read_names(text[slice(*match.span(1))], match[1], surnames=True)
        if not match or not found:
            return ()
        names += found
        at = match.end()
    return tuple(dict.fromkeys(names))


def office_names(text: str) -> tuple[str, ...]:
    """The names after that of the office they work for: 沙洲县总工会 张三 李四."""
    folded = fold(text)
    match = OFFICE.match(folded)
    if match is None:
        return ()
    return read_names(text[match.end() :], folded[match.end() :], surnames=True) or ()


def dateline_names(text: str) -> tuple[str, ...]:
    """The names in a dateline at a paragraph's start: 本报讯（记者 张三 通讯员 李四）."""
    folded = fold(text)
    if not (match := DATELINE.search(folded)):
        return ()
    start = max(folded.find(mark, 0, match.end()) for mark in "(【〔") + 1
    inner = slice(start, match.end() - 1)
    return credit_names(text[inner], folded[inner]) or ()
