"""The search page and what can be taken away from it, over real HTTP."""

import asyncio
import csv
import io
import json
import re
import sqlite3
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET

import httpx
import pytest
import web_archive
from datasette.app import Datasette
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import union_archive
from queries import QUERIES
from test_web import Page, hits, ids, made, page, site

from archive.export import FORMATS
from archive.export.columns import columns
from archive.records import Article, Capture
from archive.search.keys import DAY
from archive.store import Store
from archive.web import searching
from archive.web.facets import TITLES, read_facets
from archive.web.finding import find
from archive.web.parameters import read_parameters
from archive.web.timeline import MONTHS, read_timeline

__all__ = ["ids", "made", "site"]

ATOM = "{http://www.w3.org/2005/Atom}"


def box(drawn: Page) -> str:
    """What stands in the query box."""
    return next(a["value"] or "" for t, a in drawn.elements if t == "input" and a.get("id") == "q")


def link(drawn: Page, words: str, start: str = "/search") -> str:
    """Where the first link that begins with these words leads."""
    pattern = rf'<a[^>]* href="({re.escape(start)}[^"]*)"[^>]*>(?:<[^>]+>)*{re.escape(words)}'
    found = re.search(pattern, drawn.source)
    assert found, words
    return unescape(found[1])


def test_suspect_pages_are_hidden_visibly_and_shown_by_one_click(
    site: httpx.Client, ids: dict[str, str]
) -> None:
    drawn = page(site, "/search?q=劳模")
    assert box(drawn) == "劳模 -flag:suspect"
    assert hits(drawn) == []
    assert "1 suspect page (hijacked or spun) is hidden." in drawn.text
    shown = page(site, link(drawn, "Show them"))
    assert (box(shown), hits(shown)) == ("劳模", [f"/a/{ids['hostile']}"])
    hidden = page(site, link(shown, "Hide them"))
    assert (box(hidden), hits(hidden)) == ("劳模 -flag:suspect", [])


def test_what_the_box_says_is_what_is_asked(site: httpx.Client, ids: dict[str, str]) -> None:
    drawn = page(site, "/search?q=劳模")
    form = {
        str(a["name"]): a.get("value") or ""
        for t, a in drawn.elements
        if t == "input" and a.get("type") in ("hidden", "search")
    }
    again = Page(site.get("/search", params=form).text)
    assert (box(again), hits(again)) == (box(drawn), [])
    without = Page(site.get("/search", params=form | {"q": "劳模"}).text)
    assert (box(without), hits(without)) == ("劳模", [f"/a/{ids['hostile']}"])
    for query in ("flag:suspect", "flag：hijacked_brand", "劳模 OR flag:x"):
        asked = Page(site.get("/search", params={"q": query}).text)
        assert (box(asked), hits(asked)) == (query, [f"/a/{ids['hostile']}"])
    assert hits(page(site, "/search?flag=hijacked_brand")) == [f"/a/{ids['hostile']}"]


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("", "-flag:suspect"),
        ("工会", "工会 -flag:suspect"),
        ("工会 工人 -x", "工会 工人 -x -flag:suspect"),
        ("a OR b", "(a OR b) -flag:suspect"),
        ("a OR", "(a OR) -flag:suspect"),
        ("a NOT", "(a NOT) -flag:suspect"),
        ("title:", "(title:) -flag:suspect"),
        ('"a b', '"a b -flag:suspect'),
    ],
)
def test_hiding_suspects_changes_nothing_else_of_a_query(query: str, written: str) -> None:
    assert read_parameters({"q": query}).q == written
    assert read_parameters({"q": query}, hiding=False).q == query
    assert read_parameters({"q": written}).q == written


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("q=region:GB", ["couriers"]),
        ("region=GB", ["couriers"]),
        ("region=CN&from=2026", ["heat"]),
        ("from=2026-08-02&to=2026-08-02", ["talks"]),
        ("from=2025-07&to=2026-08-13", ["talks", "couriers"]),
        ("q=site:Couriers’", ["couriers"]),
        ("q=after:2026-08-02", ["heat"]),
        ("q=on:2026+-site:qinghe", ["talks"]),
        ("q=language:zh-hant+OR+language:en", ["talks", "couriers"]),
        ("q=工会+after:2025&sort=oldest", ["talks", "heat"]),
        ("q=津贴&sort=relevance", ["heat", "talks"]),
        ("source=清河工人报&from=2026", ["heat"]),
        ("q=工会&from=nonsense&to=2026-99&year=2026", ["heat", "talks"]),
    ],
)
def test_what_is_asked_for_is_found(
    site: httpx.Client, ids: dict[str, str], address: str, names: list[str]
) -> None:
    assert hits(page(site, f"/search?{address}")) == [f"/a/{ids[name]}" for name in names]


