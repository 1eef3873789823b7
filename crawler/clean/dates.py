"""Dates as Chinese and English pages write them, read into ISO 8601."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

NUMERIC = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)\s*[-/.年]\s*(?P<m>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)"
    r"\s*[日号]?(?:[T,\s]|&nbsp;|星期.|周.|\(.{1,3}\))*"
    r"(?:(?P<half>上午|下午|晚上|中午|凌晨|早上)?\s*(?P<h>2[0-3]|[01]?\d)\s*[:时點点]\s*(?P<min>[0-5]\d)"
    r"(?:\s*[:分]\s*(?P<s>[0-5]\d))?(?:\.\d+)?\s*(?P<tz>Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?".replace(
        r"\d",
        "[0-9]",  # \d takes the digits of every script
    )
)
# 2022 over 01/17 over 20:13:55, as the head of a page stacks them.
STACKED = re.compile(
    r"(?<!\d)(?P<y>20[0-9]{2})\s*(?P<m>0[1-9]|1[0-2])/(?P<d>0[1-9]|[12][0-9]|3[01])\s*"
    r"(?P<h>[01][0-9]|2[0-3]):(?P<min>[0-5][0-9])(?::(?P<s>[0-5][0-9]))?(?!\d)(?P<half>)(?P<tz>)"
)
CHINESE_DIGITS = str.maketrans("〇○零0О一二三四五六七八九", "00000123456789")
CHINESE = re.compile(
    r"([一二][〇○零О0一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日?"
)
# 民國112年5月3日: years since the founding of the Republic, as Taiwan counts them.
REPUBLIC = re.compile(r"民[國国]\s*([1-9][0-9]{1,2})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*日")
BEFORE_REPUBLIC = 1911
MONTHS = {  # how the months begin in English, French, Spanish, Portuguese, Italian and German
    start: number
    for number, starts in enumerate(
        (
            "jan ene gen",
            "feb fév fev",
            "mar mär",
            "apr avr abr",
            "may mai mag",
            "jun juin giu",
            "jul juil lug",
            "aug aoû ago",
            "sep set",
            "oct okt out ott",
            "nov",
            "dec déc dic dez",
        ),
        1,
    )
    for start in starts.split()
}
MONTH = rf"(?P<mon>{'|'.join(sorted(MONTHS, key=len, reverse=True))})[a-zç]*\.?"
WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
ENGLISH = (
    re.compile(
        rf"(?<!\w){WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:(?:of|de|do)\s+)?{MONTH},?"
        r"\s+(?:de[l]?\s+)?(?P<y>(?:19|20)\d\d)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\w){WEEKDAY}{MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)",
        re.IGNORECASE | re.ASCII,
    ),
)
DAY_FIRST = re.compile(
    r"(?<![\d/.])(?P<d>\d{1,2})(?P<by>[/.])(?P<m>\d{1,2})(?P=by)(?P<y>(?:19|20)\d\d)(?![\d/])"
)
IN_URL = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/](0[1-9]|1[0-2])[-_/]?(0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/](1[0-2]|[1-9])[-_/](3[01]|[12]\d|[1-9])(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])/?(0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(
        r"(?<!\d)(?:19|20)\d{4}/t?((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"
    ),
)
YEAR = re.compile(r"(?:19|20)[0-9]{2}|[一二][〇○零О0一二三四五六七八九]{3}年|民[國国]\s*[1-9]")
SHORT_DATE = re.compile(
    r"(?:时间|日期|時間)\s*[:：]\s*(?:民[國国]\s*)?(1\d\d(?=[-./])|[0-3]\d(?=-[01]\d-[0-3]\d))"
    r"[-./]([01]?\d)[-./]([0-3]\d|\d(?!\d))\s*((?:[0-2]\d:[0-5]\d)?)"
)
AFTER_CHANGE = re.compile(r"(?:更新|修改|修订|updated|modified)(?:于|时间|日期|on)?\s*:?\s*$")
PUBLISHED = re.compile(r"(?:发布|发表|刊发|发稿|published)(?:于|时间|日期|on)?\s*:?\s*$")
EARLIEST = 1990  # before the web a page's date is the date of something else


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, with its time where one was given, and where it stood."""

    iso: str
    start: int
    end: int


def find_dates(text: str, zone: str | None) -> list[Moment]:
    """Every date in a text, in order. A time gets the offset of `zone`; without one it is cut."""
    if not YEAR.search(text):
        return []
    found = [numeric(m, zone) for form in (NUMERIC, STACKED) for m in form.finditer(text)]
    found += [chinese(m) for m in CHINESE.finditer(text)]
    found += [republic(m) for m in REPUBLIC.finditer(text)]
    found += [day_first(m) for m in DAY_FIRST.finditer(text)]
    for pattern in ENGLISH:
        found += [english(m) for m in pattern.finditer(text)]
    return sorted((m for m in found if m), key=lambda m: m.start)


