"""Bylines and info lines, however their labels are written."""

import pytest

from crawler.clean.glued import trailer
from crawler.clean.labels import read_line
from crawler.clean.spelling import respell

ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "来源：沙洲日报 作者：周明 时间：2021-01-01 浏览：12",
            {"source": "沙洲日报", "author": "周明"},
        ),
        (
            "文章作者：周明  文章来源：沙洲日报  点击数：12  更新时间：2009-3-5",
            {"source": "沙洲日报", "author": "周明"},
        ),
        (
            "发布时间：2021-01-01 信息来源：县总工会 浏览次数：12 字体：大 中 小",
            {"source": "县总工会"},
        ),
        ("发布人：admin 发布时间：2012-03-04", {}),
        ("来自：沙洲工会  发布：周明  2012-3-4", {"source": "沙洲工会"}),
        ("编辑：周明  来源：沙洲网  2012-03-04 10:00:00", {"source": "沙洲网", "editor": "周明"}),
        ("[2012-03-04] 来源：沙洲网", {"source": "沙洲网"}),
        ("2012-03-04 来源 ： 沙洲网 ", {"source": "沙洲网"}),
        ("2012-03-04 10:00 来源 沙洲网 作者 周明", {"source": "沙洲网", "author": "周明"}),
        ("作者 | 周明", {"author": "周明"}),
        ("2012-03-04 10:00:00 来源: 沙洲身边事举报", {"source": "沙洲身边事"}),
        ("编辑 | 李四", {"editor": "李四"}),
        ("文 | 周明 图 | 李四", {"author": "周明、李四"}),
        ("记者丨周明 编辑丨李四", {"author": "周明", "editor": "李四"}),
        ("编辑∣周明 审核∣李四", {"editor": "周明", "review": "李四"}),
        ("编 辑：周明", {"editor": "周明"}),
        ("责 编：周明  审 核：李四", {"editor": "周明", "review": "李四"}),
        ("来\u3000源：沙洲日报", {"source": "沙洲日报"}),
        ("作\u3000者：周\u3000明", {"author": "周明"}),
        ("编辑 周明 校对 李四 审核 王五", {"editor": "周明", "review": "李四、王五"}),
        ("责任编辑 周明", {"editor": "周明"}),
        ("责编/周明", {"editor": "周明"}),
        ("责编：周明、李四", {"editor": "周明、李四"}),
        ("[责任编辑：周明]", {"editor": "周明"}),
        ("（责编：周明、李四）", {"editor": "周明、李四"}),
        ("【责任编辑:江枫】", {"editor": "江枫"}),
        ("【纠错】【责任编辑:江枫】", {"editor": "江枫"}),
        ("[ 责编：周明 ]", {"editor": "周明"}),
        ("初审编辑：周明 责任编辑：李四", {"editor": "周明、李四"}),
        ("一审：周明 二审：李四 三审：王五", {"review": "周明、李四、王五"}),
        ("一审一校：周明 二审二校：李四 三审三校：王五", {"review": "周明、李四、王五"}),
        ("作者：本报记者 周明", {"author": "周明"}),
        ("文/本报记者 周明 图/李四", {"author": "周明、李四"}),
        ("供稿：县总工会 周明", {"author": "周明"}),
        ("供稿单位：县总工会\u3000撰稿：周明", {"source": "县总工会", "author": "周明"}),
        ("（周明 文/图）", {"author": "周明"}),
        ("（周明/文 李四/图）", {"author": "周明、李四"}),
        ("（文/周明 图/李四）", {"author": "周明、李四"}),
        ("文并摄 周明", {"author": "周明"}),
        ("撰文、摄影：周明", {"author": "周明"}),
        ("文字：周明 图片：李四 视频：王五", {"author": "周明、李四、王五"}),
        ("摄影报道：本报记者 周明", {"author": "周明"}),
        ("本报记者 周明 通讯员 李四 王五 文/摄", {"author": "周明、李四、王五"}),
        ("全媒体记者 周明 通讯员 李四", {"author": "周明、李四"}),
        ("沙洲日报全媒体记者 周明", {"author": "周明"}),
        ("沙洲云·沙洲日报记者 周明 实习生 李四", {"author": "周明、李四"}),
        ("■本报记者 周明", {"author": "周明"}),
        ("记者：周明", {"author": "周明"}),
        ("（记者 周明 通讯员 李四）", {"author": "周明、李四"}),
        ("（本报记者周明、李四）", {"author": "周明、李四"}),
        ("通讯员：周明 供图：李四", {"author": "周明、李四"}),
        ("来源：沙洲日报（记者 周明）", {"source": "沙洲日报", "author": "周明"}),
        ("来源：沙洲日报 记者 周明 李四", {"source": "沙洲日报", "author": "周明、李四"}),
        ("来源：沙洲日报客户端 | 2021-03-05 09:12", {"source": "沙洲日报客户端"}),
        ("2021-03-05 09:12 | 沙洲日报", {"source": "沙洲日报"}),
        ("2021-03-05 09:12:33\u3000中国工会网\u3000字号：大 中 小", {"source": "中国工会网"}),
        ("南島勞工報\u30002006/10/23\u3000點閱：318", {"source": "南島勞工報"}),
        ("濠江報\u30002017-09-14\u3000第A10版\u3000+放大 -縮小", {"source": "濠江報"}),
        ("原载《沙洲日报》2015年3月1日第3版", {"source": "沙洲日报"}),
        ("（原载于《工友》杂志2015年第3期）", {"source": "工友"}),
        ("摘自《沙洲日报》", {"source": "沙洲日报"}),
        ("（来源：《沙洲日报》）", {"source": "《沙洲日报》"}),
        ("转载自：沙洲发布", {"source": "沙洲发布"}),
        (
            "信息来源：县总工会办公室 | 发布日期：2021-03-05 | 访问量：33",
            {"source": "县总工会办公室"},
        ),
        ("发布机构：沙洲市总工会 发布日期：2021-03-05", {}),
        ("录入：admin 审核：周明", {"review": "周明"}),
        (
            "撰稿：周明 摄影：李四 编辑：王五 审核：赵六",
            {"author": "周明、李四", "editor": "王五", "review": "赵六"},
        ),
        ("信息员：周明", {"author": "周明"}),
        ("（作者单位：沙洲县总工会）", {}),
        ("作者：周明（沙洲县总工会）", {"author": "周明"}),
        ("作者：周明 单位：沙洲县总工会", {"author": "周明"}),
        ("监制：周明 统筹：李四 策划：王五", {}),
        ("摄影：产品经理", {}),
        ("制图：周明\u3000美编：李四", {"author": "周明"}),
        (
            "By Li Xia | Shazhou Daily | Updated: 2020-05-01 07:30",
            {"author": "Li Xia", "source": "Shazhou Daily"},
        ),
        (
            "By LI XIA in Shazhou | Shazhou Daily | Updated: 2020-05-01 07:30",
            {"author": "LI XIA", "source": "Shazhou Daily"},
        ),
        (
            "Source: Xinhua | 2020-05-01 07:30:00 | Editor: huaxia",
            {"source": "Xinhua", "editor": "huaxia"},
        ),
        (
            "Source: Shazhou Daily  Author: Li Xia  Date: 2020-05-01",
            {"source": "Shazhou Daily", "author": "Li Xia"},
        ),
        ("Submitted by comms on Mon, 21/11/2011 - 09:40", {}),
        ("Posted by Ann Lee on 12 March 2020", {"author": "Ann Lee"}),
        ("撰文：陳大文", {"author": "陳大文"}),
        ("文：陳大文\u3000圖：李小明", {"author": "陳大文、李小明"}),
        ("記者陳大文／台北報導", {"author": "陳大文"}),
        ("【記者陳大文台北報導】", {"author": "陳大文"}),
        ("責任編輯：陳大文 核稿編輯：李小明", {"editor": "陳大文"}),
        ("出版：2017-09-14 10:00 更新：2017-09-15 12:00", {}),
        ("發布時間：2017-09-14 10:00\u3000最後更新：2017-09-15 12:00", {}),
        ("撰文：陳大文 出版：2017-09-14 10:00", {"author": "陳大文"}),
    ],
)
def test_a_line_says_who_and_nothing_else(text: str, said: dict[str, str]) -> None:
    line = read_line(text, ZONE)
    found: dict[str, list[str]] = {}
    for pair in line.pairs:
        names = [pair.value] if pair.kind == "source" else list(pair.names)
        if pair.kind in ("source", "author", "photo", "editor", "review") and any(names):
            found.setdefault({"photo": "author"}.get(pair.kind, pair.kind), []).extend(names)
    read = {kind: "、".join(names) for kind, names in found.items()}
    assert {
        kind: read.get(kind) for kind in {**said, "source": "", "author": "", "editor": ""}
    } == {"source": None, "author": None, "editor": None, **said}
    assert line.whole


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("中国工会网 2021-03-05", {"source": "中国工会网"}),
        ("2021-03-05 09:12 沙洲日报 周明", {"source": "沙洲日报", "author": "周明"}),
        ("2021-03-05 国内新闻", {}),
        ("沙洲日报第3版 2021-03-05", {"source": "沙洲日报"}),
        ("周明 2021-03-05", {"author": "周明"}),
    ],
)
def test_who_is_named_beside_a_date(text: str, beside: dict[str, str]) -> None:
    assert {pair.kind: pair.value for pair in read_line(text, ZONE).beside} == beside


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("（县总工会 周明）", ["周明"]),
        ("（沙洲县总工会办公室 周明 李四）", ["周明", "李四"]),
        (
            "（记者 周明 通讯员 李四 文/摄）来源：沙洲市总工会 责任编辑：王五 编审：赵六",
            ["周明", "李四", "王五", "赵六"],
        ),
        ("（会场由文化宫提供）", []),
    ],
)
def test_a_trailer_names_people(text: str, names: list[str]) -> None:
    assert [name for pair in trailer(text) for name in pair.names] == names


def test_who_had_a_hand_in_it_is_kept_with_the_word_of_the_page() -> None:
    line = read_line("責任編輯：周明 一审一校：李四 监制：王五", ZONE)
    said = [(pair.label, pair.names) for pair in line.pairs]
    assert said == [("責任編輯", ("周明",)), ("一审一校", ("李四",)), ("监制", ("王五",))]


@pytest.mark.parametrize(
    "text",
    [
        "他说，编辑 部里的灯一直亮着。",
        "来源于生活的诗，高于生活。",
        "工会/企业/职工三方签字：一致通过。",
        "《沙洲日报》报道了这件事。",
        "Reporters | editors | readers",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert respell(text) == text
