import fcntl
import gzip
import random
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hostile import zstd
from warcio.archiveiterator import ArchiveIterator

from archive.errors import UnionArchiveError
from archive.warc.exchange import Exchange, redirect_target
from archive.warc.fixity import measure
from archive.warc.naming import OPEN, ROLE, SECTION, new_id, now, payload_digest, utc
from archive.warc.reading import captures, locate, read_payload
from archive.warc.recovery import recover
from archive.warc.writing import Writer

if TYPE_CHECKING:
    from archive.records import Fixity

PAGE = ("<p>" + "职工之家开门迎客。" * 50 + "</p>").encode("gb18030")


def exchange(number: int = 1, **changes: object) -> Exchange:
    values = {
        "url": f"http://127.0.0.1:8000/a/{number}.html?x=1",
        "method": "GET",
        "request_headers": [(b"Host", b"127.0.0.1:8000"), (b"User-Agent", b"union-archive/0")],
        "status": 200,
        "reason": "OK",
        "response_headers": [
            (b"Content-Type", b"text/html; charset=gb2312"),
            (b"Content-Encoding", b"gzip"),
            (b"X-Raw", "工会".encode("gbk")),
        ],
        "payload": gzip.compress(PAGE),
        "address": "127.0.0.1",
        "notes": {ROLE: "article", SECTION: "要闻"},
    }
    return Exchange(**values | changes)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    writer = Writer(tmp_path, "test", "union-archive/0")
    yield writer
    writer.close()


def test_what_a_crawl_unpacks_is_read_back_unpacked(writer: Writer, tmp_path: Path) -> None:
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = {
        "x-gzip": gzip.compress(PAGE),
        "deflate": zlib.compress(PAGE),
        "Deflate": raw.compress(PAGE) + raw.flush(),  # as old servers of Microsoft's send it
        "br": brotli.compress(PAGE),
        "zstd": zstd.compress(PAGE),
        "zstd, gzip": gzip.compress(zstd.compress(PAGE)),
    }
    for number, (encoding, payload) in enumerate(packed.items()):
        headers = [(b"Content-Encoding", encoding.encode())]
        sent = exchange(number, response_headers=headers, payload=payload)
        capture = writer.write_exchange(sent)
        assert read_payload(locate(tmp_path, capture.warc), capture.offset) == PAGE, encoding
    nothing = exchange(9, response_headers=[(b"Content-Encoding", b"deflate")], payload=PAGE)
    capture = writer.write_exchange(nothing)
    assert read_payload(locate(tmp_path, capture.warc), capture.offset) == PAGE


def test_what_is_written_is_read_back_byte_for_byte(writer: Writer, tmp_path: Path) -> None:
    sent = exchange()
    capture = writer.write_exchange(sent)
    moved = writer.write_exchange(
        exchange(
            2, status=302, reason="Found", response_headers=[(b"Location", b"/b")], payload=b""
        )
    )
    text = writer.write_resource(
        "urn:sha256:00",
        b"bare",
        "text/plain",
        captured="2024-03-05T00:00:00Z",
        record_id=new_id(),
        origin="夜校\n1.txt",
    )
    assert (tmp_path / ("test.warc.gz" + OPEN)).exists()
    # Readable while it is being written, under the name that it will have.
    assert read_payload(locate(tmp_path, capture.warc), capture.offset) == PAGE
    writer.close()
    assert capture.warc == "test.warc.gz"
    path = tmp_path / capture.warc
    stored = list(captures(path))
    assert [s.capture for s in stored] == [capture, moved, text]
    assert (stored[0].role, stored[0].section) == ("article", "要闻")
    assert moved.location == "http://127.0.0.1:8000/b"
    assert capture.digest == payload_digest(sent.payload)
    assert [read_payload(path, c.offset) for c in (capture, moved, text)] == [PAGE, b"", b"bare"]


