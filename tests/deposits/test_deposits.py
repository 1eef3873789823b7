"""What others saved, form by form: what each reader gives, and what it complains about."""

import gzip
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import article
from others_files import MARCH, URL, warc
from warcio.warcwriter import WARCWriter

from archive.warc.reading import captures
from crawler.deposits.cdx import on_host, selected
from crawler.deposits.item import Item
from crawler.deposits.sources import Source, contents, source, sources
from crawler.deposits.texts import LONGEST

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
PAGE = article("夜校开班", BODY)
WHEN = datetime(2024, 3, 5, 1, 30, tzinfo=UTC)


class Heard:
    """Complaints, as lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, path: Path, why: str) -> None:
        self.lines.append(f"{path.name}: {why}")


def taken(path: Path) -> tuple[list[Item | Path], list[str]]:
    heard = Heard()
    pieces = [piece for each in sources([path], heard) for piece in contents(each, heard)]
    return pieces, heard.lines


def table(folder: Path, text: str | bytes, name: str = "list.csv") -> Path:
    folder.mkdir(exist_ok=True)
    for page in ("a.html", "b.html"):
        (folder / page).write_text(PAGE.replace("开班", page), encoding="utf-8")
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


ROWS = (
    "文件,网址,保存时间,备注\r\n"
    'a.html,http://a.example/1,2024-03-05T09:30:00+08:00,"一,二"\r\n'
    ".\\b.html,http://a.example/2,2024/3/5 1:30,夜校\r\n"
)


@pytest.mark.parametrize(
    "text",
    [
        ROWS.encode(),
        b"\xef\xbb\xbf" + ROWS.encode(),
        ROWS.encode("gbk"),
        ROWS.replace('"一,二"', "一").replace(",", ";").encode(),
        ROWS.replace('"一,二"', "一").replace(",", "\t").replace("\r", "").encode(),
    ],
    ids=["utf-8", "bom", "gbk", "semicolons", "tabs"],
)
def test_a_table_says_addresses_and_times(tmp_path: Path, text: bytes) -> None:
    for given_path in (table(tmp_path / "in", text), tmp_path / "in"):
        pieces, lines = taken(given_path)
        assert lines == []
        assert [(p.url, p.saved, p.origin) for p in pieces if isinstance(p, Item)] == [
            ("http://a.example/1", WHEN, "a.html"),
            ("http://a.example/2", WHEN, "b.html"),
        ]


@pytest.mark.parametrize(
    ("text", "said", "count"),
    [
        ("a.html,http://a.example/1\n", "as first line, expected the names of columns", 0),
        ("", "got '' as first line", 0),
        ("file,url\nc.html,http://a.example/1\n", "line 2: c.html: there is no such file", 0),
        ("file,url\n../x.html,http://a.example/1\n", "expected a file below the table's own", 0),
        ("file,url\n..\\x.html,http://a.example/1\n", "expected a file below the table's own", 0),
        ("file,url\n/etc/passwd,http://a.example/1\n", "expected a file below the table's own", 0),
        ("file,url\n,http://a.example/1\n", "line 2: got no file", 0),
        ("file,url\na\0.html,http://a.example/1\n", "line 2:", 0),
        ("file,url\na.html,soon\n", "line 2: got 'soon', expected an address", 0),
        (
            "file,url,saved\na.html,http://a.example/,soon\n",
            "line 2: got 'soon', expected a day",
            0,
        ),
        ("file,url\na.html,http://a.example/1\na.html,http://a.example/2\n", "line 2 stands", 1),
    ],
)
def test_a_line_that_cannot_be_followed_is_told(
    tmp_path: Path, text: str, said: str, count: int
) -> None:
    pieces, lines = taken(table(tmp_path, text))
    assert len(lines) == 1
    assert said in lines[0]
    assert len(pieces) == count


def test_a_table_without_addresses_lets_pages_speak(tmp_path: Path) -> None:
    path = table(tmp_path, "file,url\na.html,\n")
    (piece,), lines = taken(path)
    assert isinstance(piece, Item)
    assert piece.url.startswith("urn:sha256:")
    assert lines == []


def texts(path: Path, *lines: bytes | dict[str, object]) -> Path:
    written = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in lines]
    path.write_bytes(b"\n".join(written))
    return path


def test_each_line_is_a_text(tmp_path: Path) -> None:
    path = texts(
        tmp_path / "t.jsonl",
        b"\xef\xbb\xbf" + json.dumps({"text": BODY, "url": URL.format(1)}).encode(),
        b"",
        {"text": BODY, "captured": "2024-03-05T09:30:00+08:00"},
        b"7",
        b"{",
        {"text": ["x"]},
    )
    pieces, lines = taken(path)
    first, second = (piece for piece in pieces if isinstance(piece, Item))
    assert first.url == URL.format(1)
    assert second.url.startswith("urn:sha256:")
    assert (second.saved, second.origin) == (WHEN, "t.jsonl line 3")
    assert [line.split(":")[1] for line in lines] == [" line 4", " line 5", " line 6"]


def test_a_line_of_a_hundred_megabytes_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    with path.open("wb") as out:
        out.write(b'{"text": "')
        for _ in range(100):
            out.write(b"x" * 1_000_000)
        out.write(b'"}\n' + json.dumps({"text": BODY}).encode())
    pieces, lines = taken(path)
    assert [piece.origin for piece in pieces if isinstance(piece, Item)] == ["t.jsonl line 2"]
    assert lines == [f"t.jsonl: line 1: over {LONGEST} bytes, expected a text of one article"]


@given(st.binary(max_size=400))
@settings(max_examples=60)
def test_any_table_or_lines_are_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("x.csv", "x.jsonl", "x.html", "x.txt"):
        (folder / name).write_bytes(body)
        contents_of = contents(Source(folder / name, source(folder / name).kind), Heard())  # type: ignore[union-attr]
        assert all(isinstance(piece, Item) for piece in contents_of)


def snapshot(folder: Path, files: dict[str, str | bytes], **keys: object) -> Path:
    """Make a snapshot as ArchiveBox does."""
    index = {"url": URL.format(7), "timestamp": "1709602200.0", "title": "夜校开班"} | keys
    for name, body in {"index.json": json.dumps(index), **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body if isinstance(body, bytes) else body.encode())
    return folder


def test_a_snapshot_is_its_warc_where_that_has_the_page(tmp_path: Path) -> None:
    folder = snapshot(tmp_path / "1", {"warc/1709.warc.gz": MARCH, "singlefile.html": PAGE})
    assert taken(tmp_path) == ([folder / "warc" / "1709.warc.gz"], [])


@pytest.mark.parametrize(
    ("files", "keys", "origin", "saved"),
    [
        ({"output.html": PAGE, "singlefile.html": PAGE}, {}, "1/singlefile.html", WHEN),
        ({"output.html": PAGE, "index.html": "x"}, {}, "1/output.html", WHEN),
        ({"dom/output.html": PAGE, "warc/1.warc.gz": b"torn"}, {}, "1/output.html", WHEN),
        (
            {"singlefile/singlefile.html": PAGE},
            {
                "history": {
                    "singlefile": [
                        {"status": "succeeded", "start_ts": "2024-04-01T00:00:00+00:00"},
                        {"status": "failed", "start_ts": "2024-05-01T00:00:00+00:00"},
                    ]
                }
            },
            "1/singlefile.html",
            datetime(2024, 4, 1, tzinfo=UTC),
        ),
    ],
)
def test_a_snapshot_without_one_is_the_page_as_saved(
    tmp_path: Path,
    files: dict[str, str | bytes],
    keys: dict[str, object],
    origin: str,
    saved: datetime,
) -> None:
    snapshot(tmp_path / "1", files, **keys)
    (piece,), lines = taken(tmp_path)
    assert isinstance(piece, Item)
    assert (piece.url, piece.origin, piece.saved, lines) == (URL.format(7), origin, saved, [])


def test_of_a_collection_only_the_snapshots_count(tmp_path: Path) -> None:
    (tmp_path / "ArchiveBox.conf").write_text("")
    (tmp_path / "index.html").write_text("<a href='archive/1'>夜校</a>")
    snapshot(tmp_path / "archive" / "1", {"output.html": PAGE})
    snapshot(tmp_path / "archive" / "2", {"media/x.mp4": b"x"}, history=7, timestamp="soon")
    pieces, lines = taken(tmp_path)
    assert len(pieces) == 1
    assert len(lines) == 1
    assert "a snapshot without its page" in lines[0]


INFO = {"software": "Nutch 1.6 (CC)", "format": "WARC File Format 1.0", "isPartOf": "CC-MAIN-2024"}


def common_crawl(path: Path, hosts: list[str]) -> list[str]:
    """Write a WARC file in Common Crawl's layout; give the lines of its index."""
    lines = []
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.0")
        writer.write_record(writer.create_warcinfo_record(path.name, INFO))
        for host in hosts:
            url = f"http://{host}/a/1.html"
            record = warc((1, "2024-03-01T00:00:00Z", "response"))
            body = gzip.decompress(record).replace(URL.format(1).encode(), url.encode())
            offset = out.tell()
            out.write(gzip.compress(body, mtime=0))
            where = f"crawl-data/CC-MAIN-2024/segments/1/warc/{path.name}"
            place = {"offset": str(offset), "length": str(out.tell() - offset)}
            value = {"url": url, "status": "200", "filename": where, **place}
            surt = ",".join(reversed(host.split(".")))
            lines.append(f"{surt})/a/1.html 20240301000000 {json.dumps(value)}")
    return lines


