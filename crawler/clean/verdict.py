"""Doubts about a page: hijacked, spun, converted. Each is a Flag with a score and its grounds."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from archive.hanzi import TRADITIONAL, fold
from archive.records import Flag
from crawler.clean.compose import apply, settle
from crawler.clean.head import SEPARATOR, sells
from crawler.clean.page import Block, Page
from crawler.clean.title import letters
from crawler.clean.weights import is_hacked
from crawler.clean.words import any_of, table

# Traditional text keeps these words apart from their homographs; a converter that goes character by
# character does not: 关于→關于 for 關於, 以后→以后 for 以後.
UNCONVERTED = re.compile(
    r"[以之今先最然前隨随背落]后|后[勤來来續续期備备面方盾退代果]|[關关由對对終终至屬属位處处便基鑒鉴敢善勇勝胜等高低優优源利用立致]于|于[是]|"
    r"志愿|[自情心意祝]愿|愿[意望]|并[送且將将不在為为與与對对]|合并|[這这那家心]里|里面|[戰战奮奋爭争搏]斗|斗[爭争志]|"
    r"采[取用訪访購购納纳集]|准[備备時时確确則则]|[標标水瞄]准|[業业其剩]余|余[萬万個个元]|[才能骨實实苦]干|干[部活勁劲事]|[^理]发[現现展生表揚扬言布放動动揮挥]"
)
CONVERTED = re.compile(r"[後於並裡裏鬥採願餘準幹發髮]")
MIN_UNCONVERTED = 3
NAME = r"[a-z0-9\u3400-\u9fff]{2,8}?"
NO_PLACE = (
    r"(?!中心|[馆館场場局节節]|公园|学院|学校|总会|协会|机场|会议|会展|酒店|饭店|大厦|广场|大道|港)"
)
"""What makes of such a name that of a place or an office: 江南体育中心, 星空国际酒店."""
MOST_PLACES = 40  # that can name a brand
NAMED_EVERYWHERE = 3  # times on the page, beside its head, without once standing in the text
MIDDLE_DOT = re.compile(r"[·•・\s]")  # set into a name to hide it
# 甲乙国际·(中国)有限公司: how kits sign; no company sets the dot.
KIT = re.compile(r"[·•・]\s*[(（](?:中国|china|集团|股份)", re.IGNORECASE)
SPUN_LEAST = 5
SPUN_LEAST_TRADITIONAL = 14  # Hong Kong and Taiwan use many of the words themselves
SPUN_RATIO = 0.6


@dataclass(frozen=True, slots=True)
class Brands:
    """Patterns of the names that take sites over."""

    stem: re.Pattern[str]
    named: re.Pattern[str]
    trade: re.Pattern[str]
    advertised: re.Pattern[str]
    organisation: str


@cache
def brand_patterns() -> Brands:
    """Read the lists of brands."""
    lists = table("brands")
    tails = any_of(lists["tails"]).pattern
    return Brands(
        any_of(lists["stems"]),
        re.compile(rf"{NAME}(?:{tails}|\(.{{1,6}}\))+"),
        any_of(lists["trade"]),
        any_of(lists["advertised"]),
        rf"[\u3400-\u9fff]{{0,6}}(?:{any_of(lists['organisations']).pattern})",
    )


@dataclass(frozen=True, slots=True)
class Spinner:
    """One dictionary of a spinning machine."""

    targets: re.Pattern[str]
    """What it writes."""
    sources: re.Pattern[str]
    """What it writes it for."""
    unmistakable: frozenset[str]


@cache
def spinners() -> list[Spinner]:
    """Read the dictionaries."""
    return [
        Spinner(
            any_of(word for words in entry["pairs"].values() for word in words),
            any_of(entry["pairs"]),
            frozenset(entry["unmistakable"]),
        )
        for entry in table("spinner")["dictionary"]
    ]


def judge(page: Page, body: Sequence[Block], title: str, noise: Sequence[Flag]) -> Iterator[Flag]:
    """Yield the flags of an article; `noise` are those that its characters have raised."""
    glossed = any(flag.name == "pinyin_noise" for flag in noise)
    for block in body:
        settle(block)
    text = "\n".join(apply(block) for block in body if block.dropped is None)
    bylines = "\n".join(b.text for b in page.blocks if b.dropped and b.dropped[0] == "byline")
    spun = spun_text(text)
    hijacked = hijacked_brand(page, f"{text}\n{bylines}", title, spun=spun is not None)
    heads = [("title", page.head_title), *page.metas.items()]
    hacked = [name for name, value in heads if is_hacked(value)]
    if sells(page.head_title) and letters(title) not in letters(page.head_title):
        hacked.append("title")
    if page.spam or (hacked and hijacked is None):
        grounds = [*page.spam, *(f"an advertisement in {name}" for name in hacked[:2])]
        yield Flag("injected_links", min(99, 85 + 5 * len(grounds)), "; ".join(grounds[:5]))
    converted = script_converted(text, glossed=glossed)
    yield from (flag for flag in (hijacked, spun, converted) if flag)


@lru_cache(maxsize=2)
def count_traditional(text: str) -> int:
    """How many characters of a text only Traditional has."""
    return len([c for c in text if c in TRADITIONAL])


def spun_text(text: str) -> Flag | None:
    """Flag a text in which a spinner's words stand where the usual ones should."""
    folded = fold(text)
    traditional = count_traditional(text) * 12 > len(text)
    least = SPUN_LEAST_TRADITIONAL if traditional else SPUN_LEAST
    for spinner in spinners():
        found = spinner.targets.findall(folded)
        kinds = len(spinner.unmistakable.intersection(found))
        if kinds < least:
            continue
        usual = len(spinner.sources.findall(spinner.targets.sub(" ", folded)))
        if len(found) > SPUN_RATIO * (len(found) + usual):
            words = "、".join(sorted(set(found), key=lambda w: (-found.count(w), w))[:6])
            share = f"{len(found)} of {len(found) + usual} words are a spinner's"
            return Flag("spun_text", min(99, 60 + 4 * kinds), f"{share}, {kinds} kinds: {words}")
    return None


