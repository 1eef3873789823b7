import pytest

from archive.records import Article
from crawler.clean import clean_page
from crawler.clean.weights import weigh

# ruff: noqa: E501 - markup and Chinese lines are kept whole

PROSE = (
    "临湖县总工会昨天在河东码头慰问了值夜班的搬运工人，送去了热水和棉衣。",
    "工会主席说，今年冬天要把每一个班组都走到，不落下一个人。",
)
FARM = "".join(
    f"<a href=http://h{n}.example.net/>{name}</a> | "
    for n, name in enumerate(
        ["澳门娱乐城", "彩票投注", "真人棋牌", "博彩app下载", "百家乐", "时时彩"]
    )
)


def read(before: str = "", middle: str = "", after: str = "") -> Article:
    page = (
        f"<html><head><title>夜班有热水</title></head><body>{before}<div id=zoom><h1>夜班有热水</h1>"
        f"<p>{PROSE[0]}</p>{middle}<p>{PROSE[1]}</p></div>{after}</body></html>"
    )
    return clean_page(page.encode(), "http://gh.example.org/1.html")


def flags(article: Article) -> set[str]:
    return {flag.name for flag in article.flags}


VEILS = [
    "<div style='display:none'>{}</div>",
    "<p style='position:absolute;left:-9999px'>{}</p>",
    "<p style='font-size:0'>{}</p>",
    "<marquee width=1 height=1>{}</marquee>",
    "<p>{}</p>",
]


@pytest.mark.parametrize("where", ["before", "middle", "after"])
@pytest.mark.parametrize("veil", VEILS)
def test_a_link_farm_is_taken_out_flagged_and_kept_on_record(veil: str, where: str) -> None:
    article = read(**{where: veil.format(FARM)})
    assert article.text.split("\n") == list(PROSE)
    assert flags(article) == {"injected_links"}
    assert any("彩票投注" in r.text and r.kind == "injected" for r in article.removals)


def test_an_anchor_within_a_sentence_goes_and_its_tail_stays() -> None:
    article = read(
        middle="<p>工友们围着<a href=http://h.example.net/>澳门娱乐城彩票投注</a>热水壶，你一杯我一杯。</p>"
    )
    assert "工友们围着热水壶，你一杯我一杯。" in article.text
    assert flags(article) == {"injected_links"}


@pytest.mark.parametrize(
    "middle",
    [
        "<div style='display:none'><p>第二批棉衣下周送到河西，请各班组登记。</p></div>",
        "<p>警方通报说，一个网络赌博团伙以彩票投注为名诈骗，已被抓获，博彩网站被查封。</p>",
        "<p>澳门娱乐场工会的代表说，荷官的轮班要改。</p>",
        "<p>相关单位：<a href=http://a.example.net/>河东船厂</a>、<a href=http://b.example.net/>河西粮库</a>。</p>",
        "<p>国产轴承、一区、二区、三区都已经复工。</p>",
    ],
)  # fmt: skip
def test_what_only_looks_like_spam_stays(middle: str) -> None:
    article = read(middle=middle)
    assert len(article.text.split("\n")) == 3
    assert not article.flags


def test_words_are_weighed_in_either_script() -> None:
    assert weigh("澳門娛樂城 彩票投注 真人棋牌").strong >= 1
    assert weigh("澳门娱乐城 彩票投注 真人棋牌").spammy
    assert weigh(PROSE[0]).cover == 0
    assert weigh("").cover == 0


@pytest.mark.parametrize(
    "hiding", ["<noscript>{}</noscript>", "<script>document.write('{}');</script>"]
)
def test_a_farm_that_nobody_sees_is_evidence(hiding: str) -> None:
    article = read(before=hiding.format(FARM))
    assert article.text.splitlines() == list(PROSE)
    assert flags(article) == {"injected_links"}
    assert "spam words in <" in article.flags[0].evidence
    plain = read(before=hiding.format("<a href=/help>请打开脚本再看视频，谢谢合作。</a>"))
    assert not plain.flags


def test_sentences_of_an_advertisement_go_and_their_paragraph_stays() -> None:
    advert = "星际娱乐城注册送88元彩金，星际娱乐城官网开户。"
    article = read(middle=f"<p>热水壶是新的。{advert}棉衣也是。</p>")
    assert "热水壶是新的。棉衣也是。" in article.text
    assert flags(article) == {"injected_links"}
    assert advert in read(middle=f"<p>警方通报，这伙人已被抓获。{advert}</p>").text


def test_an_address_at_the_end_of_each_paragraph_goes() -> None:
    tail = "【天博体育官网www.tb88.example.com】"
    article = read(middle="".join(f"<p>第{n}班领到了热水壶和棉衣。{tail}</p>" for n in "一二三"))
    assert "tb88" not in article.text
    assert flags(article) == {"injected_links"}
    assert read(middle=f"<p>详情见网站（www.example.org）。</p><p>{PROSE[1]}</p>").flags == ()
