import gzip
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.site import Site
from crawler.sitefile.tables import Source
from crawler.spiders.sources import from_feed, from_list, from_sitemap, mended, since, unpack

HOME = "http://127.0.0.1:8000"
SITE = Site(id="songyuan", name="松原", home=HOME, article=r"^/a/")
LIST = Source(list="/news/", next="a.next")


def test_a_list_gives_its_articles_in_order_and_its_next_page() -> None:
    page = """<base href="/x/"><ul>
      <li><a href="../a/2.html#top">二</a> <span>2024-03-05</span></li>
      <li><a href="/a/1.html">一</a><i>[2023年12月1日]</i></li>
      <li><a href="/a/1.html">又</a></li>
      <li><a href="/b/3.html">别的</a><a href="javascript:x()">x</a><a>y</a><a href="">z</a></li>
      <li><a href="http://127.0.0.9/a/4.html">邻居</a><a href="http://[/a/5">坏</a></li>
    </ul><a class=next href="/news/2.html">下一页</a>"""
    links = from_list(page, HOME + "/news/", "utf-8", SITE, LIST)
    assert links.articles == [
        (HOME + "/a/2.html", "2024-03-05"),
        (HOME + "/a/1.html", "2023-12-01"),
    ]
    assert links.lists == [(HOME + "/news/2.html", None)]


def test_addresses_are_written_as_a_browser_would() -> None:
    page = (
        r'<a href="/a/?k=工会">x</a><a href="..\a\2">y</a><a href="HTTP://127.0.0.1:8000/a/3">z</a>'
    )
    links = from_list(page, HOME + "/news/", "gb18030", SITE, LIST)
    assert links.articles == [
        (HOME + "/a/?k=%B9%A4%BB%E1", None),
        (HOME + "/a/2", None),
        (HOME + "/a/3", None),
    ]


@pytest.mark.parametrize("href", ["/news/9", "http://elsewhere.example/2"])
def test_a_next_page_that_is_this_one_or_elsewhere_is_none(href: str) -> None:
    page = f'<a class=next href="{href}">下一页</a>'
    assert from_list(page, HOME + "/news/9", "utf-8", SITE, LIST).lists == []


@pytest.mark.parametrize("text", ["", "\x00", "<", "plain"])
def test_a_list_that_is_no_page_leads_nowhere(text: str) -> None:
    assert not from_list(text, HOME + "/", "utf-8", SITE, LIST).articles


RSS = f"""<rss version="2.0"><channel><link>{HOME}/</link>
<item><link>{HOME}/a/1</link><pubDate>Tue, 05 Mar 2024 23:30:00 +0000</pubDate></item>
<item><guid>{HOME}/a/2</guid><pubDate>Wed, 06 Mar 2024 10:00:00 +0800</pubDate></item>
<item><link> {HOME}/a/3 </link><pubDate>soon</pubDate></item>
<item><link>http://elsewhere.example/a/4</link></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom">
<entry><link rel="edit" href="/a/9"/><link href="/a/1"/>
<updated>2024-03-05T23:30:00Z</updated></entry>
<entry><link rel="alternate" href="{HOME}/a/2"/><published>2024-03-06</published></entry>
<entry><link href="{HOME}/a/3"/></entry></feed>"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<item><link>{HOME}/a/1</link><dc:date>2024-03-06T07:30:00+08:00</dc:date></item>
<item><link>{HOME}/a/2</link><dc:date>2024-03-06</dc:date></item>
<item><link>{HOME}/a/3</link></item></rdf:RDF>"""


@pytest.mark.parametrize("body", [RSS, ATOM, RDF])
def test_a_feed_gives_its_articles_newest_first_in_the_sites_time(body: bytes) -> None:
    links = from_feed(b"\n" + body.encode(), HOME + "/rss.xml", SITE)
    assert links.articles == [
        (HOME + "/a/3", None),
        (HOME + "/a/1", "2024-03-06"),
        (HOME + "/a/2", "2024-03-06"),
    ]
    assert [url[-1] for url, _ in since(links, "2024-03-07")] == ["3"]
    assert len(list(since(links, "2024-03-06"))) == 3


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
@pytest.mark.parametrize(
    "date",
    [
        *("9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT", "0001-01-01T00:00:00Z"),
        *("Mon, 01 Jan 2024 00:00:00 +9999999999999", "星期二, 05 三月 2024", "0000-00-00"),
    ],
)
def test_a_date_that_is_none_costs_no_article(date: str, zone: str) -> None:
    site = SITE.model_copy(update={"timezone": zone})
    links = from_feed(RSS.replace("soon", date).encode(), HOME, site)
    assert len(links.articles) == 3