def script_converted(text: str, *, glossed: bool) -> Flag | None:
    """Flag Traditional text in which characters stand that only a converter leaves.

    `glossed`: it had pinyin strewn into it as well, which the same kits do.
    """
    traditional = count_traditional(text)
    if traditional * 12 < len(text):
        return None
    left = UNCONVERTED.findall(text)
    right = sum(c != "發" for c in CONVERTED.findall(text))
    least = 1 if glossed else MIN_UNCONVERTED
    if len(left) < least or len(left) <= 2 * right or (len(set(left)) < 2 and not glossed):
        return None
    words = "、".join(sorted(set(left))[:5])
    return Flag(
        "script_converted",
        min(99, 60 + 5 * len(set(left)) + 20 * glossed),
        f"{len(left)} unconverted beside {traditional} converted characters: {words}",
    )


def hijacked_brand(page: Page, text: str, title: str, *, spun: bool) -> Flag | None:
    """Flag a brand of gambling that stands both in the page's name and inside its text."""
    folded = fold(text)
    shown = "\n".join(block.folded for block in page.blocks)
    head = fold(f"{page.metas.get('keywords', '')} {page.head_title}")
    kit = bool(KIT.search(page.head_title))
    for place, name in islice(dict.fromkeys(brand_places(page, title)), MOST_PLACES):
        for brand in brands(MIDDLE_DOT.sub("", fold(name))):
            named = re.compile(f"{re.escape(brand)}{NO_PLACE}")
            times = len(named.findall(folded))
            if not times and len(named.findall(shown)) < NAMED_EVERYWHERE:
                continue
            points, sure = weigh_brand(brand, head, f"{folded}\n{shown}")
            points += spun + 2 * kit
            if points >= 3 and (spun or sure or kit):
                grounds = f"“{brand}” in the {place} and {times} times in the text"
                return Flag("hijacked_brand", min(99, 65 + 8 * points), grounds)
    return None


def weigh_brand(brand: str, head: str, page: str) -> tuple[int, bool]:
    """Give how much speaks for a name being such a brand, and whether it is plainly one.

    `head` is what the page's keywords and <title> say, `page` all that it shows, both folded. It is
    plainly one where it names its trade, or the head advertises by it.
    """
    patterns = brand_patterns()
    trade = patterns.trade.search(brand) is not None
    points = 2 * bool(patterns.stem.search(brand)) + trade
    points += bool(re.search(re.escape(brand) + patterns.organisation, page))
    points += bool(patterns.advertised.search(head))
    called = re.search(f"{re.escape(brand)}(?:{patterns.advertised.pattern})", head)
    return points, trade or called is not None


def brand_places(page: Page, title: str) -> Iterator[tuple[str, str]]:
    """Yield what names the site: parts of the title, keywords, the first lines of the page."""
    for part in SEPARATOR.split(page.head_title):
        if part and part.strip() != title:
            yield "title", part.strip()
    for part in re.split(r"[,，]", page.metas.get("keywords", "")):
        yield "keywords", part.strip()
    for block in page.blocks[:3]:
        if len(block.text) <= 24 and block.text != title:
            yield "site's name", block.text


def brands(name: str) -> Iterator[str]:
    """Yield what in a name has the shape of such a brand."""
    patterns = brand_patterns()
    for match in patterns.named.finditer(name):
        yield match[0]
        core = re.sub(r"(?:官网|app|注册|登录|下载|手机版|入口|\([^()]*\))+$", "", match[0])
        if core != match[0] and len(core) > 2:
            yield core
    if patterns.stem.match(name) and len(name) <= 16:
        yield name
