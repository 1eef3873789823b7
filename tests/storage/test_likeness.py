from itertools import combinations
from random import Random

import pytest
from formulas import FORMULAS, formulas
from hypothesis import given
from hypothesis import strategies as st
from notices import edited, framed, notice, spun

from archive.reprints.finding import SHARED_BANDS
from archive.reprints.likeness import BANDS, SAME, SHORT, Text, containment, jaccard, related

CHARACTERS = st.text(st.characters(), max_size=300)
SPINNER = (
    ("举办", "举行"),
    ("慰问", "问候"),
    ("活动", "勾当"),
    ("职工", "员工"),
    ("广大", "泛博"),
    ("提高", "进步"),
    ("发挥", "阐扬"),
    ("进一步", "进一步地"),
    ("加强", "增强"),
    ("精心", "经心"),
    ("服务", "办事"),
    ("群众", "大众"),
    ("务实", "求实"),
    ("企业", "单位"),
    ("温暖", "暖和"),
    ("主席", "主席长"),
    ("现场", "现地"),
    ("比赛", "竞赛"),
)


def shingles(text: str) -> set[str]:
    return {text[place : place + 5] for place in range(len(text) - 4)}


def found(one: Text, other: Text) -> int:
    """By how many keys the one finds the other."""
    return len(set(one.keys()[1]) & set(other.keys()[0]))


@given(CHARACTERS, CHARACTERS)
def test_likeness_is_that_of_sets_of_shingles(text: str, more: str) -> None:
    one, other = Text(text + more), Text(text)
    ours, theirs = shingles(one.letters), shingles(other.letters)
    assert len(one.shingles) == len(ours)
    assert jaccard(one, other) == len(ours & theirs) / max(1, len(ours | theirs))
    least = max(1, min(len(ours), len(theirs)))
    assert containment(one, other) == len(ours & theirs) / least


@given(CHARACTERS, CHARACTERS)
def test_any_text_has_keys_and_relation_has_no_direction(text: str, other: str) -> None:
    two = Text(other, "2009-05-01")
    for machine in (True, False):
        one = Text(text, "2009-05-01", machine)
        for key in (*one.keys()[0], *one.keys()[1]):
            assert 0 <= key < 1 << 47
        assert related(one, two) == related(two, one)
        assert found(one, two) == found(two, one)


def test_neither_script_nor_layout_matters() -> None:
    one = Text("工會主席：「勞動者的權益」\n第 １２ 条" * 6)
    other = Text("工会主席，劳动者的权益。第12條" * 6)
    assert one.letters == other.letters == "工会主席劳动者的权益第12条" * 6
    assert one.keys() == other.keys()
    assert related(one, other)


def test_the_keys_are_those_of_yesterday() -> None:
    """Other keys need a migration that makes them anew: those in an archive would find nothing."""
    text = Text("工会主席说，二〇〇九年五月一日起，职工有劳动者的权益。" * 5 + "1号22号333号")
    stored, asked = text.keys()
    assert [key >> 42 for key in stored] == [*range(BANDS), 26]
    assert asked[:BANDS] == stored[:BANDS]
    assert sum(stored) == 1477098732258002


@pytest.mark.parametrize("preambles", [1, 2])
@pytest.mark.parametrize("rate", [0.004, 0.01, 0.016])
def test_reprints_are_found(preambles: int, rate: float) -> None:
    random = Random(7)
    pairs = hits = 0
    for number in range(200):
        one = Text(notice(random, number % 2, preambles))
        other = Text(framed(random, edited(random, one.text, rate)))
        if jaccard(one, other) >= SAME:
            pairs += 1
            hits += found(one, other) >= SHARED_BANDS and related(one, other)
    assert pairs > 50
    assert hits >= 0.99 * pairs


@pytest.mark.parametrize("preambles", [1, 2])
def test_notices_of_one_wording_are_not_taken_for_one_another(preambles: int) -> None:
    random = Random(8)
    texts = [Text(notice(random, number % 2, preambles)) for number in range(120)]
    pairs = list(combinations(texts, 2))
    assert max(jaccard(*pair) for pair in pairs) > 0.7, "they are alike"
    assert [pair for pair in pairs if related(*pair)] == []


def test_an_abridged_reprint() -> None:
    random = Random(9)
    whole = notice(random, 0, 2)
    cut = whole[: len(whole) * 2 // 3]
    assert jaccard(Text(whole), Text(cut)) < SAME
    assert related(Text(whole), Text(cut))


def test_a_spun_copy_is_found_by_its_figures() -> None:
    random = Random(10)
    hits = below = 0
    for number in range(100):
        text = notice(random, number % 2, 2)
        copy = spun(random, edited(random, text, 0.03), SPINNER)
        one, other = Text(text), Text(copy, machine=True)
        below += jaccard(one, other) < SAME
        hits += found(one, other) > 0 and related(one, other)
        assert not related(one, Text(copy)) or jaccard(one, other) >= SAME
        assert not related(Text(notice(random, number % 2, 2)), other)
    assert below == 100
    assert hits == 100


def test_a_short_text_must_be_equal_and_of_one_day() -> None:
    short = "五一放假通知：五月一日至三日放假，四日照常上班。"
    assert len(short) < SHORT
    assert related(Text(short, "2009-04-28"), Text(short.replace("，", " "), "2009-04-28"))
    for text, day in ((short, "2010-04-28"), (short, None), (short + "特此通知", "2009-04-28")):
        assert not related(Text(short, "2009-04-28"), Text(text, day))
        assert found(Text(short, "2009-04-28"), Text(text, day)) == 0
    assert not related(Text(short), Text(short))


@pytest.mark.parametrize("yearly", [False, True])
def test_what_a_body_writes_again_every_year_is_no_reprint(*, yearly: bool) -> None:
    texts = [Text(text, day) for day, text in formulas(400, yearly=yearly)]
    for formula in range(len(FORMULAS)):
        group = texts[formula :: len(FORMULAS)]
        false = [(a.text, b.text) for a, b in combinations(group, 2) if related(a, b)]
        assert false == []


def test_years_tell_events_apart_with_one_more_fact_and_not_alone() -> None:
    said = (
        "松原省总工会{}年职工技能大赛落下帷幕，共有{}名选手参加，比赛历时三天，各市县总工会派员观摩。"
        "选手们在焊接、砌筑、烹饪、缝纫和插花的台子前一展身手，围观的职工里三层外三层，掌声不断。"
        "评委说，今年的作品比往年更细致，不少年轻人已经追上了自己的师傅，看得出下了苦功夫。"
    )
    one = Text(said.format(2012, 46))
    assert not related(one, Text(said.format(2013, 47)))
    assert related(one, Text(said.format(2013, 46)))