def test_filters_count_values_their_own_choice_left_out(site: httpx.Client) -> None:
    drawn = page(site, "/search?q=工会&region=HK")
    for words in ("RegionHK1CN-SX46", "Site海港工會聯盟1", "Year20261"):
        assert words in drawn.text.replace("\n", "")
    assert hits(page(site, link(drawn, "CN-SX"))) != hits(drawn)


def test_months_are_counted_and_can_be_chosen(site: httpx.Client, ids: dict[str, str]) -> None:
    drawn = page(site, "/search?q=工会")
    assert "2026-08: 2" in drawn.attributes("a", "aria-label")
    (month,) = [
        str(a["href"])
        for t, a in drawn.elements
        if t == "a" and a.get("aria-label") == "2026-08: 2"
    ]
    narrow = page(site, month)
    assert hits(narrow) == [f"/a/{ids['heat']}", f"/a/{ids['talks']}"]
    assert ("a", "on") in [(t, a.get("class")) for t, a in narrow.elements]
    assert "2026-082" in narrow.text.replace("\n", "")  # the same as a table
    assert "#hits" in drawn.attributes("a", "href")
    earlier = page(site, link(drawn, "← Earlier"))
    assert [label for label in earlier.attributes("a", "aria-label") if label.startswith("2021-")]
    assert hits(earlier) == hits(drawn)
    assert [
        label
        for label in page(site, link(earlier, "Later →")).attributes("a", "aria-label")
        if label == "2026-08: 2"
    ]


def test_results_say_how_many_reprints_versions_and_flags(site: httpx.Client) -> None:
    drawn = page(site, "/search?q=高温津贴")
    assert "2 versions" in drawn.text
    assert "Injected links removed" in drawn.text
    assert "reprint" not in drawn.text


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:") as store:
        yield store


def put(store: Store, number: int, published: str | None, text: str = "文") -> None:
    url = f"http://s.example/{number}"
    seen = Capture(f"urn:uuid:{number}", url, "2026-01-01T00:00:00Z", 200, "", "", "w", 0)
    store.save(seen, Article(url, f"第{number}篇", text, published), None)


def test_reprints_are_counted_without_the_article_itself(store: Store) -> None:
    text = "大会选举李明为主席，随后合影留念，会议在一片掌声中结束了。" * 3
    for number in range(3):
        put(store, number, "2009-05-01", text)
    put(store, 3, "2009-05-02", "别的一篇，说的是另一件事。")
    found = find([store.db], read_parameters({}))
    assert [hit.row["reprints"] for hit in found.results] == [0, 2, 2, 2]


