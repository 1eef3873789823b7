import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reclean import difference
from crawler.reclean.difference import TextChange, compare_texts


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("甲\n乙\n丙", "甲\n丙", TextChange(1, 0, "乙", None)),
        ("甲\n丙", "甲\n乙乙\n丙", TextChange(0, 2, None, "乙乙")),
        ("今天開會了", "今天开会了", TextChange(2, 2, "今天開會了", "今天开会了")),
        ("甲甲\n中\n丙，丙", "甲\n中\n丙丙", TextChange(2, 0, "甲甲", "甲")),
        ("甲", "甲", TextChange(0, 0, None, None)),
        ("", "甲", TextChange(0, 1, "", "甲")),
    ],
)
def test_what_is_lost_and_gained(old: str, new: str, expected: TextChange) -> None:
    assert compare_texts(old, new) == expected


@given(st.text("甲乙\n", max_size=30), st.text("甲乙\n", max_size=30))
def test_counts_are_within_the_texts_and_a_difference_is_shown(old: str, new: str) -> None:
    change = compare_texts(old, new)
    assert 0 <= change.lost <= len(old)
    assert 0 <= change.gained <= len(new)
    assert ((change.before, change.after) == (None, None)) == (old == new)
    assert change.before is None or change.before in old.split("\n")
    assert change.after is None or change.after in new.split("\n")


def test_texts_of_many_lines_are_not_matched_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "MOST", 3)
    old = "首\n1\n甲\n2\n乙\n3\n尾"
    new = "首\n4\n甲\n5\n乙\n6\n尾"
    assert compare_texts(old, new) == TextChange(9, 9, "1", "4")
    monkeypatch.undo()
    assert compare_texts(old, new) == TextChange(3, 3, "1", "4")
