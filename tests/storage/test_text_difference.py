import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.versions.difference import WORK, Run, around, difference

TEXT = st.text(st.sampled_from("工会的，。\n aB1"), max_size=60) | st.text(max_size=40)


def shown(old: str, new: str) -> str:
    marks = {"same": "{}", "out": "[-{}-]", "in": "[+{}+]"}
    return "".join(marks[run.kind].format(run.text) for run in difference(old, new))


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("", "", ""),
        ("工会。", "工会。", "工会。"),
        ("", "工会。", "[+工会。+]"),
        ("选举李明为主席。", "选举王芳为主席。", "选举[-李明-][+王芳+]为主席。"),
        ("开会。散会。", "开会。合影。散会。", "开会。[+合影。+]散会。"),
        ("the old union", "the new union", "the [-old-][+new+] union"),
        ("二〇二五年三月", "二〇二六年四月", "二〇二[-五年三-][+六年四+]月"),
        ("第一段\n第二段", "第一段", "第一段[-\n第二段-]"),
    ],
)
def test_what_went_and_came(old: str, new: str, seen: str) -> None:
    assert shown(old, new) == seen


@given(TEXT, TEXT)
def test_both_texts_can_be_read_from_the_runs(old: str, new: str) -> None:
    runs = difference(old, new)
    assert "".join(run.text for run in runs if run.kind != "in") == old
    assert "".join(run.text for run in runs if run.kind != "out") == new
    assert all(run.text for run in runs)
    assert old != new or {run.kind for run in runs} <= {"same"}


def test_what_would_take_too_long_counts_as_replaced() -> None:
    old, new = "的一，" * WORK.bit_length() ** 2, "一的，的一，" * WORK.bit_length() ** 2
    assert sum(run.kind != "same" for run in difference("甲，" + old * 9, "乙，" + new * 9)) <= 4


def test_what_stayed_is_left_out_but_for_its_ends() -> None:
    runs = [Run("same", "a" * 100), Run("in", "x"), Run("same", "b" * 100), Run("out", "y")]
    found = around(runs, 10)
    assert found == [
        None,
        Run("same", "a" * 10),
        Run("in", "x"),
        Run("same", "b" * 10),
        None,
        Run("same", "b" * 10),
        Run("out", "y"),
    ]
