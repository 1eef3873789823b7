from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.records import AddressRules
from crawler.presets import load_preset
from crawler.site import MIN_DELAY, Site, find_site, host_record
from crawler.sitefile.loading import load_site, load_sites

Loader = Callable[..., Site]
GOOD = """
name = "松原省总工会"
home = "http://127.0.0.1:8000/"
kind = "union"
language = "zh-Hans"
region = "CN-SX"
delay = 0
article = '^/particular\\.aspx\\?id=\\d+'
sources = [ {list = "/news/", next = "a.next", section = "要闻"}, {feed = "/rss.xml"} ]
[[layouts]]
until = 2019-01-01
body = "#zoom"
[[layouts]]
until = 2012-06-30
body = "td.text"
[[layouts]]
body = "div.article"
[assertions]
min_articles = 20
[addresses]
drop = ["from", "v"]
same = [["^/wap/(.*)$", "/$1"]]
"""
TAIL = 'drop = ["from", "v"]\nsame = [["^/wap/(.*)$", "/$1"]]'


@pytest.fixture
def load(tmp_path: Path) -> Loader:
    def load(text: str | bytes, name: str = "songyuan.toml") -> Site:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_site(path)

    return load


def test_a_site_file_becomes_a_site(load: Loader) -> None:
    site = load(GOOD)
    assert (site.id, site.name, site.delay, site.timezone) == (
        "songyuan",
        "松原省总工会",
        0,
        "Asia/Shanghai",
    )
    assert [source.kind for source in site.sources] == ["list", "feed"]
    assert site.source_url(site.sources[0]) == "http://127.0.0.1:8000/news/"
    assert site.assertions.min_articles == 20
    rules = AddressRules(drop=("from", "v"), same=(("^/wap/(.*)$", "/$1"),))
    assert site.record().addresses == rules
    record = site.record()
    assert (record.id, record.kind, record.region) == ("songyuan", "union", "CN-SX")


def test_a_byte_order_mark_of_notepad_is_no_fault(load: Loader) -> None:
    assert load(b"\xef\xbb\xbf" + GOOD.encode()).id == "songyuan"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('name = "松原省总工会"\n', "", "name: got nothing"),
        ('home = "http://127.0.0.1:8000/"\n', "", "home: got nothing"),
        ("http://127.0.0.1:8000/", "松原", "home: got '松原', expected a web address"),
        ("http://127.0.0.1:8000/", "ftp://a.example/", "home: got 'ftp://a.example/'"),
        ("http://127.0.0.1:8000/", "http://x:99999/", "home: got 'http://x:99999/'"),
        ("http://127.0.0.1:8000/", "http://a:b@x.example/", "no password"),
        ("article =", "artcle =", "artcle: got an unknown key, expected article"),
        ("next =", "nxt =", "sources[0].nxt: got an unknown key, expected next"),
        ("'^/particular", "'^/(particular", "article: got '^/(particular"),
        ('"a.next"', '"a[["', "sources[0].next: got 'a[[', expected a CSS selector"),
        ('"#zoom"', '"#"', "layouts[0].body: got '#', expected a CSS selector"),
        ('{feed = "/rss.xml"}', "{}", "sources[1]: got none of them, expected exactly one of"),
        (
            '{feed = "/rss.xml"}',
            '{feed = "/r", sitemap = "/s"}',
            "sources[1]: got feed and sitemap, expected exactly one of",
        ),
        ('{feed = "/rss.xml"}', '{feed = "/r", next = "a"}', "got next beside feed"),
        ('"/rss.xml"', '"http://elsewhere.example/"', "expected an address on the site's own host"),
        ("article = '^/particular\\.aspx\\?id=\\d+'", "", "article: missing"),
        ('kind = "union"', 'kind = "blog"', "kind: got 'blog', expected 'union' or 'news'"),
        ('"zh-Hans"', '"zh_Hans"', "language: got 'zh_Hans', expected a code such as zh-Hans"),
        ('"CN-SX"', '"Shanxi"', "region: got 'Shanxi', expected a code such as CN-SX"),
        ("delay = 0", "delay = -1", "delay: got -1"),
        ("delay = 0", 'delay = "1"', "delay: got '1', expected a valid number"),
        ("delay = 0", "delay = nan", "delay: got nan"),
        ("delay = 0", 'timezone = "Mars/Base"', "timezone: got 'Mars/Base'"),
        ("until = 2019-01-01", "until = 2019", "layouts[0].until: got 2019, expected a valid date"),
        ("until = 2019-01-01\n", "", "two with the same until"),
        ("min_articles = 20", "min_articles = -1", "assertions.min_articles: got -1"),
        (TAIL, 'drp = ["v"]', "addresses.drp: got an unknown key, expected drop"),
        (TAIL, 'drop = "v"', "addresses.drop: got 'v', expected a valid list"),
        (TAIL, 'drop = ["v=1"]', "addresses.drop[0]: got 'v=1', expected the name of a parameter"),
        (TAIL, 'drop = ["v"]\nkeep = ["id"]', "addresses: got drop and keep, expected one of"),
        (TAIL, 'same = [["^/wap/"]]', "addresses.same[0][1]: got nothing, expected a value"),
        (TAIL, 'same = [["^/(wap", "/"]]', "expected a regular expression and what stands for it"),
        (TAIL, 'same = [["^/wap/", "/$1"]]', "expected $1 to be a group of the pattern"),
        (TAIL, 'same = [["^/wap/", "x"]]', "expected a path that begins with /"),
        ('name = "松原省总工会"', 'id = "x"\nname = "x"', "id: got 'x', expected none"),
        ('name = "', "name = ", "not TOML"),
    ],
)
def test_a_fault_is_one_line_with_file_key_got_and_expected(
    load: Loader, old: str, new: str, expected: str
) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as caught:
        load(GOOD.replace(old, new, 1))
    message = str(caught.value)
    assert "songyuan.toml" in message
    assert expected in message
    assert "\n" not in message


