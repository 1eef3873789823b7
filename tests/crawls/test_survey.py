"""What is told from a home page; the pages are our own, in several manners."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.survey.home import Link, article_pattern, feeds_of, links_of, lists_of, title_of

HOME = "http://www.songyuan.example/"
HEADS = [f"第{n}期职工夜校在纺织三厂开课" for n in range(6)]


def home(*addresses: str) -> list[Link]:
    """A home page's links: navigation, articles, pager, and a notice of another kind."""
    furniture = (
        '<a href="/">首页</a><a href="/about/index.html">机构设置</a><a href="/p2.html">2</a>'
    )
    furniture += '<a href="http://other.example/2024/1.html">另一个网站的一篇很长的新闻标题</a>'
    furniture += '<a href="/service/9.html">网上入会服务办理指南和说明</a>'
    links = "".join(
        f'<li><a href="{a}">{t}</a></li>' for a, t in zip(addresses, HEADS, strict=False)
    )
    return links_of(f"<html><body>{furniture}<ul>{links}</ul></body></html>", HOME)


@pytest.mark.parametrize(
    ("addresses", "pattern"),
    [
        (
            [f"/ghxw/202403/t20240305_{n}.html" for n in (81, 82, 910)],
            r"^/ghxw/\d{6}/t\d{8}_\d+\.html$",
        ),
        (
            ["/a/2024/0305/8.html", "/b/2024/0305/9.html", "a/2023/1205/7.html"],
            r"^/[\w-]+/\d{4}/\d{4}/\d+\.html$",
        ),
        ([f"particular.aspx?id={n}" for n in (7, 98, 9807)], r"^/particular\.aspx\?id=\d+$"),
        (
            [f"/index.php?c=show&amp;id={n}" for n in (7, 98, 9807)],
            r"^/index\.php\?c=show\&id=\d+$",
        ),
        ([f"/node/{n}" for n in (7, 98, 9807)], r"^/node/\d+$"),
        ([f"/news/{c * 3}-goes-on-strike" for c in "abc"], r"^/news/[^/?]+-[^/?]+$"),
        ([f"/{c * 3}-goes-on-strike-for-{n}/" for n, c in enumerate("abc")], r"^/[^/?]+-[^/?]+/$"),
        ([f"/zc/content/{c * 32}.html" for c in "abc"], r"^/zc/content/[0-9a-f]{32}\.html$"),
        (
            [f"/zc/{c * 8}-0a1b-4c2d-8e3f-{c * 12}" for c in "abc"],
            r"^/zc/[0-9a-f-]{36}$",
        ),
        ([f"/新闻/{n}.html" for n in (7, 98, 9807)], r"^/%E6%96%B0%E9%97%BB/\d+\.html$"),
        (
            [f"/html/2024-03/0{n}/content_{n}.htm" for n in (1, 2, 3)],
            r"^/html/\d{4}\-\d{2}/\d{2}/content_\d+\.htm$",
        ),
    ],
)
def test_articles_are_many_links_of_one_shape(addresses: list[str], pattern: str) -> None:
    assert article_pattern(home(*addresses)) == pattern


def test_two_headlines_are_no_shape() -> None:
    assert article_pattern(home("/node/1", "/node/2")) is None
    assert article_pattern([]) is None


def test_lists_are_above_the_articles() -> None:
    page = "".join(f'<a href="/ghxw/t20240305_{n}.html">{HEADS[n]}</a>' for n in range(3))
    page += '<a href="/about/">机构设置</a><a href="/ghxw/index.jhtml">工会新闻</a>'
    page += '<a href="/app.apk">下载</a>'
    assert lists_of(links_of(page, HOME), r"t\d{8}_\d+\.html$") == [
        f"{HOME}ghxw/index.jhtml",
        f"{HOME}about/",
    ]


def test_feeds_and_name_stand_in_the_head() -> None:
    page = (
        "<html><head><title> 松原省总工会 - 首页</title>"
        "<link rel='alternate' type='application/rss+xml' href='/rss.xml'>"
        "<link rel='alternate' type='application/rss+xml' href='http://other.example/rss.xml'>"
        "<link rel='stylesheet' type='text/css' href='/a.css'></head></html>"
    )
    assert feeds_of(page, HOME) == [f"{HOME}rss.xml"]
    assert title_of(page) == "松原省总工会"
    assert title_of("") == ""


@given(st.lists(st.tuples(st.text(), st.text(min_size=8)), max_size=6))
def test_whatever_links_say_a_guess_matches_what_it_was_made_from(
    found: list[tuple[str, str]],
) -> None:
    page = "".join(f'<a href="/x/{a}">{t}</a>' for a, t in found)
    links = links_of(page, HOME)
    pattern = article_pattern(links)
    lists_of(links, pattern or "^/a/")
    if pattern is not None:
        targets = [link.url.removeprefix(HOME.rstrip("/")) for link in links]
        assert sum(re.search(pattern, target) is not None for target in targets) >= 3
