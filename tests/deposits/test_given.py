"""Texts that came clean are read as they are."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Removal
from crawler.cleaning import clean
from crawler.deposits.given import GIVEN, article, parse

URL = "http://www.ninghe.example/a/1.html"
TEXT = "十月里，宁河市总工会开办夜校。\n报名的人坐满了食堂。"


def line(**keys: object) -> bytes:
    return json.dumps({"text": TEXT} | keys).encode()


def test_what_is_said_of_a_text_is_kept() -> None:
    body = line(
        title="夜校开班",
        authors=["路遥遥", "邱林"],
        source="宁河工人报",
        published="2009-05-01T09:30+08:00",
        section="要闻",
        flags=["spun_text"],
    )
    found = clean(body, URL, GIVEN, None)
    assert (found.url, found.title, found.text, found.flags) == (URL, "夜校开班", TEXT, ())
    assert (found.authors, found.source, found.section) == (
        ("路遥遥", "邱林"),
        "宁河工人报",
        "要闻",
    )
    assert (found.published, found.published_rule) == ("2009-05-01T09:30:00+08:00", "given")
    assert (found.language, found.script) == ("zh-Hans", "Hans")
    assert "given as clean text" in found.encoding_evidence


def test_the_undated_stays_undated_and_nothing_is_cleaned() -> None:
    text = "首页 > 要闻\n责任编辑：路遥遥\n2009年5月1日，扫一扫关注我们"
    found = article(line(text=text), URL)
    assert (found.text, found.published, found.editor) == (text, None, None)
    assert article(line(published="2009-05-01T09:30"), URL).published == "2009-05-01"
    assert article(line(authors="路遥遥、邱林"), URL).authors == ("路遥遥", "邱林")


def test_titles_and_texts_of_any_kind_are_one_line_and_without_controls() -> None:
    title = "../../夜校\n\u202e开\0班/" + "长" * 4096
    found = article(line(title=title, text="夜\0校\u202e开班\r\n\r\n 坐满了\ud800\u2028食堂"), URL)
    assert found.title == "../../夜校 开班/" + "长" * 4096
    assert found.text == "夜校开班\n坐满了\ufffd\n食堂"
    assert found.removals[0] == Removal("characters", "control-character", "\0", 1)
    assert found.extracted == "夜\0校\u202e开班\n坐满了\ufffd\n食堂"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[1]", "got a list, expected an object"),
        (b"7", "got a number, expected an object"),
        (b"{", "not JSON"),
        (b"\xff\xfe{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"{}", "got no text, expected text under the key text"),
        (line(text=7), "got a number, expected text"),
        (line(text=None), "got null, expected text"),
        (line(text=[TEXT]), "got a list, expected text"),
        (line(text=" \n\0"), "got an empty text"),
        (line(title={}), "title: got an object, expected text"),
        (line(authors=[1]), "authors: got a list, expected"),
        (line(authors=7), "authors: got a number, expected"),
        (line(url="javascript:x"), "url: got 'javascript:x', expected an address"),
        (line(url="http://a.example/ 1"), "url: got"),
        (line(published="soon"), "published: got 'soon', expected such as 2009-05-01"),
        (line(captured="2999-01-01"), "captured: got '2999-01-01', expected a time of the past"),
        (line(language="中文"), "language: got '中文', expected one such as zh-Hans"),
    ],
)
def test_what_is_no_text_says_so(body: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=5,
)
keys = ("text", "title", "url", "published", "captured", "authors", "language", "source")


@given(st.dictionaries(st.sampled_from(keys), st.text() | json_values))
@settings(max_examples=200)
def test_any_object_is_read_or_refused_in_words(value: dict[str, object]) -> None:
    body = json.dumps(value).encode()
    try:
        parse(body)
    except ValueError:
        return
    found = article(body, URL)
    f"{found.title}{found.extracted}".encode()  # the archive could not keep half characters
    assert found.extracted == parse(body).text
    assert found.text.strip()


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        parse(body)
    except ValueError:
        return
