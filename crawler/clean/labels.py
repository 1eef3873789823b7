"""Lines of labels: 来源：沙洲日报 记者 张三 责任编辑：李四 2020-03-11.

A line is read into pairs of label and value, dates, and a rest. Where there is no rest the line
says something about the article and is not part of it. Labels are matched in folded text, in
either script; the spinners' words for them (泉源, 宣布时间) count too. `crawler.clean.spelling`
has put labels that are written otherwise into this form before.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from archive.hanzi import fold
from crawler.clean.credits import TITLES, credit_names, office_names
from crawler.clean.dates import YEAR, Moment, find_dates, short_dates, standing
from crawler.clean.media import medium
from crawler.clean.names import NOT_A_NAME, is_han_name, read_names
from crawler.clean.spelling import LABELS, PERSONS, respell
from crawler.clean.words import HAN

# A label may be glued to the value before it if a colon follows: 来源：沙洲网作者：张三.
LABEL = re.compile(
    rf"(?:(?<![\u3400-\u9fffa-z])|(?=[\u3400-\u9fff/]{{2,5}}:)){TITLES}(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in LABELS.items())
    + r")\s*(?:[:/|丨]\s*|(?=\s*$)|(?=\x00))"
)
LABEL_END = re.compile(r"^\W+|[\s:：/|丨]+$")
HANDS = ("editor", "review", "staff")
"""Kinds of labels of those who had a hand in an article without being its author."""
UNKNOWN_LABEL = re.compile(r"(?:^|\s)[\u3400-\u9fff]{2,6}[:/]\s*(\S{2,4}(?:\s\S{2,4})*)")
ENGLISH_BYLINE = re.compile(
    r"(?:^|[,·|\x00])[^,·|\x00]{0,20}?\b(?:by|par|por|von)\s*:?\s+([^\x00]{3,60}?)"
    r"(?:\s+in\s+[A-Z]\w+)?(?:\s+on)?\s*(?:\b\w{3},)?\s*(?:\x00[\s\x00:\d-]*)?$",
    re.IGNORECASE,
)
SUBMITTED = re.compile(
    r"\b(?:submitted|posted|published|written)\s+by\b[^\x00]{1,40}\bon\b[^\x00]{0,6}",
    re.IGNORECASE,
)
NOISE = re.compile(
    r"https?://\S+|(?:[a-z\d-]+\.)+(?:com|cn|net|org|hk|tw|mo)\b|第\s*[a-z\d]+\s*[版期]|\d{4}年第\d+期|[【】\[\]()|/·:,.;—\-_+\s\u3000&°]|打印(?:本页)?|关闭(?:窗口|本页)?|收藏|分享(?:到)?|"
    r"(?<![\u3400-\u9fff])[大中小](?:\s*[大中小])*(?![\u3400-\u9fff])|放大|缩小|(?:我要)?(?:评论|纠错)|字[体号]|"
    r"您?是?第\s*\d*\s*位(?:读者|访客)|扫一扫|最后更新|更新|转载|出处|(?:北京|当地|[\u3400-\u9fff]{2,3})时间|手机(?:看|版)|繁体|简体|编辑推荐|在线投稿|"
    r"(?<![a-z])(?:share|tweet|print|e-?mail|facebook|twitter|linkedin|whatsapp|like|save)+(?![a-z])|\d+次?"
)
LOOSE_END = re.compile(r"\x00+|[\s|/·\u3000]+")
SOURCE_LONGEST = 30
LONG_NAME = 4  # characters of the longest Chinese name
OFFICE = re.compile(r"(?:部|处|科|室|会|局|院|校|公司|中心|支部|小组|站|队|厂|矿|段)$")
BARE_LABEL = re.compile(r"\s*(?:(?:责任)?编辑|来源|作者)(?=\s*[^\s:/])")
AGENCY = re.compile(
    r"\b((?:additional )?reporting|writing|editing) by "
    r"([^;.()]{3,80}?)(?: in [A-Z]\w+)?\s*(?=[;.()]|$)",
    re.IGNORECASE,
)
GLUED_CREDIT = re.compile(r"\s*[·•/|—-]\s*(记者|通讯员|作者)$")
BRACKETED_WHOLE = re.compile(r"\s*[(（【\[]([^()（）【】\[\]]{2,80})[)）】\]]\s*")
IN_BRACKETS = re.compile(r"\s*[(（]([^()（）]{1,40})[)）]?$")
READERS = re.compile(
    r"\s*(?:\d+人?(?:参与|条?评论|次?阅读|跟贴)|第\s*[\dA-Z]+\s*版.{0,6}|(?<=..)举报)$"
)
GLOSS = re.compile(r"(?<=[\u3400-\u9fff])\([a-zà-öø-ɏü]{1,7}\)")
ABOUT_HIM = re.compile(r"(?:系(?!统)|[为是])(?!\s)")  # 作者系高校教师: a sentence, no label
PLAIN = re.compile(r"[\u3400-\u9fff，。、；！？“”]+")
"""Prose and menus: without a colon, a digit or a space only whole lines are labels or credits."""
LINE_LONGEST = 1_000  # characters; longer is a text
SECTION_LONGEST = 20
BRACKETED = re.compile(r"[(（【\[]([^()（）]{2,30})[)）】\]]")
PARTED = re.compile(r"\s+[·•|]\s+|\|\s+|\s+\|")
DASHED = re.compile(rf"{PARTED.pattern}|\s+[-–—]\s+")
DASHED_LONGEST = 160  # characters of a line in which dashes do what bars do
WIDE_SPACE = re.compile(r"(?<![记記]者)(?<!通[讯訊][员員])(?<!作者)\u3000+")
EMPLOYEE_NUMBER = re.compile(r"(?<=[\u3400-\u9fff])[_\s(（-]*[A-Za-z]{0,4}\d{2,8}[)）]?$")
VALUE_END = re.compile(r"\x00|[ \u3000]{2,}|[|│]|\t|(?<=\S)[ \u3000](?=【)|[)\]】]")


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value."""

    kind: str
    value: str
    names: tuple[str, ...] = ()
    label: str = ""
    """As the page has it, for those who had a hand in the article."""


