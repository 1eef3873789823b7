"""`fetch` saves single pages as a crawl does, whatever site they belong to."""

from pathlib import Path

import pytest
from loopback import Answer, LoopbackSite, article, put_site, rows, union_archive

BODY = "职工之家为户外劳动者备下热水和药箱,来歇脚的人比去年多了一倍,大家都说这里像家一样。"

BLOCKED = "<title>访问被拒绝</title><p>您的访问请求被网站防火墙拦截，事件ID：1234。</p>"


@pytest.fixture
def site() -> LoopbackSite:
    with LoopbackSite() as site:
        site.pages |= {
            "/a/1.html": article("松原新建二十个驿站", *[BODY] * 4),
            "/a/2.html": article("松原驿站夜里也亮着灯", *[BODY + "夜里也开。"] * 4),
            "/old": Answer(status=302, headers={"Location": "/a/2.html"}),
            "/away": Answer(status=302, headers={"Location": "http://casino.example/"}),
            "/refused": Answer(b"no", 403),
            "/blocked": BLOCKED,
            "/robots.txt": "User-agent: *\nDisallow: /private/\n",
            "/private/1.html": article("不公开", BODY),
        }
        yield site


def test_pages_of_no_known_site_are_kept_under_their_host(
    site: LoopbackSite, tmp_path: Path
) -> None:
    done = union_archive(tmp_path, "fetch", f"{site.url}/a/1.html#top", f"{site.url}/old")
    assert done.returncode == 0, done.stderr
    assert "松原新建二十个驿站" in done.stdout
    assert "松原驿站夜里也亮着灯" in done.stdout
    host = site.url.removeprefix("http://")
    assert rows(tmp_path, "SELECT site, count(*) FROM articles GROUP BY site") == [(host, 2)]
    assert rows(tmp_path, "SELECT count(*) FROM runs") == [(0,)]
    assert site.paths()[0] == "/robots.txt"
    gaps = [b.at - a.at for a, b in zip(site.log[1:], site.log[2:], strict=False)]
    assert min(gaps) >= 0.99  # seconds: nobody has said that this host may be asked faster
    assert union_archive(tmp_path, "rebuild", str(tmp_path / "again")).returncode == 0
    query = "SELECT id, site, title, text FROM articles ORDER BY id"
    assert rows(tmp_path, query) == rows(tmp_path / "again", query)
    again = union_archive(tmp_path, "fetch", f"{site.url}/a/1.html")
    assert again.stdout.startswith("unchanged: ")


def test_a_page_of_a_known_site_is_its_article_and_leaves_its_crawl_alone(
    site: LoopbackSite, tmp_path: Path
) -> None:
    site.pages["/"] = '<a href="/a/2.html">2</a>'
    put_site(tmp_path, site, "delay = 0\narticle = '^/a/'\nsources = [{list = '/'}]")
    assert union_archive(tmp_path, "fetch", f"{site.url}/a/1.html").returncode == 0
    assert rows(tmp_path, "SELECT site FROM articles") == [("songyuan",)]
    assert union_archive(tmp_path, "crawl").returncode == 0
    assert rows(tmp_path, "SELECT count(*) FROM articles WHERE site = 'songyuan'") == [(2,)]


def test_a_site_that_turns_one_page_away_is_asked_for_the_others(
    site: LoopbackSite, tmp_path: Path
) -> None:
    put_site(tmp_path, site, "delay = 0")
    urls = [f"{site.url}{path}" for path in ("/refused", "/blocked", "/a/1.html")]
    done = union_archive(tmp_path, "fetch", *urls)
    assert done.stderr == f"union-archive: {urls[0]}: answered 403\n"
    assert f"kept, but no article (block_page): {urls[1]}" in done.stdout
    assert "松原新建二十个驿站" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/private/1.html", "forbidden by robots.txt"),
        ("/missing", "404"),
        ("/away", "another host than the site's own, casino.example"),
    ],
)
def test_what_does_not_come_is_told_with_the_reason(
    site: LoopbackSite, tmp_path: Path, path: str, why: str
) -> None:
    done = union_archive(tmp_path, "fetch", f"{site.url}{path}")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{site.url}{path}: " in done.stderr
    assert why in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_host_that_is_not_there_is_one_line_with_the_reason(tmp_path: Path) -> None:
    done = union_archive(tmp_path, "fetch", "http://127.0.0.1:1/a")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "robots.txt could not be read: Connection was refused" in done.stderr


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/a", "shuofang", "http://", "http://[::1/a"])
def test_what_is_no_address_of_the_web_is_one_line(tmp_path: Path, url: str) -> None:
    done = union_archive(tmp_path, "fetch", url)
    assert done.returncode == 2
    assert "expected a web address" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_world_is_not_asked_by_somebody_without_a_contact(tmp_path: Path) -> None:
    done = union_archive(tmp_path, "fetch", "http://www.union.example/a/1.html")
    assert done.returncode == 2
    assert "got no contact" in done.stderr
