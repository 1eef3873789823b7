"""Several archives read as one give what the one that has all their articles gives."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import chain, count
from pathlib import Path
from random import Random
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
import web_archive
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import union_archive
from queries import QUERIES

from archive.addresses.urls import article_id
from archive.database import open_readonly
from archive.errors import UnionArchiveError
from archive.records import Article, Capture, Flag, SiteRecord
from archive.rows import remove_article
from archive.search.together import Archives
from archive.shelf import Shelf
from archive.store import Store
from archive.web import facets, finding
from archive.web.finding import find
from archive.web.holding import read_holding
from archive.web.parameters import SearchParameters, read_parameters
from archive.web.server import application
from archive.web.site import read_site

SITES = tuple(
    SiteRecord(f"site{number}", name, f"http://site{number}.example/", "union", "zh-Hans", region)
    for number, (name, region) in enumerate(
        [("朔方工会", "CN-SX"), ("工会", "CN-BJ"), ("海港工會", "HK"), ("塞北职工报", "CN-SX")]
    )
)
WORDS = ("工会", "工會", "工资", "欠薪", "维权", "罢工", "heat pay", "总工会", "职工", "高温津贴")
HELD_TWICE = 6
"""Articles that the second shard holds too, as they were later."""


class Seen(NamedTuple):
    """A capture, what was read of it, and the shards that have it."""

    capture: Capture
    page: Article
    site: str
    shards: tuple[int, ...]


def seen() -> Iterator[Seen]:
    """Many articles on few days, in all shards; some of them seen again by another."""
    random, numbers = Random(7), count()

    def once(url: str, words: str, published: str | None, shards: tuple[int, ...]) -> Seen:
        number = next(numbers)
        flags = [
            Flag(name, 80, "x") for name in ("spun_text", "char_noise") if random.random() < 0.1
        ]
        page = Article(
            url,
            f"{words}第{number}号",
            f"{number}日报：{words}，{random.random()}。\n{random.choice(WORDS)}{number * 7919}。",
            published,
            authors=("王芳",) if number % 3 else (),
            source=random.choice(("朔方日报", "海港日報", None)),
            language=random.choice(("zh-Hans", "zh-Hant", "en")),
            flags=tuple(flags),
        )
        at = f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z"
        capture = Capture(f"urn:uuid:{number}", url, at, 200, "", "", "w", number)
        return Seen(capture, page, url[7:12], shards)

    for number in range(150):
        url = f"http://site{random.randrange(4)}.example/{number}"
        words = "".join(random.sample(WORDS, 3))
        day = random.choice((None, *(f"20{10 + n % 4}-0{1 + n % 9}-01" for n in range(9))))
        shard = random.randrange(3)
        if number < HELD_TWICE:
            yield once(url, words, day, (0,))
            yield once(url, f"后来{words}", "2013-05-01", (1,))
        else:
            yield once(url, words, day, (shard,))


def keep(path: Path, pages: list[Seen]) -> None:
    path.parent.mkdir(exist_ok=True)
    with Store(path, cleaner="1") as store:
        for site in SITES:
            if site.id in {page.site for page in pages}:
                store.put_site(site)
        for page in pages:
            store.save(page.capture, page.page, page.site)


class Made(NamedTuple):
    """The archive of everything, and its shards."""

    whole: Path
    shards: tuple[Path, ...]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder, pages = tmp_path_factory.mktemp("shelf"), list(seen())
    found = Made(folder / "whole/archive.db", tuple(folder / f"{n}/archive.db" for n in range(3)))
    keep(found.whole, pages)
    for number, path in enumerate(found.shards):
        keep(path, [page for page in pages if number in page.shards])
    return found


@pytest.fixture(scope="module")
def both(made: Made) -> Iterator[tuple[Archives, Archives]]:
    """The whole archive, and the shelf."""
    with ExitStack() as opened:
        whole = opened.enter_context(closing(open_readonly(made.whole)))
        archives = Shelf(made.shards).archives()
        for db in archives:
            opened.enter_context(closing(db))
        yield (whole,), archives


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PAGE", 7)
    monkeypatch.setattr(facets, "CAP", 90)


def pages(archives: Archives, parameters: SearchParameters) -> list[list[str]]:
    """The ids of all results, page by page, to the end and all the way back."""
    walked, found = [], find(archives, parameters)
    for way in ("on", "back"):
        while True:
            walked.append([result.row["id"] for result in found.results])
            step = getattr(found, way)
            if not step:
                break
            found = find(archives, read_parameters(dict(parse_qsl(parameters.address(**step)))))
    return walked


@settings(max_examples=80)
@given(
    q=QUERIES.map(lambda q: q.encode(errors="ignore").decode())
    | st.sampled_from([*WORDS, "", "site:工会", "region:CN -on:2011", "罢工 OR 维权"]),
    sort=st.sampled_from(["", "oldest"]),
    more=st.dictionaries(
        st.sampled_from(
            ["site", "region", "year", "language", "source", "flag", "from", "suspect"]
        ),
        st.sampled_from(["site1", "CN-SX", "2011", "unknown", "zh-Hans", "朔方日报", "spun_text"]),
        max_size=2,
    ),
)
def test_results_counts_and_pages_are_those_of_the_whole(
    both: tuple[Archives, Archives], q: str, sort: str, more: dict[str, str]
) -> None:
    whole, shelf = both
    parameters = read_parameters({"q": q, "sort": sort, **more})
    assert pages(shelf, parameters) == pages(whole, parameters)
    assert facets.read_facets(shelf, parameters) == facets.read_facets(whole, parameters)
    assert facets.total(shelf, parameters) == facets.total(whole, parameters)


def test_every_article_is_there_once_as_it_was_seen_last(both: tuple[Archives, Archives]) -> None:
    whole, shelf = both
    for asked, most in (({"suspect": "show"}, 150), ({"q": "后来", "suspect": "show"}, HELD_TWICE)):
        walked = pages(shelf, read_parameters(asked))
        ids = [id_ for page in walked[: 1 + (most - 1) // finding.PAGE] for id_ in page]
        assert len(ids) == len(set(ids)) == most
    parameters = read_parameters({"q": "工会 OR 工资", "sort": "relevance"})
    assert set(chain(*pages(shelf, parameters))) == set(chain(*pages(whole, parameters)))


def test_home_and_sites_add_up(both: tuple[Archives, Archives]) -> None:
    whole, shelf = (read_holding(archives) for archives in both)
    assert shelf.whole == whole.whole
    assert [row["id"] for row in shelf.newest] == [row["id"] for row in whole.newest]
    assert [(s.row, s.articles, s.strip) for s in shelf.sites] == [
        (s.row, s.articles, s.strip) for s in whole.sites
    ]
    assert (shelf.sums["captures"], shelf.sums["flagged"]) == (156, whole.sums["flagged"])
    ours, theirs = (read_site(archives, "site1") for archives in both)
    assert ours
    assert theirs
    for name in ("coverage", "filled", "sources", "flags", "captures", "first", "last"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert [row["id"] for row in ours.latest] == [row["id"] for row in theirs.latest]


def test_what_one_withdrew_none_shows_and_an_alias_leads_on(tmp_path: Path) -> None:
    urls = [f"http://site0.example/{name}" for name in ("kept", "withdrawn", "other")]
    kept, gone, alias = map(article_id, urls)
    shelf = [tmp_path / "hk.db", tmp_path / "gd.db"]
    for first, path in zip((1, 0), shelf, strict=True):
        with Store(path) as store:
            for n, url in list(enumerate(urls))[first:]:
                capture = Capture(f"urn:uuid:{n}", url, f"2026-01-0{9 - n}", 200, "", "", "w", n)
                store.save(capture, Article(url, f"题{n}", f"工会文{n}。"), None)
    with Store(shelf[0]) as store, store.transaction() as db:
        db.execute("INSERT INTO withdrawn(id, at, article) VALUES (?1, '2026-02-01', ?1)", [gone])
    with Store(shelf[1]) as store, store.transaction() as db:  # two addresses of one article
        remove_article(db, alias)
        db.execute("INSERT INTO addresses VALUES (?, ?, ?, NULL)", [alias, urls[2], kept])
    wanted = [
        f"/a/{gone}",
        f"/a/{alias}",
        f"/a/{kept}.json",
        "/search?q=工会",
        "/oai",
        "/gd/by_source.json",
    ]
    answers = ask(shelf, wanted)
    assert [answer.status_code for answer in answers] == [410, 301, 200, 200, 404, 200]
    assert answers[1].headers["location"] == f"/a/{kept}"
    assert set(re.findall(r'href="/a/(\w+)"', answers[3].text)) == {kept}


def test_a_correction_in_one_is_shown_while_the_text_is_the_corrected_one(tmp_path: Path) -> None:
    same, changed = urls = [f"http://site0.example/{n}" for n in range(2)]
    paths = [tmp_path / "hk.db", tmp_path / "gd.db"]
    with Store(paths[0]) as store, store.transaction() as db:
        db.executemany(
            "INSERT INTO corrections(article, field, value, reason, at)"
            " VALUES (?, 'published', '\"1999-05-01\"', '更正', '2026-02-01')",
            [[article_id(url)] for url in urls],
        )
    for day, path in enumerate(paths, 1):
        for url, text in ((same, "工会文。"), (changed, "工会文。" * day)):
            page = Article(url, "题", text, "2013-05-01")
            keep(path, [Seen(captured(url, day), page, "site0", (0,))])
    wanted = [f"/a/{article_id(url)}.json" for url in urls]
    answers = ask(paths, [*wanted, "/search?q=on:1999"])
    assert [answer.json()["published"] for answer in answers[:2]] == ["1999-05-01", "2013-05-01"]
    assert set(re.findall(r'href="/a/(\w+)"', answers[2].text)) == {article_id(same)}


def test_a_withdrawal_follows_the_addresses_of_an_article_from_file_to_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = (f"http://site0.example/{n}" for n in range(3))
    paths = [tmp_path / f"{name}.db" for name in "abc"]
    for day, (path, url) in enumerate(zip(paths, (one, two, three), strict=True), 1):
        keep(
            path, [Seen(captured(url, day), Article(url, "题", f"工会在{url}说。"), "site0", (0,))]
        )
    for path, other in zip(paths, (two, three), strict=False):
        with Store(path) as store, store.transaction() as db:
            (own,) = db.execute("SELECT id FROM articles").fetchone()
            db.execute(
                "INSERT INTO addresses VALUES (?, ?, ?, NULL)", [article_id(other), other, own]
            )
    shelf = Shelf(paths)
    assert sum(len(found) for found in shelf.compared().hidden) == 2
    with Store(paths[0]) as store, store.transaction() as db:
        remove_article(db, article_id(one))
        for url in (one, two):
            db.execute(
                "INSERT INTO withdrawn(id, at, article) VALUES (?, '2026-02-01', ?)",
                [article_id(url), article_id(one)],
            )
    monkeypatch.setattr("archive.shelf.AFRESH", -1)
    assert [len(found) for found in shelf.compared().hidden] == [0, 1, 1]


def test_home_forgets_what_was_withdrawn_though_no_file_has_changed_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "http://site0.example/1"
    paths = [tmp_path / "a.db", tmp_path / "b.db"]
    for day, path in enumerate(paths, 1):
        keep(path, [Seen(captured(url, day), Article(url, "要撤的", "工会文。"), "site0", (0,))])

    async def asked() -> list[bool]:
        datasette = application(*paths)
        await datasette.invoke_startup()
        shown = ["要撤的" in (await datasette.client.get("/")).text]
        with Store(paths[0]) as store, store.transaction() as db:
            remove_article(db, article_id(url))
            db.execute(
                "INSERT INTO withdrawn(id, at, article) VALUES (?1, '2026-02-01', ?1)",
                [article_id(url)],
            )
        shown.append("要撤的" in (await datasette.client.get("/")).text)
        monkeypatch.setattr("archive.shelf.AFRESH", -1)
        return [*shown, "要撤的" in (await datasette.client.get("/")).text]

    assert asyncio.run(asked()) == [True, True, False]


def test_of_archives_that_cannot_all_be_opened_none_is_held_open(made: Made) -> None:
    shelf = Shelf(made.shards)
    shelf.compared()
    moved = made.shards[-1].rename(made.shards[-1].with_name("moved.db"))
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(UnionArchiveError):
        shelf.archives()
    moved.rename(made.shards[-1])
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def captured(url: str, day: int) -> Capture:
    return Capture(f"urn:uuid:{url[-1]}", url, f"2026-01-0{day}", 200, "", "", "w", 1)


def ask(paths: Sequence[Path], addresses: list[str]) -> list[httpx.Response]:
    async def asked() -> list[httpx.Response]:
        datasette = application(*paths)
        await datasette.invoke_startup()
        return [await datasette.client.get(address) for address in addresses]

    return asyncio.run(asked())


def test_the_served_pages_are_those_of_the_whole(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    queries = ("", "工会 -后来", "site:工会", "欠薪 OR 维权")
    addresses = [
        *(f"/search?{urlencode({'q': q})}" for q in queries),
        *("/zh/search?q=工资&sort=oldest", "/search?year=2011", "/sites", "/sites/site2"),
        *("/search.csv?q=工会 -后来", "/search.atom?q=工会 -后来", "/search?q=没有的词句"),
        f"/a/{article_id('http://site0.example/0')}",
    ]
    whole = ask([made.whole], addresses)
    folders = [path.parent for path in made.shards]
    with (
        web_archive.serving("serve", folders[0], others=folders[1:]) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        shelf = [client.get(path) for path in addresses]
        home = client.get("/").text
        assert re.findall(r'href="/(archive\w*)" lang="en"', home) == [
            *("archive", "archive_2", "archive_3")
        ]
        found = client.get("/archive_2/articles.json?_search=工会&_shape=array").json()
        assert [row["fts_pk"] for row in found] == sorted(
            (row["fts_pk"] for row in found), reverse=True
        )
    for path, one, several in zip(addresses, whole, shelf, strict=True):
        assert several.status_code == one.status_code, path
        assert plain(several.text) == plain(one.text), path
    refused = union_archive(folders[0], "serve", "--also", str(folders[0]))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "the same holdings twice" in refused.stderr


def test_the_command_searches_several(made: Made) -> None:
    first, *others = (path.parent for path in made.shards)
    also = [word for other in others for word in ("--also", str(other))]
    asked = ("search", "工会 -后来", "--json", "--limit", "30", "--site", "site1")
    shelf = union_archive(first, *asked, *also)
    assert shelf.stdout == union_archive(made.whole.parent, *asked).stdout, shelf.stderr


def plain(text: str) -> str:
    """A page without what knows of one server, of all versions, or of one archive's tables."""
    text = re.sub(r"http://(localhost|127\.0\.0\.1:\d+)", "", text)
    text = re.sub(r'<a href="[^"]*#versions">[^<]*</a>| · 2 versions', "", text)
    return re.sub(r'<li><a href="(/zh)?/archive/articles[^>]*>(a table|表格)</a></li>', "", text)
