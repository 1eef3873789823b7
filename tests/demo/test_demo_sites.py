"""The sample sites answer as their author's truth says."""

import gzip
import html
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from archive.errors import UnionArchiveError
from archive.records import NO_ARTICLE
from crawler.demo import truth as told
from crawler.demo.content import Page, blocks, sample_sites
from crawler.demo.pages import noisy
from crawler.demo.server import SampleSites
from crawler.sitefile.loading import load_sites

ARTICLES = [pytest.param(page, id=page.site + page.path) for page in told.articles()]
FLAGS = {"injected_links", "hijacked_brand", "spun_text", "pinyin_noise", "script_converted"}


@pytest.fixture(scope="module")
def served() -> Iterator[SampleSites]:
    with SampleSites(port=0) as sites:
        yield sites


@pytest.fixture
def sites(served: SampleSites) -> Iterator[SampleSites]:
    served.edition = 1
    served.log.clear()
    yield served
    served.edition = 1


def get(sites: SampleSites, site: str, path: str, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.get(sites.url(site, path), headers=sent, trust_env=False, verify=False)


def shown(page: told.Truth, response: httpx.Response) -> str:
    """The page as its label says that it is to be read."""
    label = re.search(rb'charset="?([-\w]+)', response.content)
    assert label
    wide = {"gb2312": "gbk", "big5": "big5hkscs"}
    name = label[1].decode()
    text = html.unescape(response.content.decode(wide.get(name, name)))
    return re.sub(r"\s*\n\s*", "\n", text) if page else text


@pytest.mark.parametrize("page", ARTICLES)
def test_an_article_shows_what_its_truth_says(sites: SampleSites, page: told.Truth) -> None:
    response = get(sites, page.site, page.path)
    assert response.status_code == 200
    text = shown(page, response)
    kit = sample_sites()[page.site]
    for wanted in (page.title, page.first, page.last, *page.paragraphs, *page.cells):
        assert noisy(kit, wanted) in text
    for name in (page.source, page.editor):
        assert noisy(kit, name or "") in text or (name or "") in text
    for name in page.authors:
        assert name in text
    for unwanted in page.forbidden:
        assert unwanted in text
        assert unwanted not in "\n".join(page.paragraphs)
    assert page.forbidden


def test_there_are_enough_articles_of_every_manner() -> None:
    known = told.truth()
    assert sum(page.kind == "article" for page in known) >= 60
    assert sum(page.kind == "article" for page in told.truth(2)) >= 60
    assert {"redirect", "soft_404", "block_page", "forbidden", "list"} < {p.kind for p in known}
    assert {flag for page in known for flag in page.flags} >= FLAGS | {"encoding_damage"}
    assert len({urlsplit(site.home).hostname for site in sample_sites().values()}) == 6
    years = {int(page.published[:4]) for page in known if page.published}
    assert min(years) == 2004
    assert max(years) == 2026


def test_no_text_stands_twice_except_in_the_mirror() -> None:
    paragraphs = [
        text
        for page in told.articles()
        if page.site != "mirror"
        for text in page.paragraphs
        if len(text) > 20
    ]
    assert len(paragraphs) == len(set(paragraphs))


def test_flags_are_those_that_the_archive_knows() -> None:
    known = FLAGS | {"encoding_damage"} | NO_ARTICLE
    assert {flag for page in told.truth() for flag in page.flags} <= known


def test_sentences_are_cut_where_they_end() -> None:
    assert told.sentences("他说：“好！”大家笑了。") == ["他说：“好！”", "大家笑了。"]
    assert told.sentences("没有句号的一行") == ["没有句号的一行"]
    assert told.sentences("It rained. “Why?” she asked.") == ["It rained.", "“Why?” she asked."]


def test_damage_spares_the_first_and_last_sentence() -> None:
    mirror = sample_sites()["mirror"]
    pages = [page for page in told.articles() if page.site == "mirror"]
    broken = [text for page in mirror.pages for text in page.body.splitlines()]
    assert any(told.damaged(mirror, text) for text in broken)
    assert "獎?wù)隆鲍@得者" in noisy(mirror, "獎章”獲得者")
    for page in pages:
        assert not told.damaged(mirror, page.first)
        assert not told.damaged(mirror, page.last)


def test_bytes_are_of_the_charset_that_the_label_means(sites: SampleSites) -> None:
    province = get(sites, "shuofang", "/particular.aspx?id=9807").content
    assert b"charset=gb2312" in province
    assert "陈堃".encode("gbk") in province
    with pytest.raises(UnicodeDecodeError):
        province.decode("gb2312")
    union = get(sites, "hk-warehouse", "/big5/news0703.htm").content
    assert b"charset=big5" in union
    assert "喺度練".encode("big5hkscs") in union
    with pytest.raises(UnicodeDecodeError):
        union.decode("big5")


def test_lists_lead_to_every_listed_page(sites: SampleSites) -> None:
    for site in sample_sites().values():
        found: set[str] = set()
        for listing in site.lists:
            path: str | None = listing.path
            turns = 0
            while path:
                text = html.unescape(get(sites, site.id, path).content.decode(site.charset))
                found.update(re.findall(r'href="([^"]+)"', text))
                later = re.search(r'<a class="next" href="([^"]+)"', text)
                path, turns = later[1] if later else None, turns + 1
            assert turns <= 3
        if site.lists:
            assert found >= {page.path for page in site.pages}


def test_the_feed_names_the_newest(sites: SampleSites) -> None:
    feed = get(sites, "hk-warehouse", "/rss.xml")
    assert feed.headers["Content-Type"].startswith("application/xml")
    links = re.findall(r"<link>(\S+)</link>", feed.text)[1:]
    assert len(links) == 8
    assert links[0] == sites.url("hk-warehouse", "/archives/1602")
    assert "<pubDate>Wed, 11 Feb 2026" in feed.text


def test_the_sitemap_is_an_index_with_a_compressed_part(sites: SampleSites) -> None:
    index = get(sites, "harbour-depot", "/sitemap.xml").text
    parts = re.findall(r"<loc>(\S+)</loc>", index)
    assert parts == [
        sites.url("harbour-depot", name) for name in ("/sitemap-news.xml.gz", "/sitemap-pages.xml")
    ]
    news = gzip.decompress(get(sites, "harbour-depot", "/sitemap-news.xml.gz").content).decode()
    assert len(re.findall(r"<loc>", news)) == 8


def test_robots_forbid_a_folder_that_a_list_names(sites: SampleSites) -> None:
    robots = get(sites, "linlan", "/robots.txt").text
    (page,) = [page for page in told.truth() if page.kind == "forbidden"]
    assert "\nDisallow: /neibu/\n" in robots
    assert page.path.startswith("/neibu/")
    assert (
        sites.url("harbour-depot", "/sitemap.xml")
        in get(sites, "harbour-depot", "/robots.txt").text
    )
    assert get(sites, "shuofang", "/robots.txt").status_code == 404


def test_pages_that_are_no_article_answer_200(sites: SampleSites) -> None:
    for page in told.truth():
        if page.kind in ("soft_404", "block_page", "list"):
            assert get(sites, page.site, page.path).status_code == 200
    assert get(sites, "linlan", "/nowhere").status_code == 404


def test_a_redirect_leads_to_an_article(sites: SampleSites) -> None:
    (page,) = [page for page in told.truth() if page.kind == "redirect"]
    response = get(sites, page.site, page.path)
    assert response.status_code == 301
    assert response.headers["Location"] == sites.url(page.site, page.to)
    assert page.to in {article.path for article in told.articles()}


def test_what_has_not_changed_is_not_sent_again(sites: SampleSites) -> None:
    path = "/shizheng/201209/t20120918_1042.html"
    first = get(sites, "linlan", path)
    again = get(sites, "linlan", path, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert get(sites, "linlan", path, If_None_Match='"another"').status_code == 200
    stamp = get(sites, "hk-warehouse", "/archives/318").headers["Last-Modified"]
    again = get(sites, "hk-warehouse", "/archives/318", If_Modified_Since=stamp)
    assert again.status_code == 304
    early = "Thu, 01 Jan 2004 00:00:00 GMT"
    for since, status in ((early, 200), ("nonsense", 200)):
        answer = get(sites, "hk-warehouse", "/archives/318", If_Modified_Since=since)
        assert answer.status_code == status


def test_pages_are_compressed_only_for_who_takes_it(sites: SampleSites) -> None:
    path = "/fukan/201004/t20100402_0388.html"
    packed = get(sites, "linlan", path, Accept_Encoding="gzip")
    plain = get(sites, "linlan", path, Accept_Encoding="identity")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content  # httpx has unpacked the first


def test_head_sends_the_headers_alone(sites: SampleSites) -> None:
    url = sites.url("shuofang", "/particular.aspx?id=9807")
    with httpx.Client(trust_env=False) as client:
        head, whole = client.head(url), client.get(url)
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))


