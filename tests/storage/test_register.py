import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import LockedError, UnionArchiveError
from archive.register.register import Register

AT = "2026-01-01T00:00:00Z"


def test_lines_are_kept_with_the_day_they_were_learned(tmp_path: Path) -> None:
    with Register(tmp_path / "register.db") as register:
        assert register.learn("a", ["甲", "乙"], AT) == {"甲", "乙"}
        assert register.learn("a", ["乙", "丙"], "2026-02-02T00:00:00Z") == {"甲", "乙", "丙"}
        assert register.learn("b", [], AT) == frozenset()
    with Register(tmp_path / "register.db") as register:
        days = register.db.execute("SELECT line, learned FROM boilerplate").fetchall()
    assert dict(map(tuple, days)) == {"甲": AT, "乙": AT, "丙": "2026-02-02T00:00:00Z"}


def test_what_is_not_ours_or_newer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    path.write_text("a letter")
    with pytest.raises(UnionArchiveError, match="no SQLite database"):
        Register(path)
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE other(x)")
    with pytest.raises(UnionArchiveError, match="something else"):
        Register(path)
    path.unlink()
    with Register(path) as register:
        register.db.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name, applied_at)"
            " VALUES ('union-archive-register', 'tomorrow', '')"
        )
    with pytest.raises(UnionArchiveError, match="newer Union Archive"):
        Register(path)


def test_another_writer_is_waited_for_and_then_told(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    with Register(path) as first, Register(path, timeout=0.05) as second:
        with first.transaction(), pytest.raises(LockedError):
            second.learn("a", ["甲"], AT)
        assert second.learn("a", ["甲"], AT) == {"甲"}
