"""Saved articles of WeChat accounts: what their scripts and metas say."""

import pytest

from crawler.clean import clean_page
from crawler.deposits.saved import address_of

ADDRESS = "http://mp.weixin.qq.com/s?__biz=MzA3&mid=2650&idx=1&sn=9f3c"
TEXT = (
    "降温了，站点里的姜茶续上了！鹤岭市总工会在全市户外劳动者服务站点免费供应姜茶，大家都可以来喝。"
)
SCRIPT = """var biz = "MzA3"||""; var nickname = htmlDecode("鹤岭工会");
var msg_title = '姜茶已备好'.html(false); var ct = "1709602200";
var msg_link = "http://mp.weixin.qq.com/s?__biz=MzA3&amp;mid=2650&amp;idx=1&amp;sn=9f3c";"""
META = f'<meta property="og:url" content="{ADDRESS}">'


def page(*, script: str = SCRIPT, metas: str = META, name: str = "", shown: str = "") -> bytes:
    """Write a page in the manner of WeChat's, as curl or a browser saves it."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{metas}'
        '<meta property="og:title" content="姜茶已备好"><meta name="author" content="路遥遥">'
        '<meta property="og:site_name" content="微信公众平台"></head>'
        '<body id="activity-detail"><div id="js_article" class="rich_media">'
        '<h1 class="rich_media_title" id="activity-name">姜茶已备好</h1>'
        f'<div id="meta_content"><a id="js_name">{name}</a><em id="publish_time">{shown}</em></div>'
        '<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0;">'
        f"<section><span>{TEXT}</span></section><section><span>{TEXT[::2]}。</span></section>"
        f"</div></div><script nonce='1'>{script}</script></body></html>"
    ).encode()


def test_address_account_and_moment_are_the_pages_own() -> None:
    body = page()
    assert address_of(body) == ADDRESS
    found = clean_page(body, ADDRESS, "text/html")
    assert (found.title, found.source) == ("姜茶已备好", "鹤岭工会")
    assert (found.published, found.published_rule) == ("2024-03-05T09:30+08:00", "script")
    assert found.text.startswith(TEXT)
    assert found.authors == ("路遥遥",)


def test_without_metas_a_script_says_the_address() -> None:
    assert address_of(page(metas="")) == ADDRESS
    assert address_of(page(metas="", script='var msg_link = "http://a.example/1"')) is None


@pytest.mark.parametrize(
    ("script", "published"),
    [
        ("window.ct = '1709602200';", "2024-03-05T09:30+08:00"),
        ("var oriCreateTime = '1709602200';", "2024-03-05T09:30+08:00"),
        ("var createTime = '2024-03-05 09:30';", "2024-03-05T09:30+08:00"),
        ("var ct = '0000000000';", None),
        ("var ct = '9999999999';", None),
        ("var act = '1709602200';", None),
        ("", None),
    ],
)
def test_the_undated_stays_undated(script: str, published: str | None) -> None:
    assert clean_page(page(script=script), ADDRESS, "text/html").published == published


def test_a_script_of_another_page_says_nothing() -> None:
    body = page().replace(b"js_content", b"content")
    found = clean_page(body, "http://a.example/1", "text/html")
    assert (found.published, found.source) == (None, None)
