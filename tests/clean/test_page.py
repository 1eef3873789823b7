"""Markup to blocks: a line wherever a reader sees a new one."""

import pytest

from crawler.clean.page import Block, Page, host_of, own_domain, trim
from crawler.clean.parse import parse

# ruff: noqa: E501 - markup and Chinese lines are kept whole

URL = "http://www.gh.example.org/a/1.html"


def read(markup: str) -> Page:
    return parse(f"<html><body>{markup}</body></html>", URL)


def lines(markup: str) -> list[str]:
    return [block.text for block in read(markup).blocks]


def only(markup: str) -> Block:
    (block,) = read(markup).blocks
    return block


def test_a_br_ends_a_line_as_a_paragraph_does() -> None:
    assert lines("一<br>二<br/><br>三<p>四</p>五") == ["一", "二", "三", "四", "五"]


def test_inline_elements_end_none() -> None:
    assert lines("<p>码头<b>工会</b>的<font color=red>热<i>水</i></font></p>") == ["码头工会的热水"]


def test_layout_tables_come_apart_and_data_tables_stay_in_rows() -> None:
    prose = "夜班的搬运工人都有热水喝了。" * 10
    layout = (
        f"<table><tr><td><table><tr><td>要闻</td><td>{prose}</td></tr></table></td></tr></table>"
    )
    assert lines(layout) == ["要闻", prose]
    table = (
        "<table><tr><th>姓名<th>单位<tr><td>钱小满<td>第三<b>班组</b><tr><td>丁大<td>码头</table>"
    )
    blocks = read(table).blocks
    assert [b.text for b in blocks] == ["姓名\t单位", "钱小满\t第三班组", "丁大\t码头"]
    assert all(b.row for b in blocks)


@pytest.mark.parametrize(
    ("markup", "how"),
    [
        ("<div style='display: none'>x</div>", "display:none"),
        ("<div style='display:none'><p>x</p></div>", "display:none"),
        ("<p style='visibility:hidden'>x</p>", "visibility:hidden"),
        ("<p style='font-size:0px'>x</p>", "no size"),
        ("<div style='position:absolute;left:-9999px'>x</div>", "off screen"),
        ("<p style='opacity:0'>x</p>", "transparent"),
        ("<style>.gone, p.q{color:red;display:none}</style><p class='a gone'>x</p>", "display:none"),
        ("<style>#far{text-indent:-999em}</style><p id=far>x</p>", "off screen"),
        ("<p id=k>x</p><script>document.getElementById('k').style.display='none'</script>", "by script"),
        ("<marquee width=1 height=2>x</marquee>", "tiny marquee"),
        ("<p hidden>x</p>", "hidden attribute"),
        ("<p><span style='font-size:0'>x</span></p>", "no size"),
        ("<p style='font-size:12px;height:30px;opacity:0.8'>x</p>", ""),
        ("<marquee width=400>x</marquee>", ""),
        ("<style>.gone{display:block}</style><p class=gone>x</p>", ""),
    ],
)  # fmt: skip
def test_how_text_is_hidden(markup: str, how: str) -> None:
    assert only(markup).hidden == how


def test_a_hidden_part_of_a_line() -> None:
    block = only("<p>热水<span style='display:none'>某某</span>壶</p>")
    assert not block.hidden
    assert [(block.text[s.start : s.end], s.how) for s in block.spans] == [("某某", "display:none")]


def test_links_say_where_they_stand_and_lead() -> None:
    block = only(
        "<p>　　 看<a href=/b.html>本站</a>与<a href='http://x.example.net/'>别 站</a>、"
        "<a href=//bbs.example.org>论坛</a></p>"
    )
    found = [(block.text[x.start : x.end], x.href, x.foreign) for x in block.links]
    assert found == [
        ("本站", "/b.html", ""),
        ("别 站", "http://x.example.net/", "example.net"),
        ("论坛", "//bbs.example.org", ""),
    ]
    assert block.indented
    assert block.linked == pytest.approx(7 / len(block.text))


def test_a_link_around_several_lines_is_in_each() -> None:
    blocks = read("<a href=/x><p>一二</p><p>三四</p></a>").blocks
    assert [[(x.start, x.end) for x in b.links] for b in blocks] == [[(0, 2)], [(0, 2)]]


def test_text_after_the_end_and_a_second_body_are_read() -> None:
    page = parse(
        "<html><body><p>第一段。</p></body></html><p>第二段。</p><html><body><p>第三段。</p></body></html>尾", URL
    )  # fmt: skip
    assert [b.text for b in page.blocks] == ["第一段。", "第二段。", "第三段。", "尾"]


def test_what_no_reader_sees_is_no_line() -> None:
    hidden = "<script>a</script><style>b</style><noscript>c</noscript><select><option>d</select>"
    assert lines(f"{hidden}<textarea>e</textarea><!-- f --><template>g</template>见") == ["见"]


def test_the_head() -> None:
    page = parse(
        "<html><head><title> 热水 \n 来了 </title><title>别的</title><meta name=PubDate content=' 2021 '>"
        "<meta name=pubdate content=2022><meta property='og:Title' content=a><meta name=x></head>"
        "<body><h2>标<b>题</b></h2><p>正文</p></body></html>",
        URL,
    )
    assert page.head_title == "热水 来了"
    assert page.metas == {"pubdate": "2021", "og:title": "a"}
    assert [(b.text, b.heading) for b in page.blocks] == [("标题", 2), ("正文", 0)]


def test_bare_text_has_no_tree() -> None:
    page = parse("第一行\n\n  第二行 <3 \r\n", URL)
    assert page.tree is None
    assert [b.text for b in page.blocks] == ["第一行", "第二行 <3"]
    assert parse("<p>a</p>", URL, plain=True).blocks[0].text == "<p>a</p>"


def test_many_open_elements_hide_no_text() -> None:
    paragraphs = [f"第{n}段。" for n in range(500)]
    assert lines("".join(f"<font color=red>{text}<br>" for text in paragraphs)) == paragraphs
    assert lines("".join(f"<div>{text}" for text in paragraphs)) == paragraphs


def test_very_many_attributes_are_not_read() -> None:
    attributes = " ".join(f"a{n}='>'" for n in range(50_000))
    assert lines(f"<div {attributes} id=x><p class=y>热水</p></div>") == ["热水"]


def test_trim_and_hosts() -> None:
    assert trim("\u3000 a \xa0\n b\u200b") == "a b"
    assert host_of("http://A.example:80/x") == "a.example"
    assert host_of("http://[::1") == ""
    assert own_domain("http://www.gh.example.org.cn/") == "example.org.cn"
    assert own_domain("http://127.0.0.1:8000/") == "127.0.0.1"
    assert own_domain("") == ""