def test_the_second_edition_changes_one_page_and_loses_another(sites: SampleSites) -> None:
    before = {(page.site, page.path): page for page in told.articles()}
    after = {(page.site, page.path): page for page in told.articles(2)}
    (gone,) = before.keys() - after.keys()
    (changed,) = {key for key in after if before[key].paragraphs != after[key].paragraphs}
    assert get(sites, *gone).status_code == 200
    sites.edition = 2
    assert get(sites, *gone).status_code == 404
    assert after[changed].last in shown(after[changed], get(sites, *changed))
    assert gone[1] in get(sites, gone[0], "/list.aspx?class=3").text


def test_every_request_is_in_the_log(sites: SampleSites) -> None:
    get(sites, "mirror", "/a/", User_Agent="Tester/1")
    (line,) = sites.log
    assert (line.site, line.method, line.path, line.status) == ("mirror", "GET", "/a/", 200)
    assert line.user_agent == "Tester/1"


def test_site_files_name_the_addresses_that_answer(sites: SampleSites, tmp_path: Path) -> None:
    for name, text in sites.site_files().items():
        assert tomllib.loads(text)["home"] == f"{sites.base(name)}/"
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    loaded = load_sites(tmp_path)
    assert sample_sites().keys() <= loaded.keys()
    for page in told.truth():
        if page.kind == "article":
            assert re.search(loaded[page.site].article, page.path)


