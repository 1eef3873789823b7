from crawler.clean import clean_page
from crawler.clean.body import best_run, pick_body
from crawler.clean.page import Block
from crawler.clean.parse import parse
from crawler.site import Site
from crawler.sitefile.tables import Layout

# ruff: noqa: E501 - markup and Chinese lines are kept whole

URL = "http://gh.example.org/1.html"
PROSE = [
    f"第{n}班组的工友说，夜里的码头风很大，一杯热水下肚，手脚就暖和了，干活也有劲。"
    for n in "一二三四"
]
AROUND = (
    "<div class=nav><a href=/>首页</a> <a href=/a>要闻</a> <a href=/b>通知</a></div>{}"
    "<div class=side><h3>热点</h3><ul>"
    + "".join(f"<li><a href=/{n}.html>别处的码头也有了热水壶第{n}号</a>" for n in range(9))
    + "</ul></div><div class=foot>版权所有：临湖县总工会 电话：000-0000</div>"
)


def body(markup: str) -> list[str]:
    return [block.text for block in pick_body(parse(AROUND.format(markup), URL), None)]


def paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def test_the_paragraphs_and_nothing_around_them() -> None:
    assert body(f"<div id=zoom>{paragraphs(PROSE)}</div>") == PROSE


def test_without_any_container() -> None:
    assert body(paragraphs(PROSE)) == PROSE


def test_a_layout_table_with_line_breaks() -> None:
    assert body(f"<table><tr><td>&nbsp;</td><td>{'<br>'.join(PROSE)}</td></tr></table>") == PROSE


def test_short_lines_between_paragraphs_stay() -> None:
    lines = [PROSE[0], "热水从哪里来", PROSE[1], "谁来烧水", PROSE[2]]
    assert body(f"<div>{paragraphs(lines)}</div>") == lines


def test_files_at_the_end_of_a_notice_stay() -> None:
    files = "<p><a href=/f/1.doc>附件1：班组登记表</a></p>"
    assert body(f"<div>{paragraphs(PROSE)}{files}</div>") == [*PROSE, "附件1：班组登记表"]


def test_articles_in_halves_are_one() -> None:
    halves = f"<div><div>{paragraphs(PROSE[:2])}</div><div>{paragraphs(PROSE[2:])}</div></div>"
    assert body(halves) == PROSE


def test_the_last_line_of_a_poem_may_end_on_a_link_back() -> None:
    lines = [f"第{n}盏灯还亮在夜班的路口" for n in "一二三四五六七"]
    last = "把清晨放在门口 <a href=/>返回首页</a>"
    poem = body(f"<div><p>{'<br>'.join([*lines, last])}</p></div>")
    assert poem[:8] == [*lines, "把清晨放在门口 返回首页"]


def test_no_prose_no_body() -> None:
    assert body("") == []


def test_the_layout_of_a_site_goes_before() -> None:
    layout = Layout(body=".story", title=".name", remove=".note")
    site = Site(
        id="linhu", name="临湖县总工会", home="http://gh.example.org/", kind="union", language="zh-Hans",
        region="CN-HB", timezone="Asia/Shanghai", article="^/", layouts=(layout,),
    )  # fmt: skip
    page = (
        f"<div>{paragraphs(PROSE)}</div><div class=story><b class=name>小消息</b>"
        "<p>热水壶到了。</p><p class=note>请勿转发本条。</p></div>"
    )
    article = clean_page(page.encode(), URL, "", site)
    assert (article.title, article.text) == ("小消息", "热水壶到了。")


def test_best_run() -> None:
    blocks = [Block(str(n)) for n in range(6)]
    worths = dict(zip(blocks, [-1.0, 5.0, -2.0, 4.0, -9.0, 6.0], strict=True))
    run, gain = best_run(blocks, worths)
    assert ([block.text for block in run], gain) == (["1", "2", "3"], 7.0)
    assert best_run([], {})[0] == []


def test_a_page_of_very_many_lines_ends() -> None:
    page = parse("<div>" * 150 + "<p>热水到了码头。" * 30_000, URL)
    assert len(page.blocks) == 20_000
    assert len(pick_body(page, None)) == 20_000
