"""When a page was taken from its article, and when it was only changed."""

from dataclasses import replace

import pytest

from archive.records import Article, Flag, Removal
from archive.versions.history import Look, history

TITLE = "松原省总工会举办春季招聘会"
LINES = (
    "松原省总工会昨日在职工文化宫举办春季招聘会，三十二家企业带来六百个岗位。",
    "附近居民一早排起长队，不少人带着孩子来看父母年轻时做工的老照片。",
    "省总工会副主席李明说，今年还要在五个县各办一场，把岗位送到家门口。",
    "招聘会由松原职工服务中心承办，现场设有法律咨询和免费复印的桌子。",
)
GOOD = Article("http://s.example/1", TITLE, "\n".join(LINES))
STRANGE = "每日更新走势图表与开奖号码，注册会员送彩金，客服全天在线等候光临，请收藏本页地址。" * 4
SPUN = (
    "松原省總工會昨天於職員會堂開辦春日應聘會，卅二間公司帶來六百份職位。\n"
    "周邊住戶清早排成長龍，很多人領着小孩觀看雙親青年時幹活的舊相片。\n"
    "副主席李明講，本年還會在五縣各開一場，將職位送至家門前。"
)


def flagged(name: str, **changes: object) -> Article:
    return replace(GOOD, flags=(Flag(name, 90, "x"),), **changes)  # type: ignore[arg-type]


def look(number: int, page: Article | str, *, title: str | None = None) -> Look:
    outcome, reading = (page, None) if isinstance(page, str) else ("article", page)
    return Look(str(number), f"2026-01-{number:02}", outcome, reading=reading, title=title)


@pytest.mark.parametrize(
    ("page", "became"),
    [
        (replace(GOOD, text="返回首页 关闭窗口"), "emptied"),
        (replace(GOOD, text="返回首页", title=""), "emptied"),
        (flagged("hijacked_brand", title="走势图", text=STRANGE), "hijacked"),
        (flagged("injected_links", text=STRANGE), "hijacked"),
        (flagged("spun_text", text=SPUN), "hijacked"),
        # Edits, whatever their size.
        (replace(GOOD, text="\n".join(LINES[:2])), None),
        (replace(GOOD, text=LINES[0]), None),
        (replace(GOOD, text="招聘会因雨改期。", title="招聘会改期"), None),
        (replace(GOOD, text=STRANGE), None),
        # Spam about a text that is still there.
        (flagged("injected_links"), None),
        (flagged("injected_links", text=f"{GOOD.text}\n{STRANGE}"), None),
        (flagged("hijacked_brand", text=GOOD.text.replace("松原", "万彩娱乐")), None),
        (flagged("encoding_damage", text=STRANGE), None),
    ],
)
def test_a_page_became(page: Article, became: str | None) -> None:
    found = history([look(1, GOOD), look(2, page)])
    assert [why for why, _ in found.held_back.values()] == ([became] if became else [])
    assert len(found.spans) == (1 if became or page.text == GOOD.text else 2)
    shown = found.spans[-1].last.reading
    assert shown == (GOOD if became else page)


@pytest.mark.parametrize(
    ("title", "became"), [(f"{TITLE}_松原工会网", "emptied"), ("栏目列表", None), (None, None)]
)
def test_a_page_without_any_text_is_the_articles_by_its_name(
    title: str | None, became: str | None
) -> None:
    found = history([look(1, GOOD), look(2, "soft_404", title=title)])
    assert [why for why, _ in found.held_back.values()] == ([became] if became else [])


def test_a_page_that_was_always_so_is_no_worse_than_it_was() -> None:
    spun = flagged("spun_text", text=SPUN)
    again = flagged("spun_text", text=STRANGE)
    assert history([look(1, spun), look(2, again)]).held_back == {}
    short = replace(GOOD, text="工会开会。")
    assert history([look(1, short), look(2, replace(GOOD, text="会。"))]).held_back == {}


def test_what_is_held_back_is_compared_with_the_last_good_reading() -> None:
    bad = flagged("hijacked_brand", text=STRANGE)
    other = flagged("hijacked_brand", text=STRANGE[::-1])
    edited = replace(GOOD, text=f"{GOOD.text}\n报名电话见海报。")
    looks = [look(n, page) for n, page in enumerate([GOOD, bad, other, edited, bad, GOOD], 1)]
    found = history(reversed(looks))
    assert sorted(found.held_back) == ["2", "3", "5"]
    assert [span.first.record_id for span in found.spans] == ["1", "4", "6"]
    assert found.seen == "2026-01-06"


def test_a_line_that_was_learned_meanwhile_is_no_other_version() -> None:
    foot = "本站稿件由松原工讯供应"
    before = replace(GOOD, text=f"{GOOD.text}\n{foot}")
    now = replace(GOOD, removals=(Removal("boilerplate", "learned", foot, len(GOOD.text) + 1),))
    (span,) = history([look(1, before), look(2, now)]).spans
    assert (span.first.record_id, span.last.reading) == ("1", now)