def test_a_taken_port_is_said_in_one_line(sites: SampleSites) -> None:
    with pytest.raises(UnionArchiveError, match=r"cannot be used \(.+\); try another port"):
        SampleSites(port=sites.port).__enter__()


def test_blocks_of_a_body() -> None:
    body = "# 标题\n一段。\n\n|甲|乙|\n|1|2|\n* 文件 -> /a.doc\n![图](/b.jpg)"
    found = blocks(body)
    kinds = [block.kind for block in found]
    assert kinds == ["heading", "text", "break", "table", "file", "image"]
    assert found[3].rows == (("甲", "乙"), ("1", "2"))


def test_a_later_edition_changes_only_what_it_names() -> None:
    page = Page(path="/", title="旧", date=tomllib.loads("d = 2004-01-01")["d"])
    page = replace(page, second={"title": "新"})
    assert page.in_edition(1).title == "旧"
    assert page.in_edition(2) == replace(page, title="新")


@pytest.mark.parametrize(
    ("true", "read", "same"),
    [
        ("2012-03-04T09:15:00+08:00", "2012-03-04T09:15+08:00", True),
        ("2012-03-04T09:15:00+08:00", "2012-03-04T01:15:00+00:00", True),
        ("2012-03-04T09:15:00+08:00", "2012-03-04T09:15:00", False),
        ("2012-03-04T09:15:00+08:00", "2012-03-04", False),
        ("2012-03-04", "2012-03-04", True),
        ("2012-03-04", "2012-03-04T00:00+08:00", False),
        ("2012-03-04", None, False),
        (None, None, True),
    ],
)
def test_a_date_is_the_same_to_the_minute(
    true: str | None, read: str | None, *, same: bool
) -> None:
    page = told.Truth(site="s", path="/", kind="article", published=true)
    assert page.is_dated(read) is same
