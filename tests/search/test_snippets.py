import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.snippets import plain, snippet


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("中國工會法", "工会", "中國[工會]法"),
        ("工 會(huì)員", "工会员", "[工 會(huì)員]"),
        ("a workers' café", "work* OR CAFE", "a [workers]' [café]"),
        ("COVID-19疫情", "covid-19", "[COVID-19]疫情"),
        ("工会工会", "工会 会工", "[工会工会]"),
        ("甲。\n乙", "乙", "甲。 [乙]"),
        ("甲乙", "-乙", "甲乙"),
        ("甲乙", "title:乙", "甲乙"),
        ("\ue001甲\ue002", "甲", "[甲]"),
        ("长" * 50 + "工会" + "短" * 200, "工会", f"…{'长' * 20}[工会]{'短' * 58}…"),
        (
            "工会" + "长" * 100 + "工会和工人" + "短" * 9,
            "工会 工人",
            f"…{'长' * 20}[工会]和[工人]{'短' * 9}",
        ),
        ("长" * 100, "工会", "长" * 80 + "…"),
    ],
)
def test_snippet(text: str, query: str, marked: str) -> None:
    given = snippet(text, query)
    assert given.replace("\ue001", "[").replace("\ue002", "]") == marked
    assert plain(given) == marked.replace("[", "").replace("]", "")


@settings(max_examples=300)
@given(
    st.text(st.sampled_from('工会會员法，。\n ab1*"-(é\ue001')),
    st.text(st.sampled_from("工会法ab1* ")),
)
def test_a_snippet_is_a_piece_of_the_text(text: str, query: str) -> None:
    whole = snippet(text, query, 0)
    assert plain(whole) == text.replace("\ue001", " ").replace("\n", " ").strip()
    assert plain(snippet(text, query, 5)).strip("… ") in plain(whole)
