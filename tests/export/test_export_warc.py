"""The captures behind a selection, taken away as WARC and WACZ and played elsewhere."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from loopback import Answer, LoopbackSite, article, put_site, rows, union_archive
from others_files import warc
from player import playing
from warcio.archiveiterator import ArchiveIterator

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]"


def page(number: int) -> str:
    return article(f"夜校第{number}期", *[f"{BODY}{number}"] * 4)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holdings of two crawls of two pages, the second of which found the same bytes."""
    holdings = tmp_path_factory.mktemp("holdings")
    with LoopbackSite() as site:
        packed = {"Content-Encoding": "gzip"}
        site.pages |= {
            "/news/": '<a href="/a/1">x</a><a href="/a/2">x</a>',
            "/a/1": Answer(page(1).encode(), validators=False),
            "/a/2": Answer(gzip.compress(page(2).encode()), headers=packed),
        }
        put_site(holdings, site, KEYS)
        for _ in range(2):
            assert union_archive(holdings, "crawl").returncode == 0
    return holdings


def export(holdings: Path, out: Path, *more: str) -> Path:
    done = union_archive(holdings, "export", str(out), *more)
    assert done.returncode == 0, done.stderr
    return out


def test_a_warc_has_what_the_selection_was_read_from(crawled: Path, tmp_path: Path) -> None:
    out = export(crawled, tmp_path / "a.warc.gz", "--query", "title:夜校第1期")
    with out.open("rb") as file:
        kinds = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI", "")[-4:])
            for record in ArchiveIterator(file, check_digests="raise")
        ]
    assert kinds[0] == ("warcinfo", "")
    assert ("response", "/a/1") in kinds
    assert ("request", "/a/1") in kinds
    assert {url for _, url in kinds[1:]} == {"/a/1"}
    assert len([kind for kind in kinds if kind[0] == "response"]) == 1


@pytest.mark.parametrize("name", ["a.warc.gz", "a.wacz"])
def test_other_holdings_read_the_same_from_it(crawled: Path, tmp_path: Path, name: str) -> None:
    out = export(crawled, tmp_path / name)
    done = union_archive(tmp_path / "other", "ingest", str(out))
    assert done.returncode == 0, done.stderr
    asked = "SELECT id, title, text FROM articles ORDER BY id"
    assert rows(tmp_path / "other", asked) == rows(crawled, asked)


def test_a_wacz_has_an_index_and_its_pages(crawled: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(export(crawled, tmp_path / "a.wacz")) as wacz:
        said = json.loads(wacz.read("datapackage.json"))
        assert {each["path"] for each in said["resources"]} == {
            "archive/data.warc.gz",
            "indexes/index.cdx",
            "pages/pages.jsonl",
        }
        assert wacz.getinfo("archive/data.warc.gz").compress_type == zipfile.ZIP_STORED
        head, *pages = map(json.loads, wacz.read("pages/pages.jsonl").splitlines())
        assert head["format"] == "json-pages-1.0"
        assert {page["url"][-4:] for page in pages} == {"/a/1", "/a/2"}
        index = wacz.read("indexes/index.cdx").decode().splitlines()
        assert index == sorted(index)
        assert all(" " in line and json.loads(line.split(" ", 2)[2]) for line in index)


def test_a_date_that_the_indexer_cannot_read_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(warc((1, "2024", "response")))
    assert union_archive(tmp_path / "h", "ingest", str(tmp_path / "a.warc.gz")).returncode == 0
    done = union_archive(tmp_path / "h", "export", str(tmp_path / "a.wacz"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "the captures cannot be indexed" in done.stderr
    assert not (tmp_path / "a.wacz").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.warc.gz", "a.wacz"])
def test_pywb_plays_it(pywb: Path, crawled: Path, tmp_path: Path, name: str) -> None:
    options = ["--unpack-wacz"] if name.endswith(".wacz") else []
    asked = "SELECT url, captured FROM captures WHERE outcome = 'article' ORDER BY url, captured"
    found = {url: str(captured) for url, captured in rows(crawled, asked)}
    assert len(found) == 2
    with playing(pywb, tmp_path, [export(crawled, tmp_path / name)], options) as client:
        for number, (url, captured) in enumerate(found.items(), 1):
            when = "".join(filter(str.isdigit, captured))[:14]
            answer = client.get(f"{when}id_/{url}")
            assert (answer.status_code, answer.text) == (200, page(number))
