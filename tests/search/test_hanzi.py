import unicodedata
from importlib.metadata import version

import hanzi_table
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.hanzi import BREAK, SIMPLIFIED, TRADITIONAL, fold, segment, tokens

MIXED = st.text(
    st.one_of(st.characters(), st.sampled_from("工會会们，。、《》“”()（） \n-·huìZ㈱ﬁİ１Ａ"))
)
DIFFERING = 0.02  # of the pairs, between one release of OpenCC and another


@given(MIXED)
def test_folding_keeps_the_length_and_settles_at_once(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(MIXED, MIXED)
def test_folding_works_a_character_at_a_time(one: str, two: str) -> None:
    assert fold(one + two) == fold(one) + fold(two)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("中國總工會", "中国总工会"),
        ("什麼 什么", "什么 什么"),
        ("裏裡里", "里里里"),
        ("ＡＢＣ１２３：（）", "abc123:()"),
        ("Straße", "straße"),
        ("㈱İ½", "㈱İ½"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_the_table_is_what_opencc_and_unicode_give() -> None:
    heading, *lines, end = hanzi_table.TABLE.read_text(encoding="utf-8").split("\n")
    script, other = hanzi_table.all_pairs()
    kept = dict(zip(lines[0], lines[1], strict=True))
    assert end == ""
    assert heading == f"OpenCC {version('opencc')}, Unicode {unicodedata.unidata_version}" or len(
        set(kept.items()) ^ set(script.items())
    ) < DIFFERING * len(kept)
    if heading.startswith(f"OpenCC {version('opencc')},"):
        assert kept == script
    # A later Unicode has more characters; what it says of the old ones does not change.
    assert set(zip(lines[2], lines[3], strict=True)) <= set(other.items()) | set(script.items())


def test_characters_of_one_script_only() -> None:
    assert set("國會勞動權益") & TRADITIONAL == set("國會勞動權")
    assert set("国会劳动权益") & SIMPLIFIED == set("国会劳动权")
    assert not TRADITIONAL & SIMPLIFIED
    assert not (TRADITIONAL | SIMPLIFIED) & set("后里干面台乾著余几只")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中國工會", "中 国 工 会"),
        ("工 会　法", "工 会 法"),
        ("會(huì)員（yuán）", "会 员"),
        ("咖啡(café)", f"咖 啡 {BREAK} café"),
        ("工会(LA)", f"工 会 {BREAK} la"),
        ("工会，工人。\n“好”", f"工 会 {BREAK} 工 人 {BREAK} 好 {BREAK}"),
        ("工会,工人", f"工 会 {BREAK} 工 人"),
        ("COVID-19疫情", "covid 19 疫 情"),
        ("don't 3.14", "don t 3 14"),
        ("爱新·觉罗", "爱 新 觉 罗"),
        ("ユニオン 노조", "ユ ニ オ ン 노 조"),
        ("𠮷田", "𠮷 田"),
        ("", ""),
    ],
)
def test_segment(text: str, expected: str) -> None:
    assert segment(text) == expected


@given(MIXED)
def test_tokens_stand_where_they_say(text: str) -> None:
    found = list(tokens(text))
    assert segment(text) == " ".join(token.text for token in found)
    last = 0
    for token in found:
        assert last <= token.start < token.end <= len(text)
        last = token.end
        if token.text != BREAK:
            assert fold(text)[token.start : token.end] == token.text
