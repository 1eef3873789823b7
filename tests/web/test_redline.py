"""Removals laid back into their lines."""

from hypothesis import given
from hypothesis import strategies as st

from archive.records import Removal, restore
from archive.web.redline import LONGEST, redline

TEXT = "第一段。\n第二段。\n第三段。\n第四段。"


def shown(text: str, *removals: Removal) -> list[tuple[str, str]]:
    """Give each line's label and its text, what was taken out in brackets."""
    return [
        (line.label, "".join(f"[{run.text}]" if run.out else run.text for run in line.runs))
        for line in redline(text, removals)
    ]


def test_untouched_paragraphs_are_folded() -> None:
    cut = Removal("byline", "trailer", "（某某）", 14)
    assert shown(TEXT, cut) == [("1–2", ""), ("3", "第三段。[（某某）]"), ("4", "")]


def test_a_line_taken_out_whole_has_no_number() -> None:
    cut = Removal("navigation", "breadcrumb", "首页 > 正文\n", 0)
    assert shown(TEXT, cut) == [("", "[首页 > 正文]"), ("1–4", "")]
    assert redline(TEXT, (cut,))[0].whole


def test_a_block_between_paragraphs_does_not_disturb_the_numbers() -> None:
    cut = Removal("copyright", "notice", "版权声明\n不得转载\n", 5)
    lines = shown(TEXT, cut)
    assert lines == [("1", ""), ("", "[版权声明]"), ("", "[不得转载]"), ("2–4", "")]


def test_invisible_characters_show_their_code_point() -> None:
    cut = Removal("characters", "zero-width", "\u200b\u202e", 2)
    assert shown(TEXT, cut)[0] == ("1", "第一[U+200B][U+202E]段。")


def test_a_replacement_shows_what_was_there_and_what_is() -> None:
    cut = Removal("characters", "full-width", "Ａ", 0, "A")
    assert shown("A厂", cut) == [("1", "[Ａ]厂")]


def test_a_long_removal_is_cut_short_and_says_so() -> None:
    cut = Removal("injected", "farm", "某" * (LONGEST + 5), 0)
    assert shown("", cut)[0][1].endswith("… (+5)")


@given(st.lists(st.tuples(st.text("甲乙\n ", max_size=4), st.text("x\n\u200b ", max_size=4))))
def test_every_piece_is_shown_once_in_order(pieces: list[tuple[str, str]]) -> None:
    removals, extracted = [], ""
    for kept, out in pieces:
        extracted += kept
        if out:
            removals.append(Removal("kind", "rule", out, len(extracted)))
        extracted += out
    text = "".join(kept for kept, _ in pieces)
    assert restore(text, tuple(removals)) == extracted
    found = redline(text, tuple(removals))
    removed = "".join(run.text for line in found for run in line.runs if run.out)
    assert removed.replace("U+200B", "\u200b") == "".join(out for _, out in pieces).replace(
        "\n", ""
    )
    numbers = [number for line in found for number in line.numbers]
    assert sorted(set(numbers)) == list(
        range(1, 1 + len([p for p in text.split("\n") if p.strip()]))
    )
