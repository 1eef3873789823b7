import gzip
import signal
import socket
import subprocess
import sys
import time
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path

import pytest
from loopback import Answer, Asked, LoopbackSite, article, put_site, rows, run, union_archive

from archive.holdings import Holdings
from archive.warc.reading import captures, read_capture
from crawler.accession import Accession
from crawler.sitefile.loading import load_site

Crawled = tuple[Path, LoopbackSite, list[list[Asked]], list[subprocess.CompletedProcess[str]]]
BODY = "秋收时节,松原省总工会组织职工志愿者到田间送清凉、送法律、送健康,受到大家欢迎。"
KEYS = """delay = 0
article = '^/(a|private)/.*html$'
sources = [
  {list = "/news/", next = "a.next", section = "要闻"},
  {sitemap = "/sitemap.xml"},
  {feed = "/rss.xml"},
]"""


def page(number: int, more: str = "") -> str:
    return article(f"松原工会第{number}次送清凉活动举行", *[f"{BODY}这是第{number}次。{more}"] * 4)


def furnish(site: LoopbackSite) -> None:
    """A site with paging, a feed, an index of sitemaps and some traps."""
    site.pages |= {f"/a/{number}.html": page(number) for number in (1, 2, 4, 5)}
    site.pages |= {
        "/robots.txt": "User-agent: *\nDisallow: /private/\n",
        "/private/1.html": page(99),
        "/news/": '<a href="/a/1.html">1</a><a href="/private/1.html">p</a>'
        '<a class="next" href="/news/2">下一页</a>',
        "/news/2": '<a href="/a/2.html">2</a><a href="/a/old.html">3</a>'
        '<a href="http://127.0.0.2/a/9.html">邻居</a><a class="next" href="/news/3">下一页</a>',
        # Nothing new from here on, and a next page for ever.
        "/news/3": '<a href="/a/1.html">1</a><a class="next" href="/news/4">下一页</a>',
        "/news/4": '<a href="/a/1.html">1</a><a class="next" href="/news/5">下一页</a>',
        "/a/old.html": Answer(status=302, headers={"Location": "/moved/3.html"}),
        "/moved/3.html": page(3),
        "/a/inside.html": Answer(status=302, headers={"Location": "http://2130706433:9/a/1.html"}),
        "/a/away.html": Answer(status=301, headers={"Location": "http://casino.example/"}),
        "/sitemap.xml": "<sitemapindex><sitemap>"
        f"<loc>{site.url}/1.xml.gz</loc></sitemap></sitemapindex>",
        "/1.xml.gz": Answer(
            gzip.compress(
                f"<urlset><url><loc>{site.url}/a/4.html</loc></url>"
                f"<url><loc>{site.url}/a/gone.html</loc></url>"
                f"<url><loc>{site.url}/a/away.html</loc></url>"
                f"<url><loc>{site.url}/a/inside.html</loc></url></urlset>".encode()
            ),
            headers={"Content-Type": "application/gzip"},
        ),
        "/rss.xml": f"<rss><channel><item><link>{site.url}/a/5.html</link></item></channel></rss>",
    }


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """Two crawls of the same site, and what its log said of each."""
    holdings = tmp_path_factory.mktemp("holdings")
    with LoopbackSite() as site:
        furnish(site)
        put_site(holdings, site, KEYS)
        logs, said = [], []
        for _ in range(2):
            site.log.clear()
            said.append(union_archive(holdings, "crawl", "songyuan"))
            logs.append(list(site.log))
    return holdings, site, logs, said


def test_a_crawl_says_what_it_found_in_one_line(crawled: Crawled) -> None:
    _, _, _, said = crawled
    assert [done.returncode for done in said] == [0, 0]
    assert said[0].stdout == "songyuan: 5 new, 0 changed, 0 unchanged, 0 errors (16 requests)\n"
    assert said[1].stdout.startswith("songyuan: 0 new, 0 changed, 5 unchanged, 0 errors")


