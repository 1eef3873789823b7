"""Both servers over a real archive, over real HTTP."""

import asyncio
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import web_archive
from datasette.app import Datasette

CASES = {"工会": 47, "工會": 47, "工": 47, "夜校": 45, "covid-19": 1, "COVID-19": 1, "方思齊": 0}


class Page(HTMLParser):
    """What a page holds, as a browser would see it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.machine: list[str] = []
        """What is no script, but said to machines in a script element."""
        self.inside = ""
        self.source = text
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = "machine" if ("type", "application/ld+json") in attrs else tag

    def handle_endtag(self, _tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        places = {"script": self.scripts, "machine": self.machine}
        places.get(self.inside, self.words).append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def attributes(self, tag: str, name: str) -> list[str]:
        return [a[name] or "" for t, a in self.elements if t == tag and name in a]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("holdings")
    return folder, web_archive.build(folder)


@pytest.fixture(scope="module", params=web_archive.SERVERS)
def site(
    request: pytest.FixtureRequest, made: tuple[Path, dict[str, str]]
) -> Iterator[httpx.Client]:
    with (
        web_archive.serving(request.param, made[0]) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def ids(made: tuple[Path, dict[str, str]]) -> dict[str, str]:
    return made[1]


def page(site: httpx.Client, address: str, status: int = 200) -> Page:
    response = site.get(address)
    assert response.status_code == status, response.text
    return Page(response.text)


def table_ids(site: httpx.Client, **arguments: str) -> list[str]:
    arguments |= {"_shape": "array", "_size": "max", "_col": "id"}
    return [row["id"] for row in site.get("/archive/articles.json", params=arguments).json()]


def test_home_shows_a_search_box_and_what_the_archive_holds(site: httpx.Client) -> None:
    home = page(site, "/")
    assert "49 articles from 3 union and news sites, 2010–2026" in home.text
    assert "/search" in home.attributes("form", "action")
    for words in (
        "清河省总工会",
        "海港工會聯盟",
        "高温津贴按月发放",
        "48 new, 1 changed",
        "finished",
    ):
        assert words in home.text


@pytest.mark.parametrize("address", ["/", "/search?q=工会", "/a/{heat}", "/a/zzzzzzzzzz"])
def test_our_pages_have_a_strict_policy_and_nothing_inline(
    site: httpx.Client, ids: dict[str, str], address: str
) -> None:
    response = site.get(address.format(**ids))
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    drawn = Page(response.text)
    assert not drawn.scripts
    assert not [a for _, a in drawn.elements if "style" in a]
    assert "style" not in {tag for tag, _ in drawn.elements}
    for link in [*drawn.attributes("link", "href"), *drawn.attributes("script", "src")]:
        assert site.get(link).status_code == 200


TABLES = ("/archive/articles", "/archive/sites/qinghe", "/archive", "/archive/flagged")


@pytest.mark.parametrize("address", [*TABLES, "/archive?sql=select+1", "/-/versions", "/archive/x"])
def test_datasettes_own_pages_have_a_policy_and_a_new_nonce_each_time(
    site: httpx.Client, address: str
) -> None:
    nonces = set()
    for _ in range(2):
        response = site.get(address)
        policy = response.headers["content-security-policy"]
        assert "unsafe" not in policy
        nonce = policy.partition("'nonce-")[2].partition("'")[0]
        nonces.add(nonce)
        drawn = Page(response.text)
        inline = [a for t, a in drawn.elements if t in ("script", "style") and "src" not in a]
        assert {a.get("nonce") for a in inline} == {nonce}
        assert not [a for _, a in drawn.elements if "style" in a]
    assert len(nonces) == 2


def test_what_is_no_page_has_the_strictest_policy(site: httpx.Client) -> None:
    for address in ("/archive/articles.json", "/archive/articles.csv"):
        headers = site.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_language_is_chosen_by_link_or_by_the_browser(site: httpx.Client) -> None:
    asked = {"accept-language": "zh-CN,zh;q=0.9"}
    for address, headers, tag in (
        *(("/", {}, "en"), ("/", asked, "zh-Hans"), ("/en/", asked, "en")),
        *(("/zh/search?q=工会", {}, "zh-Hans"), ("/zh-hant/", {}, "zh-Hant")),
    ):
        answer = site.get(address, headers=headers)
        assert ("html", {"lang": tag}) in Page(answer.text).elements
        assert answer.headers["content-language"] == tag
        assert "Accept-Language" in answer.headers["vary"]
        assert "set-cookie" not in answer.headers


def test_the_language_stays_on_following_links(site: httpx.Client) -> None:
    drawn = page(site, "/zh/")
    links = [*drawn.attributes("a", "href"), *drawn.attributes("form", "action")]
    own = [link for link in links if link.startswith("/") and not link.startswith(("/en/", "/zh-"))]
    assert len(own) > 20
    assert [link for link in own if not link.startswith("/zh/")] == []
    assert page(site, own[-1]).elements[0] == ("html", {"lang": "zh-Hans"})


@pytest.mark.parametrize(("query", "number"), CASES.items())
def test_the_table_pages_search_box_works_in_either_script(
    site: httpx.Client, query: str, number: int
) -> None:
    assert len(table_ids(site, _search=query)) == number
    drawn = page(site, f"/archive/articles?_search={query}")
    assert "_search" in drawn.attributes("input", "name")
    if number:
        assert f"{number} row" in drawn.text


def test_the_search_of_one_column_works(site: httpx.Client, ids: dict[str, str]) -> None:
    assert table_ids(site, _search_title="工會") == [ids["heat"], ids["talks"]]
    assert table_ids(site, _search_author="方思齐") == [ids["talks"]]
    assert table_ids(site, _search_text="covid-19") == [ids["couriers"]]


@pytest.mark.parametrize("query", ['"', "((", "NOT", "title:", "工会 OR", '"*" AND', "\x00", "-工"])
def test_no_query_breaks_a_page(site: httpx.Client, query: str) -> None:
    for name, address in (("_search", "/archive/articles"), ("q", "/search")):
        for mode in ({}, {"_searchmode": "raw"}):
            assert site.get(address, params={name: query, **mode}).status_code == 200


def test_tables_show_newest_first_with_links_to_read(
    site: httpx.Client, ids: dict[str, str]
) -> None:
    drawn = page(site, "/archive/articles")
    links = [href for href in drawn.attributes("a", "href") if href.startswith("/a/")]
    assert links[:2] == [f"/a/{ids['heat']}", f"/a/{ids['talks']}"]


def test_machinery_is_hidden(site: httpx.Client) -> None:
    tables = site.get("/archive.json").json()["tables"]
    assert {table["name"] for table in tables if not table["hidden"]} == {
        "articles",
        "sites",
        "runs",
    }
    assert {"articles_fts", "_sqlite_migrations", "removals"} <= {t["name"] for t in tables}


def test_the_facets_are_those_of_the_metadata(site: httpx.Client) -> None:
    found = site.get("/archive/articles.json?_size=1").json()
    assert set(found["facet_results"]) == {"site"}
    assert found["suggested_facets"] == []


def test_every_canned_query_runs_and_says_what_it_is(site: httpx.Client) -> None:
    metadata = json.loads((web_archive.ROOT / "datasette_metadata.json").read_text("utf-8"))
    for name, query in metadata["databases"]["archive"]["queries"].items():
        drawn = page(site, f"/archive/{name}?q=工会&site=")
        assert query["title"] in drawn.text
        assert query["description"] in drawn.text
        if name != "most_reprinted":  # no text of this archive is; test_places asks for it
            assert "0 results" not in drawn.text


def test_the_reading_page_shows_the_record(site: httpx.Client, ids: dict[str, str]) -> None:
    drawn = page(site, f"/a/{ids['heat']}")
    article = web_archive.HEAT
    for words in (
        *(
            article.title,
            *article.text.split("\n"),
            "沈立言、何书洲",
            "清河工人报",
            "罗青禾",
            "要闻",
        ),
        *("2026-08-14 08:31 +08:00", "meta PubDate", "清河省总工会", "Chinese, Simplified"),
        *("Injected links were found", article.flags[0].evidence, "breadcrumb-chain", "U+200B"),
        *(NAVIGATION_SHOWN, article.encoding_evidence, "20260820050000-00001.warc.gz"),
    ):
        assert words in drawn.text
    outward = {"href": article.url, "rel": "noopener noreferrer", "lang": "en"}
    assert [a for t, a in drawn.elements if t == "a" and a.get("href") == article.url] == [outward]
    paragraphs = [a for t, a in drawn.elements if t == "div" and a.get("class") == "p"]
    assert [p["id"] for p in paragraphs] == ["p1", "p2", "p3"]
    assert {p["lang"] for p in paragraphs} == {"zh-Hans"}


NAVIGATION_SHOWN = web_archive.NAVIGATION.strip()


def test_machines_are_told_what_it_is(site: httpx.Client, ids: dict[str, str]) -> None:
    article = web_archive.HEAT
    permalink = f"{site.base_url}/a/{ids['heat']}".replace("//a/", "/a/")
    drawn = page(site, f"/a/{ids['heat']}")
    (said,) = (json.loads(text) for text in drawn.machine)
    assert (said["@type"], said["url"]) == ("NewsArticle", article.url)
    assert said["archivedAt"] == f"{permalink}?version=2"
    metas = [(a.get("name"), a.get("content")) for t, a in drawn.elements if t == "meta"]
    assert [value for name, value in metas if name == "citation_author"] == ["沈立言", "何书洲"]
    assert ("citation_publication_date", "2026/08/14") in metas
    (coins,) = (a["title"] for t, a in drawn.elements if a.get("class") == "Z3988")
    assert parse_qs(coins)["rft.date"] == ["2026-08-14"]
    assert {"rel": "canonical", "href": permalink} in [a for t, a in drawn.elements if t == "link"]


@pytest.mark.parametrize(
    ("kind", "content_type", "begins"),
    [
        ("bib", "application/x-bibtex", "@online{"),
        ("ris", "application/x-research-info-systems", "TY  - ELEC"),
        ("csl.json", "application/vnd.citationstyles.csl+json", "[\n"),
    ],
)
def test_a_citation_is_a_file(
    site: httpx.Client, ids: dict[str, str], kind: str, content_type: str, begins: str
) -> None:
    answer = site.get(f"/a/{ids['heat']}.{kind}")
    assert answer.headers["content-type"] == f"{content_type}; charset=utf-8"
    assert f"{ids['heat']}.{kind}" in answer.headers["content-disposition"]
    assert answer.text.startswith(begins)
    assert f"/a/{ids['heat']}?version=2" in answer.text
    old = site.get(f"/a/{ids['heat']}.{kind}?version=1").text
    assert web_archive.HEAT_BEFORE.title in old
    assert web_archive.HEAT.title.partition("\u3000")[2] not in old
    assert site.get(f"/a/zzzzzzzzzz.{kind}").status_code == 404


def test_an_article_is_json_too(site: httpx.Client, ids: dict[str, str]) -> None:
    answer = site.get(f"/a/{ids['heat']}.json")
    found = answer.json()
    article = web_archive.HEAT
    assert (found["title"], found["text"]) == (article.title, article.text)
    assert (found["version"], found["current_version"]) == (2, 2)
    removed = [(cut["rule"], cut["text"], cut["position"]) for cut in found["removals"]]
    assert removed == [(cut.rule, cut.text, cut.position) for cut in article.removals]
    assert [flag["name"] for flag in found["flags"]] == ["injected_links"]
    assert found["capture"]["warc"] == "20260820050000-00001.warc.gz"
    assert [version["number"] for version in found["versions"]] == [2, 1]
    assert site.get(f"/a/{ids['talks']}.json").json()["status"]["status"] == "gone"
    assert site.get(f"/a/{ids['heat']}.json?version=1").json()["text"] == "旧的一段。"
    assert site.get("/a/zzzzzzzzzz.json").json() == {"ok": False, "status": 404, "withdrawn": None}


def test_any_two_versions_are_compared(site: httpx.Client, ids: dict[str, str]) -> None:
    for pair in ("a=1&b=2", "a=2&b=1"):
        drawn = page(site, f"/a/{ids['heat']}?{pair}")
        assert "What version 2 has otherwise than version 1" in drawn.text
        assert {"del", "ins"} <= {tag for tag, _ in drawn.elements}
    assert "has otherwise" not in page(site, f"/a/{ids['heat']}?a=1&b=9").text


@pytest.mark.parametrize(("name", "lang"), [("talks", "zh-Hant"), ("couriers", "en")])
def test_each_text_has_its_language(
    site: httpx.Client, ids: dict[str, str], name: str, lang: str
) -> None:
    drawn = page(site, f"/a/{ids[name]}")
    assert ("h1", {"class": "press", "lang": lang}) in drawn.elements


def test_a_superseded_version_stays_readable(site: httpx.Client, ids: dict[str, str]) -> None:
    drawn = page(site, f"/a/{ids['heat']}")
    assert "Title and text changed" in drawn.text
    old = page(site, f"/a/{ids['heat']}?version=1")
    assert web_archive.HEAT_BEFORE.text in old.text
    assert "since superseded" in old.text
    assert web_archive.HEAT_TEXT.split("\n")[0] not in old.text


def test_a_version_shows_what_it_changed(site: httpx.Client, ids: dict[str, str]) -> None:
    for address in (f"/a/{ids['heat']}", f"/a/{ids['heat']}?version=2"):
        drawn = page(site, address)
        assert "What version 2 has otherwise than version 1" in drawn.text
        assert {"ins", "del"} <= {tag for tag, _ in drawn.elements}
    assert "#changes" not in page(site, f"/a/{ids['heat']}?version=1").attributes("a", "href")


def test_an_article_gone_from_its_site_says_so(site: httpx.Client, ids: dict[str, str]) -> None:
    drawn = page(site, f"/a/{ids['talks']}")
    assert "The site no longer has this page." in drawn.text
    assert "2026-08-21 05:00 UTC" in drawn.text
    assert "not yet confirmed by a second look" in drawn.text


def test_a_site_says_what_its_file_asserts_and_whether_it_holds(site: httpx.Client) -> None:
    assert "at least 1 article: it holds" in site.get("/sites/qinghe").text
    assert "at least 900 articles: it does not hold" in site.get("/sites/harbour").text
    assert "Asserted" not in site.get("/sites/couriers").text


@pytest.mark.parametrize("address", ["/a/zzzzzzzzzz", "/a/%3Cscript%3E", "/a/{heat}?version=7"])
def test_an_unknown_article_is_a_404_in_our_dress(
    site: httpx.Client, ids: dict[str, str], address: str
) -> None:
    drawn = page(site, address.format(**ids), status=404)
    assert "No article has this address" in drawn.text
    assert not drawn.scripts


@pytest.mark.parametrize(
    "address",
    [
        *(
            "/",
            "/a/{hostile}",
            "/search?q=劳模&suspect=show",
            '/search?q="><script>window.bad=1</script>',
        ),
        *(
            "/search?site=<script>window.bad=1</script>",
            "/search?suspect=show",
            "/archive/articles?_search=劳模",
        ),
        *("/archive/articles/{hostile}", "/archive/flagged", "/archive/removals"),
        "/archive/captures",
    ],
)
def test_a_hostile_article_is_harmless(
    site: httpx.Client, ids: dict[str, str], address: str
) -> None:
    drawn = page(site, address.format(**ids))
    assert not [script for script in drawn.scripts if "window.bad" in script]
    for _, attributes in drawn.elements:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("href", "src", "action"):
            assert not (attributes.get(name) or "").lower().startswith(("javascript:", "data:"))
    assert "img" not in {tag for tag, _ in drawn.elements}


def hits(drawn: Page) -> list[str]:
    links = drawn.attributes("a", "href")
    return [link for link in links if link.startswith("/a/") and "#" not in link]


@pytest.mark.parametrize("query", ["工会", "工會"])
def test_the_search_page_marks_what_was_found(
    site: httpx.Client, ids: dict[str, str], query: str
) -> None:
    drawn = page(site, f"/search?q={query}")
    assert "47 articles" in drawn.text
    assert hits(drawn)[:2] == [f"/a/{ids['heat']}", f"/a/{ids['talks']}"]
    assert "mark" in {tag for tag, _ in drawn.elements}
    for words in ("清河省总工会46", "海港工會聯盟1", "20262", "Injected links removed"):
        assert words in drawn.text


def test_filters_narrow_and_can_be_taken_away(site: httpx.Client, ids: dict[str, str]) -> None:
    assert hits(page(site, "/search?q=工会&site=harbour")) == [f"/a/{ids['talks']}"]
    assert hits(page(site, "/search?year=2025")) == [f"/a/{ids['couriers']}"]
    assert hits(page(site, "/search?year=unknown&suspect=show")) == [f"/a/{ids['hostile']}"]
    assert hits(page(site, "/search?flag=injected_links")) == [f"/a/{ids['heat']}"]
    assert hits(page(site, "/search?language=en&source=")) == [f"/a/{ids['couriers']}"]
    chosen = page(site, "/search?q=工会&site=harbour").elements
    chip = next(a["href"] for t, a in chosen if t == "a" and a.get("class") == "chip")
    assert parse_qs(urlsplit(chip).query) == {"q": ["工会 -flag:suspect"]}
    assert "No article matches" in page(site, "/search?q=工会&site=couriers").text


def test_pages_of_results_follow_one_another_without_a_gap(site: httpx.Client) -> None:
    seen: list[list[str]] = []
    address: str | None = "/search?q=工会"
    while address:
        drawn = page(site, address)
        seen.append(hits(drawn))
        last, address = address, next(iter(pager(drawn, "next")), None)
    assert [len(found) for found in seen] == [20, 20, 7]
    assert len({link for found in seen for link in found}) == 47
    before = page(site, pager(page(site, last), "prev")[0])
    assert hits(before) == seen[1]
    assert hits(page(site, pager(before, "prev")[0])) == seen[0]


def pager(drawn: Page, rel: str) -> list[str]:
    found = [a for t, a in drawn.elements if t == "a" and a.get("rel") == rel]
    return [a["href"] or "" for a in found]


@pytest.mark.parametrize(
    "rest", ["before=x", "after=-1", "before=9" * 30, "year=0000", "year=99999"]
)
def test_a_malformed_address_counts_as_not_given(site: httpx.Client, rest: str) -> None:
    assert "47 articles" in page(site, f"/search?q=工会&{rest}").text


def test_an_empty_result_offers_parts_that_occur(site: httpx.Client) -> None:
    drawn = page(site, "/search?q=夜校补发令")
    assert "No article contains" in drawn.text
    assert "夜校" in drawn.text
    assert "/search?q=%E5%A4%9C%E6%A0%A1" in drawn.attributes("a", "href")


def test_the_plugin_stands_aside_where_no_archive_is_served() -> None:
    datasette = Datasette(memory=True)

    async def ask() -> list[httpx.Response]:
        await datasette.invoke_startup()
        return [(await datasette.client.get(path)) for path in ("/", "/search", "/a/abcdefghij")]

    home, *ours = asyncio.run(ask())
    assert "Union Archive" not in home.text
    assert "content-security-policy" not in home.headers
    assert [answer.status_code for answer in ours] == [404, 404]


@pytest.mark.parametrize(
    ("kind", "mode"), [("serve", "delete"), ("serve", "wal"), ("datasette", "delete")]
)
def test_an_archive_in_a_folder_that_may_not_be_written_is_served(
    made: tuple[Path, dict[str, str]], kind: str, mode: str
) -> None:
    """Without root's rights; plain Datasette needs a file that is not in WAL mode."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        shutil.copy(made[0] / "archive.db", folder)
        with closing(sqlite3.connect(folder / "archive.db")) as db:
            db.execute(f"PRAGMA journal_mode = {mode}")
        metadata = shutil.copy(web_archive.ROOT / "datasette_metadata.json", folder)
        folder.chmod(0o555)
        assert "49 articles" in ask_without_rights(kind, folder, Path(metadata))
        left = sorted(path.name for path in folder.iterdir())
        assert left == ["archive.db", "datasette_metadata.json"]


def ask_without_rights(kind: str, folder: Path, metadata: Path) -> str:
    # Root may write anywhere, unless it has given that up.
    plain = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    before = plain if os.geteuid() == 0 else []
    with (
        web_archive.serving(kind, folder, metadata=metadata, before=before) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        assert "47 articles" in client.get("/search?q=工会").text
        return client.get("/").text


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crawler.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_serve_says_in_one_line_where_there_is_no_archive(tmp_path: Path) -> None:
    done = run("-C", str(tmp_path), "serve", "--port", "0")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(tmp_path / "archive.db") in done.stderr


def test_serve_says_in_one_line_that_the_port_is_taken(
    made: tuple[Path, dict[str, str]],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("-C", str(made[0]), "serve", "--port", port)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert port in done.stderr
    assert "--port" in done.stderr


def test_serve_prints_the_address_it_answers_at(made: tuple[Path, dict[str, str]]) -> None:
    command = [sys.executable, "-m", "crawler.cli", "-C", str(made[0]), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        address = next(word for word in line.split() if word.startswith("http://"))
        assert "49 articles" in httpx.get(address, timeout=30).text
        process.terminate()
