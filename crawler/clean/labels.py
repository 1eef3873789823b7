"""Lines of labels: 来源：沙洲日报 记者 张三 责任编辑：李四 2020-03-11.

A line is read into pairs of label and value, dates, and a rest. Where there is no rest the line
says something about the article and is not part of it. Labels are matched in folded text, in
either script; the spinners' words for them (泉源, 宣布时间) count too.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from archive.hanzi import fold
from crawler.clean.credits import TITLES, credit_names
from crawler.clean.dates import Moment, find_dates
from crawler.clean.names import NOT_A_NAME, read_names
from crawler.clean.words import HAN, any_of, table

LABELS = {kind: any_of(words).pattern for kind, words in table("labels").items()}
# 记者会时间, 报名时间: the time of something else.
LABELS["date"] = re.sub(r"\|(时间|日期)(?=\||$)", r"|(?<![会动名议试放公业作务])\1", LABELS["date"])
PERSONS = ("author", "editor", "review", "photo")
# A label may be glued to the value before it if a colon follows: 来源：沙洲网作者：张三.
LABEL = re.compile(
    rf"(?:(?<![\u3400-\u9fffa-z])|(?=[\u3400-\u9fff/]{{2,5}}:)){TITLES}(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in LABELS.items())
    + r")\s*(?:[:/|丨]\s*|(?=\s*$)|(?=\x00))"
)
ENGLISH_BYLINE = re.compile(
    r"(?:^|[,·|\x00])[^,·|\x00]{0,20}?\b(?:by|par|por|von)\s*:?\s+([^\x00]{3,60}?)"
    r"(?:\s+on)?\s*(?:\b\w{3},)?\s*(?:\x00[\s\x00:\d-]*)?$",
    re.IGNORECASE,
)
NOISE = re.compile(
    r"https?://\S+|(?<=[报刊])第[A-Z\d]+版|[【】\[\]()|/·:,.;—\-_\s\u3000&°大中小次]|打印(?:本页)?|关闭(?:窗口|本页)?|收藏|分享(?:到)?|"
    r"我要评论|评论|字[体号]|"
    r"您?是?第\s*\d*\s*位(?:读者|访客)|扫一扫|更新|转载|出处|(?:北京|当地|[\u3400-\u9fff]{2,3})时间|手机(?:看|版)|繁体|简体|编辑推荐|在线投稿|\d+"
)
SOURCE_LONGEST = 30
OFFICE = re.compile(r"(?:部|处|科|室|会|局|院|校|公司|中心|支部|小组|站|队|厂|矿|段)$")
BARE_LABEL = re.compile(r"^\s*((?:责任|責任)?[编編][辑輯]|[来來]源|作者)\s*(?=[^\s:：/])")
AGENCY = re.compile(
    r"\b((?:additional )?reporting|writing|editing) by "
    r"([^;.()]{3,80}?)(?: in [A-Z]\w+)?\s*(?=[;.()]|$)",
    re.IGNORECASE,
)
GLUED_CREDIT = re.compile(r"\s*[·•/|—-]\s*(记者|通讯员|作者)$")
READERS = re.compile(r"\s*(?:\d+人?(?:参与|条?评论|次?阅读|跟贴)|第\s*[\dA-Z]+\s*版.{0,6})$")
GLOSS = re.compile(r"(?<=[\u3400-\u9fff])\([a-zà-öø-ɏü]{1,7}\)")
SHORT_DATE = re.compile(
    r"(?:时间|日期|時間)\s*[:：]\s*([0-3]\d-[01]\d-[0-3]\d)\s*((?:[0-2]\d:[0-5]\d)?)"
)
LINE_LONGEST = 1_000  # characters; longer is a text
SECTION_LONGEST = 20
BRACKETED = re.compile(r"[(（【\[]([^()（）]{2,30})[)）】\]]")
MEDIUM = re.compile(
    r"[\u3400-\u9fff]{1,8}(?:网|网站|报|社|电?台|新闻|在线|频道|周刊|杂志|通讯|时报|工会|客户端|日报|晚报|"
    r"网|報|雜誌|融媒体?|要闻)"
)
"""What beside a date is the name of who published: 2021-03-05 沙洲日报."""
PARTED = re.compile(r"\s+[·•|]\s+|\|\s+|\s+\|")
EMPLOYEE_NUMBER = re.compile(r"(?<=[\u3400-\u9fff])[_\s(（-]*[A-Za-z]{0,4}\d{2,8}[)）]?$")
VALUE_END = re.compile(r"\x00|[ \u3000]{2,}|[|│]|\t|(?<=\S)[ \u3000](?=【)|[)\]】]")


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value."""

    kind: str
    value: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelLine:
    """What a line of labels says."""

    pairs: tuple[Pair, ...]
    dates: tuple[Moment, ...]
    rest: str
    """What is neither; empty where the line is nothing but labels."""

    @property
    def whole(self) -> bool:
        """Whether the line says nothing else."""
        return not self.rest and bool(self.pairs or self.dates)