def test_warcio_and_fastwarc_read_it_and_warcio_finds_no_fault(
    writer: Writer, tmp_path: Path
) -> None:
    for number in range(3):
        writer.write_exchange(exchange(number))
    writer.close()
    path = tmp_path / "test.warc.gz"
    with path.open("rb") as file:
        kinds, raw = [], None
        for record in ArchiveIterator(file):
            kinds.append(record.rec_type)
            if record.rec_type == "response":
                raw = record.raw_stream.read()
    assert kinds == ["warcinfo"] + ["response", "request"] * 3
    assert gzip.decompress(raw) == PAGE
    with path.open("rb") as file:
        for record in FastIterator(file, parse_http=False):
            assert record.verify_block_digest()
    with path.open("rb") as file:
        header = gzip.decompress(file.read())
    assert b"X-Raw: " + "工会".encode("gbk") + b"\r\n" in header
    assert b"GET /a/0.html?x=1 HTTP/1.1\r\n" in header
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    checked = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "fail" not in checked.stdout
    assert checked.stdout.count("digest pass") == 7


def test_a_new_file_is_begun_at_a_size_and_a_request_stays_with_its_response(
    tmp_path: Path,
) -> None:
    writer = Writer(tmp_path, "test", "union-archive/0", max_size=1500)
    kept = [writer.write_exchange(exchange(number)) for number in range(6)]
    writer.close()
    files = sorted(tmp_path.iterdir())
    assert len(files) > 1
    assert all(not path.name.endswith(OPEN) for path in files)
    for path in files:
        with path.open("rb") as file:
            kinds = [record.rec_type for record in ArchiveIterator(file)]
        assert kinds[0] == "warcinfo"
        assert kinds.count("response") == kinds.count("request")
    for capture in kept:
        assert read_payload(tmp_path / capture.warc, capture.offset) == PAGE


def test_every_record_is_on_its_way_before_its_place_is_known(
    writer: Writer, tmp_path: Path
) -> None:
    capture = writer.write_exchange(exchange())
    # Another process sees it, without a close or a flush.
    copy = tmp_path / "copy.warc.gz"
    copy.write_bytes((tmp_path / ("test.warc.gz" + OPEN)).read_bytes())
    assert read_payload(copy, capture.offset) == PAGE


def test_a_crash_at_any_byte_loses_only_the_record_being_written(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "whole", "test", "union-archive/0")
    kept = [writer.write_exchange(exchange(number)) for number in range(5)]
    writer.close()
    whole = (tmp_path / "whole" / "test.warc.gz").read_bytes()
    ends = [c.offset for c in kept[1:]]
    chosen = random.Random(1)
    for cut in [
        len(whole),
        ends[0],
        ends[0] + 1,
        *(chosen.randrange(ends[0], len(whole)) for _ in range(20)),
    ]:
        folder = tmp_path / f"cut-{cut}"
        folder.mkdir(exist_ok=True)
        (folder / ("test.warc.gz" + OPEN)).write_bytes(whole[:cut])
        (path,) = recover(folder)
        assert path.name == "test.warc.gz"
        pieces = sorted(folder.iterdir())
        assert b"".join(piece.read_bytes() for piece in pieces) == whole[:cut]
        assert not list(folder.glob("*" + OPEN))
        found = [stored.capture.record_id for stored in captures(path)]
        assert len(found) >= sum(end <= cut for end in ends)
        for capture in kept[: len(found)]:
            assert read_payload(path, capture.offset) == PAGE
        with path.open("rb") as file:  # no torn tail
            assert gzip.decompress(file.read())


