import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from decided import everything
from loopback import rows, union_archive
from others_files import MARCH, described, pack, warc

from archive.errors import UnionArchiveError
from crawler.deposits import multi_wacz, wacz


def test_a_wacz_is_taken_in_like_its_warcs(tmp_path: Path) -> None:
    files = described({"archive/data.warc.gz": MARCH, "indexes/index.cdx.gz": b"x"})
    packed = pack(tmp_path / "session.wacz", files)
    done = union_archive(tmp_path / "h", "ingest", str(packed))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 files: 2 new")
    (kept,) = (tmp_path / "h" / "warc").glob("session-data*")
    assert kept.read_bytes() == MARCH
    again = union_archive(tmp_path / "h", "ingest", str(packed))
    assert again.stdout.startswith("1 files: 0 new, 0 changed, 2 unchanged")
    assert union_archive(tmp_path / "h", "verify").returncode == 0


def test_a_foreign_revisit_is_read_from_the_record_it_refers_to(tmp_path: Path) -> None:
    later = warc((3, "2024-04-01T00:00:00Z", "revisit"))
    pack(tmp_path / "a.wacz", {"archive/one.warc.gz": MARCH})
    (tmp_path / "b.warc.gz").write_bytes(later)
    for name in ("a.wacz", "b.warc.gz"):
        assert union_archive(tmp_path / "h", "ingest", str(tmp_path / name)).returncode == 0
    texts = rows(tmp_path / "h", "SELECT DISTINCT text FROM articles")
    assert len(texts) == 1
    found = rows(
        tmp_path / "h",
        "SELECT outcome, payload_warc, payload_offset FROM captures ORDER BY captured",
    )
    assert found == [
        ("article", None, None),
        ("article", "a-one.warc.gz", 0),
        ("article", "a-one.warc.gz", 0),
    ]
    done = union_archive(tmp_path / "h", "reclean", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert union_archive(tmp_path / "h", "verify").returncode == 0


def test_a_rebuild_reads_foreign_revisits_as_ingest_does(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(MARCH)
    (tmp_path / "b.warc.gz").write_bytes(warc((3, "2024-04-01T00:00:00Z", "revisit")))
    both = [str(tmp_path / name) for name in ("a.warc.gz", "b.warc.gz")]
    assert union_archive(tmp_path / "h", "ingest", *both).returncode == 0
    done = union_archive(tmp_path / "h", "rebuild", str(tmp_path / "new"))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert everything(tmp_path / "new") == everything(tmp_path / "h")
    assert union_archive(tmp_path / "h", "reclean").returncode == 0
    assert everything(tmp_path / "new") == everything(tmp_path / "h")


def test_a_revisit_of_what_is_not_held_is_said(tmp_path: Path) -> None:
    (tmp_path / "b.warc.gz").write_bytes(warc((3, "2024-04-01T00:00:00Z", "revisit")))
    done = union_archive(tmp_path / "h", "ingest", str(tmp_path / "b.warc.gz"))
    assert done.returncode == 1
    assert "does not say where its payload lies" in done.stderr
    assert rows(tmp_path / "h", "SELECT outcome FROM captures") == [("error",)]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"../../etc/x.warc.gz": MARCH}, "expected files below its top"),
        ({"archive/../../x.warc.gz": MARCH}, "expected files below its top"),
        ({"/archive/x.warc.gz": MARCH}, "expected files below its top"),
        ({"archive/a\\..\\x.warc.gz": MARCH}, "expected files below its top"),
        ({"pages/pages.jsonl": b"{}"}, "got no WARC file in it"),
        ({"archive/x.warc": bytes(10_000_000)}, "times its place in it"),
        ({"archive/x.warc.gz": MARCH, "Archive/x.warc.gz": MARCH}, "several files called"),
        ({"archive/x.warc.gz": MARCH, "datapackage.json": b"[]"}, "not as expected"),
        ({"archive/x.warc.gz": MARCH, "datapackage.json": b"{"}, "is no JSON"),
        ({"archive/x.warc": MARCH, "datapackage.json": b'{"resources": [1]}'}, "not as expected"),
        ({**described({"archive/x.warc.gz": b"y"}), "archive/x.warc.gz": MARCH}, "has the SHA-256"),
    ],
)
def test_a_wacz_that_is_not_one_is_refused(
    tmp_path: Path, files: dict[str, bytes], expected: str
) -> None:
    packed = pack(tmp_path / "x.wacz", files, zipfile.ZIP_DEFLATED)
    with pytest.raises(UnionArchiveError, match=expected), wacz.unpacked(packed):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["x.wacz"]


