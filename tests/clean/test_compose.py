from hypothesis import given
from hypothesis import strategies as st

from archive.records import Removal, restore
from crawler.clean.compose import apply, compose, settle
from crawler.clean.page import Block, Cut

# ruff: noqa: E501 - markup and Chinese lines are kept whole


def block(text: str, *cuts: Cut, dropped: tuple[str, str] | None = None) -> Block:
    return Block(text, cuts=list(cuts), dropped=dropped)


def test_dropped_lines_take_one_line_feed_with_them() -> None:
    nav = ("navigation", "menu")
    lines = [
        block("首页", dropped=nav),
        block("一"),
        block("广告", dropped=nav),
        block("二"),
        block("尾", dropped=nav),
    ]
    text, removals = compose(lines)
    assert text == "一\n二"
    assert [r.text for r in removals] == ["首页\n", "广告\n", "\n尾"]
    assert restore(text, removals) == "首页\n一\n广告\n二\n尾"


def test_cuts_are_removals_at_their_place() -> None:
    text, removals = compose([block("一"), block("會(huì)員", Cut(1, 6, "characters", "pinyin"))])
    assert text == "一\n會員"
    assert removals == (Removal("characters", "pinyin", "(huì)", 3),)


def test_overlapping_cuts_become_one_after_the_other() -> None:
    one = block("甲乙丙丁", Cut(2, 4, "b", "b"), Cut(0, 3, "a", "a", "X"))
    settle(one)
    assert [(c.start, c.end) for c in one.cuts] == [(0, 3), (3, 4)]


def test_spaces_at_an_end_go_with_the_cut() -> None:
    one = block("热水到了。 记者张三", Cut(6, 10, "byline", "glued"))
    settle(one)
    assert apply(one) == "热水到了。"


def test_a_line_of_which_nothing_is_left_is_dropped() -> None:
    one = block(" \u200b ", Cut(1, 2, "characters", "invisible"))
    settle(one)
    assert one.dropped == ("characters", "invisible")


CUTS = st.builds(
    lambda start, size, replacement: Cut(start, start + size, "k", "r", replacement),
    st.integers(0, 10),
    st.integers(0, 6),
    st.sampled_from(["", "", "x", "xyz"]),
)


@st.composite
def blocks(draw: st.DrawFn) -> list[Block]:
    made = []
    for _ in range(draw(st.integers(0, 6))):
        text = draw(st.text(alphabet="甲乙 \u3000a", min_size=1, max_size=10))
        cuts = [Cut(c.start, min(c.end, len(text)), c.kind, c.rule, c.replacement) for c in draw(st.lists(CUTS, max_size=4)) if c.start < len(text)]  # fmt: skip
        dropped = draw(st.sampled_from([None, None, ("k", "r")]))
        made.append(Block(text, cuts=cuts, dropped=dropped))
    return made


@given(blocks())
def test_the_extracted_text_comes_back(lines: list[Block]) -> None:
    extracted = "\n".join(line.text for line in lines)
    text, removals = compose(lines)
    if all(line.dropped for line in lines):
        assert text == ""
        return
    assert restore(text, removals) == extracted
    reached = 0
    for removal in removals:
        assert removal.position >= reached
        reached = removal.position + len(removal.text)
        assert extracted[removal.position : reached] == removal.text
