import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.hanzi import fold
from crawler.clean.bylines import EDITS
from crawler.clean.credits import dateline_names
from crawler.clean.glued import glued_byline
from crawler.clean.labels import LABEL, read_line, read_part
from crawler.clean.names import read_names
from crawler.clean.words import table

ZONE = "Asia/Shanghai"


def pairs(text: str) -> dict[str, str]:
    return {pair.kind: "、".join(pair.names) or pair.value for pair in read_line(text, ZONE).pairs}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("来源：临湖工人报", {"source": "临湖工人报"}),
        ("來源：海角勞工報 責任編輯：錢小滿", {"source": "海角勞工報", "editor": "錢小滿"}),
        ("（责任编辑：钱小满）", {"editor": "钱小满"}),
        ("泉源：临湖工人报", {"source": "临湖工人报"}),
        ("记者 张三 通讯员 李四", {"author": "张三、李四"}),
        ("作者：张三、李四", {"author": "张三、李四"}),
        ("浏览次数：123", {"other": "123"}),
        ("By Ann Lee and Bo Karlsson", {"author": "Ann Lee、Bo Karlsson"}),
    ],
)
def test_a_line_of_labels_is_read_whole(text: str, said: dict[str, str]) -> None:
    line = read_line(text, ZONE)
    assert line.whole
    assert pairs(text) == said


def test_an_info_line_with_a_date() -> None:
    line = read_line("发布时间：2020-03-11 05:51　来源：临湖工人报　点击：88次", ZONE)
    assert [m.iso for m in line.dates] == ["2020-03-11T05:51+08:00"]
    assert line.whole
    assert {p.kind for p in line.pairs} == {"date", "source", "other"}


def test_an_empty_label_has_no_value() -> None:
    (pair,) = read_line("责任编辑：", ZONE).pairs
    assert (pair.kind, pair.value, pair.names) == ("editor", "", ())


@pytest.mark.parametrize(
    "prose",
    [
        "来源于生活的诗，高于生活。",
        "编辑部的灯一直亮到天明，记者们还在赶稿。",
        "工会主席说，热水壶要放在休息室里。",
        "他在2020年3月11日回到码头。",
    ],
)
def test_prose_is_no_line_of_labels(prose: str) -> None:
    assert not read_line(prose, ZONE).whole


def test_a_byline_glued_to_the_last_sentence() -> None:
    text = "大家都说，热水比什么都暖和。记者王小雨通讯员高大山"
    found = glued_byline(text)
    assert found is not None
    start, said = found
    assert text[:start] == "大家都说，热水比什么都暖和。"
    assert [name for pair in said for name in pair.names] == ["王小雨", "高大山"]
    assert (
        glued_byline("他问：“你是记者吗？”记者点了点头，把本子收了起来，一句话也没有再说。") is None
    )
    assert glued_byline("大家都说，热水比什么都暖和。") is None


def test_names_in_a_dateline() -> None:
    assert dateline_names("本报讯（记者 王小雨 通讯员 高大山）昨天，热水到了码头。") == (
        "王小雨",
        "高大山",
    )
    assert dateline_names("本报讯（记者在码头看到）昨天，热水到了码头。") == ()


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("张三、李 四", ("张三", "李四")),
        ("張三 歐陽海", ("張三", "歐陽海")),
        ("阿依古丽·买买提", ("阿依古丽·买买提",)),
        ("Ann Lee & Bo Karlsson", ("Ann Lee", "Bo Karlsson")),
        ("本报记者", None),
        ("宣传部", None),
        ("admin", None),
        ("", None),
    ],
)
def test_names(value: str, names: tuple[str, ...] | None) -> None:
    assert read_names(value, fold(value), surnames=True) == names


LABELLED = st.lists(
    st.sampled_from(
        [
            "来源",
            "：",
            ":",
            "记者",
            "通讯员",
            "责任编辑",
            "作者",
            "文/",
            "摄",
            "（",
            "）",
            "【",
            "】",
            "张三",
            "李四",
            "。",
            "，",
            "2020-03-11",
            "\u3000",
            "|",
            "·",
            "By",
            "Ann",
            "■",
            "/",
            "讯",
            "报",
            "",
        ]
    ),
    max_size=14,
).map("".join)


@given(LABELLED)
def test_any_line_is_read(text: str) -> None:
    line = read_line(text, ZONE)
    assert line.whole == (not line.rest and bool(line.pairs or line.dates))
    assert all(isinstance(name, str) and name for pair in line.pairs for name in pair.names)
    glued = glued_byline(text)
    assert glued is None or 0 <= glued[0] < len(text)
    dateline_names(text)


PLAIN = ("来源", "记者", "责任编辑", "作者", "文", "摄", "张三", "李四", "讯", "二零零五年三月五日")


@given(st.lists(st.sampled_from([*PLAIN, *"，。“”"])))
def test_a_line_without_a_mark_is_read_as_any_other(words: list[str]) -> None:
    text = "".join(words)
    line, careful = read_line(text, ZONE), read_part(text, ZONE)
    if not LABEL.search(fold(text), 1):  # … else it ends on a label, after a comma
        assert (line.pairs, line.dates) == (careful.pairs, careful.dates)


@pytest.mark.parametrize("kind", ["editor", "review"])
def test_a_label_of_editors_is_seen_before_it_is_read(kind: str) -> None:
    for word in table("labels")[kind]:
        assert EDITS.search(fold(word)), word


def test_years_of_the_republic_and_a_source_with_its_own_date() -> None:
    assert read_line("發布日期：112-05-03", ZONE).dates[0].iso == "2023-05-03"
    both = read_line("来源：临湖日报（2017-07-19）　发布时间：2017-07-21", ZONE)
    assert both.dates[0].iso == "2017-07-21"
    assert both.whole
    assert read_line("（作者系高校教师）", ZONE).pairs == ()


def test_dashes_part_the_labels_of_other_languages() -> None:
    line = read_line("Publié le 8 février 2022 - Mis à jour le 10 février 2022 - Par Ann Lee", None)
    assert line.whole
    assert line.dates[0].iso == "2022-02-08"
    assert [pair.names for pair in line.pairs if pair.kind == "author"] == [("Ann Lee",)]
