import sqlite3
from pathlib import Path
from typing import Any

import pytest
from archived import fill

from archive.database import open_for_writing, open_readonly
from archive.errors import UnionArchiveError
from archive.hanzi import SEGMENTER_VERSION
from archive.search import results
from archive.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


def test_opening_again_keeps_what_is_there(path: Path) -> None:
    fill(path)
    open_for_writing(path).close()
    with open_readonly(path) as db:
        assert db.execute("SELECT count(*) FROM captures").fetchone()[0] == 5
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_an_index_of_an_older_segmenter_is_built_anew(path: Path) -> None:
    fill(path)
    with Store(path) as store:
        store.db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')")
        store.db.execute("PRAGMA user_version = 0")
    with Store(path) as store:
        assert results.search([store.db], "李明").total == 1
        assert store.db.execute("PRAGMA user_version").fetchone()[0] == SEGMENTER_VERSION


def test_a_reader_sees_what_a_writer_has_done(path: Path) -> None:
    with Store(path) as store, open_readonly(path) as db:
        assert results.search([db], "工会").total == 0
        fill(path)
        assert results.search([db], "工会").total == 2
        with store.transaction() as writing:
            writing.execute("UPDATE articles SET title = 'x'")
            assert db.execute("SELECT max(title) FROM articles").fetchone()[0] != "x"


@pytest.mark.parametrize("opened", [Store, open_readonly])
@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("CREATE TABLE x(a)", "something else"),
        ("PRAGMA application_id = 5; CREATE TABLE x(a)", "something else"),
        (None, "no SQLite database"),
    ],
)
def test_a_file_that_is_not_ours_is_left_alone(
    path: Path, opened: Any, made: str | None, said: str
) -> None:
    if made is None:
        path.write_bytes(b"<html>" * 1000)
    else:
        with sqlite3.connect(path) as db:
            db.executescript(made)
        db.close()
    before = path.read_bytes()
    with pytest.raises(UnionArchiveError, match=said):
        opened(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("opened", [Store, open_readonly])
@pytest.mark.parametrize(
    "made",
    [
        "INSERT INTO _sqlite_migrations(migration_set, name) VALUES ('union-archive', 'later')",
        "PRAGMA user_version = 99",
    ],
)
def test_a_newer_archive_says_so(path: Path, opened: Any, made: str) -> None:
    with Store(path) as store:
        store.db.execute(made)
    with pytest.raises(UnionArchiveError, match="newer Union Archive"):
        opened(path)


def test_a_reader_needs_an_archive(path: Path) -> None:
    with pytest.raises(UnionArchiveError, match="no archive here yet"):
        open_readonly(path)
    path.touch()
    with pytest.raises(UnionArchiveError, match="an empty file"):
        open_readonly(path)


def test_a_reader_cannot_write(path: Path) -> None:
    Store(path).close()
    with open_readonly(path) as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("DELETE FROM articles")


def test_a_folder_that_is_missing_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnionArchiveError, match="does its folder exist"):
        Store(tmp_path / "nowhere" / "archive.db")
