"""Ways in, end to end: each brings its articles once, survives a rebuild, and is foretold."""

import gzip
import json
import re
import shutil
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from decided import everything
from loopback import Answer, LoopbackSite, article, rows, run, union_archive
from others_files import MARCH, described, pack, warc
from test_deposits import HOSTS, PAGE, common_crawl, snapshot
from test_wechat import ADDRESS, page
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
HERITRIX = {
    "software": "Heritrix/3.4.0 http://crawler.archive.org",
    "format": "WARC File Format 1.0",
    "robots": "obey",
    "http-header-user-agent": "Mozilla/5.0 (compatible; heritrix/3.4.0 +http://a.example)",
}


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = (body[:half], body[half:], b"")
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def heritrix(path: Path) -> None:
    """Write a WARC file in Heritrix's layout: DNS, metadata, chunks as they came, WARC/1.0."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.0")
        writer.write_record(writer.create_warcinfo_record(path.name, HERITRIX))
        dns = writer.create_warc_record(
            "dns:www.ninghe.example",
            "response",
            payload=BytesIO(b"20240305013000\nwww.ninghe.example. 60 IN A 192.0.2.1\n"),
            warc_content_type="text/dns",
        )
        headers = [("Content-Type", "text/html"), ("Transfer-Encoding", "chunked")]
        http = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
        url = "http://www.ninghe.example/a/20.html"
        content = article("夜校开班二十期", *[BODY] * 4).encode()
        response = writer.create_warc_record(
            url, "response", payload=BytesIO(chunked(content)), http_headers=http
        )
        notes = writer.create_warc_record(
            url,
            "metadata",
            payload=BytesIO(b"seed: \r\nfetchTimeMs: 12\r\n"),
            warc_content_type="application/warc-fields",
        )
        for record in (dns, response, notes):
            writer.write_record(record)


def browsertrix(path: Path) -> None:
    """Write a WACZ in Browsertrix's layout, with the notes it makes of each page."""
    out = BytesIO(MARCH)
    out.seek(0, 2)
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    for prefix, kind in (("urn:text:", "text/plain"), ("urn:pageinfo:", "application/json")):
        url = f"{prefix}http://www.ninghe.example/a/1.html"
        body = BytesIO(BODY.encode())
        writer.write_record(
            writer.create_warc_record(url, "resource", payload=body, warc_content_type=kind)
        )
    entry = json.dumps({"url": "http://www.ninghe.example/a/1.html", "ts": "2024-03-01T00:00:00Z"})
    files = {
        "archive/rec-9f3c-20240301000000.warc.gz": out.getvalue(),
        "indexes/index.cdx.gz": b"x",
        "indexes/index.idx": b"x",
        "pages/pages.jsonl": f'{{"format": "json-pages-1.0"}}\n{entry}\n'.encode(),
        "pages/extraPages.jsonl": b'{"format": "json-pages-1.0"}\n',
        "logs/crawl-20240301.log": b"{}",
    }
    pack(path, described(files), zipfile.ZIP_STORED)


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with something of each form."""
    folder = tmp_path_factory.mktemp("handed")
    heritrix(folder / "heritrix.warc.gz")
    browsertrix(folder / "browsertrix.wacz")
    snapshot(folder / "box" / "archive" / "1709602200.0", {"singlefile.html": PAGE})
    (folder / "wechat.html").write_bytes(page())
    (folder / "bare.txt").write_text(f"松原夜校开班\n{BODY}\n{BODY}松原。\n", encoding="utf-8")
    (folder / "listed").mkdir()
    (folder / "listed" / "9.html").write_text(article("夜校九期", *[BODY[::-1]] * 3))
    (folder / "listed" / "list.csv").write_text("file,url\n9.html,http://b.example/9\n")
    lines: list[dict[str, Any]] = [
        {"text": f"首页 > 夜校\n{BODY}朔方。", "title": "../夜\n校\0" + "长" * 4096},
        {"text": f"{BODY}河源。", "url": "http://c.example/1", "published": "2009-05-01"},
    ]
    (folder / "texts.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines * 2))
    return folder


@pytest.fixture(scope="module")
def taken(handed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    holdings = tmp_path_factory.mktemp("taken")
    done = union_archive(holdings, "ingest", str(handed))
    assert (done.returncode, done.stderr) == (0, "")
    # A page of the WACZ is held twice, as a revisit of the other address.
    assert done.stdout.startswith("7 files: 9 new, 0 changed, 2 unchanged"), done.stdout
    assert "3 left out, 0 attached, 0 failed" in done.stdout
    return holdings


def test_each_form_brings_its_articles(taken: Path) -> None:
    found = rows(taken, "SELECT url, published, published_rule, source FROM articles ORDER BY url")
    known = {str(url): rest for url, *rest in found if not str(url).startswith("urn:")}
    assert set(known) == {
        *(f"http://www.ninghe.example/a/{number}.html" for number in (1, 2, 7, 20)),
        *("http://b.example/9", "http://c.example/1", ADDRESS),
    }
    assert known["http://c.example/1"] == ["2009-05-01", "given", None]
    assert known[ADDRESS] == ["2024-03-05T09:30+08:00", "script", "鹤岭工会"]
    nameless = [rest for url, *rest in found if str(url).startswith("urn:sha256:")]
    assert nameless == [[None, None, None]] * 2


def test_a_text_that_came_clean_says_so_and_whence(taken: Path) -> None:
    query = """SELECT a.title, a.text, c.content_type, c.encoding_evidence, c.warc FROM articles a
    JOIN captures AS c ON c.record_id = a.capture WHERE a.text LIKE '%朔方%'"""
    ((title, text, kind, evidence, warc),) = rows(taken, query)
    assert title == "../夜 校" + "长" * 4096
    assert str(text).startswith("首页 > 夜校\n")
    assert kind == "application/vnd.union-archive.text+json"
    assert evidence == "given as clean text, not read out of a page"
    said = run("warcio", "index", "-f", "union-archive-origin", str(taken / "warc" / str(warc)))
    assert {"1709602200.0/singlefile.html", "texts.jsonl line 1"} <= set(
        re.findall(r'"union-archive-origin": "([^"]*)"', said.stdout)
    )


def test_a_second_time_brings_nothing(handed: Path, taken: Path) -> None:
    before = everything(taken)
    for dry in ("--dry-run", "--json"):
        done = union_archive(taken, "ingest", dry, str(handed))
        assert (done.returncode, done.stderr) == (0, "")
        if dry == "--json":
            said = json.loads(done.stdout)
            assert (said["files"], said["new"], said["changed"]) == (7, 0, 0)
            assert (said["unchanged"], said["failed"]) == (11, [])
        else:
            assert "7 files: 0 to read, 0 without an article, 11 here already" in done.stdout
    assert everything(taken) == before


def test_a_rebuild_gives_them_again(taken: Path, tmp_path: Path) -> None:
    done = union_archive(taken, "rebuild", str(tmp_path / "new"))
    assert (done.returncode, done.stderr) == (0, "")
    assert everything(tmp_path / "new") == everything(taken)
    assert union_archive(tmp_path / "new", "verify").returncode == 0


def test_a_dry_run_says_what_would_come_and_writes_nothing(handed: Path, tmp_path: Path) -> None:
    done = union_archive(tmp_path / "h", "ingest", "--dry-run", "--json", str(handed))
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["to_read"], said["unchanged"], said["left_out"]) == (9, 2, 3)
    kinds = {Path(each["path"]).name: (each["kind"], each["to_read"]) for each in said["sources"]}
    assert kinds["texts.jsonl"] == ("texts", 2)
    assert kinds["1709602200.0"] == ("snapshot", 1)
    assert kinds["list.csv"] == ("table", 1)
    assert not (tmp_path / "h").exists()


def test_of_an_index_one_site_comes(tmp_path: Path) -> None:
    crawl = tmp_path / "in" / "CC-0001.warc.gz"
    crawl.parent.mkdir()
    (tmp_path / "cc.cdxj").write_text("\n".join(common_crawl(crawl, HOSTS)))
    given = ("--cdx", str(tmp_path / "cc.cdxj"), "--site", "ninghe.example", str(crawl.parent))
    for dry, expected in (
        ("--dry-run", "2 to read"),
        ("", "2 new"),
        ("", "0 new, 0 changed, 2 un"),
    ):
        done = union_archive(tmp_path / "h", "ingest", *filter(None, [dry]), *given)
        assert (done.returncode, done.stderr) == (0, "")
        assert f"1 files: {expected}" in done.stdout
    found = rows(tmp_path / "h", "SELECT url FROM articles ORDER BY url")
    assert [url for (url,) in found] == [f"http://{host}/a/1.html" for host in sorted(HOSTS[:2])]
    none = union_archive(tmp_path / "h", "ingest", "--dry-run", *given[:3], "a.example", given[-1])
    assert (none.returncode, "cc.cdxj: got no record of a.example" in none.stderr) == (1, True)
    wrong = union_archive(tmp_path / "h", "ingest", "--site", "a.example", str(crawl))
    assert (wrong.returncode, "expected --cdx with it" in wrong.stderr) == (2, True)
    gone = union_archive(tmp_path / "h", "ingest", "--cdx", "/nowhere", str(crawl))
    assert (gone.returncode, "--cdx: got /nowhere, expected a file" in gone.stderr) == (2, True)


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not there")
def test_what_wget_saved_comes_in(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        picture = Answer(b"\x89PNG", headers={"Content-Type": "image/png"})
        rules = Answer(b"%PDF-1.4", headers={"Content-Type": "application/pdf"})
        link = '<a href="/a/1.html">夜校</a><img src="/p.png"><a href="/r.pdf">章程</a>'
        site.pages |= {
            "/": link,
            "/p.png": picture,
            "/r.pdf": rules,
            "/a/1.html": article("夜校开班", *[BODY] * 4),
        }
        options = ("--quiet", "--recursive", "--page-requisites", "--warc-file=site")
        done = run("wget", *options, f"{site.url}/", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    done = union_archive(tmp_path / "h", "ingest", str(tmp_path / "site.warc.gz"))
    assert (done.returncode, done.stderr) == (0, "")
    # Left out: robots.txt, the picture, and wget's notes of itself.
    came = "1 files: 1 new, 0 changed, 0 unchanged, 1 without an article, 4 left out, 1 attached"
    assert done.stdout.startswith(came)
    assert rows(tmp_path / "h", "SELECT url FROM articles") == [(f"{site.url}/a/1.html",)]


BAD: dict[str, bytes] = {
    "a.warc.gz": b"no warc",
    "b\nb.wacz": b"PK",
    "c.jsonl": b'7\n{"text": 7}\n{}\n{"text": "' + BODY.encode() + b'"}',
    "d.csv": b"x,y\n",
    "e.html": b" ",
    "\u202ef.txt": b"",
}


def test_each_thing_amiss_is_one_line_and_the_rest_comes_in(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, body in BAD.items():
        (folder / name).write_bytes(body)
    pack(folder / "bomb.wacz", {"archive/x.warc": bytes(10_000_000)}, zipfile.ZIP_DEFLATED)
    pack(folder / "out.wacz", {"../../x.warc.gz": MARCH})
    (folder / "torn.warc").write_bytes(gzip.decompress(MARCH)[:-9])
    undated = warc((3, "spring", "response"), (4, "", "revisit"))
    (folder / "undated.warc.gz").write_bytes(undated)
    dry = union_archive(tmp_path / "h", "ingest", "--dry-run", str(folder))
    done = union_archive(tmp_path / "h", "ingest", str(folder))
    assert sorted(done.stderr.splitlines()) == sorted(dry.stderr.splitlines())
    assert done.returncode == 1
    foreseen = "10 files: 2 to read, 0 without an article, 0 here already, 2 left out, 0 attached"
    assert dry.stdout.splitlines()[-1] == f"{foreseen}, 13 failed"
    came = "10 files: 2 new, 0 changed, 0 unchanged, 0 without an article, 2 left out, 0 attached"
    assert done.stdout == f"{came}, 13 failed\n"
    lines = done.stderr.splitlines()
    assert len(lines) == 13, lines
    assert all(line.startswith(f"union-archive: {folder}") for line in lines)
    assert all(line.isprintable() for line in lines)
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("in", "h")] == []