def test_articles_come_from_lists_feeds_and_sitemaps_of_the_site_alone(crawled: Crawled) -> None:
    holdings, site, _, _ = crawled
    found = rows(holdings, "SELECT url, section, site, version FROM articles ORDER BY url")
    assert found == [
        (f"{site.url}/a/1.html", "要闻", "songyuan", 1),
        (f"{site.url}/a/2.html", "要闻", "songyuan", 1),
        (f"{site.url}/a/4.html", None, "songyuan", 1),
        (f"{site.url}/a/5.html", None, "songyuan", 1),
        (f"{site.url}/moved/3.html", "要闻", "songyuan", 1),
    ]


def test_robots_txt_is_asked_first_and_what_it_forbids_never(crawled: Crawled) -> None:
    _, _, logs, _ = crawled
    for log in logs:
        paths = [asked.path for asked in log]
        assert paths[0] == "/robots.txt"
        assert paths.count("/robots.txt") == 1
        assert "/private/1.html" not in paths


def test_paging_ends_where_nothing_new_comes(crawled: Crawled) -> None:
    _, _, logs, _ = crawled
    paths = [asked.path for asked in logs[0]]
    assert "/news/3" in paths
    assert "/news/4" not in paths
    assert len(paths) == len(set(paths))


def test_every_response_is_recorded_for_what_it_is(crawled: Crawled) -> None:
    holdings, site, _, _ = crawled
    found = rows(
        holdings, "SELECT url, status, outcome, location FROM captures WHERE status != 304"
    )
    by_path = {url.removeprefix(site.url): rest for url, *rest in found}
    assert by_path["/news/"] == [200, "list", None]
    assert by_path["/1.xml.gz"] == [200, "list", None]
    assert by_path["/a/1.html"] == [200, "article", None]
    assert by_path["/a/gone.html"] == [404, "gone", None]
    assert by_path["/a/old.html"] == [302, "redirect", f"{site.url}/moved/3.html"]
    assert by_path["/a/inside.html"] == [302, "redirect", "http://2130706433:9/a/1.html"]
    assert by_path["/a/away.html"] == [301, "redirect", "http://casino.example/"]
    assert "/robots.txt" not in by_path


def test_the_second_crawl_gets_304_and_changes_nothing(crawled: Crawled) -> None:
    holdings, _, logs, _ = crawled
    statuses = {asked.path: asked.status for asked in logs[1]}
    unmodified = [path for path, status in statuses.items() if status == 304]
    assert sorted(set(statuses) - set(unmodified)) == [
        "/a/away.html",
        "/a/gone.html",
        "/a/inside.html",
        "/a/old.html",
        "/robots.txt",
    ]
    assert rows(holdings, "SELECT max(number) FROM versions") == [(1,)]
    outcomes = rows(
        holdings, "SELECT outcome, count(*) FROM captures WHERE status = 304 GROUP BY 1"
    )
    assert outcomes == [("unchanged", len(unmodified))]


def test_every_response_lies_in_a_finished_warc(crawled: Crawled) -> None:
    holdings, _, logs, _ = crawled
    files = sorted((holdings / "warc").iterdir())
    assert len(files) == 2
    assert all(path.name.endswith(".warc.gz") for path in files)
    stored = [s for path in files for s in captures(path)]
    assert len(stored) == sum(len(log) for log in logs)
    held = {
        s.capture.record_id: (s.capture.warc, s.capture.offset, s.capture.digest) for s in stored
    }
    for record_id, *place in rows(holdings, "SELECT record_id, warc, offset, digest FROM captures"):
        assert held[record_id] == tuple(place)
    for path in files:
        checked = run(sys.executable, "-m", "warcio.cli", "check", str(path))
        assert (checked.returncode, checked.stdout) == (0, "")


