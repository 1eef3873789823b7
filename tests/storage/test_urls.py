import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.addresses.urls import address_key, article_id, canonical_url

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


GBK, UTF8, ESCAPED = "%B9%A4%bb%e1", "%E5%B7%A5%e4%bc%9a", "%u5DE5%u4f1a"
H = "http://gonghui.example"

SAME = [
    (f"{H}/a?id=1&PHPSESSID=0a1b2c", f"{H}/a?id=1"),
    (f"{H}/a.asp?ASPSESSIONIDCQABTQDA=LKJ&id=1", f"{H}/a.asp?id=1"),
    (f"{H}/a.jsp;jsessionid=1A2B.node3?id=1", f"{H}/a.jsp?id=1"),
    (f"{H}/(S(4ufsyxvyl2wxrn55ypv4yhbd))/a.aspx?id=1", f"{H}/a.aspx?id=1"),
    (f"{H}/a?id=1&sessionid=9f8e7d6c5b4a39281706f5e4", f"{H}/a?id=1"),
    (f"{H}/a?id=1&r=0.7234987234", f"{H}/a?id=1"),
    (f"{H}/a?id=1&rnd=1234&_=1262304000000", f"{H}/a?id=1"),
    (f"{H}/a?id=1&amp;page=2", f"{H}/a?id=1&page=2"),
    ("https://www.gonghui.example:443/a?id=1#top", f"{H}:80/a?id=1"),
    (f"{H}/news/index.html", f"{H}/news/"),
    (f"{H}/news/Default.aspx", f"{H}/news/"),
    (f"{H}/search?q={GBK}", f"{H}/search?q={UTF8}"),
    (f"{H}/search?q={ESCAPED}", f"{H}/search?q=工会"),
    (f"{H}/{GBK}.html", f"{H}/工会.html"),
    (f"{H}/%e9F%bb%f9", f"{H}/镕基"),
    (f"{H}/%7Ewang/a%2db", f"{H}/~wang/a-b"),
    (f"{H}/x/../news/./1.html", f"{H}/news/1.html"),
    (f"{H}/x/%2E%2E/news/1.html", f"{H}/news/1.html"),
    (f"{H}\\news\\1.html".replace("\\news", "/news"), f"{H}/news/1.html"),
    (f"{H}/a?b=2&a=1", f"{H}/a?a=1&b=2"),
    (f"{H}/a?q=a+b", f"{H}/a?q=a%20b"),
    (f"{H}/1.html%20", f"{H}/1.html"),
    (f"{H}/1.html，", f"{H}/1.html"),
    (f'{H}/1.html">', f"{H}/1.html"),
    ("http://工会.example/", "http://xn--6oq837a.example/"),
    ("http://gonghui.example./a", f"{H}/a"),
]
OTHER = [
    ("/a?id=1", "/a?id=2"),
    ("/?p=1", "/?p=2"),
    ("/2.html", "/3.html"),
    ("/1.html", "/1_2.html"),
    ("/a?id=1", "/a?id=1&page=2"),
    ("/#!/news/1", "/#!/news/2"),
    ("/#/news/1", "/#/news/2"),
    ("/a?from=beijing", "/a?from=hebei"),
    ("/a?t=1262304000000", "/a?t=1262304000001"),
    ("/a?v=12", "/a?v=13"),
    ("/a?r=12", "/a?r=13"),
    ("/a?session=12", "/a?session=13"),
    ("/a?sid=20091231000000123", "/a?sid=20091231000000124"),
    ("/a?sid=9f8e7d6c5b4a39281706f5e4d3c2b1a0", "/a?sid=9f8e7d6c5b4a39281706f5e4d3c2b1a1"),
    ("/a?id=A", "/a?id=a"),
    ("/a%2Fb", "/a/b"),
    ("/a?q=1%262", "/a?q=1&2"),
    ("/a?q=1%2B2", "/a?q=1+2"),
    ("/a?2&1", "/a?1&2"),
    ("/a?c=1&c=2", "/a?c=2&c=1"),
    ("/index_2.html", "/index.html"),
    ("/index.php?id=1", "/index.php?id=2"),
    ("/show.asp?id=1", "/print.asp?id=1"),
    ("/%B9%A4", "/%B9%A5"),
    ("/a;v=1", "/a;v=2"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_page(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_pages(one: str, other: str) -> None:
    assert address_key(H + one) != address_key(H + other)


@given(URLISH)
def test_any_text_has_a_canonical_form_and_an_id(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical_url(canonical) == canonical
    assert address_key(canonical) == address_key(url)
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