@lru_cache(maxsize=1024)
def read_line(text: str, zone: str | None) -> LabelLine:
    """Read a line into label pairs, dates and a rest; pinyin strewn into it is passed over.

    Where dots or bars part it, the parts are read one by one; beside two that are labels or dates
    a third short one is the section, and no rest.
    """
    if len(text) > LINE_LONGEST:
        return LabelLine((), (), text)
    text = GLOSS.sub("", text)
    pieces = PARTED.split(text)
    if len(pieces) == 1:
        if (inner := BRACKETED.fullmatch(text)) and BARE_LABEL.match(inner[1]):
            return read_part(BARE_LABEL.sub(r"\1:", inner[1]), zone)
        line = read_part(text, zone)
        pieces = [piece for piece in text.split("\u3000") if piece]
        if len(pieces) == 1 or not (line.rest and line.dates):
            return line
    parts = [read_part(BARE_LABEL.sub(r"\1:", piece), zone) for piece in pieces]
    rests = [part.rest for part in parts if part.rest]
    known = (
        sum(part.whole for part in parts) >= 2
        and len(rests) == 1
        and len(rests[0]) <= SECTION_LONGEST
    )
    medium = next((rest for rest in rests if MEDIUM.fullmatch(rest)), None)
    if medium is not None and len(rests) == 1:
        parts.append(LabelLine((Pair("source", medium),), (), ""))
        known = True
    return LabelLine(
        tuple(pair for part in parts for pair in part.pairs),
        tuple(moment for part in parts for moment in part.dates),
        "" if known else "".join(rests),
    )


def read_part(text: str, zone: str | None) -> LabelLine:
    """Read what stands between two dots or bars."""
    folded = fold(text)
    if names := credit_names(text, folded):
        return LabelLine((Pair("author", text, names),), (), "")
    if not HAN.search(text) and AGENCY.match(text.lstrip("( ")):
        return LabelLine(agency_credits(text), (), "")
    dates = find_dates(text, zone) or short_dates(text, zone)
    shown = text
    for moment in dates:  # a date ends a value and is none itself
        folded = blank(folded, moment.start, moment.end)
        shown = blank(shown, moment.start, moment.end)
    if (match := ENGLISH_BYLINE.search(shown)) and not HAN.search(text):
        names = read_names(match[1], fold(match[1]), surnames=False)
        if names:
            return LabelLine((Pair("author", text, names),), tuple(dates), "")
    matches = list(LABEL.finditer(folded))
    pairs: list[Pair] = []
    rest = folded[: matches[0].start()] if matches else folded
    for n, match in enumerate(matches):
        upto = matches[n + 1].start() if n + 1 < len(matches) else len(folded)
        found, left = read_pair(
            match.lastgroup or "", text[match.end() : upto], folded[match.end() : upto]
        )
        pairs += found
        rest += left
    return LabelLine(tuple(pairs), tuple(dates), NOISE.sub("", rest.replace("\x00", "")))


def short_dates(text: str, zone: str | None) -> list[Moment]:
    """A date without its century, where a label says that it is one: 发布时间：18-03-08 23:16."""
    if (match := SHORT_DATE.search(text)) is None:
        return []
    found = find_dates(f"20{match[1]} {match[2]}", zone)
    return [Moment(moment.iso, match.start(1), match.end()) for moment in found]


def blank(text: str, start: int, end: int) -> str:
    """Put NULs, which no pattern matches, over a part of the text."""
    return text[:start] + "\x00" * (end - start) + text[end:]


def read_pair(kind: str, value: str, folded: str) -> tuple[list[Pair], str]:
    """The pair of a label and what follows it, and what of that was not its value."""
    cut = VALUE_END.search(folded.lstrip())
    size = len(folded) - len(folded.lstrip()) + cut.start() if cut else len(folded)
    raw, left = value[:size].strip(" \u3000\t:：【[(（"), folded[size:]
    if kind in ("date", "other"):
        return [Pair(kind, raw)], "" if kind == "other" else folded
    if not raw:
        return [Pair(kind, "")], left
    if kind in PERSONS:
        raw = EMPLOYEE_NUMBER.sub("", raw)
        raw = re.sub(r"^\S{0,14}(?:记者|記者|通讯员|通訊員)\s*", "", raw)
        names = read_names(raw, fold(raw), surnames=False) or pen_name(raw)
        if kind == "author" and not names and is_body(raw):
            names = (raw,)
        return ([Pair(kind, raw, names or ())], left) if names or short_label(raw) else ([], folded)
    word, _, more = raw.partition(" ") if HAN.search(raw) else (raw, "", "")
    if credit := GLUED_CREDIT.search(word):
        word, more = word[: credit.start()], f"{credit[1]} {more}"
    word = READERS.sub("", word)
    if len(word) > SOURCE_LONGEST or re.search(r"[。！？；]", word):
        return [], folded
    if names := credit_names(more, fold(more)):
        return [Pair(kind, word), Pair("author", more, names)], left
    return [Pair(kind, word)], fold(more) + left


def pen_name(value: str) -> tuple[str, ...] | None:
    """A single Latin word after a label is somebody's pen name, unless it is an account's."""
    return (
        (value,)
        if re.fullmatch(r"[A-Za-z][\w.-]{2,19}", value) and not NOT_A_NAME.search(value)
        else None
    )


def is_body(value: str) -> bool:
    """Whether a value names an office that signs as author: 县总工会宣教部."""
    return bool(re.fullmatch(r"[\u3400-\u9fff]{4,14}", value)) and bool(OFFICE.search(fold(value)))


def short_label(value: str) -> bool:
    """A value that is no name but short enough to be a label's: admin, 宣教部."""
    return len(value) <= 10 and not re.search(r"[。！？?!，,“]", value)


def agency_credits(text: str) -> tuple[Pair, ...]:
    """What an English agency's last line says: (Reporting by A; Editing by B)."""
    pairs: list[Pair] = []
    for work, value in AGENCY.findall(text):
        names = read_names(value, fold(value), surnames=False) or ()
        pairs.append(Pair("editor" if work.lower() == "editing" else "author", value, names))
    return tuple(pairs)