def test_bytes_that_are_no_text_are_a_fault(load: Loader) -> None:
    with pytest.raises(UsageError, match="UTF-8"):
        load(GOOD.encode("gbk"))


def test_a_name_that_is_no_id_is_a_fault(load: Loader) -> None:
    with pytest.raises(UsageError, match="expected letters"):
        load(GOOD, "a site.toml")


def test_layouts_are_those_of_their_day(load: Loader) -> None:
    site = load(GOOD)
    days = {
        None: "div.article",
        date(2024, 1, 1): "div.article",
        date(2019, 1, 2): "div.article",
        date(2019, 1, 1): "#zoom",
        date(2012, 7, 1): "#zoom",
        date(2012, 6, 30): "td.text",
        date(1999, 1, 1): "td.text",
    }
    assert {day: site.layout_at(day).body for day in days} == days
    assert Site(id="x", name="x", home="http://x.example").layout_at(None) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000/particular.aspx?id=7", True),
        ("https://127.0.0.1:8000/particular.aspx?id=7", True),
        ("http://127.0.0.1:8000/particular.aspx?x=7", False),
        ("http://127.0.0.1:8001/particular.aspx?id=7", False),
        ("http://127.0.0.2:8000/particular.aspx?id=7", False),
        ("http://127.0.0.1:x/particular.aspx?id=7", False),
        ("javascript:void(0)", False),
    ],
)
def test_articles_are_on_the_sites_own_host_and_match_its_pattern(
    load: Loader, url: str, expected: str
) -> None:
    assert load(GOOD).is_article(url) is expected


def test_www_and_the_schemes_own_port_make_no_other_host() -> None:
    site = Site(id="x", name="x", home="https://www.example.org")
    assert site.home == "https://www.example.org/"
    for url in ("http://example.org/", "https://WWW.example.org:443/a", "http://example.org:80/"):
        assert site.owns(url)
    assert not site.owns("http://news.example.org/")
    assert not site.owns("http://example.org:8080/")
    assert not site.owns("ftp://example.org/")
    assert not site.owns("http://" + "é" * 80)


def test_a_host_that_no_site_names_is_one_with_the_schemes_own_port_or_without() -> None:
    records = [host_record(f"http://O.example{port}/a") for port in ("", ":80", ":8080")]
    assert [record and record.id for record in records] == [
        *("o.example", "o.example", "o.example:8080")
    ]