HOSTS = ["www.ninghe.example", "news.ninghe.example", "other.example", "notninghe.example"]


@pytest.mark.parametrize(
    ("host", "expected"), [(None, HOSTS), ("ninghe.example", HOSTS[:2]), ("none.example", [])]
)
def test_an_index_selects_records(tmp_path: Path, host: str | None, expected: list[str]) -> None:
    crawl, heard = tmp_path / "CC-0001.warc.gz", Heard()
    lines = common_crawl(crawl, HOSTS)
    index = tmp_path / "cc.cdxj.gz"
    index.write_bytes(gzip.compress("\n".join(reversed([*lines, lines[0]])).encode()))
    with selected(index, [crawl], on_host(host), heard) as found:
        if not expected:
            assert found is None
            return
        assert found is not None
        urls = [stored.capture.url for stored in captures(found)]
        info = gzip.decompress(found.read_bytes())[:400]
    assert heard.lines == []
    assert urls == [f"http://{each}/a/1.html" for each in expected]
    assert b"warcinfo" in info
    assert b"Nutch" in info


def test_what_an_index_says_amiss_is_told(tmp_path: Path) -> None:
    crawl, heard = tmp_path / "CC-0001.warc.gz", Heard()
    (line,) = common_crawl(crawl, HOSTS[:1])
    value = json.loads(line[line.index("{") :])
    wrong = [
        json.dumps(value | change)
        for change in (
            {"offset": "7"},
            {"offset": "-1"},
            {"length": "9"},
            {"length": "99999999"},
            {"url": "http://else.example/"},
            {"filename": "gone.warc.gz"},
            {"filename": "gone.warc.gz", "offset": "9"},
        )
    ]
    index = tmp_path / "cc.cdxj"
    index.write_text("\n".join(["#", *wrong, "no line", '{"url": 1}', line]), encoding="utf-8")
    with selected(index, [crawl], on_host(None), heard) as found:
        assert found is not None
        assert [stored.capture.url for stored in captures(found)] == [value["url"]]
    told = "\n".join(sorted(heard.lines))
    assert len(heard.lines) == 7, told
    assert told.count("no whole record of") == 3
    assert "gone.warc.gz: 2 records in it, and the file is not here" in told
    assert told.count("got no CDXJ") == 2
    assert "got offset -1" in told
    index.write_text(" CDX N b a m s k r M S V g\n" * 9, encoding="utf-8")
    with selected(index, [crawl], on_host(None), heard := Heard()) as found:
        assert (found, len(heard.lines)) == (None, 1)


def test_an_uncompressed_file_has_records_too(tmp_path: Path) -> None:
    plain = gzip.decompress(warc((1, "2024-03-01T00:00:00Z", "response")))
    (tmp_path / "x.warc").write_bytes(plain)
    value = {"url": URL.format(1), "filename": "x.warc", "offset": 0, "length": len(plain)}
    (tmp_path / "x.cdxj").write_text(json.dumps(value))
    with selected(tmp_path / "x.cdxj", [tmp_path / "x.warc"], on_host(None), Heard()) as found:
        assert found is not None
        assert gzip.GzipFile(fileobj=BytesIO(found.read_bytes())).read() == plain