SLOPPY = f"""<rss><item><title>甲 & 乙&nbsp;</title><link>{HOME}/a/1?x=1&y=2</link></item>
<item><link><![CDATA[{HOME}/a/2?x=1&y=2]]></link></item>
<item><link>{HOME}/a/3?x=1&amp;y=2&#38;z=&#51;</link></item><item>&</item></rss>"""


def test_an_ampersand_that_stands_bare_costs_no_article() -> None:
    assert [url for url, _ in from_feed(SLOPPY.encode(), HOME, SITE).articles] == [
        HOME + "/a/1?x=1&y=2",
        HOME + "/a/2?x=1&y=2",
        HOME + "/a/3?x=1&y=2&z=3",
    ]


@given(st.lists(st.integers(0, len(SLOPPY.encode()))))
def test_in_whatever_pieces_it_comes_it_is_mended_alike(cuts: list[int]) -> None:
    body = SLOPPY.encode()
    bounds = [0, *sorted(cuts), len(body)]
    pieces = [body[start:end] for start, end in pairwise(bounds)]
    assert b"".join(mended(pieces)) == b"".join(mended([body]))


def test_an_address_may_be_seen_from_a_base_that_the_feed_names() -> None:
    feed = f'<feed xml:base="{HOME}/a/"><entry><link href="1"/></entry></feed>'
    assert from_feed(feed.encode(), HOME, SITE).articles == [(HOME + "/a/1", None)]


def test_a_sitemap_gives_articles_and_an_index_sitemaps() -> None:
    body = f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc>{HOME}/a/1</loc><lastmod>2023-01-01</lastmod></url>
    <url><loc>{HOME}/a/2</loc><lastmod>2024-01-01T00:00:00+08:00</lastmod></url>
    <url><loc>{HOME}/about</loc></url><url></url></urlset>""".encode()
    plain = from_sitemap(body, HOME + "/sitemap.xml", SITE)
    assert plain.articles == [(HOME + "/a/2", "2024-01-01"), (HOME + "/a/1", "2023-01-01")]
    assert plain.lists == []
    assert from_sitemap(gzip.compress(body), HOME + "/sitemap.xml.gz", SITE) == plain
    index = f"""<sitemapindex><sitemap><loc>{HOME}/1.xml.gz</loc></sitemap>
    <sitemap><loc>http://elsewhere.example/2.xml</loc></sitemap></sitemapindex>"""
    assert from_sitemap(index.encode(), HOME + "/", SITE).lists == [(HOME + "/1.xml.gz", None)]


def test_hostile_xml_is_neither_expanded_nor_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("/a/secret")
    laughs = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))
    body = f"""<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file://{secret}">]>
    <urlset><url><loc>{HOME}/a/&l9;</loc></url><url><loc>{HOME}&f;</loc></url>
    </urlset>"""
    found = [url for url, _ in from_sitemap(body.encode(), HOME + "/", SITE).articles]
    assert len(found) <= 1
    assert not any("secret" in url or "haha" in url for url in found)


@pytest.mark.parametrize("body", [b"", b"\x1f\x8b", b"not xml", b"<rss", b"\xff\xfe<"])
def test_what_is_no_xml_leads_nowhere(body: bytes) -> None:
    assert not from_feed(body, HOME, SITE).articles
    assert not from_sitemap(body, HOME, SITE).articles


def test_what_is_no_entry_ends_a_sitemap_and_an_index_has_its_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crawler.spiders.sources.MAX_ELEMENTS", 100)
    monkeypatch.setattr("crawler.spiders.sources.MAX_SITEMAPS", 5)
    one, two = (f"<url><loc>{HOME}/a/{number}</loc></url>" for number in (1, 2))
    for noise, expected in (("<x/>" * 90, 2), ("<x/>" * 110, 1)):
        body = f"<urlset>{one}{noise}{two}</urlset>".encode()
        assert len(from_sitemap(body, HOME + "/", SITE).articles) == expected
    entries = "".join(f"<sitemap><loc>{HOME}/{n}.xml</loc></sitemap>" for n in range(9))
    index = f"<sitemapindex>{entries}</sitemapindex>".encode()
    assert len(from_sitemap(index, HOME + "/", SITE).lists) == 5


def test_a_row_of_many_links_is_not_walked_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.spiders.sources.MAX_LINKS", 4)
    page = "".join(f'<a href="/a/{number}">{number}</a>' for number in range(9))
    assert len(from_list(page, HOME + "/", "utf-8", SITE, LIST).articles) == 4


def test_a_bomb_is_unpacked_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.spiders.sources.MAX_XML", 1000)
    assert sum(map(len, unpack(gzip.compress(b"0" * 10_000_000)))) == 1000