def test_a_host_in_chinese_is_the_one_that_is_asked() -> None:
    site = Site(id="x", name="x", home="http://www.工会.example/")
    assert site.owns("http://xn--6oq837a.example/a/1")
    assert site.owns("http://工会.example/a/1")


def test_a_pattern_that_never_ends_matches_nothing(
    load: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    # Groups that are asked for again: no engine knows a shortcut.
    endless = r"^/(.*)(.*)(.*)(.*)(.*)\5\4\3\2\1!"
    site = load(GOOD.replace("'^/particular", f"'{endless}|^/particular"))
    assert not site.is_article("http://127.0.0.1:8000/" + "ab" * 500)
    assert "article pattern took over" in caplog.text


def test_only_this_machine_may_be_asked_without_pause() -> None:
    here = Site(id="x", name="x", home="http://127.0.0.3:81/", delay=0)
    there = Site(id="x", name="x", home="http://example.org/", delay=0)
    assert (here.loopback, here.pause) == (True, 0)
    assert (there.loopback, there.pause) == (False, MIN_DELAY)
    assert Site(id="x", name="x", home="http://example.org/", delay=3).pause == 3


def test_the_owners_files_win_over_the_catalogue(tmp_path: Path) -> None:
    catalogue, own = tmp_path / "catalogue", tmp_path / "own"
    (catalogue / "cn").mkdir(parents=True)
    own.mkdir()
    text = 'name = "{}"\nhome = "http://{}.example/"\n'
    for path, name, host in (
        (catalogue / "cn" / "b.toml", "B", "b"),
        (catalogue / "cn" / "a.toml", "A", "z"),
        (catalogue / "cn" / "c.toml", "on the same host as mine", "www.x"),
        (own / "a.toml", "mine", "x"),
    ):
        path.write_text(text.format(name, host))
    sites = load_sites(own, catalogue)
    assert [(id_, site.name) for id_, site in sites.items()] == [("a", "mine"), ("b", "B")]
    assert find_site(sites.values(), "http://www.x.example/p").id == "a"
    assert find_site(sites.values(), "http://y.example/p") is None
    (catalogue / "hk").mkdir()
    (catalogue / "hk" / "b.toml").write_text(text.format("B", "b"))
    with pytest.raises(UsageError, match="a second site b"):
        load_sites(None, catalogue)


def test_a_preset_gives_what_a_file_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    keys = 'name = "X"\nhome = "http://x.example/"\npreset = "drupal"\n'
    path.write_text(keys)
    site = load_site(path)
    assert site.is_article("http://x.example/node/7")
    assert [source.feed for source in site.sources] == ["/rss.xml"]
    path.write_text(keys + "article = '^/story/'\nsources = [{list = '/'}, {list='/b', next='b'}]")
    site = load_site(path)
    assert [site.is_article(f"http://x.example/{p}") for p in ("story/7", "node/7")] == [
        True,
        False,
    ]
    assert [source.next for source in site.sources] == [load_preset("drupal").next, "b"]
    path.write_text(keys.replace("drupal", "dupral"))
    with pytest.raises(UsageError, match="preset: got 'dupral', expected one of dedecms, drupal"):
        load_site(path)


def test_evidence_is_a_page_that_the_pattern_matches(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    keys = 'name = "X"\nhome = "http://x.example/"\narticle = "^/a/"\n'
    path.write_text(keys + 'evidence = "http://www.x.example/a/7"')
    assert load_site(path).standing == "seen"
    path.write_text(keys + "verified = 2026-11-26")
    assert load_site(path).standing == "verified 2026-11-26"
    path.write_text(keys + 'evidence = "http://x.example/b/7"')
    with pytest.raises(UsageError, match=r"evidence: got .*/b/7', expected an address that is one"):
        load_site(path)


def test_the_shipped_catalogue_says_what_is_known_of_each_site() -> None:
    sites = load_sites(None)
    assert sites == load_sites(Path("/nonexistent"))
    assert sum(site.standing == "seen" for site in sites.values()) >= 30
    for site in sites.values():
        assert site.kind, site.id
        assert site.level, site.id
        assert site.english, site.id
        assert site.language, site.id
        assert site.delay >= 2, site.id
        assert site.article, site.id
        assert site.region or site.level == "international", site.id
        assert (site.assertions.min_articles is None) == (not site.sources), site.id
        assert not site.loopback, site.id