def test_a_torn_zip_is_refused(tmp_path: Path) -> None:
    packed = pack(tmp_path / "x.wacz", {"archive/x.warc.gz": MARCH})
    packed.write_bytes(packed.read_bytes()[:-30])
    with pytest.raises(UnionArchiveError, match="not readable as WACZ"), wacz.unpacked(packed):
        pass


def test_a_zip_with_damaged_content_is_told_and_ends_nothing(tmp_path: Path) -> None:
    packed = pack(tmp_path / "x.wacz", {"archive/x.warc": MARCH}, zipfile.ZIP_DEFLATED)
    body = bytearray(packed.read_bytes())
    begin = body.index(b"x.warc") + len("x.warc")
    body[begin : begin + 8] = b"\xff" * 8
    packed.write_bytes(body)
    (tmp_path / "z.warc.gz").write_bytes(MARCH)
    done = union_archive(tmp_path / "h", "ingest", str(packed), str(tmp_path / "z.warc.gz"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "x.wacz: not readable as WACZ" in done.stderr
    assert "2 new" in done.stdout


def test_what_is_unpacked_is_taken_away_again(tmp_path: Path) -> None:
    packed = pack(tmp_path / "x.wacz", {"archive/x.warc.gz": MARCH})
    with wacz.unpacked(packed) as (path,):
        assert path.read_bytes() == MARCH
    assert not path.exists()


def together(path: Path, resources: list[dict[str, str]], files: dict[str, Path]) -> Path:
    """Pack WACZ files into one that lists them, as Browsertrix does."""
    said = json.dumps({"profile": "multi-wacz-package", "resources": resources}).encode()
    packed = {name: file.read_bytes() for name, file in files.items()}
    return pack(path, {**packed, "datapackage.json": said})


def test_a_wacz_of_others_brings_those_that_lie_in_it_or_beside_it(tmp_path: Path) -> None:
    here = tmp_path / "here"
    (here / "more").mkdir(parents=True)
    april = warc((3, "2024-04-01T00:00:00Z", "response"))
    inner = pack(tmp_path / "march.wacz", described({"archive/data.warc.gz": MARCH}))
    beside = pack(here / "more" / "april.wacz", described({"archive/data.warc.gz": april}))
    digest = f"sha256:{hashlib.sha256(beside.read_bytes()).hexdigest()}"
    resources = [
        {"name": "march.wacz", "path": "https://store.example/march.wacz?signed=1"},
        {"name": "April", "path": "more/april.wacz", "hash": digest},
        {"name": "May", "path": "https://store.example/may.wacz"},
    ]
    all_ = together(here / "all.wacz", resources, {"march.wacz": inner})
    done = union_archive(tmp_path / "h", "ingest", str(all_))
    assert done.stdout.startswith("1 files: 3 new"), done.stderr
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "all.wacz: https://store.example/may.wacz: not fetched" in done.stderr
    assert union_archive(tmp_path / "h", "verify").returncode == 0


def test_what_a_wacz_of_others_lists_elsewhere_or_wrongly_is_told(tmp_path: Path) -> None:
    here, told = tmp_path / "here", []
    here.mkdir()
    secret = pack(tmp_path / "secret.wacz", {"archive/x.warc.gz": MARCH})
    (here / "link.wacz").symlink_to(secret)
    torn = here / "torn.wacz"
    torn.write_bytes(secret.read_bytes()[:-30])
    other = pack(here / "other.wacz", {"archive/x.warc.gz": MARCH})
    nested = together(tmp_path / "nested.wacz", [{"path": "n.wacz"}], {"n.wacz": secret})
    wrong = f"sha256:{'0' * 64}"
    expected = {
        "../secret.wacz": "expected a file in it, beside it or below",
        str(secret): "expected a file in it, beside it or below",
        "link.wacz": "expected a file in it, beside it or below",
        "gone.wacz": "neither in it nor beside it",
        "torn.wacz": "not readable as WACZ",
        "other.wacz": "has the SHA-256",
        "nested.wacz": "got no WARC file in it",
        "a\0b.wacz": "no name of a file",
        f"{'long' * 100}.wacz": "no name of a file",
    }
    resources = [{"path": name, "hash": wrong if name == other.name else ""} for name in expected]
    all_ = together(here / "all.wacz", [*resources, {}], {"nested.wacz": nested})
    found = list(multi_wacz.warcs(all_, lambda path, why: told.append((path, why))))
    assert (found, len(told)) == ([], len(expected) + 1)
    expected["a file without a path"] = "neither in it nor beside it"
    for (path, why), (name, words) in zip(told, expected.items(), strict=True):
        assert path == all_
        assert why.startswith(f"{name}: ")
        assert words in why
        assert "union-archive-" not in why