@dataclass(frozen=True)
class LabelLine:
    """What a line of labels says."""

    pairs: tuple[Pair, ...] = ()
    dates: tuple[Moment, ...] = ()
    unread: str = ""
    """What is neither, as it is written; NULs stand for dates."""

    @cached_property
    def rest(self) -> str:
        """What is neither, folded and without what such lines have beside: 打印, 关闭, 大 中 小."""
        return NOISE.sub("", fold(self.unread.replace("\x00", "")))

    @property
    def whole(self) -> bool:
        """Whether the line says nothing else."""
        return bool(self.pairs or self.dates) and not self.rest

    @property
    def loose(self) -> tuple[str, ...]:
        """The words that stand beside labels and dates."""
        words = LOOSE_END.split(self.unread if self.rest else "")
        return tuple(word for word in words if NOISE.sub("", fold(word)))

    @property
    def beside(self) -> tuple[Pair, ...]:
        """Who is named beside a date without a label: 2021-03-05 沙洲日报 张三."""
        pairs: list[Pair] = []
        for word in self.loose if self.dates else ():
            if named := medium(word):
                pairs.append(Pair("source", named))
            elif names := read_names(word, fold(word), surnames=True):
                pairs.append(Pair("author", word, names))
        return tuple(pairs)


@lru_cache(maxsize=1024)
def read_line(text: str, zone: str | None) -> LabelLine:
    """Read a line into label pairs, dates and a rest; pinyin strewn into it is passed over.

    Where dots or bars part it, the parts are read one by one; beside two that are labels or dates
    a third short one is the section or the source, and no rest.
    """
    if len(text) > LINE_LONGEST:
        return LabelLine(unread=text)
    if PLAIN.fullmatch(text) and not YEAR.search(text) and not LABEL.match(folded := fold(text)):
        names = credit_names(text, folded)
        return LabelLine((Pair("author", text, names),)) if names else LabelLine(unread=text)
    text = respell(GLOSS.sub("", text))
    dashed = len(text) <= DASHED_LONGEST and YEAR.search(text) and not HAN.search(text)
    pieces = (DASHED if dashed else PARTED).split(text)
    if len(pieces) == 1:
        if (inner := BRACKETED.fullmatch(text)) and BARE_LABEL.match(fold(inner[1])):
            return read_part(with_colon(inner[1]), zone)
        line = read_part(text, zone)
        pieces = (
            [piece for piece in WIDE_SPACE.split(text) if piece] if "\u3000" in text else pieces
        )
        if len(pieces) == 1 or not (line.rest and line.dates):
            return line
    parts = [read_part(with_colon(piece), zone) for piece in pieces]
    pairs = [pair for part in parts for pair in part.pairs]
    rests = [(part, piece.strip()) for part, piece in zip(parts, pieces, strict=True) if part.rest]
    media = list(filter(None, (medium(piece) for _, piece in rests)))
    known = sum(part.whole for part in parts) >= 2 and len(rests) == 1
    if len(media) == 1 == len(rests) or (known and media):
        pairs.append(Pair("source", media[0]))
        rests = []
    elif known and len(rests[0][0].rest) <= SECTION_LONGEST:
        rests = []
    return LabelLine(
        tuple(pairs),
        tuple(moment for part in parts for moment in part.dates),
        " ".join(part.unread for part, _ in rests),
    )


