import pytest

from crawler.clean import clean_page
from crawler.clean.head import names_site_only, without_site
from crawler.clean.title import letters
from crawler.clean.weights import is_hacked

PROSE = "<p>临湖县总工会昨天在河东码头慰问了值夜班的搬运工人，送去了热水和棉衣。</p>" * 3


def title(head: str, body: str) -> str:
    page = f"<html><head>{head}</head><body><div id=main>{body}{PROSE}</div></body></html>"
    return clean_page(page.encode(), "http://gh.example.org/1.html").title


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<title>夜班码头有热水_临湖县总工会</title>", "<h1>夜班码头有热水</h1>"),
        ("<title>夜班码头有热水 - 临湖新闻网</title>", ""),
        ("<title>临湖县总工会</title>", "<h2>夜班码头有热水</h2>"),
        ("<title>临湖县总工会</title>", "<div class=bt>夜班码头有热水</div>"),
        ("<title>临湖县总工会</title><meta name=ArticleTitle content=夜班码头有热水>", ""),
        ("<title>澳门娱乐城 彩票 投注 app下载</title>", "<h1>夜班码头有热水</h1>"),
        ("", "<h3>夜班码头有热水</h3>"),
        ("<title>夜班码头有热水</title>", "<h1>临湖县总工会</h1><p class=title>夜班码头有热水</p>"),
    ],
)
def test_the_title_is_found(head: str, body: str) -> None:
    assert title(head, body) == "夜班码头有热水"


def test_the_title_is_not_repeated_in_the_text() -> None:
    body = f"<h1>夜班码头有热水</h1><p>夜班码头有热水</p>{PROSE}"
    article = clean_page(f"<title>夜班码头有热水</title>{body}".encode(), "http://a.example/")
    assert article.title not in article.text
    assert article.text.startswith("临湖县总工会昨天")


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("夜班码头有热水_要闻_临湖县总工会", "夜班码头有热水"),
        ("夜班码头有热水 | 临湖新闻网", "夜班码头有热水"),
        ("夜班码头有热水", "夜班码头有热水"),
        ("临湖新闻网 - 夜班码头终于有热水喝了", "夜班码头终于有热水喝了"),
        ("", ""),
        ("_", ""),
        (" - | - ", ""),
    ],
)
def test_names_of_site_and_section_come_off(text: str, bare: str) -> None:
    assert without_site(text).strip("_-| ") == bare


def test_a_hacked_title_is_none() -> None:
    assert is_hacked("澳门娱乐城-彩票投注-app下载")
    assert not is_hacked("警方通报：捣毁网络赌博窝点，涉及澳门彩票投注")
    assert not is_hacked("夜班码头有热水")


def test_a_site_by_itself() -> None:
    assert names_site_only("临湖县总工会")
    assert not names_site_only("夜班码头有热水")


def test_letters() -> None:
    assert letters("「夜班」 碼頭，ＡB１") == "夜班码头ab1"
