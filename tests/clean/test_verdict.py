import pytest

from crawler.clean.page import Block, Page
from crawler.clean.verdict import hijacked_brand, judge, script_converted, spinners, spun_text


def page(title: str = "", *lines: str, **metas: str) -> Page:
    return Page("http://a.example/", [Block(line) for line in lines], None, metas, title)


def test_converted_text_is_known_by_what_a_converter_leaves() -> None:
    left = "工會關于志愿服務的通知：以后會員們的準備工作，由后勤負責，并將繼續開展斗爭。"
    flag = script_converted(left, glossed=False)
    assert flag is not None
    assert flag.name == "script_converted"
    assert "以后" in flag.evidence


@pytest.mark.parametrize(
    "text",
    [
        "工會關於志願服務的通知：以後會員們的準備工作，由後勤負責，並將繼續開展。",
        "工会关于志愿服务的通知：以后会员们的准备工作，由后勤负责，并将继续开展斗争。",
        "",
    ],
)
def test_honest_text_of_either_script_is_not(text: str) -> None:
    assert script_converted(text, glossed=False) is None


def test_spun_text_is_known_by_the_spinners_words() -> None:
    spun = sorted(spinners()[0].unmistakable)[:8]
    flag = spun_text("，".join(spun) + "。")
    assert flag is not None
    assert "8 kinds" in flag.evidence
    assert spun_text("，".join(spun[:3]) + "。") is None
    assert spun_text("工人运动的生涯规划，是工会的一项工作。") is None


def test_a_brand_in_two_places() -> None:
    text = "乙星体育集团工会慰问了职工，乙星体育集团的工人都来了。乐鱼体育集团工会也来了。"
    flag = hijacked_brand(page("慰问-乐鱼体育app下载"), text, "慰问", spun=False)
    assert flag is not None
    assert "乐鱼体育" in flag.evidence
    assert (
        hijacked_brand(page("慰问-乐鱼体育app下载"), "工会慰问了职工。", "慰问", spun=False) is None
    )
    assert hijacked_brand(page("慰问-临湖县总工会"), text, "慰问", spun=False) is None
    assert hijacked_brand(page("市体育局-体育新闻"), "市体育局的体育新闻。", "", spun=False) is None


def test_very_many_names_are_weighed_in_bounds() -> None:
    names = "ab体育" + "(a)" * 60 + "体育"
    keywords = ",".join(f"甲{n}体育" for n in range(5000))
    text = f"{names}。{keywords}" * 20
    assert hijacked_brand(page(names, keywords=keywords), text, "", spun=False) is None


def test_an_advertisement_in_the_head_is_injected() -> None:
    body = [Block("工会慰问了值夜班的搬运工人，送去了热水和棉衣。")]
    hacked = page("澳门娱乐城 彩票投注 真人棋牌 app下载")
    assert [flag.name for flag in judge(hacked, body, "慰问", [])] == ["injected_links"]
    assert not list(judge(page("慰问_临湖县总工会"), body, "慰问", []))
