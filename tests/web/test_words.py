"""How the pages put things."""

from urllib.parse import parse_qsl

import pytest

from archive.search.keys import Place
from archive.web.finding import pieces
from archive.web.holding import bars
from archive.web.parameters import SearchParameters, read_parameters
from archive.web.words import lang_of, moment, web_link


@pytest.mark.parametrize("url", ["http://a.example/", "HTTPS://a.example/x?y=z"])
def test_the_web_becomes_a_link(url: str) -> None:
    assert web_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "urn:sha256:0"),
        *("http:", "http://[", "", None, "ftp://a.example/", "//a/b", "\x01javascript:x"),
    ],
)
def test_nothing_else_does(url: str | None) -> None:
    assert web_link(url) is None


@pytest.mark.parametrize(
    ("iso", "shown"),
    [
        ("2026-08-14T08:31:05+08:00", "2026-08-14 08:31 +08:00"),
        ("2026-08-20T05:02:44Z", "2026-08-20 05:02 UTC"),
        ("2026-08-14", "2026-08-14"),
        (None, ""),
    ],
)
def test_moments_keep_their_offset(iso: str | None, shown: str) -> None:
    assert moment(iso) == shown


def test_a_text_of_unknown_language_is_told_by_its_characters() -> None:
    assert [lang_of("工会"), lang_of("Union"), lang_of("工會", "zh-Hant")] == [
        "zh-Hans",
        "en",
        "zh-Hant",
    ]


def test_a_wish_comes_back_from_its_address() -> None:
    asked = {
        "q": " 工会 & <b> ",
        "year": "2024",
        "before": "2009-05-01.abcdefghij",
        "after": ".x",
        "other": "x",
    }
    parameters = read_parameters(asked, hiding=False)
    before = Place("2009-05-01", "abcdefghij")
    assert parameters == SearchParameters(
        q="工会 & <b>", year="2024", before=before, suspect="show"
    )
    assert (
        read_parameters(dict(parse_qsl(parameters.address(before=before))), hiding=False)
        == parameters
    )
    address = parameters.address(site="a b")
    assert address == "q=%E5%B7%A5%E4%BC%9A+%26+%3Cb%3E&site=a+b&year=2024&suspect=show"
    assert read_parameters(asked).q == "工会 & <b> -flag:suspect"


def test_marks_become_pieces() -> None:
    marked = "一\ue001二\ue002三\ue001四\ue002"
    assert list(pieces(marked)) == [("一", False), ("二", True), ("三", False), ("四", True)]
    assert list(pieces("无")) == [("无", False)]


def test_the_chart_shows_empty_years_and_survives_a_wrong_one() -> None:
    assert [(bar.year, bar.number) for bar in bars({"2009": 2, "2011": 4})] == [
        ("2009", 2),
        ("2010", 0),
        ("2011", 4),
    ]
    assert len(bars({"0001": 1, "2026": 1})) == 60
    assert bars({}) == ()