def test_charts_lead_through_all_months_and_none_is_empty(store: Store) -> None:
    days = ["1000-01-01", "1949-10-01", "1950-01-02", "2009-05-01", "2009-05-31", "9999-12-31"]
    for number, day in enumerate([*days, None]):
        put(store, number, day)
    seen: list[str] = []
    months: dict[str, int] = {}
    days = Counter(row[0] // DAY for row in store.db.execute("SELECT fts_pk FROM articles"))
    parameters = read_parameters({})
    while True:
        line = read_timeline([store.db], parameters)
        assert line
        assert read_timeline([store.db], parameters, days) == line
        seen.append(line.last)
        assert 1 <= len(line.bars) <= MONTHS
        assert max(bar.height for bar in line.bars) > 0
        months |= {bar.month: bar.number for bar in line.bars if bar.number}
        if not line.earlier:
            break
        parameters = read_parameters({"chart": line.earlier})
    assert seen == ["9999-12", "2009-05", "1950-01", "1000-01"]
    assert months == {"1000-01": 1, "1949-10": 1, "1950-01": 1, "2009-05": 2, "9999-12": 1}
    while line.later:
        parameters = read_parameters({"chart": line.later})
        line = read_timeline([store.db], parameters)
        assert line
        assert read_timeline([store.db], parameters, days) == line
        assert any(bar.number for bar in line.bars)
    assert line.last == "9999-12"
    assert read_timeline([store.db], read_parameters({"year": "unknown"})) is None
    assert read_timeline([store.db], read_parameters({"q": "没有"})) is None


def test_the_chosen_days_are_in_view_and_marked(store: Store) -> None:
    for number in range(40):
        put(store, number, f"{1990 + number % 20}-0{number % 9 + 1}-01")
    for asked, marked in (
        ({"from": "1995-05", "to": "1995-06"}, {"1995-05", "1995-06"}),
        ({"from": "1995-05-20", "to": "1995-05-21"}, {"1995-05"}),
        ({"year": "1999"}, {f"1999-{month:02}" for month in range(1, 13)}),
    ):
        line = read_timeline([store.db], read_parameters(asked))
        assert line
        assert {bar.month for bar in line.bars if bar.chosen} == marked


def endless(archives: Sequence[sqlite3.Connection], *_: object) -> object:
    return archives[0].execute(
        "WITH RECURSIVE n AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT max(1) FROM n"
    )


def ask(folder: Path, address: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        datasette = Datasette([str(folder / "archive.db")], settings={"sql_time_limit_ms": 200})
        await datasette.invoke_startup()
        answer: httpx.Response = await datasette.client.get(address)
        return answer

    return asyncio.run(asked())


def test_a_search_that_takes_too_long_says_so(
    made: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "find", endless)
    monkeypatch.setattr(searching, "read_feed", endless)
    drawn = Page(ask(made[0], "/search?q=工会&sort=relevance").text)
    assert "This search was stopped after 0.2 seconds." in drawn.text
    assert "sort" not in link(drawn, "Show newest first")
    assert ask(made[0], "/search.atom?q=工会").status_code == 503


def test_where_counting_takes_too_long_results_are_shown(
    made: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "read_facets", endless)
    drawn = Page(ask(made[0], "/search?q=工会&from=2026").text)
    assert "Counting took too long" in drawn.text
    assert len(hits(drawn)) == 2
    assert "No article contains" in ask(made[0], "/search?q=没有的词").text


def test_values_of_a_filter_are_counted(store: Store) -> None:
    for number in range(30):
        put(store, number, f"{1950 + number}-01-01")
    found = read_facets([store.db], read_parameters({"year": "1930"}))
    years = next(filter_ for filter_ in found.filters if filter_.name == "year")
    assert [choice.value for choice in years.choices if choice.chosen] == ["1930"]
    assert sum(choice.number for choice in years.choices) == 30


def test_pages_follow_one_another_in_every_order(site: httpx.Client) -> None:
    for order in ("oldest", "relevance"):
        seen: list[str] = []
        address: str | None = f"/search?q=工会&sort={order}"
        pages = []
        while address:
            pages.append(address)
            drawn = page(site, address)
            seen += hits(drawn)
            address = next(iter(rel(drawn, "next")), None)
        assert (len(seen), len(set(seen)), len(pages)) == (47, 47, 3)
        back = page(site, rel(page(site, pages[2]), "prev")[0])
        assert hits(back) == seen[20:40]
    newest = hits(page(site, "/search?q=工会"))
    assert seen != newest


def rel(drawn: Page, name: str) -> list[str]:
    return [str(a["href"]) for t, a in drawn.elements if t == "a" and a.get("rel") == name]


def test_an_empty_result_offers_what_does_occur(site: httpx.Client) -> None:
    drawn = page(site, "/search?q=夜校补发令")
    assert "No article contains" in drawn.text
    assert hits(page(site, link(drawn, "夜校"))) != []
    assert "No article matches" in page(site, "/search?q=工会&region=GB").text


def test_the_whole_result_is_taken_away(site: httpx.Client, ids: dict[str, str]) -> None:
    drawn = page(site, "/search?q=工会")
    assert len(hits(drawn)) == 20
    answer = site.get(link(drawn, "CSV"))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    plain, encoded = answer.headers["content-disposition"].split("; ")[1:]
    assert plain == 'filename="union-archive.csv"'
    assert unquote(encoded) == "filename*=UTF-8''union-archive-工会.csv"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 47
    assert rows[0]["id"] == ids["heat"]
    lines = site.get(link(drawn, "JSON Lines"))
    assert lines.headers["content-type"] == "application/jsonl; charset=utf-8"
    articles = [json.loads(line) for line in lines.text.splitlines()]
    assert [article["id"] for article in articles] == [row["id"] for row in rows]
    assert articles[0]["text"] == web_archive.HEAT_TEXT


def test_what_is_taken_away_hides_no_suspects_unless_asked(
    site: httpx.Client, ids: dict[str, str]
) -> None:
    (line,) = site.get("/search.jsonl?q=劳模").text.splitlines()
    assert json.loads(line)["id"] == ids["hostile"]
    assert site.get("/search.jsonl?q=劳模+-flag:suspect").text == ""
    empty = site.get("/search.csv?q=没有的词").content.decode("utf-8-sig")
    assert empty.startswith("id,title,published,day,site")
    assert len(site.get("/search.jsonl").text.splitlines()) == 49


def test_a_download_is_what_export_gives(
    site: httpx.Client, made: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    for format_ in ("csv", "jsonl", "parquet", "corpus"):
        out = tmp_path / (f"a.{format_}" if format_ != "corpus" else "a.corpus.zip")
        asked = {"--query": "工会", "--cluster": "one", "--script": "traditional"}
        done = union_archive(made[0], "export", str(out), *chain.from_iterable(asked.items()))
        assert done.returncode == 0, done.stderr
        more = {"q": "工会", "cluster": "one", "script": "traditional"}
        assert site.get(f"/search.{format_}", params=more).content == out.read_bytes()
    wrong = site.get("/search.csv?cluster=some")
    assert (wrong.status_code, "got --cluster" in wrong.text) == (400, True)


@pytest.mark.parametrize("format_", ["xlsx", "epub", "tei", "ris", "bibtex", "csl", "markdown"])
def test_other_formats_are_sent_too(site: httpx.Client, format_: str) -> None:
    answer = site.get(f"/search.{format_}", params={"q": "工会"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == FORMATS[format_].media_type
    assert len(answer.content) > 1000


def test_what_cannot_be_sent_is_said_before_anything_is(
    made: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(searching.DOWNLOADS, "epub", replace(FORMATS["epub"], most=2))
    assert "/search.epub" not in ask(made[0], "/search?q=工会").text
    answer = ask(made[0], "/search.epub?q=工会")
    said = "got 47 articles, expected at most 2 as epub; ask for less, or take another format\n"
    assert (answer.status_code, answer.text) == (400, said)
    monkeypatch.setitem(sys.modules, "opencc", None)
    answer = ask(made[0], "/search.csv?script=simplified")
    assert (answer.status_code, "--script needs opencc" in answer.text) == (400, True)


@pytest.mark.parametrize("format_", ["warc", "wacz", "sqlite"])
def test_what_asks_for_the_holdings_is_not_served(site: httpx.Client, format_: str) -> None:
    assert site.get(f"/search.{format_}").status_code == 404


def test_the_columns_are_explained(site: httpx.Client) -> None:
    drawn = page(site, "/columns")
    for column in columns(removals=True):
        assert f'id="{column.name}"' in drawn.text or column.description in drawn.text


def test_no_cell_of_a_spreadsheet_is_a_formula(site: httpx.Client) -> None:
    cells = csv.reader(io.StringIO(site.get("/search.csv").content.decode("utf-8-sig"), newline=""))
    assert not [cell for row in cells for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_reader_who_leaves_ends_the_sending(site: httpx.Client) -> None:
    for _ in range(8):  # more than are sent at once
        with site.stream("GET", "/search.jsonl") as answer:
            assert answer.status_code == 200
    assert len(site.get("/search.jsonl").text.splitlines()) == 49


def test_an_unknown_format_is_a_404(site: httpx.Client) -> None:
    answer = site.get("/search.exe?q=工会")
    assert answer.status_code == 404
    assert "/search.csv" in answer.text


def test_a_query_has_a_feed(site: httpx.Client, ids: dict[str, str]) -> None:
    drawn = page(site, "/search?q=工会")
    (announced,) = [
        str(a["href"]) for t, a in drawn.elements if a.get("type") == "application/atom+xml"
    ]
    assert announced == link(drawn, "Atom feed")
    answer = site.get(announced)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    base = str(site.base_url)
    assert [entry.findtext(f"{ATOM}id") for entry in entries][:2] == [
        f"{base}/a/{ids['heat']}",
        f"{base}/a/{ids['talks']}",
    ]
    assert (len(entries), len({entry.findtext(f"{ATOM}id") for entry in entries})) == (47, 47)
    assert entries[0].findtext(f"{ATOM}title") == web_archive.HEAT.title
    assert entries[0].findtext(f"{ATOM}published") == "2026-08-14T08:31:00+08:00"
    assert entries[1].find(f"{ATOM}published") is None
    for one in (feed, *entries):
        assert str(one.findtext(f"{ATOM}updated")) == "2026-08-20T05:02:44Z"
        assert one.findtext(f"{ATOM}title")
        assert one.find(f"{ATOM}author/{ATOM}name") is not None or one is not feed
    links = {str(a.get("rel")): str(a.get("href")) for a in feed.findall(f"{ATOM}link")}
    assert links["self"] == feed.findtext(f"{ATOM}id") == base + announced
    assert hits(page(site, links["alternate"].removeprefix(base))) == hits(drawn)


def test_a_hostile_article_or_query_leaves_a_feed_well_formed(site: httpx.Client) -> None:
    for query in ("劳模", "]]>&<a>\x00\x1b\ufffe", '"><script>'):
        answer = site.get("/search.atom", params={"q": query})
        feed = ET.fromstring(answer.content)
        assert query[0] in str(feed.findtext(f"{ATOM}title"))
    feed = ET.fromstring(site.get("/search.atom?q=劳模").content)
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == web_archive.HOSTILE.title
    empty = ET.fromstring(site.get("/search.atom?q=没有的词").content)
    assert empty.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


def test_the_table_of_a_wish_asks_the_same(site: httpx.Client) -> None:
    for address in (
        "q=工会",
        "q=工会+OR+津贴&region=HK",
        "year=unknown&suspect=show",
        "q=工会&from=2015-03&to=2019",
        "year=2016&site=qinghe&source=清河工人报",
    ):
        drawn = page(site, f"/search?{address}")
        (number,) = map(int, re.findall(r"<h1>(\d+) articles?</h1>", drawn.source))
        table = urlsplit(link(drawn, "a table", "/archive/articles"))
        given = parse_qs(table.query) | {"_shape": "array", "_size": "max", "_col": "id"}
        assert len(site.get("/archive/articles.json", params=given).json()) == number, address


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("site:harbour", 1),
        ("工会 -site:qinghe", 1),
        ("region:CN -flag:suspect", 46),
        ("-flag:injected_links", 48),
        ("on:2026-08 (flag:injected_links OR site:海港)", 2),
        ("site：Couriers’ OR on:unknown", 2),
    ],
)
def test_datasettes_own_search_has_the_same_language(
    site: httpx.Client, query: str, number: int
) -> None:
    asked: dict[str, Any] = {"_shape": "array", "_size": "max", "_col": "id"}
    for name in ("_search", "_search_title"):
        for mode in ({}, {"_searchmode": "raw"}):
            rows = site.get("/archive/articles.json", params={name: query, **asked, **mode}).json()
            assert len(rows) == number if name == "_search" else len(rows) <= number
    canned = site.get("/archive/search.json", params={"q": query, "_shape": "array"}).json()
    assert len(canned) == number
    assert len(site.get("/search.jsonl", params={"q": query}).text.splitlines()) == number


NAMES = "q site region year language source flag from to sort chart suspect before after skip"
VALUES = st.one_of(
    QUERIES,
    st.sampled_from(["2009", "2009-5", "0001", "9999-12", "unknown", "relevance", "oldest"]),
    st.sampled_from(["show", "0", "1" * 18, "qinghe", "CN", "zh", "suspect", "hijacked_brand"]),
)
ASKED = st.dictionaries(st.sampled_from(NAMES.split()), VALUES.map(lambda text: text[:300]))


def encoded(asked: dict[str, str]) -> dict[str, bytes]:
    return {name: value.encode("utf-8", "replace") for name, value in asked.items()}


@settings(max_examples=120)
@given(ASKED)
def test_no_address_breaks_the_search_page(site: httpx.Client, asked: dict[str, str]) -> None:
    answer = site.get("/search", params=encoded(asked))  # type: ignore[arg-type]
    assert answer.status_code == 200
    drawn = Page(answer.text)
    assert "stopped after" not in drawn.text
    assert len(hits(drawn)) <= 20
    assert not drawn.scripts


@settings(max_examples=60)
@given(ASKED, QUERIES, st.sampled_from(["escaped", "raw"]))
def test_no_query_breaks_a_table_a_feed_or_an_export(
    site: httpx.Client, asked: dict[str, str], query: str, mode: str
) -> None:
    text = query[:300].encode("utf-8", "replace")
    for name in ("_search", "_search_title"):
        answer = site.get("/archive/articles", params={name: text, "_searchmode": mode})  # type: ignore[arg-type]
        assert answer.status_code == 200
        assert 'class="message-error' not in answer.text
    assert site.get("/archive/search", params={"q": text}).status_code == 200  # type: ignore[arg-type]
    for format_ in ("csv", "jsonl", "atom"):
        answer = site.get(f"/search.{format_}", params=encoded(asked))  # type: ignore[arg-type]
        assert answer.status_code == 200
        if format_ == "atom":
            ET.fromstring(answer.content)


def test_every_phrase_of_the_page_has_its_chinese_and_no_other() -> None:
    folder = Path(searching.__file__).parent
    template = (folder / "templates/union_archive/search.html").read_text("utf-8")
    phrases = {found[1] for found in re.findall(r"""\b_\((["'])(.*?)\1[,)]""", template)}
    phrases |= {*TITLES.values(), "Date unknown"}
    chinese = tomllib.loads((folder / "zh_search.toml").read_text("utf-8"))
    assert set(chinese) == phrases
    for phrase, said in chinese.items():
        places = re.findall(r"%\(\w+\)s", phrase)
        assert sorted(re.findall(r"%\(\w+\)s", said)) == sorted(places), phrase
