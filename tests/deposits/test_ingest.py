import gzip
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from loopback import LoopbackSite, article, put_site, rows, run, union_archive

from archive.records import Capture
from archive.warc.reading import Stored, captures, read_payload
from crawler.deposits.adopt import adopt
from crawler.intake import reading_of
from crawler.site import Site

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
KEYS = """delay = 0
article = '^/a/'
sources = [{list = "/news/", section = "要闻"}]"""


def page(number: int) -> str:
    return article(f"宁河工会夜校第{number}期开班", *[f"{BODY}这是第{number}期。"] * 4)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holdings with the WARCs of two crawls, between which a page changed."""
    holdings = tmp_path_factory.mktemp("crawled")
    with LoopbackSite() as site:
        site.pages |= {f"/a/{number}": page(number) for number in range(3)}
        site.pages["/news/"] = "".join(f'<a href="/a/{number}">x</a>' for number in range(4))
        put_site(holdings, site, KEYS, "ninghe")
        union_archive(holdings, "crawl")
        site.pages["/a/1"] = page(11)
        union_archive(holdings, "crawl")
    return holdings


ARTICLES = "SELECT id, title, section, url, version, text, site, capture FROM articles ORDER BY id"
CAPTURES = """SELECT record_id, url, captured, status, outcome, digest, warc, offset, article, site
FROM captures ORDER BY record_id"""


def test_the_warcs_of_a_crawl_give_the_same_archive_again(crawled: Path, tmp_path: Path) -> None:
    shutil.copytree(crawled / "sites", tmp_path / "sites")
    done = union_archive(tmp_path, "ingest", str(crawled / "warc"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2 files: 3 new, 1 changed, 0 unchanged")
    assert rows(tmp_path, ARTICLES) == rows(crawled, ARTICLES)
    assert rows(tmp_path, CAPTURES) == rows(crawled, CAPTURES)
    assert rows(tmp_path, "SELECT max(version) FROM articles") == [(2,)]
    again = union_archive(tmp_path, "ingest", str(crawled / "warc"))
    assert "0 new, 0 changed" in again.stdout
    assert rows(tmp_path, CAPTURES) == rows(crawled, CAPTURES)
    names = [sorted(p.name for p in (root / "warc").iterdir()) for root in (tmp_path, crawled)]
    assert names[0] == names[1]


def test_a_host_that_no_site_names_is_a_site_of_its_own(crawled: Path, tmp_path: Path) -> None:
    union_archive(tmp_path, "ingest", str(crawled / "warc"))
    ((id_, name, home),) = rows(tmp_path, "SELECT id, name, home FROM sites")
    assert id_ == name
    assert home == f"http://{id_}/"
    assert rows(tmp_path, "SELECT count(*), min(section) FROM articles") == [(3, "要闻")]


def test_bare_texts_and_saved_pages_are_kept_as_resources(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "deeper").mkdir(parents=True)
    text = f"宁河夜校开班\n\n{BODY}\n{BODY}\n"
    (folder / "one.txt").write_bytes(text.encode("gb18030"))
    link = '<link rel="canonical" href="http://www.ninghe.example/a/7.html">'
    saved = page(7).replace("<head>", f"<head>{link}")
    (folder / "deeper" / "seven.HTML").write_text(saved)
    (folder / "deeper" / "picture.png").write_bytes(b"\x89PNG")
    done = union_archive(tmp_path / "h", "ingest", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2 files: 2 new")
    (bare, web) = rows(tmp_path / "h", "SELECT url, site FROM articles ORDER BY site IS NOT NULL")
    assert bare[0].startswith("urn:sha256:")
    assert bare[1] is None
    assert web == ("http://www.ninghe.example/a/7.html", "www.ninghe.example")
    for name, offset, kind, status in rows(
        tmp_path / "h", "SELECT warc, offset, content_type, status FROM captures"
    ):
        payload = read_payload(tmp_path / "h" / "warc" / name, offset)
        assert status == 0
        expected = {"text/plain": text.encode("gb18030"), "text/html": saved.encode()}
        assert payload == expected[kind]
    again = union_archive(tmp_path / "h", "ingest", str(folder))
    assert again.stdout.startswith("2 files: 0 new, 0 changed, 2 unchanged")
    assert len(list((tmp_path / "h" / "warc").iterdir())) == 1


def test_an_address_can_be_given(tmp_path: Path) -> None:
    saved = tmp_path / "p.html"
    saved.write_text(page(8))
    address = "http://ninghe.example/a/8.html"
    done = union_archive(tmp_path / "h", "ingest", "--url", address, str(saved))
    assert done.returncode == 0
    assert rows(tmp_path / "h", "SELECT url FROM articles") == [(address,)]
    for url, *paths in ((address, saved, saved), ("http://", saved), ("ftp://a.example/8", saved)):
        wrong = union_archive(tmp_path / "h", "ingest", "--url", url, *map(str, paths))
        assert wrong.returncode == 2
        assert "expected one page's address" in wrong.stderr


def test_a_time_can_be_given(tmp_path: Path) -> None:
    saved = tmp_path / "20230102030405.html"
    saved.write_text(page(8))
    query = "SELECT captured FROM captures"
    for holdings, given, expected in (
        ("h", ["--time", "2024-03-05T09:30:00+08:00"], "2024-03-05T01:30:00Z"),
        ("n", [], "2023-01-02T03:04:05Z"),
    ):
        done = union_archive(tmp_path / holdings, "ingest", *given, str(saved))
        assert done.returncode == 0, done.stderr
        assert rows(tmp_path / holdings, query) == [(expected,)]


@pytest.mark.parametrize("given", ["soon", "2024-03-05", "2024-03-05T09:30:00", "2999-01-01T00Z"])
def test_a_time_that_is_none_says_so(tmp_path: Path, given: str) -> None:
    (tmp_path / "p.html").write_text(page(8))
    done = union_archive(tmp_path / "h", "ingest", "--time", given, str(tmp_path / "p.html"))
    assert done.returncode == 2
    assert f"--time: got '{given}', expected a time of the past" in done.stderr
    several = union_archive(tmp_path / "h", "ingest", "--time", "2024-03-05T09Z", str(tmp_path))
    assert (several.returncode, "expected one page or text" in several.stderr) == (2, True)


def test_a_file_that_is_no_good_is_named_and_the_others_are_taken(tmp_path: Path) -> None:
    for name, body in {
        "a.txt": f"夜校\n{BODY}".encode(),
        "b.txt": b" \n",
        "c.warc.gz": b"no warc",
        "d.warc": b"",
        "e.docx": b"PK",
    }.items():
        (tmp_path / name).write_bytes(body)
    paths = [str(tmp_path / name) for name in ("a.txt", "b.txt", "c.warc.gz", "d.warc", "e.docx")]
    done = union_archive(tmp_path / "h", "ingest", *paths, "/nowhere")
    assert done.returncode == 1
    assert done.stdout.startswith("4 files: 1 new")
    lines = done.stderr.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("union-archive: /") for line in lines)
    assert "Traceback" not in done.stderr
    kept = [path.name for path in (tmp_path / "h" / "warc").iterdir()]
    assert len(kept) == 1
    assert kept[0].startswith("union-archive-")


@pytest.fixture
def warc(crawled: Path) -> Path:
    return min((crawled / "warc").iterdir())


def contents(path: Path) -> list[tuple[str, bytes]]:
    return [
        (stored.capture.record_id, read_payload(path, stored.capture.offset))
        for stored in captures(path)
    ]


@pytest.mark.parametrize("name", ["x.warc", "x.WARC.GZ"])
@pytest.mark.parametrize("shape", ["plain", "one member", "members"])
def test_a_warc_of_any_shape_and_name_is_adopted_once(
    warc: Path, tmp_path: Path, shape: str, name: str
) -> None:
    folder = tmp_path / "warc"
    folder.mkdir()
    plain = gzip.decompress(warc.read_bytes())
    bodies = {"plain": plain, "one member": gzip.compress(plain), "members": warc.read_bytes()}
    source = tmp_path / name
    source.write_bytes(bodies[shape])
    adopted, torn = adopt(source, folder)
    assert not torn
    assert contents(adopted) == contents(warc)
    assert gzip.decompress(adopted.read_bytes()) == plain
    assert adopt(source, folder) == (adopted, False)
    assert adopt(adopted, folder) == (adopted, False)
    assert list(folder.iterdir()) == [adopted]
    assert re.fullmatch(r"x(-\w+)?\.warc\.gz", adopted.name)


@pytest.mark.parametrize("compressed", [True, False])
def test_a_torn_end_stays_behind(warc: Path, tmp_path: Path, *, compressed: bool) -> None:
    whole = warc.read_bytes() if compressed else gzip.decompress(warc.read_bytes())
    source = tmp_path / ("x.warc.gz" if compressed else "x.warc")
    source.write_bytes(whole[: -60 if compressed else -9])
    folder = tmp_path / "warc"
    folder.mkdir()
    adopted, torn = adopt(source, folder)
    assert torn
    # The last record is the request of the last response.
    assert contents(adopted) == contents(warc)
    assert run("warcio", "check", str(adopted)).returncode == 0


@pytest.mark.parametrize("at", [0, 200])
def test_what_stands_before_damage_is_taken(warc: Path, tmp_path: Path, at: int) -> None:
    third = list(captures(warc))[2].capture
    damaged = bytearray(warc.read_bytes())
    damaged[third.offset + at] ^= 0xFF
    source = tmp_path / "x.warc.gz"
    source.write_bytes(damaged)
    folder = tmp_path / "warc"
    folder.mkdir()
    adopted, torn = adopt(source, folder)
    assert torn
    assert contents(adopted) == contents(warc)[:2]
    done = union_archive(tmp_path / "h", "ingest", str(source))
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert "Traceback" not in done.stderr


def stored(
    url: str = "http://a.example/a/1",
    status: int = 200,
    kind: str = "text/html",
    role: str | None = None,
    location: str | None = None,
) -> Stored:
    at = "2024-03-01T00:00:00Z"
    capture = Capture("urn:uuid:1", url, at, status, kind, "", "x.warc.gz", 0, location)
    return Stored(capture, role)


SITE = Site(id="a", name="a", home="http://a.example/", article="^/a/")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (stored(), "article"),
        (stored("http://a.example/list"), "list"),
        (stored("http://a.example/moved", role="article"), "article"),
        (stored(role="list"), "list"),
        (stored(kind="application/pdf", role="article"), "error"),
        (stored(kind="application/pdf"), "attachment"),
        (stored(kind="text/html", role="attachment"), "attachment"),
        (stored(kind="image/png", role="image"), "image"),
        (stored(kind="image/png"), None),
        (stored("http://a.example/robots.txt", kind="text/plain"), None),
        (stored(status=404), "other"),
        (stored(status=404, kind="image/png"), None),
        (stored(status=302, kind="", location="http://a.example/"), "other"),
        (stored(status=304, kind="", role="article"), "other"),
        (stored(status=0), "article"),
        (Stored(replace(stored().capture, captured="")), None),
    ],
)
def test_what_a_record_is_read_as(record: Stored, expected: object) -> None:
    assert reading_of(record, SITE) == expected


def test_an_archive_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BODY)
    union_archive(tmp_path / "h", "ingest", str(tmp_path / "a.txt"))
    (tmp_path / "b.txt").write_text(BODY * 2)
    with closing(sqlite3.connect(tmp_path / "h" / "archive.db", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        done = union_archive(tmp_path / "h", "ingest", str(tmp_path / "b.txt"))
    assert done.returncode == 75
    assert "Traceback" not in done.stderr