def test_runs_are_recorded_and_the_archive_is_sound(crawled: Crawled) -> None:
    holdings, _, _, _ = crawled
    assert rows(
        holdings, "SELECT site, outcome, requests, captures, new, unchanged, errors FROM runs"
    ) == [
        ("songyuan", "finished", 16, 16, 5, 0, 0),
        ("songyuan", "finished", 16, 16, 0, 5, 0),
    ]
    assert rows(holdings, "PRAGMA integrity_check") == [("ok",)]
    assert rows(holdings, "PRAGMA foreign_key_check") == []


def test_the_user_agent_is_honest_and_names_the_contact(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('contact = "archive@songyuan.example"')
    with LoopbackSite() as site:
        site.pages["/rss.xml"] = "<rss/>"
        put_site(tmp_path, site, 'delay = 0\nsources = [{feed = "/rss.xml"}]')
        assert union_archive(tmp_path, "crawl").returncode == 0
    for asked in site.log:
        assert asked.headers["User-Agent"].startswith("union-archive/")
        assert asked.headers["User-Agent"].endswith("(+archive@songyuan.example)")
        assert "Cookie" not in asked.headers


def test_beyond_this_machine_a_contact_is_required(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    keys = 'name = "x"\nhome = "http://union.example/"\nsources = [{feed = "/rss"}]\n'
    (tmp_path / "sites" / "far.toml").write_text(keys)
    done = union_archive(tmp_path, "crawl", "far")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "far: got no contact, expected a line such as contact =" in done.stderr


def test_a_name_that_leads_inside_is_not_fetched(tmp_path: Path) -> None:
    name = socket.gethostname()
    try:
        private = ip_address(socket.gethostbyname(name)).is_private
    except OSError:
        private = False
    if not private or name == "localhost":
        pytest.skip("this machine's name does not lead to a private address")
    (tmp_path / "config.toml").write_text('contact = "archive@songyuan.example"')
    with LoopbackSite("0.0.0.0") as site:
        furnish(site)
        site.url = site.url.replace("0.0.0.0", name)
        put_site(tmp_path, site, KEYS)
        done = union_archive(tmp_path, "crawl")
    assert site.log == []
    assert done.returncode == 1
    assert "private address" in done.stderr


def test_the_delay_is_kept(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site)
        put_site(tmp_path, site, KEYS.replace("delay = 0", "delay = 0.2"))
        assert union_archive(tmp_path, "crawl", "--max-articles", "2").returncode == 0
    times = [asked.at for asked in site.log]
    assert len(times) >= 5
    # The server's log, with room for what the way there takes.
    assert times[-1] - times[0] >= 0.2 * (len(times) - 1) * 0.95
    assert min(b - a for a, b in pairwise(times)) >= 0.2 * 0.7


def test_max_articles_and_since_bound_a_crawl(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site)
        site.pages["/news/"] = (
            '<ul><li><a href="/a/1.html">1</a> 2024-05-02</li>'
            '<li><a href="/a/2.html">2</a> 2024-04-01</li></ul>'
            '<a class="next" href="/news/2">下一页</a>'
        )
        site.pages["/news/2"] = '<ul><li><a href="/a/4.html">4</a> 2024-03-01</li></ul>'
        put_site(tmp_path, site, KEYS.split("  {sitemap", maxsplit=1)[0] + "]")
        done = union_archive(tmp_path, "crawl", "--max-articles", "1")
        assert done.stdout.startswith("songyuan: 1 new")
        assert site.paths() == ["/robots.txt", "/news/", "/a/1.html"]
        done = union_archive(tmp_path, "crawl", "--since", "2024-04-01")
        assert done.stdout.startswith("songyuan: 1 new, 0 changed, 1 unchanged")
        assert "/a/4.html" not in site.paths()


def test_a_changed_page_is_a_new_version_and_a_gone_one_keeps_its_last(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site)
        put_site(tmp_path, site, KEYS)
        union_archive(tmp_path, "crawl")
        site.pages["/a/1.html"] = page(1, "活动延长三天。")
        del site.pages["/a/2.html"]
        done = union_archive(tmp_path, "crawl")
        assert done.stdout.startswith("songyuan: 0 new, 1 changed, 3 unchanged, 0 errors")
        # A lost memory costs requests, not articles.
        for path in tmp_path.glob("crawl.db*"):
            path.unlink()
        (tmp_path / "crawl.db").write_bytes(b"no database at all, but of some length" * 40)
        done = union_archive(tmp_path, "crawl")
        assert "begun anew" in done.stderr
        assert done.stdout.startswith("songyuan: 0 new, 0 changed, 4 unchanged")
    versions = dict(rows(tmp_path, "SELECT url, version FROM articles"))
    assert versions[f"{site.url}/a/1.html"] == 2
    assert versions[f"{site.url}/a/2.html"] == 1
    assert len(versions) == 5


def test_a_page_that_is_no_article_is_asked_for_again_in_full(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site)
        site.pages["/a/1.html"] = "<html><head><title>x</title></head><body></body></html>"
        put_site(tmp_path, site, KEYS)
        union_archive(tmp_path, "crawl")
        site.log.clear()
        done = union_archive(tmp_path, "crawl")
    assert {asked.path: asked.status for asked in site.log}["/a/1.html"] == 200
    assert done.stdout.startswith("songyuan: 0 new, 0 changed, 4 unchanged, 0 errors")
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(4,)]


def test_a_lost_archive_is_filled_again(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site)
        put_site(tmp_path, site, KEYS)
        union_archive(tmp_path, "crawl")
        for path in tmp_path.glob("archive.db*"):
            path.unlink()
        done = union_archive(tmp_path, "crawl")
    assert done.stdout.startswith("songyuan: 5 new")


@pytest.mark.parametrize("robots", [Answer(b"", 503), Answer(b"", 429)])
def test_a_robots_txt_that_cannot_be_read_forbids(tmp_path: Path, robots: Answer) -> None:
    with LoopbackSite() as site:
        furnish(site)
        site.pages["/robots.txt"] = robots
        put_site(tmp_path, site, KEYS)
        done = union_archive(tmp_path, "crawl")
    assert set(site.paths()) == {"/robots.txt"}
    assert done.returncode == 1
    assert "none of its sources could be read" in done.stdout
    assert rows(tmp_path, "SELECT outcome FROM runs") == [("failed",)]


def test_crawl_delay_is_kept_and_a_giant_robots_txt_is_cut(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site)
        filler = "#" * 600_000
        site.pages["/robots.txt"] = (
            f"User-agent: *\nCrawl-delay: 0.3\nDisallow: /private/\n{filler}\nDisallow: /\n"
        )
        put_site(tmp_path, site, KEYS)
        done = union_archive(tmp_path, "crawl", "--max-articles", "3")
    assert done.returncode == 0
    times = [asked.at for asked in site.log]
    assert len(times) >= 5
    assert times[-1] - times[0] >= 0.3 * (len(times) - 1) * 0.95


def test_server_errors_are_retried_then_recorded(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site)
        site.pages["/a/1.html"] = Answer(b"busy", 503)
        site.pages["/a/2.html"] = Answer(b"%PDF-1.4", headers={"Content-Type": "application/pdf"})
        put_site(tmp_path, site, KEYS)
        done = union_archive(tmp_path, "crawl")
    assert site.paths().count("/a/1.html") == 3
    assert done.stdout.startswith("songyuan: 3 new")
    found = rows(tmp_path, "SELECT status, count(*) FROM captures WHERE outcome='error' GROUP BY 1")
    assert found == [(200, 1), (503, 3)]


def test_what_comes_again_with_the_same_bytes_is_a_revisit(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site)
        site.pages["/a/1.html"] = Answer(page(1).encode(), validators=False)
        put_site(tmp_path, site, KEYS)
        union_archive(tmp_path, "crawl")
        done = union_archive(tmp_path, "crawl")
    assert done.stdout.startswith("songyuan: 0 new, 0 changed, 5 unchanged")
    query = f"""
        SELECT status, record_id, warc, offset, digest, payload_warc, payload_offset
        FROM captures WHERE url = '{site.url}/a/1.html' ORDER BY captured"""
    first, again = rows(tmp_path, query)
    assert (first[0], first[5:], again[0], again[4:]) == (
        200,
        (None, None),
        200,
        first[4:5] + first[2:4],
    )
    for _, record_id, warc, offset, _, payload_warc, payload_offset in (first, again):
        row = {"record_id": record_id, "warc": warc, "offset": offset}
        row |= {"payload_warc": payload_warc, "payload_offset": payload_offset}
        assert read_capture(tmp_path / "warc", row) == (page(1).encode(), "要闻")
    unmodified = "SELECT count(*), count(payload_warc) FROM captures WHERE status = 304"
    ((all_of_them, with_payload),) = rows(tmp_path, unmodified)
    assert all_of_them == with_payload > 4
    measured = rows(tmp_path, "SELECT name FROM warcs ORDER BY name")
    assert measured == [(path.name,) for path in sorted((tmp_path / "warc").iterdir())]


SCRIPT = """
import functools, os, sys, time
from pathlib import Path

from archive.holdings import Holdings
from archive.records import Article


def clean(body: bytes, url: str, content_type: str, site: object):
    if url.endswith("/1.html"):
        time.sleep(60)
    if url.endswith("/2.html"):
        os._exit(9)
    return Article(url=url, title="题", text="文")


if __name__ == "__main__":
    from crawler import accession
    from crawler.cleaning import Cleaner
    from crawler.crawls.run import crawl
    from crawler.sitefile.loading import own_sites

    accession.Cleaner = functools.partial(Cleaner, clean, timeout=1, workers=2)
    holdings = Holdings(Path(sys.argv[1]))
    for report in crawl(holdings, own_sites(holdings.sites).values()):
        print(report)
"""


def test_a_page_that_kills_its_worker_is_recorded_and_the_crawl_goes_on(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    with LoopbackSite() as site:
        furnish(site)
        put_site(tmp_path / "h", site, KEYS)
        done = run(sys.executable, str(script), str(tmp_path / "h"))
    assert done.stdout.startswith("songyuan: 3 new, 0 changed, 0 unchanged, 2 errors"), done.stderr
    assert "took over" in done.stderr
    assert "process died" in done.stderr
    assert "Traceback" not in done.stderr
    found = rows(tmp_path / "h", "SELECT url FROM captures WHERE outcome = 'error' ORDER BY 1")
    assert found == [(f"{site.url}/a/1.html",), (f"{site.url}/a/2.html",)]


def test_several_sites_are_crawled_in_one_process(tmp_path: Path) -> None:
    with LoopbackSite() as one, LoopbackSite("127.0.0.2") as two:
        furnish(one)
        furnish(two)
        put_site(tmp_path, one, KEYS, "one")
        put_site(tmp_path, two, KEYS + "\n[assertions]\nmin_articles = 6", "two")
        done = union_archive(tmp_path, "crawl")
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["one", "two"]
    assert rows(tmp_path, "SELECT site, count(*) FROM articles GROUP BY 1") == [
        ("one", 5),
        ("two", 5),
    ]
    assert len(list((tmp_path / "warc").iterdir())) == 1
    # One site yields fewer than its file asserts.
    assert done.returncode == 1
    assert "two: got 5 articles, expected at least 6" in done.stderr


def test_scrapys_own_commands_do_the_same(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site)
        put_site(tmp_path, site, KEYS)
        scrapy = (sys.executable, "-m", "scrapy")
        environment = {"UNION_ARCHIVE_HOLDINGS": str(tmp_path)}
        assert "songyuan" in run(*scrapy, "list", **environment).stdout.splitlines()
        done = run(*scrapy, "crawl", "songyuan", "-a", "max_articles=3", **environment)
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path, "SELECT outcome, new FROM runs") == [("finished", 2)]
    (tmp_path / "sites" / "songyuan.toml").write_text("name = 1")
    broken = run(*scrapy, "list", **environment)
    assert broken.returncode == 1
    assert "songyuan.toml: name: got 1" in broken.stderr
    assert "Traceback" not in broken.stderr


IMPORTS = "from archive.holdings import Holdings; from crawler.accession import Accession"


def start(holdings: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "-C", str(holdings), "crawl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(site: LoopbackSite, path: str) -> None:
    for _ in range(600):
        if path in site.paths():
            return
        time.sleep(0.05)
    raise AssertionError(site.paths())


def test_ctrl_c_drains_and_a_crash_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site)
        put_site(tmp_path, site, KEYS.replace("delay = 0", "delay = 0.3"))
        process = start(tmp_path)
        wait_for(site, "/1.xml.gz")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "stopped" in out
        assert "songyuan: the same command goes on where it was stopped" in err
        assert "Traceback" not in err
        assert not list((tmp_path / "warc").glob("*.open"))
        site.log.clear()
        process = start(tmp_path)
        wait_for(site, "/a/2.html")
        process.kill()
        process.communicate(timeout=60)
        (left,) = (tmp_path / "warc").glob("*.open")
        put_site(tmp_path, site, KEYS)
        done = union_archive(tmp_path, "crawl")
    assert "whole again" in done.stderr
    assert (tmp_path / "warc" / left.name.removesuffix(".open")).exists()
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(5,)]
    assert rows(tmp_path, "SELECT outcome FROM runs ORDER BY id") == [
        ("stopped",),
        ("crashed",),
        ("finished",),
    ]