def day_first(match: re.Match[str]) -> Moment | None:
    """14/9/2011 or 14.9.2011; 9/14/2011 where there is no such month."""
    one, other, year = int(match["d"]), int(match["m"]), int(match["y"])
    iso = day(year, other, one) or day(year, one, other)
    return Moment(iso, match.start(), match.end()) if iso else None


def republic(match: re.Match[str]) -> Moment | None:
    """民國112年5月3日 is the third of May 2023."""
    year, month, of_month = map(int, match.groups())
    iso = day(year + BEFORE_REPUBLIC, month, of_month)
    return Moment(iso, match.start(), match.end()) if iso else None


def find_date(text: str, zone: str | None) -> str | None:
    """The first date in a text as ISO 8601, or None."""
    return next((moment.iso for moment in find_dates(text, zone)), None)


def short_dates(text: str, zone: str | None) -> list[Moment]:
    """A date without its century, where a label says that it is one: 发布时间：18-03-08 23:16.

    Or one that counts from the founding of the Republic of China: 發布日期：112-05-03.
    """
    if (match := SHORT_DATE.search(text)) is None:
        return []
    year = int(match[1]) + (BEFORE_REPUBLIC if len(match[1]) > len("18") else 2000)
    found = find_dates(f"{year}-{match[2]}-{match[3]} {match[4]}", zone)
    return [Moment(moment.iso, match.start(1), match.end()) for moment in found]


def standing(before: str) -> int:
    """How far behind a date comes, by what stands before it: published, unsaid, changed."""
    return -1 if PUBLISHED.search(before) else int(bool(AFTER_CHANGE.search(before)))


def date_in_url(url: str) -> str | None:
    """The date in an address, or None."""
    for pattern in IN_URL:
        if match := pattern.search(url):
            return day(*map(int, match.groups()))
    return None


def day(year: int, month: int, of_month: int) -> str | None:
    """An ISO date, or None where there is no such day or it cannot be a page's date."""
    try:
        found = date(year, month, of_month)
    except ValueError:
        return None
    tomorrow = datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=1)
    return found.isoformat() if date(EARLIEST, 1, 1) <= found <= tomorrow else None


def numeric(match: re.Match[str], zone: str | None) -> Moment | None:
    """2020-03-11 05:51, 2020年3月11日 下午5:51, 2020-03-11T05:51:00+08:00."""
    iso = day(int(match["y"]), int(match["m"]), int(match["d"]))
    if iso is None:
        return None
    # 10:00-11:30 is a span of time, no offset
    written = match["tz"] if match["s"] or "T" in match[0] or "+" in match[0] else None
    if match["h"] is None or (offset := offset_of(iso, written, zone)) is None:
        return Moment(iso, match.start(), match.end())
    hour = int(match["h"])
    if match["half"] in ("下午", "晚上") and hour < 12:
        hour += 12
    seconds = f":{match['s']}" if match["s"] else ""
    return Moment(f"{iso}T{hour:02}:{match['min']}{seconds}{offset}", match.start(), match.end())


def offset_of(iso: str, written: str | None, zone: str | None) -> str | None:
    """The offset from UTC as +08:00: the one written, else the zone's on that day."""
    if written:
        return "+00:00" if written == "Z" else f"{written[:3]}:{written[-2:]}"
    if zone is None:
        return None
    found = datetime.fromisoformat(f"{iso}T12:00").replace(tzinfo=ZoneInfo(zone)).isoformat()
    return found[-6:]


def chinese(match: re.Match[str]) -> Moment | None:
    """二〇二〇年三月十一日."""
    year = int(match[1].translate(CHINESE_DIGITS))
    iso = day(year, tens(match[2]), tens(match[3]))
    return Moment(iso, match.start(), match.end()) if iso else None


def tens(text: str) -> int:
    """十一 is 11, 二十 is 20, 三十一 is 31."""
    before, ten, after = text.partition("十")
    digits = [(before or "一")[0], (after or "零")[0]] if ten else ["零", text[0]]
    return int("".join(digits).replace("十", "零").translate(CHINESE_DIGITS))


def english(match: re.Match[str]) -> Moment | None:
    """11 March 2020, March 11, 2020."""
    # Only the letters themselves: ſ and ﬁ fold to others.
    month = MONTHS.get(match["mon"].lower(), 0)
    iso = day(int(match["y"]), month, int(match["d"]))
    return Moment(iso, match.start(), match.end()) if iso else None
