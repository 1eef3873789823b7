import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from loopback import LoopbackSite, article, put_site, rows, union_archive

from archive.backup import back_up
from archive.errors import UnionArchiveError, UsageError
from archive.holdings import Holdings

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]"


def furnish(site: LoopbackSite, count: int) -> None:
    for number in range(count):
        site.pages[f"/a/{number}"] = article(f"夜校第{number}期", *[f"{BODY}{number}"] * 4)
    site.pages["/news/"] = "".join(f'<a href="/a/{number}">x</a>' for number in range(count))


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("holdings")
    with LoopbackSite() as site:
        furnish(site, 3)
        put_site(root, site, KEYS, "ninghe")
        (root / "config.toml").write_text('contact = "archive@ninghe.example"')
        union_archive(root, "crawl")
    (root / "warc" / "x.warc.gz.5.damaged").write_bytes(b"torn")
    with closing(sqlite3.connect(root / "register.db")) as db:
        db.execute("CREATE TABLE notes(note TEXT)")
    return root


def test_a_backup_has_everything_and_is_sound(holdings: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "backup"
    done = union_archive(holdings, "backup", str(target))
    assert (done.returncode, done.stderr) == (0, "")
    names = {str(p.relative_to(target)) for p in target.rglob("*") if p.is_file()}
    kept = {str(p.relative_to(holdings)) for p in holdings.rglob("*") if p.is_file()}
    spared = ("-wal", "-shm", ".lock", ".log")  # what may be lost
    assert names == {name for name in kept if not name.endswith(spared)}
    for path in (holdings / "warc").iterdir():
        assert (target / "warc" / path.name).samefile(path)
    assert union_archive(target, "verify").stdout.splitlines()[-1].startswith("sound")
    everything = "SELECT * FROM captures ORDER BY record_id"
    assert rows(target, everything) == rows(holdings, everything)
    assert [p.name for p in target.parent.iterdir()] == ["backup"]


def test_a_backup_is_never_written_over(holdings: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    union_archive(holdings, "backup", str(target))
    before = sorted(p.stat().st_mtime_ns for p in target.rglob("*"))
    done = union_archive(holdings, "backup", str(target))
    assert done.returncode == 2
    assert "is there already; name a new folder" in done.stderr
    assert sorted(p.stat().st_mtime_ns for p in target.rglob("*")) == before


def test_where_no_backup_can_be_is_said(holdings: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="within the holdings"):
        back_up(Holdings(holdings), holdings / "backup")
    with pytest.raises(UnionArchiveError, match=r"no archive.db"):
        back_up(Holdings(tmp_path), tmp_path.with_name("b"))
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="cannot be made"):
        back_up(Holdings(holdings), tmp_path / "file" / "backup")


def test_what_cannot_be_linked_is_copied(
    holdings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    back_up(Holdings(holdings), tmp_path / "b")
    for path in (holdings / "warc").iterdir():
        copy = tmp_path / "b" / "warc" / path.name
        assert not copy.samefile(path)
        assert copy.read_bytes() == path.read_bytes()


def test_a_backup_that_fails_leaves_nothing(
    holdings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(UnionArchiveError, match="not backed up: No space left"):
        back_up(Holdings(holdings), tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_crawl_goes_on_while_it_is_backed_up(tmp_path: Path) -> None:
    root = tmp_path / "h"
    with LoopbackSite() as site:
        furnish(site, 60)
        put_site(root, site, KEYS, "ninghe")
        command = [sys.executable, "-m", "crawler.cli", "-C", str(root), "crawl"]
        crawl = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for number in range(3):
            wait_for(site, f"/a/{number * 15 + 10}")
            back_up(Holdings(root), tmp_path / str(number))
        out, _ = crawl.communicate(timeout=120)
    assert out.startswith("ninghe: 60 new"), out
    for number in range(3):
        copy = tmp_path / str(number)
        done = union_archive(copy, "verify")
        assert done.returncode == 0, done.stdout
        found = dict(rows(copy, "SELECT id, text FROM articles"))
        assert found.items() <= dict(rows(root, "SELECT id, text FROM articles")).items()
        assert not list((copy / "warc").glob("*.open"))
    assert union_archive(root, "verify").returncode == 0


def wait_for(site: LoopbackSite, path: str) -> None:
    for _ in range(1200):
        if path in site.paths():
            return
        time.sleep(0.02)
    raise AssertionError(site.paths())
