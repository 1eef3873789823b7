import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls import address_key, article_id, canonical_url

URLISH = st.one_of(
    st.text(),
    st.text(st.sampled_from("htps:/?#&=@[].%wuWm_\n工 80443")).map("http://".__add__),
)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://WWW.Gonghui.Example:80/A?b=2&a=1#top", "http://www.gonghui.example/A?b=2&a=1"),
        ("https://gonghui.example:443", "https://gonghui.example/"),
        ("https://gonghui.example:8443/", "https://gonghui.example:8443/"),
        (
            "http://gonghui.example/a?utm_source=x&id=7&UTM_Medium=y&fbclid",
            "http://gonghui.example/a?id=7",
        ),
        ("http://gonghui.example/a?spm=1.2&from=timeline", "http://gonghui.example/a"),
        (
            "http://gonghui.example/a?from=beijing&special=1",
            "http://gonghui.example/a?from=beijing&special=1",
        ),
        ("http://gonghui.example/a?", "http://gonghui.example/a"),
        (" http://[2001:DB8::1]:80/x ", "http://[2001:db8::1]/x"),
        ("http://User:Pw@gonghui.example/", "http://User:Pw@gonghui.example/"),
        ("http://127.0.0.1:8000/p.aspx?id=3", "http://127.0.0.1:8000/p.aspx?id=3"),
        ("http://gonghui.example/a//b/../C%2f", "http://gonghui.example/a//b/../C%2f"),
        ("urn:sha256:AbC#x", "urn:sha256:AbC#x"),
        ("http://[", "http://[/"),
        ("", ""),
    ],
)
def test_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(URLISH)
def test_any_text_has_a_canonical_form_and_an_id(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical_url(canonical) == canonical
    assert re.fullmatch("[a-z2-7]{10}", article_id(canonical))


def test_an_id_is_the_same_for_ever() -> None:
    assert article_id("http://gonghui.example/news/1.html") == "ynxvf3vyem"


def test_scheme_and_www_make_no_other_article() -> None:
    assert article_id("https://www.gonghui.example/a") == article_id("http://gonghui.example/a")
    assert article_id("http://gonghui.example/a") != article_id("http://gonghui.example/A")
    assert address_key("urn:sha256:ab") == "urn:sha256:ab"


def test_a_longer_id_begins_with_the_shorter() -> None:
    assert article_id("http://gonghui.example/", 12).startswith(
        article_id("http://gonghui.example/")
    )
