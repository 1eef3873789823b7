"""`sites add` writes a site file from a home page, `sites check` says whether one holds."""

import json
import sys
from pathlib import Path

import pytest
from loopback import LoopbackSite, article, put_site, rows, run, union_archive
from test_presets import SAMPLES, TITLES, furnish

from crawler.sitefile.loading import load_site

BODY = "工会请来老师傅,在车间里开了夜校,第一晚就来了四十多人,坐不下的站在门边听完了整堂课。"
KEYS = "delay = 0\narticle = '^/news/'\nsources = [{list = '/'}]"


@pytest.fixture
def site() -> LoopbackSite:
    """A site on no system that we know."""
    heads = [f"纺织三厂工会第{n}期夜校开课" for n in range(4)]
    with LoopbackSite() as site:
        rows_ = "".join(f"<li><a href='/news/{n}.html'>{t}</a></li>" for n, t in enumerate(heads))
        site.pages |= {f"/news/{n}.html": article(t, *[BODY] * 4) for n, t in enumerate(heads)}
        site.pages["/"] = (
            "<html><head><title>松原省总工会_首页</title></head><body><a href='/news/'>工会要闻</a>"
            f"<a href='/about.html'>机构</a><ul>{rows_}</ul></body></html>"
        )
        site.pages["/news/"] = f"<ul>{rows_}</ul>"
        yield site


def test_a_home_page_becomes_a_site_file_that_crawls(site: LoopbackSite, tmp_path: Path) -> None:
    site.pages["/news/"] = f"{site.pages['/news/']}<a href='/news/2'>下一页</a>"
    site.pages["/news/2"] = "<a href='/news/9.html'>纺织三厂工会又一期夜校开课</a>"
    site.pages["/welcome"] = "<meta http-equiv='refresh' content='0; url=/'>"
    site.pages["/robots.txt"] = f"Sitemap: {site.url}/map.xml"
    site.pages["/map.xml"] = "".join(f"<url><loc>/news/{n}.html</loc></url>" for n in range(4))
    site.pages["/map.xml"] = f"<urlset>{site.pages['/map.xml']}</urlset>"
    added = union_archive(tmp_path, "sites", "add", f"{site.url}/welcome", "--id", "songyuan")
    assert added.returncode == 0, added.stderr
    assert "纺织三厂工会第0期夜校开课" in added.stdout
    assert "2024-03-05" in added.stdout
    written = load_site(tmp_path / "sites" / "songyuan.toml")
    assert written.name == "松原省总工会"
    assert written.article == r"^/news/\d+\.html$"
    assert [source.address for source in written.sources] == ["/news/", "/", "/map.xml"]
    assert written.evidence == f"{site.url}/news/0.html"
    assert site.paths()[0] == "/robots.txt"
    assert rows(tmp_path, "SELECT count(*) FROM captures") == [(0,)]
    again = union_archive(tmp_path, "sites", "add", f"{site.url}/", "--id", "songyuan")
    assert again.returncode == 2
    assert "there is such a site already" in again.stderr
    outside = union_archive(tmp_path, "sites", "add", f"{site.url}/", "--id", "../songyuan")
    assert outside.returncode == 2
    assert "expected an id of letters" in outside.stderr
    assert union_archive(tmp_path, "crawl").returncode == 0
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(4,)]
    assert "/news/9.html" in site.paths()