def test_a_site_that_is_being_crawled_keeps_no_other_from_it(tmp_path: Path) -> None:
    with LoopbackSite() as one, LoopbackSite("127.0.0.2") as two:
        furnish(two)
        put_site(tmp_path, one, KEYS, "one")
        put_site(tmp_path, two, KEYS, "two")
        with Accession.open(Holdings(tmp_path)) as accession:
            accession.lock_site(load_site(tmp_path / "sites" / "one.toml"))
            done = union_archive(tmp_path, "crawl")
    assert done.returncode == 75
    assert "two: 5 new" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("; another crawl of it is at work")
    assert one.paths() == []


def test_a_second_process_is_told_to_come_later(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        put_site(tmp_path, site, KEYS)
        with Accession.open(Holdings(tmp_path)) as accession:
            accession.lock_site(load_site(tmp_path / "sites" / "songyuan.toml"))
            done = union_archive(tmp_path, "crawl")
            assert done.returncode == 75
            assert "songyuan: another crawl of it is at work" in done.stderr
            accession.lock_ingest()
            done = union_archive(tmp_path, "ingest", str(tmp_path / "sites"))
            assert done.returncode == 75
            assert "another ingest is at work" in done.stderr
        with Accession.open(Holdings(tmp_path), alone=True):
            done = union_archive(tmp_path, "crawl")
            assert done.returncode == 75
            assert "a command that rewrites the archive is at work" in done.stderr
        with Accession.open(Holdings(tmp_path)):
            other = "Accession.open(Holdings(Path(sys.argv[1])), alone=True)"
            code = f"import sys; from pathlib import Path; {IMPORTS}; {other}"
            done = run(sys.executable, "-c", code, str(tmp_path))
            assert "LockedError" in done.stderr
            assert "another crawl or ingest is at work" in done.stderr
    assert site.log == []


def test_of_addresses_that_are_one_one_is_asked_for(tmp_path: Path) -> None:
    rules = "\n[addresses]\ndrop = ['from']\nsame = [['^/wap/(.*)$', '/$1']]"
    with LoopbackSite() as site:
        furnish(site)
        path = next(path for path in site.pages if path.startswith("/a/"))
        variants = [f"{path}?from=list", f"/wap{path}", path]
        site.pages["/news/"] = "".join(f'<a href="{each}">x</a>' for each in variants)
        keys = "delay = 0\narticle = '/a/'\nsources = [{list = '/news/'}]"
        put_site(tmp_path, site, keys + rules)
        assert union_archive(tmp_path, "crawl").returncode == 0
        assert [asked for asked in site.paths() if "/a/" in asked] == [path]
