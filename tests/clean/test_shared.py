"""The texts the project began with, and the public cases, where they lie beside the checkout."""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from archive.records import Article
from crawler.clean import clean_page

SHARED = Path(__file__).parents[3] / "shared"
SEEDS = sorted((SHARED / "seeds").glob("*.txt"))
CASES = sorted((SHARED / "cases").glob("*.json"))
URL = "http://gh.example.org.cn/html/1.html"
BODY = 60  # characters from which a line of a seed can be a paragraph of its body
needs_seeds = pytest.mark.skipif(not SEEDS, reason="the seeds of ../shared are not here")
needs_cases = pytest.mark.skipif(not CASES, reason="the cases of ../shared are not here")


class Seed(NamedTuple):
    """What a seed must come out with and without; patterns, so that no text of it stands here."""

    number: int
    flags: frozenset[str]
    date: str | None
    source: str | None
    editor: bool
    furniture: str
    """What must not be left, as a pattern."""


EXPECTED = [
    Seed(0, frozenset(), None, None, editor=False, furniture=r"^图片$"),
    Seed(
        1,
        frozenset({"injected_links", "script_converted"}),
        "2020-03-11",
        "網",
        editor=True,
        furniture=r"1065\d+|版權聲明|法律顧問|蜘蛛池|责任编辑|責任編輯|點贊|字幕|無碼|无码|^首頁|不信謠",
    ),
    Seed(
        2, frozenset(), None, "报", editor=False,
        furniture=r"信箱登陆|ICP备|责任编辑|导航地图|浏览总数|版权所有|通讯员高|^首页",
    ),
    Seed(
        3,
        frozenset({"hijacked_brand", "spun_text"}),
        "2020-03-19",
        "集团",
        editor=True,
        furniture=r"^网站地图|宣布时间|^【?字体|^泉源|编审",
    ),
    Seed(
        4,
        frozenset({"pinyin_noise", "script_converted", "encoding_damage"}),
        None,
        None,
        editor=False,
        furniture=r"(?<=[\u3400-\u9fff])\([a-z]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]*\)",
    ),
]  # fmt: skip
TITLES = {0: 0, 1: 2, 2: 1, 3: 1}
"""Which line of a seed is its title; the last begins with its first sentence."""
HIJACKED = 3
NOT_BODY = (
    r"\||版權|版权|法律|轉載|转载|订阅|訂閱|短信|蜘蛛池|ICP|地址|网$|>|本網|本网|稿件|聯繫|联系我们"
)
PINYIN = re.compile(r"[（(][a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]{1,7}[)）]")


@cache
def lines(number: int) -> list[str]:
    text = SEEDS[number].read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip()]


def html(number: int) -> bytes:
    """The seed as such a page would have it: lines as paragraphs, a menu and a foot around."""
    said = lines(number)
    place = TITLES.get(number)
    title = said[place] if place is not None else ""
    site = said[0] if number == HIJACKED else "朔方省总工会"
    shown = [f"<h1>{x}</h1>" if n == place else f"<p>　　{x}</p>" for n, x in enumerate(said)]
    paragraphs = "\n".join(shown)
    menu = "<ul><li><a href=/>网站主页</a><li><a href=/xw>要闻栏目</a><li><a href=/tz>通知</a></ul>"
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}-{site}</title></head><body>"
        f"<div class=nav>{menu}</div><div id=zoom>{paragraphs}</div>"
        "<div class=foot><a href=/a>联络本站</a> <a href=/b>网站地图</a></div></body></html>"
    ).encode()


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", PINYIN.sub("", text)))


def paragraphs_of(number: int) -> list[str]:
    """The long lines of a seed: its body, but for notices and link farms."""
    return [line for line in lines(number) if len(line) >= BODY and not re.search(NOT_BODY, line)]


def read(seed: Seed, form: str) -> Article:
    if form == "text":
        return clean_page(SEEDS[seed.number].read_bytes(), URL, "text/plain; charset=utf-8")
    return clean_page(html(seed.number), URL, "text/html")


@needs_seeds
@pytest.mark.parametrize("form", ["text", "html"])
@pytest.mark.parametrize("seed", EXPECTED, ids=lambda seed: f"{seed.number:03}")
class TestSeeds:
    def test_no_paragraph_is_lost(self, seed: Seed, form: str) -> None:
        text = squeeze(read(seed, form).text)
        wanted = paragraphs_of(seed.number)
        assert wanted
        # Names glued to a last sentence go, so all but the last few characters must be there.
        assert not [line for line in wanted if squeeze(line)[:-24] not in text]

    def test_furniture_is_gone(self, seed: Seed, form: str) -> None:
        left = [
            line for line in read(seed, form).text.split("\n") if re.search(seed.furniture, line)
        ]
        assert not left

    def test_flags(self, seed: Seed, form: str) -> None:
        assert {flag.name for flag in read(seed, form).flags} == seed.flags

    def test_metadata(self, seed: Seed, form: str) -> None:
        article = read(seed, form)
        assert (article.published or "None")[:10] == str(seed.date)
        assert bool(article.editor) == seed.editor
        assert (article.source is None) == (seed.source is None)
        assert seed.source is None or seed.source in (article.source or "")
        if seed.number != 4:  # it begins with its first sentence
            assert article.title
            assert article.title not in article.text.split("\n")


@cache
def cases() -> list[tuple[dict[str, Any], Article]]:
    found = []
    for path in CASES:
        case = json.loads(path.read_text(encoding="utf-8"))
        body = case["html"].encode(case["encoding"], "xmlcharrefreplace")
        found.append((case, clean_page(body, case["url"])))
    return found


def plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@needs_cases
def test_cases_keep_their_text() -> None:
    kept = [plain(s) in plain(a.text) for case, a in cases() for s in case["expected_text"]]
    assert sum(kept) >= 0.97 * len(kept)


@needs_cases
def test_cases_lose_what_is_not_theirs() -> None:
    gone = [plain(s) not in plain(a.text) for case, a in cases() for s in case["forbidden"]]
    assert sum(gone) >= 0.85 * len(gone)


@needs_cases
def test_traps_are_unharmed() -> None:
    traps = [(case, article) for case, article in cases() if case["clean_trap"]]
    assert traps
    for case, article in traps:
        assert not article.flags, case["name"]
        lost = [s for s in case["expected_text"] if plain(s) not in plain(article.text)]
        assert not lost, case["name"]


@needs_cases
def test_cases_are_flagged_as_they_should_be() -> None:
    for case, article in cases():
        names = {flag.name for flag in article.flags}
        allowed = {*case["expected_flags"], *case.get("allowed_flags", ())}
        assert set(case["expected_flags"]) <= names <= allowed, case["name"]
