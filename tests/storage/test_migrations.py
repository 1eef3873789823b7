"""An archive as the first schema made it becomes one of today, or stays as it was."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from archived import sound
from sqlite_utils import Database

from archive.database import APPLICATION_ID, open_readonly
from archive.errors import UnionArchiveError
from archive.migrations import migrations
from archive.reader import read
from archive.search import index as search
from archive.store import Store
from archive.versions.listing import versions

URL = "http://s.example/show.asp?id=1"
PRINT = "http://s.example/print.asp?id=1"
TEXT = "大会选举李明为主席，随后合影留念，会议在一片掌声中结束了。" * 3
STEP = list(migrations.steps)[1]


def made_long_ago(path: Path) -> None:
    """Write what the first version of Union Archive did: two versions, two looks since."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        database = Database(db, execute_plugins=False)
        search.register(db)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(db, stop_before=STEP)
        db.execute("PRAGMA user_version = 1")
        db.execute("PRAGMA journal_mode = WAL")
        for number, (url, status, outcome, id_) in enumerate(
            (
                (URL, 200, "article", "aaaaaaaaaa"),
                (URL, 200, "article", "aaaaaaaaaa"),
                (URL, 200, "article", "aaaaaaaaaa"),
                (PRINT, 200, "article", "bbbbbbbbbb"),
                (URL, 404, "gone", "aaaaaaaaaa"),
                (URL, 404, "gone", "aaaaaaaaaa"),
            ),
            1,
        ):
            row: dict[str, Any] = {"record_id": f"urn:uuid:{number}", "url": url, "status": status}
            row |= {"captured": f"2026-01-0{number}T00:00:00Z", "outcome": outcome, "article": id_}
            row |= {"content_type": "", "digest": "", "warc": "w", "offset": number}
            database.table("captures").insert(row)
        for id_, url, key, version, capture in (
            ("aaaaaaaaaa", URL, 5, 2, 2),
            ("bbbbbbbbbb", PRINT, 6, 1, 4),
        ):
            row = {"id": id_, "title": "换届", "text": TEXT, "url": url, "fts_pk": key}
            row |= {"version": version, "capture": f"urn:uuid:{capture}", "source": "日报"}
            row |= {"first_captured": "2026-01-01T00:00:00Z", "flags": '["char_noise"]'}
            database.table("articles").insert(row | {"last_captured": "2026-01-03T00:00:00Z"})
            database.table("flags").insert(
                {"article": id_, "name": "char_noise", "score": 5, "evidence": "x"}
            )
            db.execute(
                "INSERT INTO articles_fts(rowid, title, text, source) SELECT fts_pk, zh_seg(title),"
                " zh_seg(text), zh_seg(source) FROM articles WHERE fts_pk = ?",
                [key],
            )
        for id_, number, capture, text in (
            ("aaaaaaaaaa", 1, 1, "旧文。"),
            ("aaaaaaaaaa", 2, 2, None),
            ("bbbbbbbbbb", 1, 4, None),
        ):
            row = {"article": id_, "number": number, "capture": f"urn:uuid:{capture}"}
            row |= {"captured": f"2026-01-0{capture}T00:00:00Z", "cleaner": "0.0", "text": text}
            database.table("versions").insert(row | {"title": text and "旧题"})


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    made_long_ago(tmp_path / "archive.db")
    return tmp_path / "archive.db"


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def test_an_older_archive_opens_and_a_copy_of_it_is_kept(path: Path) -> None:
    before = dump(path)
    with Store(path) as store:
        sound(store.db)
        assert dump(path.with_name(f"archive.db.before-{STEP}.bak")) == before
        assert [v.text for v in versions(store.db, "aaaaaaaaaa")] == ["旧文。", TEXT]
        assert read(store.db, "bbbbbbbbbb").article.source == "日报"
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "archive.db",
        f"archive.db.before-{STEP}.bak",
    ]


def test_opening_it_again_changes_nothing(path: Path) -> None:
    Store(path).close()
    kept = path.with_name(f"archive.db.before-{STEP}.bak")
    before = (dump(path), kept.stat().st_mtime_ns)
    Store(path).close()
    assert (dump(path), kept.stat().st_mtime_ns) == before


def test_a_step_that_fails_leaves_the_archive_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump(path)

    def fail(_: object) -> None:
        raise RuntimeError

    monkeypatch.setitem(migrations.steps, list(migrations.steps)[-1], fail)
    with pytest.raises(RuntimeError):
        Store(path)
    assert dump(path) == before


def test_where_no_copy_can_be_kept_nothing_is_changed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump(path)
    plain = sqlite3.connect

    def full(name: Any, *arguments: Any, **options: Any) -> sqlite3.Connection:
        db = plain(name, *arguments, **options)
        if str(name).endswith(".part"):
            db.execute("PRAGMA max_page_count = 2")
        return db

    monkeypatch.setattr("archive.database.sqlite3.connect", full)
    with pytest.raises(UnionArchiveError, match=r"bak: the disk is full"):
        Store(path)
    monkeypatch.undo()
    assert dump(path) == before
    assert [p.name for p in path.parent.iterdir() if p.suffix in (".bak", ".part")] == []


def test_a_reader_of_an_older_archive_says_what_to_do(path: Path) -> None:
    with pytest.raises(UnionArchiveError, match="older Union Archive; any crawl or ingest"):
        open_readonly(path)
