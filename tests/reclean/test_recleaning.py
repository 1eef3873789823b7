import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from archived import sound
from decided import FEW, FOOT, LESSONS, SITE, _ingested, check, decided, everything, page, save
from loopback import ROOT, rows, union_archive

from archive.addresses.urls import article_id
from archive.store import Store

__all__ = ["_ingested", "decided"]
ID = article_id(f"http://{SITE}/a/3.html")
OTHER = article_id(f"http://{SITE}/a/5.html")
OLD_WORDS = "旧规则读出的标题"


@pytest.fixture
def lived(decided: Path, tmp_path: Path) -> Path:
    """Holdings with all that a rebuild must give again, read by rules of different times."""
    for number in range(FEW, len(LESSONS)):
        save(tmp_path / "more", number)
    (tmp_path / "more" / "bare.txt").write_text(
        "夜校放假\n\n国庆期间，松原工会夜校停课三天。\n" * 2
    )
    check(decided, "ingest", str(tmp_path / "more"))
    check(decided, "ingest", str(save(tmp_path / "late", 4, turns=5)))
    check(
        decided,
        *("correct", ID, "--published", "2009-05-01", "--flag", "spun_text", "--reason", "x"),
    )
    check(decided, "withdraw", OTHER, "--reason", "y")
    return decided


def edit(holdings: Path, statement: str) -> None:
    with closing(sqlite3.connect(holdings / "archive.db")) as db, db:
        db.execute(statement)


def spoil(holdings: Path) -> None:
    """Leave the reading of other rules behind."""
    edit(holdings, f"UPDATE versions SET title = '{OLD_WORDS}' WHERE title IS NOT NULL")
    edit(holdings, "UPDATE articles SET script = 'Xxxx'")


def test_after_a_reclean_a_rebuild_gives_the_same(lived: Path, tmp_path: Path) -> None:
    spoil(lived)
    found = json.loads(check(lived, "reclean", "--json"))
    assert found["counts"]["errors"] == 0
    assert set(found["fields"]) >= {"script", "text", "removals"}
    check(lived, "rebuild", str(tmp_path / "new"))
    before, after = everything(lived), everything(tmp_path / "new")
    for table, expected in before.items():
        assert after[table] == expected, table
    assert not rows(lived, f"SELECT 1 FROM articles WHERE text LIKE '%{FOOT}%'")
    assert not rows(lived, f"SELECT 1 FROM versions WHERE text LIKE '%{FOOT}%'")
    assert rows(lived, f"SELECT 1 FROM versions WHERE title = '{OLD_WORDS}'") == []
    assert rows(lived, "SELECT id FROM withdrawn") == [(OTHER,)]
    assert rows(lived, f"SELECT published, version FROM articles WHERE id = '{ID}'") == [
        ("2009-05-01", 2)
    ]
    for holdings in (lived, tmp_path / "new"):
        with Store(holdings / "archive.db") as store:
            sound(store.db)
    assert not (lived / "reclean").exists()
    again = json.loads(check(lived, "reclean", "--json"))
    assert (again["articles"], again["counts"]["change"]) == ([], 0)
    check(tmp_path / "new", "withdraw", "--undo", OTHER)
    check(tmp_path / "new", "correct", ID, "--undo")
    assert rows(tmp_path / "new", "SELECT count(*) FROM articles") == [(10,)]


def test_one_site_is_read_again_and_the_others_stay(lived: Path) -> None:
    edit(lived, "UPDATE articles SET script = 'Xxxx'")
    check(lived, "reclean", "--site", SITE)
    assert rows(lived, "SELECT site, count(*) FROM articles WHERE script = 'Xxxx'") == [(None, 1)]
    partly = everything(lived)
    check(lived, "reclean")
    whole = everything(lived)
    for table in ("versions", "removals", "captures", "corrections", "withdrawn"):
        assert partly[table] == whole[table], table


def test_what_cannot_be_read_keeps_its_reading(lived: Path) -> None:
    check(lived, "reclean")
    before = everything(lived)
    runs = "INSERT INTO runs(site, started) VALUES ('" + SITE + "', '2026-01-01T00:00:00Z')"
    edit(lived, runs)
    gone = max((lived / "warc").glob("*.warc.gz"))
    lost = rows(lived, f"SELECT count(*) FROM captures WHERE warc = '{gone.name}'")[0][0]
    gone.rename(lived / "away")
    said = check(lived, "reclean", code=1)
    assert said.count("its record is in none of the WARC files; its old reading stays") == lost
    after = everything(lived)
    for table in ("versions", "corrections", "withdrawn", "sites"):
        assert after[table] == before[table], table
    assert rows(lived, "SELECT count(*) FROM runs") == [(1,)]
    texts = [{(row[0], row[1], row[8]) for row in found["articles"]} for found in (before, after)]
    assert texts[0] == texts[1]


def test_a_killed_reclean_goes_on_where_it_was(tmp_path: Path) -> None:
    holdings = tmp_path / "h"
    (tmp_path / "in").mkdir()
    for number in range(240):
        text = page(number % 9).replace("/a/", f"/a/{number}-").replace("第1讲", f"第{number}讲")
        (tmp_path / "in" / f"{number}.html").write_text(text, encoding="utf-8")
    check(holdings, "ingest", str(tmp_path / "in"))
    edit(holdings, "UPDATE articles SET script = 'Xxxx'")
    before = everything(holdings)
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "-C", str(holdings), "reclean"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    staged = 0
    while not staged and process.poll() is None:
        time.sleep(0.02)
        staged = staged_captures(holdings)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert 0 < staged < 240
    assert everything(holdings) == before
    first = rowids(holdings)
    ran = union_archive(holdings, "reclean", "--json")
    assert ran.returncode == 0, ran.stderr
    assert f"going on: {len(first)} of 240 captures were read before" in ran.stderr
    assert json.loads(ran.stdout)["counts"]["change"] == 240
    assert rows(holdings, "SELECT count(*), sum(script = 'Xxxx') FROM articles") == [(240, 0)]


def rowids(holdings: Path) -> list[str]:
    with closing(sqlite3.connect(holdings / "reclean" / "archive.db")) as db:
        return [row[0] for row in db.execute("SELECT record_id FROM captures")]


def staged_captures(holdings: Path) -> int:
    if not (holdings / "reclean" / "begun.json").exists():
        return 0
    return len(rowids(holdings))


def test_a_rebuild_says_what_it_needs(decided: Path, tmp_path: Path) -> None:
    assert "there is one already" in check(decided, "rebuild", str(decided), code=2)
    assert "no such folder" in check(tmp_path / "x", "rebuild", str(tmp_path / "y"), code=1)
    assert not (tmp_path / "y").exists()


def test_what_is_whole_of_a_damaged_file_is_taken(decided: Path, tmp_path: Path) -> None:
    warc = max((decided / "warc").glob("*.warc.gz"), key=lambda path: path.stat().st_size)
    whole = warc.read_bytes()
    warc.write_bytes(whole[:-400])
    told = check(decided, "rebuild", str(tmp_path / "new"), code=1)
    assert f"{warc.name}: damaged: its records are whole up to byte " in told
    ((count,),) = rows(tmp_path / "new", "SELECT count(*) FROM articles")
    assert 0 < int(str(count)) < FEW
    with Store(tmp_path / "new" / "archive.db") as store:
        sound(store.db)
