"""An ingest that is killed, or finds the disk full, goes on when it is run again."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest
from loopback import ROOT, article, rows, union_archive
from others_files import warc
from test_full_disk import resize, small, stopped_in_one_line  # noqa: F401 - a fixture

from archive.warc.reading import captures

SENTENCE = "总工会组织职工志愿者到田间送清凉、送法律、送健康,受到大家欢迎,志愿者说明年再来。"


def hand_in(folder: Path, count: int) -> Path:
    """Make saved pages, clean texts and a WARC file: two and a half times as many articles."""
    folder.mkdir()
    for number in range(count):
        page = article(f"松原第{number}次活动", *[f"第{number}次。{SENTENCE}"] * 3)
        (folder / f"{number:04}.html").write_text(page, encoding="utf-8")
    lines = [json.dumps({"text": f"第{number}场。{SENTENCE}" * 2}) for number in range(count)]
    (folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    pages = [(number, "2024-03-01T00:00:00Z", "response") for number in range(count // 2)]
    (folder / "a.warc.gz").write_bytes(warc(*pages))
    return folder


def recorded(holdings: Path) -> int:
    address = f"file:{holdings}/archive.db?mode=ro"
    with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as db:
        count: int = db.execute("SELECT count(*) FROM captures").fetchone()[0]
        return count
    return 0


def killed(holdings: Path, folder: Path, after: int, how: signal.Signals) -> bool:
    """End an ingest once it has recorded so much more; say whether it lived until then."""
    upto = recorded(holdings) + after
    process = subprocess.Popen(
        [
            *("env", "--default-signal=INT"),  # which pytest's workers ignore, and so would this
            *(sys.executable, "-m", "crawler.cli", "-C", str(holdings), "ingest", str(folder)),
        ],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and recorded(holdings) < upto:
        time.sleep(0.01)
    lived = process.poll() is None
    process.send_signal(how)
    process.wait(timeout=60)
    return lived


def check(holdings: Path, articles: int) -> Counter[str]:
    """Assert that all is there, once and sound; give how often the WARC files have each record."""
    assert rows(holdings, "SELECT count(*), count(DISTINCT id) FROM articles") == [
        (articles, articles)
    ]
    assert rows(holdings, "SELECT max(number) FROM versions") == [(1,)]
    assert union_archive(holdings, "verify").returncode == 0
    files = (path for path in (holdings / "warc").iterdir() if path.name.endswith(".gz"))
    found = Counter(stored.capture.record_id for path in files for stored in captures(path))
    assert len(found) == articles
    return found


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, how: signal.Signals, *, full: bool
) -> None:
    count, kills = (400, 12) if full else (40, 2)
    folder, chance = hand_in(tmp_path / "in", count), random.Random(20_240_305)
    for _ in range(kills):
        assert killed(tmp_path / "h", folder, chance.randint(1, count // kills), how)
    done = union_archive(tmp_path / "h", "ingest", str(folder))
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert set(check(tmp_path / "h", count * 5 // 2).values()) == {1}


def test_what_a_kill_while_going_on_left_unread_is_read_and_not_written_again(
    tmp_path: Path,
) -> None:
    folder = hand_in(tmp_path / "in", 4)
    assert union_archive(tmp_path / "first", "ingest", str(folder)).returncode == 0
    shutil.copytree(tmp_path / "first" / "warc", tmp_path / "h" / "warc")  # whole, and unread
    done = union_archive(tmp_path / "h", "ingest", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert set(check(tmp_path / "h", 10).values()) == {1}


def test_a_file_that_cannot_be_read_is_told_each_time_until_it_can(tmp_path: Path) -> None:
    assert union_archive(tmp_path / "h", "ingest", str(hand_in(tmp_path / "in", 2))).returncode == 0
    bad = tmp_path / "h" / "warc" / "bad.warc.gz"
    whole = warc((3, "2024-04-01T00:00:00Z", "response"))
    bad.write_bytes(whole[:200] + bytes([whole[200] ^ 255]) + whole[201:])
    for _ in range(2):
        done = union_archive(tmp_path / "h", "ingest", str(tmp_path / "in"))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "bad.warc.gz" in done.stderr
    assert rows(tmp_path / "h", "SELECT count(*) FROM warcs WHERE name = 'bad.warc.gz'") == [(0,)]
    bad.write_bytes(whole)
    done = union_archive(tmp_path / "h", "ingest", str(tmp_path / "in"))
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(tmp_path / "h", "SELECT count(*) FROM articles") == [(6,)]


@pytest.mark.parametrize(("name", "size"), [("warc", "24k"), ("archive.db", "700k")])
def test_a_full_disk_stops_and_room_lets_it_go_on(
    tmp_path: Path,
    small: Path,  # noqa: F811
    name: str,
    size: str,
) -> None:
    folder, holdings = hand_in(tmp_path / "in", 40), tmp_path / "h"
    holdings.mkdir()
    if name == "warc":
        (small / name).mkdir()
    (holdings / name).symlink_to(small / name)
    resize(small, size)
    done = union_archive(holdings, "ingest", str(folder))
    stopped_in_one_line(done, "No space left" if name == "warc" else "the disk is full")
    assert not list((small / "warc").glob("*.part"))
    resize(small, "64m")
    done = union_archive(holdings, "ingest", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    check(holdings, 100)
