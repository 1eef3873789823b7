import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from archived import sound
from decided import SECRET, SITE, _ingested, check, decided, everything, save
from loopback import rows
from web_archive import serving

from archive.addresses.urls import article_id
from archive.register import withdrawals
from archive.register.register import Decision, Register
from archive.search import index as search
from archive.store import Store

__all__ = ["_ingested", "decided"]
ADDRESS = f"http://{SITE}/a/3.html"
ID = article_id(ADDRESS)
TITLE = "松原工会夜校开设识图班"


def files(holdings: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(holdings.glob("archive.db*")))


def test_the_text_leaves_the_archive_and_comes_back_with_all_versions(decided: Path) -> None:
    before = everything(decided)
    warcs = {path: path.read_bytes() for path in (decided / "warc").iterdir()}
    text = "讲由老师傅讲识图"
    assert text.encode() in files(decided)
    said = check(decided, "withdraw", ADDRESS, "--reason", "作者要求", "--by", "李雷")
    assert said.startswith(f"{ID} withdrawn; ")
    for piece in (text, TITLE, "a/3.html"):
        assert piece.encode() not in files(decided), piece
    assert rows(decided, "SELECT id FROM withdrawn") == [(ID,)]
    for table in ("articles", "versions", "removals", "flags", "captures"):
        column = "id" if table == "articles" else "article"
        assert rows(decided, f"SELECT 1 FROM {table} WHERE {column} = '{ID}'") == []
    assert {path: path.read_bytes() for path in (decided / "warc").iterdir()} == warcs
    with Store(decided / "archive.db") as store:
        sound(store.db)
    check(decided, "withdraw", "--undo", ID[:6])
    assert everything(decided) == before
    with Store(decided / "archive.db") as store:
        sound(store.db)


def test_no_term_of_it_stays_in_the_index(decided: Path) -> None:
    with closing(sqlite3.connect(decided / "archive.db")) as db:
        ((key,),) = db.execute("SELECT fts_pk FROM articles WHERE id = ?", [ID]).fetchall()
    check(decided, "withdraw", ID, "--reason", "x")
    with closing(sqlite3.connect(decided / "archive.db")) as db:
        search.register(db)
        db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, articles_fts, instance)")
        assert db.execute("SELECT 1 FROM temp.words WHERE doc = ?", [key]).fetchall() == []
        # One segment: what was taken out is in no older one, waiting to be merged away.
        segments = db.execute("SELECT count(DISTINCT segid) FROM articles_fts_idx").fetchone()
        assert segments == (1,)
    assert check(decided, "search", "识图", "--json") == check(decided, "search", "没有", "--json")


def test_readers_are_told_and_given_nothing(decided: Path, tmp_path: Path) -> None:
    check(decided, "withdraw", ID, "--reason", "私事")
    told = check(decided, "show", ID, code=1)
    assert told.startswith(f"union-archive: {ID}: withdrawn on 20")
    assert check(decided, "show", ADDRESS, code=1) == told
    check(decided, "export", str(tmp_path / "out.jsonl"))
    assert TITLE not in (tmp_path / "out.jsonl").read_text()
    with serving("serve", decided) as address:
        page = httpx.get(f"{address}/a/{ID}")
        assert page.status_code == 410
        assert "withdrawn on 20" in page.text
        assert "私事" not in page.text
        assert TITLE not in page.text
        assert httpx.get(f"{address}/a/{ID}?version=1").status_code == 410
        assert httpx.get(f"{address}/a/aaaaaaaaaa").status_code == 404


def test_a_new_capture_of_the_page_is_refused_and_comes_back_too(
    decided: Path, tmp_path: Path
) -> None:
    check(decided, "withdraw", ID, "--reason", "x")
    new = save(tmp_path / "new", 3, turns=6)
    said = check(decided, "ingest", str(new))
    assert "0 new, 0 changed, 0 unchanged, 1 without an article" in said
    assert SECRET not in check(decided, "search", "识图")
    assert "讲由老师傅讲识图".encode() not in files(decided)
    again = check(decided, "ingest", str(decided / "warc"))
    assert "0 new, 0 changed" in again
    assert rows(decided, f"SELECT 1 FROM captures WHERE url = '{ADDRESS}'") == []
    check(decided, "withdraw", "--undo", ADDRESS)
    found = rows(
        decided, f"SELECT version, instr(text, '第6讲') > 0 FROM articles WHERE id = '{ID}'"
    )
    assert found == [(3, 1)]


def test_they_are_listed_with_reasons(decided: Path) -> None:
    check(decided, "withdraw", ID, "--reason", "作者要求", "--by", "李雷")
    line = check(decided, "withdraw", "--list").strip()
    assert line.startswith(f"{ID} 20")
    assert line.endswith(f", by 李雷: 作者要求 {ADDRESS}")
    check(decided, "withdraw", "--undo", ID)
    (one,) = json.loads(check(decided, "withdraw", "--list", "--json"))
    assert (one["article"], one["reason"], one["by"]) == (ID, "作者要求", "李雷")
    assert one["undone"] >= one["at"]


def test_a_crash_between_register_and_archive_is_made_good(decided: Path) -> None:
    with Store(decided / "archive.db") as store, Register(decided / "register.db") as register:
        decision = Decision("x", None, "2026-01-01T00:00:00Z")
        withdrawals.withdraw(store.db, register, ID, decision)
    assert rows(decided, f"SELECT count(*) FROM articles WHERE id = '{ID}'") == [(1,)]
    Store(decided / "archive.db").close()
    assert rows(decided, f"SELECT count(*) FROM articles WHERE id = '{ID}'") == [(0,)]
    assert "讲由老师傅讲识图".encode() not in files(decided)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [ID],
        [ID, "--reason", " "],
        [ID, "--undo", "--reason", "x"],
        ["--list", ID],
        ["--undo"],
    ],
)
def test_wrong_usage(decided: Path, arguments: list[str]) -> None:
    assert len(check(decided, "withdraw", *arguments, code=2).splitlines()) == 1


def test_what_is_not_there(decided: Path, tmp_path: Path) -> None:
    assert "no such article" in check(decided, "withdraw", "zzzz", "--reason", "x", code=1)
    assert "0 withdrawn articles" in check(decided, "withdraw", "--undo", ID, code=1)
    check(tmp_path / "none", "withdraw", ID, "--reason", "x", code=1)
    assert not (tmp_path / "none").exists()


def test_a_record_that_is_gone_stays_withdrawn(decided: Path) -> None:
    check(decided, "withdraw", ID, "--reason", "x")
    for warc in (decided / "warc").iterdir():
        warc.rename(warc.with_suffix(".away"))
    assert "No such file" in check(decided, "withdraw", "--undo", ID, code=1)
    assert rows(decided, "SELECT id FROM withdrawn") == [(ID,)]
