import json
import shutil
from pathlib import Path

import pytest
from archived import sound
from decided import FEW, LESSONS, SITE, _ingested, check, decided, everything, save
from loopback import rows

from archive.addresses.urls import article_id
from archive.store import Store

__all__ = ["_ingested", "decided"]
ID = article_id(f"http://{SITE}/a/3.html")
OURS = article_id(f"http://{SITE}/a/1.html")
THEIRS = article_id(f"http://{SITE}/a/5.html")

SITE_FILE = """name = "{name}"
home = "http://{host}/"
article = "^/a/"
sources = [{{list = "/"}}]
"""


@pytest.fixture
def other(decided: Path, tmp_path: Path) -> Path:
    """Another holdings, that has some of the same and more, and decided for itself."""
    other = tmp_path / "other"
    for number in (*range(5, FEW), *range(FEW, len(LESSONS))):
        save(tmp_path / "more", number)
    save(tmp_path / "more", 3, turns=6)
    check(other, "ingest", str(tmp_path / "more"))
    for holdings, value in ((decided, "甲报"), (other, "乙报")):
        check(holdings, "correct", ID, "--source", value, "--reason", "x")
        (holdings / "sites" / "a.toml").write_text(SITE_FILE.format(name=value, host="a.example"))
    (other / "sites" / "b.toml").write_text(SITE_FILE.format(name="乙", host="b.example"))
    check(other, "correct", ID, "--published", "2009-05-01", "--reason", "y")
    check(other, "withdraw", THEIRS, "--reason", "z")
    check(decided, "withdraw", OURS, "--reason", "w")
    return other


def everything_found(holdings: Path, *also: str) -> list[tuple[str, str, str]]:
    """All articles in the order in which a search gives them."""
    found = json.loads(check(holdings, "search", *also, "--json", "--", "-on:1900"))
    return [(hit["id"], hit["title"], hit["published"]) for hit in found["results"]]


def test_all_of_it_is_taken_in_and_only_once(decided: Path, other: Path) -> None:
    together = everything_found(decided, "--also", str(other))
    said = check(decided, "merge", str(other)).splitlines()
    assert said == [
        f'conflict: {ID}: source is corrected to "甲报" here, to "乙报" there; ours stays',
        "conflict: sites/a.toml: another one is there; ours stays",
        said[-1],
    ]
    assert said[-1].endswith(" 2 conflicts, 0 failed")
    assert rows(decided, "SELECT count(*) FROM articles") == [(7,)]
    assert everything_found(decided) == together
    query = f"SELECT version, source, published FROM articles WHERE id = '{ID}'"
    assert rows(decided, query) == [(3, "甲报", "2009-05-01")]
    assert sorted(rows(decided, "SELECT id FROM withdrawn")) == sorted([(OURS,), (THEIRS,)])
    assert (decided / "sites" / "b.toml").exists()
    assert "甲报" in (decided / "sites" / "a.toml").read_text()
    linked = [path for path in (decided / "warc").iterdir() if path.stat().st_nlink == 2]
    assert len(linked) == 1
    with Store(decided / "archive.db") as store:
        sound(store.db)
    before = everything(decided)
    again = check(decided, "merge", str(other))
    assert " 0 new, 0 changed," in again
    assert everything(decided) == before
    check(decided, "withdraw", "--undo", THEIRS)
    assert rows(decided, "SELECT count(*) FROM articles") == [(8,)]


def test_either_way_round_gives_the_same_texts(decided: Path, other: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(other, tmp_path / "copy"))
    check(decided, "merge", str(other))
    check(copy, "merge", str(decided))
    query = "SELECT id, title, text, version FROM articles ORDER BY id"
    check(decided, "reclean")
    check(copy, "reclean")
    assert rows(decided, query) == rows(copy, query)
    query = "SELECT record_id, outcome, article FROM captures ORDER BY 1"
    assert rows(decided, query) == rows(copy, query)


def test_runs_come_too_and_once(decided: Path, other: Path) -> None:
    with Store(other / "archive.db") as store:
        store.finish_run(store.start_run(SITE, "2026-01-01T00:00:00Z"), "x", "finished", {"new": 3})
    for _ in range(2):
        check(decided, "merge", str(other))
        assert rows(decided, "SELECT started, new FROM runs") == [("2026-01-01T00:00:00Z", 3)]


def test_a_withdrawal_taken_back_there_stays_here(decided: Path, other: Path) -> None:
    check(decided, "merge", str(other))
    check(other, "withdraw", "--undo", THEIRS)
    assert f"conflict: {THEIRS}: taken back there, stays withdrawn here: z" in check(
        decided, "merge", str(other)
    )
    assert (THEIRS,) in rows(decided, "SELECT id FROM withdrawn")


def test_what_is_no_holdings_or_being_written(decided: Path, other: Path, tmp_path: Path) -> None:
    assert "no holdings" in check(decided, "merge", str(tmp_path / "nothing"), code=2)
    assert "the same holdings" in check(decided, "merge", str(decided), code=2)
    (other / "warc" / "x.warc.gz.open").touch()
    told = check(decided, "merge", str(other), code=1)
    assert "x.warc.gz.open: still being written" in told