def test_a_file_in_which_nothing_was_written_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / ("empty.warc.gz" + OPEN)).write_bytes(b"")
    Writer(tmp_path, "begun", "union-archive/0")._room_for("response").close()  # noqa: SLF001
    assert recover(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_what_a_crash_tore_is_kept_beside_the_file(writer: Writer, tmp_path: Path) -> None:
    writer.write_exchange(exchange())
    writer.close()
    whole = (tmp_path / "test.warc.gz").read_bytes()
    (tmp_path / "test.warc.gz").write_bytes(whole)
    (tmp_path / ("torn.warc.gz" + OPEN)).write_bytes(whole + whole[:60])
    (tmp_path / ("junk.warc.gz" + OPEN)).write_bytes(b"no gzip")
    assert recover(tmp_path) == [tmp_path / "torn.warc.gz"]
    assert (tmp_path / "torn.warc.gz").read_bytes() == whole
    assert (tmp_path / f"torn.warc.gz.{len(whole)}.damaged").read_bytes() == whole[:60]
    assert (tmp_path / "junk.warc.gz.0.damaged").read_bytes() == b"no gzip"
    assert recover(tmp_path) == []


def test_a_file_that_another_process_is_writing_is_left_alone(
    writer: Writer, tmp_path: Path
) -> None:
    capture = writer.write_exchange(exchange())
    script = (
        "import sys; from pathlib import Path; from archive.warc.recovery import recover;"
        " print(recover(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert read_payload(locate(tmp_path, capture.warc), capture.offset) == PAGE
    writer.close()
    assert (tmp_path / "test.warc.gz").exists()


def test_a_file_taken_away_before_its_lock_was_held_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, taken = fcntl.flock, []

    def late(file: Any, how: int) -> None:
        if not taken:
            taken.extend(tmp_path.glob("*" + OPEN))
            taken[0].unlink()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    writer = Writer(tmp_path, "test", "union-archive/0")
    capture = writer.write_exchange(exchange())
    writer.close()
    assert len(taken) == 1
    assert read_payload(tmp_path / capture.warc, capture.offset) == PAGE


def test_a_finished_file_is_known_by_its_fixity(tmp_path: Path) -> None:
    kept: list[Fixity] = []
    writer = Writer(tmp_path, "test", "union-archive/0", max_size=1500, finished=kept.append)
    for number in range(3):
        writer.write_exchange(exchange(number))
    writer.close()
    assert len(kept) > 1
    assert kept == [measure(path) for path in sorted(tmp_path.iterdir(), key=by_number)]


def by_number(path: Path) -> tuple[int, str]:
    return len(path.name), path.name


def test_a_payload_that_is_held_is_referred_to(writer: Writer, tmp_path: Path) -> None:
    first = writer.write_exchange(exchange(1))
    again = writer.write_exchange(exchange(2), first)
    unmodified = writer.write_exchange(
        exchange(1, status=304, reason="Not Modified", payload=b""), first
    )
    writer.close()
    path = tmp_path / first.warc
    assert [s.capture for s in captures(path)] == [first, again, unmodified]
    assert (again.digest, again.payload_place) == (first.digest, (first.warc, first.offset))
    assert first.payload_place == (first.warc, first.offset)
    assert read_payload(path, again.offset) == read_payload(path, unmodified.offset) == PAGE
    with path.open("rb") as file:
        revisits = [r for r in ArchiveIterator(file) if r.rec_type == "revisit"]
    profiles = [r.rec_headers.get_header("WARC-Profile").rsplit("/", 1)[1] for r in revisits]
    assert profiles == ["identical-payload-digest", "server-not-modified"]
    for revisit, status in zip(revisits, ("200", "304"), strict=True):
        fields = revisit.rec_headers
        assert fields.get_header("WARC-Refers-To-Target-URI") == first.url
        assert fields.get_header("WARC-Refers-To-Date") == first.captured
        assert fields.get_header("WARC-Payload-Digest") == first.digest
        assert revisit.http_headers.get_statuscode() == status
        assert revisit.raw_stream.read() == b""
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    checked = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "fail" not in checked.stdout


def test_a_revisit_is_not_followed_to_another_payload(writer: Writer, tmp_path: Path) -> None:
    first = writer.write_exchange(exchange(1))
    lies = [
        replace(first, record_id=new_id()),
        replace(first, warc="../test.warc.gz"),
        replace(first, warc="gone.warc.gz"),
    ]
    wrong = [writer.write_exchange(exchange(2), lie) for lie in lies]
    chained = writer.write_exchange(exchange(3), writer.write_exchange(exchange(2), first))
    writer.close()
    messages = ("refers to", "does not say where", "No such file", "got a revisit")
    for capture, message in zip([*wrong, chained], messages, strict=True):
        with pytest.raises(UnionArchiveError, match=message):
            read_payload(tmp_path / capture.warc, capture.offset)


def test_how_a_response_came_is_in_its_record(writer: Writer, tmp_path: Path) -> None:
    cut = writer.write_exchange(
        exchange(tls="tls/1.3", cipher="TLS_AES_256_GCM_SHA384", truncated="length")
    )
    writer.close()
    assert cut.truncated == "length"
    assert [s.capture for s in captures(tmp_path / cut.warc)] == [cut]
    with (tmp_path / cut.warc).open("rb") as file:
        (record,) = [r for r in ArchiveIterator(file) if r.rec_type == "response"]
    fields = [(k, v) for k, v in record.rec_headers.headers if k.startswith("WARC-")]
    assert ("WARC-Protocol", "http/1.1") in fields
    assert ("WARC-Protocol", "tls/1.3") in fields
    assert ("WARC-Cipher-Suite", "TLS_AES_256_GCM_SHA384") in fields
    assert ("WARC-Truncated", "length") in fields
    assert ("WARC-IP-Address", "127.0.0.1") in fields


def test_a_full_disk_leaves_a_sound_file(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = writer.write_exchange(exchange(1))
    file = writer._file  # noqa: SLF001

    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(file, name)

        def write(self, member: bytes) -> int:
            if len(member) < 20:
                raise OSError(28, "No space left on device")
            return file.write(bytes(member)[: len(member) - 19])

    monkeypatch.setattr(writer, "_file", Full())
    with pytest.raises(OSError, match="No space"):
        writer.write_exchange(exchange(2))
    monkeypatch.undo()
    second = writer.write_exchange(exchange(3))
    writer.close()
    found = [stored.capture for stored in captures(tmp_path / "test.warc.gz")]
    assert found == [first, second]


def test_what_is_no_warc_is_an_error_in_words(tmp_path: Path, writer: Writer) -> None:
    writer.write_exchange(exchange())
    writer.close()
    with pytest.raises(UnionArchiveError, match="no WARC record at byte 3"):
        read_payload(tmp_path / "test.warc.gz", 3)
    broken = tmp_path / "broken.warc.gz"
    broken.write_bytes(gzip.compress(b"WARC/1.0\r\n" + b"\x00" * 100))
    assert list(captures(broken)) == []


def test_a_body_that_is_not_what_it_says_is_given_as_sent(writer: Writer, tmp_path: Path) -> None:
    capture = writer.write_exchange(exchange(payload=PAGE))
    assert read_payload(locate(tmp_path, capture.warc), capture.offset) == PAGE


@pytest.mark.parametrize(
    ("status", "location", "expected"),
    [
        (302, "/b?x", "http://a.example/b?x"),
        (301, "//c.example/", "http://c.example/"),
        (302, "", None),
        (304, "/b", None),
        (302, "http://[", "http://["),
    ],
)
def test_redirect_target(status: int, location: str, expected: object) -> None:
    assert redirect_target(status, "http://a.example/x/y", location) == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2024-03-05T01:30:00Z", "2024-03-05T01:30:00Z"),
        ("2024-03-05T01:30:00.123Z", "2024-03-05T01:30:00.123Z"),
        ("2024-03-05T01:30:00.123456789Z", "2024-03-05T01:30:00.123456Z"),
        ("2024-03-05T09:30+08:00", "2024-03-05T01:30:00Z"),
        ("2024-03-05", "2024-03-05T00:00:00Z"),
        ("2024-03", "2024-03-01T00:00:00Z"),
        ("2024", "2024-01-01T00:00:00Z"),
        ("2024-13-05T01:30:00Z", ""),
        ("0001-01-01T00:00:00+08:00", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_dates_of_others_become_ours(date: str, expected: str) -> None:
    assert utc(date) == expected


def test_dates_sort_as_they_follow() -> None:
    dates = [now() for _ in range(50)]
    assert dates == sorted(dates)
    assert all(len(date) == len("2024-03-05T00:00:00.000000Z") for date in dates)