def read_part(text: str, zone: str | None) -> LabelLine:
    """Read what stands between two dots or bars."""
    folded = fold(text)
    inner = BRACKETED_WHOLE.fullmatch(text)
    said = (inner[1], fold(inner[1])) if inner else (text, folded)
    if names := credit_names(*said):
        return LabelLine((Pair("author", text, names),))
    if not HAN.search(text) and AGENCY.match(text.lstrip("( ")):
        return LabelLine(agency_credits(text))
    dates = find_dates(text, zone) or short_dates(text, zone)
    shown = text
    for moment in dates:  # a date ends a value and is none itself
        folded = blank(folded, moment.start, moment.end)
        shown = blank(shown, moment.start, moment.end)
    if len(dates) > 1:
        dates.sort(key=lambda moment: standing(folded[: moment.start]))
    if (match := ENGLISH_BYLINE.search(shown)) and not HAN.search(text):
        names = read_names(match[1], fold(match[1]), surnames=False)
        if names:
            return LabelLine((Pair("author", text, names),), tuple(dates))
    matches = list(LABEL.finditer(folded))
    pairs: list[Pair] = []
    left = [shown[: matches[0].start()] if matches else shown]
    for n, match in enumerate(matches):
        upto = matches[n + 1].start() if n + 1 < len(matches) else len(folded)
        found, more = read_pair(match.lastgroup or "", shown[match.end() : upto])
        label = LABEL_END.sub("", text[slice(*match.span())])
        pairs += [replace(pair, label=label) if pair.kind in HANDS else pair for pair in found]
        left.append(more)
    if any(pair.names for pair in pairs):
        left = [UNKNOWN_LABEL.sub(drop_names, piece) for piece in left]
    if dates:
        left = [SUBMITTED.sub("", piece) for piece in left]
    return LabelLine(tuple(pairs), tuple(dates), " ".join(left))


def with_colon(piece: str) -> str:
    """Give a piece with a colon after the label that it begins with."""
    found = BARE_LABEL.match(fold(piece))
    return f"{piece[: found.end()]}：{piece[found.end() :]}" if found else piece


def drop_names(match: re.Match[str]) -> str:
    """Leave nothing of a label that is not known and its value, where that is names."""
    return "" if read_names(match[1], fold(match[1]), surnames=True) else match[0]


def blank(text: str, start: int, end: int) -> str:
    """Put NULs, which no pattern matches, over a part of the text."""
    return text[:start] + "\x00" * (end - start) + text[end:]


def read_pair(kind: str, value: str) -> tuple[list[Pair], str]:
    """The pair of a label and what follows it, and what of that was not its value."""
    folded = fold(value)
    cut = VALUE_END.search(folded.lstrip())
    size = len(folded) - len(folded.lstrip()) + cut.start() if cut else len(folded)
    raw, left = value[:size].strip(" \u3000\t:：【[(（"), value[size:]
    if kind in ("date", "other"):
        return [Pair(kind, raw)], "" if kind == "other" else value
    if not raw:
        return [Pair(kind, "")], left
    if kind in PERSONS:
        return read_persons(kind, raw, left, value)
    word, _, more = raw.partition(" ") if HAN.search(raw) else (raw, "", "")
    if credit := GLUED_CREDIT.search(word):
        word, more = word[: credit.start()], f"{credit[1]} {more}"
    if (inner := IN_BRACKETS.search(raw)) and credit_names(inner[1], fold(inner[1])):
        word, more = raw[: inner.start()], inner[1]
    word = READERS.sub("", word)
    if len(word) > SOURCE_LONGEST or re.search(r"[。！？；]", word):
        return [], value
    if names := credit_names(more, fold(more)):
        return [Pair(kind, word), Pair("author", more, names)], left
    return [Pair(kind, word)], f"{more} {left}"


def read_persons(kind: str, raw: str, left: str, value: str) -> tuple[list[Pair], str]:
    """The pair of a label for persons; nothing, and all of `value` left, where it names none."""
    raw = EMPLOYEE_NUMBER.sub("", raw)
    raw = re.sub(r"^\S{0,14}(?:记者|記者|通讯员|通訊員)\s*", "", raw)
    raw = IN_BRACKETS.sub("", raw) or raw
    if unknown := UNKNOWN_LABEL.search(raw):
        raw, left = raw[: unknown.start()], raw[unknown.start() :] + left
    names: tuple[str, ...] | None = None
    if kind in ("author", "supplier") and is_body(raw):
        if kind == "supplier":
            return [Pair("source", raw)], left
        names = (raw,)
    names = names or read_names(raw, fold(raw), surnames=False) or pen_name(raw)
    names = names or office_names(raw)
    if names and kind == "photo" and any(map(is_no_photographer, names)):
        names = None
    if kind == "author" and not names and ABOUT_HIM.match(raw):
        return [], value
    kind = "author" if kind == "supplier" else kind
    return ([Pair(kind, raw, names or ())], left) if names or short_label(raw) else ([], value)


def is_no_photographer(name: str) -> bool:
    """Whether a name is rather a trade or an office: four characters that no surname begins."""
    return len(name) == LONG_NAME and not is_han_name(fold(name), surnames=True)


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
