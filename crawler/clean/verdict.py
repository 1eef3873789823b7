"""Doubts about a page: hijacked, spun, converted. Each is a Flag with a score and its grounds."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from archive.hanzi import TRADITIONAL, fold
from archive.records import Flag
from crawler.clean.compose import apply, settle
from crawler.clean.page import Block, Page
from crawler.clean.title import SEPARATOR, is_hacked

# Traditional text keeps these words apart from their homographs; a converter that goes character by
# character does not: 关于→關于 for 關於, 以后→以后 for 以後.
UNCONVERTED = re.compile(
    r"[以之今先最然前隨随背落]后|后[勤來来續续期備备面方盾退代果]|[關关由對对終终至屬属位處处便基鑒鉴敢善勇勝胜等高低優优源利用立致]于|于[是]|"
    r"志愿|[自情心意祝]愿|愿[意望]|并[送且將将不在為为與与對对]|合并|[這这那家心城村鄉乡]里|里面|[戰战奮奋爭争搏]斗|斗[爭争志]|"
    r"采[取用訪访購购納纳集]|准[備备時时確确則则]|[標标水瞄]准|[業业其剩]余|余[名人萬万個个元]|[才能骨實实苦]干|干[部活勁劲事]|[^理]发[現现展生表揚扬言布放動动揮挥]"
)
CONVERTED = re.compile(r"[後於並裡裏鬥採願餘準幹發髮]")
MIN_UNCONVERTED = 3
BRAND_STEM = re.compile(
    r"(?:bob|欧宝|ob体育|开云|爱游戏|乐鱼|华体会|hth|亚博|半岛|米兰|九游|必威|万博|betway|bet365|威尼斯人|金沙|新葡京|葡京|皇冠|永利|"
    r"太阳城|江南|星空|云开|雷火|火狐|天博|乐动|龙8|尊龙|凯发|千亿|pg|ag|澳博|银河|博天堂|优博|完美|kaiyun|leyu|hg|ng28)"
)
BRAND_TAIL = r"(?:国际在线|国际娱乐|体育|足球|电竞|娱乐城|娱乐|真人|棋牌|彩票|游戏|博彩|投注|电子|平台|在线|国际|app|官网|注册|登录|下载|手机版|入口|中国|\(.{1,6}\))"
BRAND = re.compile(rf"[a-z0-9\u3400-\u9fff]{{2,8}}?{BRAND_TAIL}+")
TRADE = re.compile(r"体育|足球|电竞|娱乐|真人|棋牌|彩票|博彩|投注|国际在线")
ADVERTISED = re.compile(r"app|登录|注册|入口|手机版|下载|投注")
ORGANISATION = r"(?:[\u3400-\u9fff]{0,6})(?:集团|矿业|厂|控股|股份|有限公司|公司|煤业|能源|电力|工会|医院|学院|大学)"
SPUN_LEAST = 5
SPUN_RATIO = 0.6


@cache
def spinner() -> tuple[re.Pattern[str], re.Pattern[str], frozenset[str]]:
    """Patterns of what spinners write and of what they write it for, and the unmistakable words."""
    table = tomllib.loads((files("crawler.clean") / "rules/spinner.toml").read_text(encoding="utf-8"))
    pairs = table["pairs"]

    def any_of(words: Sequence[str]) -> re.Pattern[str]:
        return re.compile("|".join(sorted(map(re.escape, set(words)), key=len, reverse=True)))

    targets = [word for words in pairs.values() for word in words]
    return any_of(targets), any_of(list(pairs)), frozenset(table["unmistakable"])


def judge(page: Page, region: Sequence[Block], body: Sequence[Block], title: str, spam: Sequence[str], *, glossed: bool
) -> Iterator[Flag]:
    """Yield the flags of an article. `glossed`: pinyin was strewn into it."""
    for block in body:
        settle(block)
    text = "\n".join(apply(block) for block in body if block.dropped is None)
    bylines = "\n".join(block.text for block in region if block.dropped and block.dropped[0] == "byline")
    spun = spun_text(text)
    hijacked = hijacked_brand(page, f"{text}\n{bylines}", title, spun=spun is not None)
    hacked_head = [name for name, value in (("title", page.head_title), *page.metas.items()) if is_hacked(value)]
    if spam or (hacked_head and hijacked is None):
        grounds = [*spam, *(f"an advertisement in {name}" for name in hacked_head[:2])]
        yield Flag("injected_links", min(99, 85 + 5 * len(grounds)), "; ".join(grounds[:5]))
    yield from (flag for flag in (hijacked, spun, script_converted(text, glossed=glossed)) if flag)


def spun_text(text: str) -> Flag | None:
    """Flag a text in which a spinner's words stand where the usual ones should."""
    targets, sources, unmistakable = spinner()
    folded = fold(text)
    found = targets.findall(folded)
    usual = sources.findall(targets.sub(" ", folded))
    distinct, ratio = len(unmistakable.intersection(found)), len(found) / max(len(found) + len(usual), 1)
    if distinct < SPUN_LEAST or ratio <= SPUN_RATIO:
        return None
    share = f"{len(found)} of {len(found) + len(usual)}"
    words = "、".join(sorted(set(found), key=found.count, reverse=True)[:6])
    return Flag("spun_text", min(99, 60 + 4 * distinct), f"{share} words are a spinner's, {distinct} kinds: {words}")


def script_converted(text: str, *, glossed: bool) -> Flag | None:
    """Flag Traditional text in which characters stand that only a converter leaves.

    `glossed`: it had pinyin strewn into it as well, which the same kits do.
    """
    traditional = sum(c in TRADITIONAL for c in text)
    if traditional * 12 < len(text):
        return None
    left = UNCONVERTED.findall(text)
    right = sum(c != "發" for c in CONVERTED.findall(text))
    least = 1 if glossed else MIN_UNCONVERTED
    if len(left) < least or len(left) <= 2 * right or (len(set(left)) < 2 and not glossed):  # noqa: PLR2004
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
    for place, name in brand_places(page, title):
        for brand in brands(fold(name)):
            times = folded.count(brand)
            if not times:
                continue
            points = 2 * bool(BRAND_STEM.search(brand)) + spun + bool(TRADE.search(brand))
            points += bool(re.search(re.escape(brand) + ORGANISATION, folded))
            points += bool(ADVERTISED.search(fold(page.metas.get("keywords", "") + page.head_title)))
            if points >= 3:  # noqa: PLR2004
                return Flag("hijacked_brand", min(99, 65 + 8 * points), f"“{brand}” in the {place} and {times} times in the text")
    return None


def brand_places(page: Page, title: str) -> Iterator[tuple[str, str]]:
    """Yield the places that name the site: parts of the title, keywords, the first lines, the home link."""
    for part in SEPARATOR.split(page.head_title):
        if part and part.strip() != title:
            yield "title", part.strip()
    for part in re.split(r"[,，]", page.metas.get("keywords", "")):
        yield "keywords", part.strip()
    for block in page.blocks[:3]:
        if len(block.text) <= 24 and block.text != title:  # noqa: PLR2004
            yield "site's name", block.text


def brands(name: str) -> Iterator[str]:
    """Yield what in a name has the shape of such a brand."""
    for match in BRAND.finditer(name):
        yield match[0]
        core = re.sub(r"(?:官网|app|注册|登录|下载|手机版|入口|\(.*\))+$", "", match[0])
        if core != match[0] and len(core) > 2:  # noqa: PLR2004
            yield core
    if BRAND_STEM.match(name) and len(name) <= 16:  # noqa: PLR2004
        yield name
