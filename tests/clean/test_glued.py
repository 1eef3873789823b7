"""What is glued to paragraphs: breadcrumbs, links, bylines."""

import pytest

from crawler.clean import clean_page
from crawler.clean.glued import glued_byline

URL = "http://gh.example.org/html/1.html"
PROSE = "四月的一个早晨，物流园东门旁的驿站开了门，司机们进来接热水。"
MORE = "驿站由县总工会出资改建，全天开放，里面有淋浴间和药箱。"


def read(first: str, last: str) -> tuple[str, str | None]:
    html = (
        "<html><head><title>驿站开门</title></head><body><h1>驿站开门</h1>"
        f"<div id=zoom>{first}<br>　　{MORE}<br>　　{last}</div></body></html>"
    )
    article = clean_page(html.encode(), URL)
    assert article.extracted.count(PROSE) == first.count(PROSE) + last.count(PROSE)
    return article.text, article.section


@pytest.mark.parametrize(
    "crumb",
    [
        "当前位置：<a href=/>首页</a> &gt; <a href=/jc/>基层动态</a> &gt; 正文",
        "您的位置：<a href=/>首页</a> &gt;&gt; <a href=/jc/>基层动态</a>",
        "<a href=/>首页</a> » <a href=/jc/>基层动态</a> » 正文",
    ],
)
def test_a_breadcrumb_before_the_first_sentence_goes_and_names_the_section(crumb: str) -> None:
    assert read(f"{crumb}　　{PROSE}", MORE) == (f"{PROSE}\n{MORE}\n{MORE}", "基层动态")


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("沙洲日报网 &gt; <a>评论</a> &gt; <a>江边时评</a>", "江边时评"),
        (
            "当前位置：<a href=/>沙洲新闻网</a> &gt;&gt; <a>沙洲新闻</a> &gt;&gt; 浏览文章",
            "沙洲新闻",
        ),
        ("水位 3 &gt; 2 时开闸。", None),
    ],
)
def test_steps_with_arrows_name_the_section(line: str, section: str | None) -> None:
    article = clean_page(
        f"<html><body><div>{line}</div><h1>驿站开门</h1><p>{PROSE}</p><p>{MORE}</p></body></html>".encode(),
        URL,
    )
    assert article.section == section


@pytest.mark.parametrize("dots", ["……", "..."])
def test_a_summary_that_breaks_off_is_not_said_twice(dots: str) -> None:
    lead = PROSE[:20]
    page = f"<html><h1>驿站开门</h1><div><p>{{}}</p><p>{PROSE}</p><p>{MORE}</p></div></html>"
    assert clean_page(page.format(lead + dots).encode(), URL).text == f"{PROSE}\n{MORE}"
    other = f"{lead[:-1]}啊{dots}"
    assert clean_page(page.format(other).encode(), URL).text == f"{other}\n{PROSE}\n{MORE}"


def test_what_stands_long_before_a_link_is_no_breadcrumb() -> None:
    lead = "，" * 60
    text, _ = read(
        f"{lead}<a href=/>首页</a> &gt; <a href=/jc/>基层动态</a> &gt; 正文　　{PROSE}", MORE
    )
    assert text.startswith(lead)


def test_a_link_in_the_first_sentence_stays() -> None:
    text, _ = read(f"<a href=/jc/>四月</a>的头一天，{PROSE}", MORE)
    assert text.startswith("四月的头一天，")


@pytest.mark.parametrize(
    ("links", "kept"),
    [
        (" <a href=/>返回首页</a> | <a href=/m>网站地图</a> | <a href=#>返回顶部</a>", ""),
        ("【<a href=#>打印</a>】【<a href=#>关闭</a>】", ""),
        ("见<a href=/1>办法</a>、<a href=/2>细则</a>", "见办法、细则"),
        ("<a href=/1>沙洲县总工会关于驿站管理的办法</a> <a href=/2>细则</a>", None),
    ],
)
def test_links_after_the_last_sentence_go_where_they_only_lead_about(
    links: str, kept: str | None
) -> None:
    text, _ = read(PROSE, PROSE + links)
    wanted = "沙洲县总工会关于驿站管理的办法 细则" if kept is None else kept
    assert text == f"{PROSE}\n{MORE}\n{PROSE}{wanted}"


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        (" <a href=/>返回沙洲网，查看更多</a>", ""),
        ("<a href=/>回到首页</a>", ""),
        ("<a href=/n>返回岗位</a>的路上", "返回岗位的路上"),
        ("<a href=/n>返回岗位的三百名工友</a>", "返回岗位的三百名工友"),
    ],
)
def test_a_link_back_to_the_site_goes_from_the_end_of_any_line(end: str, kept: str) -> None:
    text, _ = read(PROSE, f"一盏灯留给夜里进来歇脚的司机师傅们{end}")
    assert text.endswith(f"\n一盏灯留给夜里进来歇脚的司机师傅们{kept}")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (
            "热水到了。（记者 周明 通讯员 李四 文/摄）来源：沙洲市总工会 责任编辑：王五 编审：赵六",
            5,
        ),
        ("热水到了。记者周明通讯员李四", 5),
        ("热水到了。（周明/文 李四/图）", 5),
        ("热水到了。（县总工会 周明）", 5),
        ("热水到了。（会场由文化宫提供）", None),
        ("他问：“你是记者吗？”记者点了点头，没有说话。", None),
        ("最后一句是：“活儿会说话。”来源：老师傅说的，大家都记得。", None),
    ],
)
def test_where_a_byline_begins(text: str, start: int | None) -> None:
    found = glued_byline(text)
    assert (found[0] if found else None) == start
