import gzip
import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from loopback import LoopbackSite, article, put_site, rows, union_archive

from archive.holdings import Holdings
from archive.search import index as search
from archive.verify.findings import Findings
from archive.verify.holdings import verify
from archive.verify.index import check_index
from archive.verify.records import check_records
from archive.warc.fixity import measure
from archive.warc.members import members
from archive.warc.naming import OPEN
from archive.warc.writing import Writer

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
KEYS = """delay = 0
article = '^/a/'
sources = [{list = "/news/", section = "要闻"}]"""


def page(number: int) -> str:
    return article(f"宁河工会夜校第{number}期开班", *[f"{BODY}这是第{number}期。"] * 4)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holdings of two crawls, with revisits, a changed page and a text from elsewhere."""
    holdings = tmp_path_factory.mktemp("sound")
    text = tmp_path_factory.mktemp("texts") / "a.txt"
    text.write_text(f"夜校\n{BODY}\n{BODY}")
    with LoopbackSite() as site:
        site.pages |= {f"/a/{number}": page(number) for number in range(4)}
        site.pages["/news/"] = "".join(f'<a href="/a/{number}">x</a>' for number in range(5))
        put_site(holdings, site, KEYS, "ninghe")
        union_archive(holdings, "crawl")
        site.pages["/a/1"] = page(11)
        union_archive(holdings, "crawl")
    union_archive(holdings, "ingest", str(text))
    return holdings


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / "h")


def check(root: Path) -> Findings:
    return verify(Holdings(root))


def change(root: Path, *statements: str) -> None:
    with closing(sqlite3.connect(root / "archive.db", isolation_level=None)) as db:
        search.register(db)
        for statement in statements:
            db.execute(statement)


def whats(findings: Findings) -> list[str]:
    return [finding.what for finding in findings.faults]


def test_sound_holdings_are_sound(sound: Path) -> None:
    before = contents(sound)
    done = union_archive(sound, "verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("sound: 3 files")
    report = json.loads(union_archive(sound, "verify", "--json").stdout)
    assert report["sound"]
    assert (report["faults"], report["notes"]) == ([], [])
    ((captures,),) = rows(sound, "SELECT count(*) FROM captures")
    assert report["checked"]["captures"] == captures
    assert report["checked"]["articles"] == 5
    assert before == contents(sound)


def contents(root: Path) -> dict[Path, bytes]:
    found = (p for p in root.rglob("*") if p.is_file() and not p.name.endswith(("-wal", "-shm")))
    return {path: path.read_bytes() for path in found}


def flipped(whole: bytes, place: int, bit: int) -> bytes:
    return whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :]


def places(path: Path, chosen: random.Random) -> Iterator[int]:
    """Give bytes of every kind: of gzip headers, of the deflated content, of the trailers."""
    found = list(members(path))
    for byte in range(10):
        yield chosen.choice(found).start + byte
    for byte in range(1, 10):
        yield chosen.choice(found).end - byte
    for _ in range(25):
        yield chosen.randrange(found[-1].end)


def test_a_flipped_byte_anywhere_in_a_warc_is_found_and_named(copy: Path) -> None:
    chosen = random.Random(7)
    for path in sorted((copy / "warc").iterdir()):
        whole = path.read_bytes()
        found = {
            member: r.record_id
            for member, r in zip(members(path), check_records(path), strict=True)
        }
        for place in places(path, chosen):
            path.write_bytes(flipped(whole, place, chosen.randrange(8)))
            findings = check(copy)
            (hit,) = [member for member in found if member.start <= place < member.end]
            named = {(fault.file, fault.offset) for fault in findings.faults}
            assert named == {(f"warc/{path.name}", hit.start)}, place
            ids = {fault.record for fault in findings.faults}
            assert found[hit] in ids or None in ids
        path.write_bytes(whole)
    assert check(copy).faults == []


@pytest.mark.parametrize("cut", [1, 200])
def test_a_file_that_lost_or_gained_bytes_is_named(copy: Path, cut: int) -> None:
    path = min((copy / "warc").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    assert {fault.file for fault in check(copy).faults} == {f"warc/{path.name}"}
    path.write_bytes(whole + gzip.compress(b""))
    assert {fault.file for fault in check(copy).faults} == {f"warc/{path.name}"}
    *_, last = members(path)
    path.write_bytes(whole[: list(members(path))[-3].start])  # a request and what it asked for
    assert last
    assert {fault.file for fault in check(copy).faults} == {f"warc/{path.name}"}


def test_a_file_that_is_gone_is_named(copy: Path) -> None:
    path = min((copy / "warc").iterdir())
    path.unlink()
    done = union_archive(copy, "verify")
    assert done.returncode == 1
    assert f"fault: warc/{path.name}: there is no such file; archive.db has" in done.stdout


def test_a_damaged_piece_is_told_and_is_no_fault(copy: Path) -> None:
    (copy / "warc" / "x.warc.gz.1234.damaged").write_bytes(b"torn")
    findings = check(copy)
    assert findings.faults == []
    assert [note.file for note in findings.notes] == ["warc/x.warc.gz.1234.damaged"]


def test_a_file_being_written_and_one_left_open_are_told(copy: Path) -> None:
    path = min((copy / "warc").iterdir())
    left = path.with_name(path.name + OPEN)
    left.write_bytes(path.read_bytes() + b"\x1f\x8b\x08torn")
    path.unlink()
    assert check(copy).faults == []
    (note,) = check(copy).notes
    assert "left open by a crash" in note.what
    writer = Writer(copy / "warc", "now", "union-archive/0")
    writer.write_resource(
        "urn:x",
        b"x",
        "text/plain",
        captured="2024-03-05T00:00:00Z",
        record_id="urn:uuid:1",
        origin="x",
    )
    assert [note.what for note in check(copy).notes if "now" in note.file] == [
        "it is being written"
    ]
    assert check(copy).faults == []
    writer.close()


def test_what_is_withdrawn_is_not_told_as_unread(copy: Path) -> None:
    ((found,),) = rows(copy, "SELECT id FROM articles LIMIT 1")
    union_archive(copy, "withdraw", str(found), "--reason", "asked for")
    union_archive(copy, "rebuild", str(copy / "again"))
    findings = check(copy / "again")
    assert findings.faults == []
    assert [note.what for note in findings.notes] == []


def test_what_was_never_read_and_never_measured_is_told(copy: Path) -> None:
    path = min((copy / "warc").iterdir())
    change(
        copy,
        "PRAGMA foreign_keys = OFF",
        "DELETE FROM warcs",
        "DELETE FROM captures WHERE outcome = 'list'",
    )
    findings = check(copy)
    assert findings.faults == []
    of_file = [note.what for note in findings.notes if note.file == f"warc/{path.name}"]
    assert of_file[0].startswith("1 responses were never read")
    assert of_file[1].startswith("its fixity is not known yet")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE captures SET offset = offset + 1 WHERE status = 404", "there is no record"),
        (
            "UPDATE captures SET record_id = 'urn:uuid:9' WHERE outcome = 'list' AND status = 200",
            "expected urn:uuid:9",
        ),
        ("UPDATE captures SET digest = 'sha1:A' WHERE status = 404", "expected sha1:A"),
        ("UPDATE captures SET digest = 'sha1:A' WHERE status = 304", "it refers to a payload of"),
        ("UPDATE captures SET payload_offset = 1 WHERE status = 304", "what it refers to"),
        ("UPDATE captures SET outcome = 'list' WHERE status = 0", "its capture is of no article"),
        ("DELETE FROM versions WHERE number = 2", "its current version is not among"),
        ("UPDATE articles SET capture = 'urn:uuid:0' WHERE site IS NULL", "is not there"),
        ("UPDATE articles SET text = text || '完' WHERE site IS NULL", "indexed otherwise"),
        ("UPDATE articles SET title = substr(title, 2) WHERE version = 2", "indexed otherwise"),
        ("UPDATE articles SET fts_pk = fts_pk + 100 WHERE site IS NULL", "is not in the index"),
        ("INSERT INTO articles_fts(rowid, title) VALUES (99999999, zh_seg('夜校'))", "no article"),
    ],
)
def test_what_is_wrong_in_archive_db_is_said(copy: Path, statement: str, expected: str) -> None:
    change(copy, "PRAGMA foreign_keys = OFF", statement)
    assert any(expected in what for what in whats(check(copy))), whats(check(copy))


def test_articles_are_named_where_the_index_has_them_otherwise(copy: Path) -> None:
    ((one,),) = rows(copy, "SELECT id FROM articles WHERE site IS NULL")
    change(copy, f"UPDATE articles SET text = replace(text, '夜', '日') WHERE id = '{one}'")
    assert whats(check(copy)) == [f"article {one} is indexed otherwise than it reads"]
    # Nothing is left behind for the next check by the same connection.
    with closing(sqlite3.connect(copy / "archive.db")) as db:
        search.register(db)
        assert list(check_index(db)) == list(check_index(db))


def test_damaged_pages_of_archive_db_are_found(copy: Path) -> None:
    path = copy / "archive.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = db.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'captures_url'"
        ).fetchone()
        size = db.execute("PRAGMA page_size").fetchone()[0]
    body = bytearray(path.read_bytes())
    body[(root - 1) * size : (root - 1) * size + 200] = b"\x55" * 200
    path.write_bytes(body)
    done = union_archive(copy, "verify")
    assert done.returncode == 1
    assert "fault: archive.db: " in done.stdout
    assert "Traceback" not in done.stderr


def test_what_is_no_archive_is_an_error(tmp_path: Path) -> None:
    done = union_archive(tmp_path, "verify", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no archive here yet" in done.stderr


def test_other_databases_are_checked_too(copy: Path) -> None:
    (copy / "register.db").write_bytes(b"no database" * 100)
    assert [fault.file for fault in check(copy).faults] == ["register.db"]


def test_fixity_is_measured_the_same_later(sound: Path) -> None:
    kept = dict(rows(sound, "SELECT name, sha256 FROM warcs"))
    assert kept == {p.name: measure(p).sha256 for p in (sound / "warc").iterdir()}
