"""Labels that are written otherwise, put into the one form that `crawler.clean.labels` reads.

责 编：张三, 编辑 | 张三, 编辑丨张三, 撰文、摄影：张三, 责任编辑 张三 审核 李四, 原载《沙洲日报》.
"""

import re
from collections.abc import Callable

from archive.hanzi import fold
from crawler.clean.names import SURNAMES
from crawler.clean.words import any_of, table

LABELS = {kind: any_of(words).pattern for kind, words in table("labels").items()}
# 记者会时间, 报名时间: the time of something else.
LABELS["date"] = re.sub(r"\|(时间|日期)(?=\||$)", r"|(?<![会动名议试放公业作务])\1", LABELS["date"])
PERSONS = ("author", "supplier", "editor", "review", "staff", "photo")
"""Kinds of labels whose values are people."""

_HAN = "\u3400-\u9fff"
_PERSON = "|".join(LABELS[kind] for kind in PERSONS)
_ANY = "|".join(LABELS.values())
_NAME = f"(?:[{''.join(sorted(SURNAMES))}][{_HAN}]{{1,2}})"
_GAP = re.compile(rf"[{_HAN}][ \u3000]+[{_HAN}][ \u3000]*[:：|｜丨]")
_SPREAD = (
    "[ \u3000]*".join(fold(word))
    for words in table("labels").values()
    for word in sorted(words, key=len, reverse=True)
    if 2 <= len(word) <= 4 and word.isalpha() and not word.isascii()
)
SPACED = re.compile(rf"(?<![{_HAN}])(?:{'|'.join(_SPREAD)})(?=\s*[:|丨])")
BARRED = re.compile(rf"(?<![{_HAN}a-z/])((?:{_ANY}))\s*[|丨│┃︱∣¦‖]\s*(?=[^\s\d])")
JOINED = re.compile(rf"(?<![{_HAN}])({_PERSON})(?:\s*[、/&和及+]\s*(?:{_PERSON}))+(?=\s*[:/|])")
BARE = re.compile(rf"(?:^|(?<=[\s(\[【]))({_PERSON})[ \u3000]+(?={_NAME}(?:[ \u3000、,/)\]】|]|$))")
BARE_SOURCE = re.compile(
    rf"(?:^|(?<=[\s(\[【]))((?:本文)?来源|稿源|出处)[ \u3000]+(?=[{_HAN}]{{2,12}}(?:\s|$))"
)
IN_PRINT = re.compile(r"(?:原载|摘自|选自|转自|转载自)于?\s*:?\s*《([^《》]{2,16})》(?:杂志|报)?")
LONGEST = 160  # characters of a line of labels


Written = Callable[[re.Match[str], str], str]


def respell(text: str) -> str:
    """Give a line with its labels as LABEL, colon, value; any other text as it is."""
    if len(text) > LONGEST:
        return text
    folded = fold(text)
    for hint, pattern, written in WAYS:
        if hint.search(text) and (found := list(pattern.finditer(folded))):
            text = _rewrite(found, text, written)
            folded = fold(text)
    return text


def _rewrite(matches: list[re.Match[str]], text: str, written: Written) -> str:
    """Put something else where the folded text fits; `written` is given the match and the text."""
    pieces: list[str] = []
    at = 0
    for found in matches:
        pieces += (text[at : found.start()], written(found, text))
        at = found.end()
    return "".join([*pieces, text[at:]])


WAYS: tuple[tuple[re.Pattern[str], re.Pattern[str], Written], ...] = (
    (_GAP, SPACED, lambda found, _: re.sub(r"[ \u3000]+", "", found[0])),
    (re.compile(r"[|｜丨│┃︱∣¦‖]"), BARRED, lambda found, _: f"{found[1]}："),
    (re.compile(r"[:：/／|]"), JOINED, lambda found, _: found[1]),
    (re.compile("《"), IN_PRINT, lambda found, own: f"来源：{own[slice(*found.span(1))]} "),
    (re.compile(r"[ \u3000]"), BARE, lambda found, _: f"{found[1]}："),
    (re.compile(r"[ \u3000]"), BARE_SOURCE, lambda found, _: f"{found[1]}："),
)
"""What a line must have at least, the way of writing, and what is written instead."""