def test_the_system_of_a_site_is_named_and_its_own_pattern_serves(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(SAMPLES["wordpress"], site)
        site.pages["/"] = str(site.pages["/"]).replace("</ul>", f"{site.pages['/page/2/']}</ul>")
        added = union_archive(tmp_path, "sites", "add", site.url, "--id", "banduan")
    assert added.returncode == 0, added.stderr
    text = (tmp_path / "sites" / "banduan.toml").read_text(encoding="utf-8")
    assert "preset = 'wordpress'" in text
    assert "article =" not in text
    assert all(title in added.stdout for title in TITLES)


@pytest.mark.parametrize(
    ("page", "why"),
    [("<p>网站维护中</p>", "no links on its home page look like articles"), (None, "answered 404")],
)
def test_a_site_that_cannot_be_guessed_gets_no_file(
    site: LoopbackSite, tmp_path: Path, page: str | None, why: str
) -> None:
    if page is None:
        del site.pages["/"]
    else:
        site.pages["/"] = page
    added = union_archive(tmp_path, "sites", "add", site.url, "--id", "songyuan")
    assert added.returncode == 1
    assert why in added.stderr
    assert len(added.stderr.splitlines()) == 1
    assert not list((tmp_path / "sites").glob("*.toml"))


def test_a_site_that_is_as_its_file_says_is_well(site: LoopbackSite, tmp_path: Path) -> None:
    put_site(tmp_path, site, KEYS.replace("^/news/", r"^/news/\\d").replace("\\\\", "\\"))
    done = union_archive(tmp_path, "sites", "check", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = json.loads(done.stdout)["sites"]
    assert (found["sources"], found["articles"], len(found["read"])) == (1, 4, 3)
    assert found["read"][0]["published"].startswith("2024-03-05")
    assert rows(tmp_path, "SELECT count(*) FROM captures") == [(0,)]


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        (KEYS.replace("'/'", "'/gone'"), "list /gone: answered 404"),
        (KEYS.replace("^/news/", "^/story/"), "list /: leads to no address that `article` matches"),
        (f"{KEYS}\nlayouts = [{{body = '.zw'}}]", "layouts: none of .zw is on a page"),
        (KEYS.replace("^/news/", "^/about"), "/about.html: answered 404"),
        (KEYS.replace("^/news/", "^/news/$"), "is no article (list_page)"),
    ],
)
def test_a_site_that_is_not_is_ill_and_it_is_said_why(
    site: LoopbackSite, tmp_path: Path, keys: str, problem: str
) -> None:
    put_site(tmp_path, site, keys)
    done = union_archive(tmp_path, "sites", "check", "songyuan")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "songyuan  ill" in done.stdout
    assert problem in done.stdout


def test_a_page_becomes_a_test_of_ones_own(site: LoopbackSite, tmp_path: Path) -> None:
    put_site(tmp_path, site, KEYS)
    folder = tmp_path / "tests"
    page, other = f"{site.url}/news/0.html", f"{site.url}/news/1.html"
    kept = union_archive(tmp_path, "sites", "fixture", str(folder), page, other)
    assert kept.returncode == 0, kept.stderr
    assert sorted(path.suffix for path in folder.iterdir()) == [".html", ".html", ".json", ".json"]
    again = union_archive(tmp_path, "sites", "fixture", str(folder))
    assert (again.returncode, again.stdout.count("as before")) == (0, 2)
    first = next(folder.glob("news-0-*.html"))
    first.write_bytes(first.read_bytes().replace("第0期".encode(), "第九期".encode()))
    again = union_archive(tmp_path, "sites", "fixture", str(folder))
    assert (again.returncode, again.stdout.count("as before")) == (1, 1)
    assert "title: got '纺织三厂工会第九期夜校开课'" in again.stdout
    for arguments, why in (
        ([str(folder), page], "cannot be written"),
        ([str(tmp_path / "no")], "got no pages there"),
        ([str(folder), f"{site.url}/gone"], "/gone: answered 404"),
    ):
        done = union_archive(tmp_path, "sites", "fixture", *arguments)
        assert done.returncode in (1, 2)
        assert why in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_all_files_are_checked_without_a_network(tmp_path: Path) -> None:
    assert union_archive(tmp_path, "sites", "check", "--offline").returncode == 0
    (tmp_path / "sites").mkdir(exist_ok=True)
    for name in ("a", "b"):
        (tmp_path / "sites" / f"{name}.toml").write_text('name = "A"\nhom = "http://x.example/"')
    done = union_archive(tmp_path, "sites", "check", "--offline")
    assert done.returncode == 1
    assert [line.partition(": ")[2][:8] for line in done.stdout.splitlines()] == ["home: go"] * 2


def test_the_catalogue_is_listed_with_what_is_known_and_crawled_when_chosen(
    site: LoopbackSite, tmp_path: Path
) -> None:
    put_site(tmp_path, site, KEYS)
    (tmp_path / "config.toml").write_text('sites = ["labornotes"]\n')
    lines = union_archive(tmp_path, "sites").stdout.splitlines()
    standing = {line.split()[0]: line.split()[2] for line in lines}
    assert standing["songyuan"] == standing["labornotes"] == "yours"
    assert standing["aflcio"] == "unverified"
    assert standing["workercn"] == "seen"
    scrapy = run(sys.executable, "-m", "scrapy", "list", UNION_ARCHIVE_HOLDINGS=str(tmp_path))
    assert set(scrapy.stdout.split()) == standing.keys()
    done = union_archive(tmp_path, "crawl")  # of these two alone; one of them needs a contact
    assert (done.returncode, "labornotes: got no contact" in done.stdout) == (2, True)
    (tmp_path / "config.toml").write_text('sites = ["labournotes"]\n')
    done = union_archive(tmp_path, "crawl")
    assert done.returncode == 2
    assert "config.toml: sites: no site labournotes; did you mean labornotes" in done.stderr
