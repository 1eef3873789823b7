"""Others at work: a second crawl, a lock held too long, a worker that is killed, signals."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from bench import KEYS, asked, check, furnish
from loopback import ROOT, LoopbackSite, children_of, put_site, rows, union_archive

ARTICLES = 60


def crawl(holdings: Path, *sites: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "-C", str(holdings), "crawl", *sites],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait(site: LoopbackSite, requests: int) -> None:
    for _ in range(4_000):
        if len(site.log) >= requests:
            return
        time.sleep(0.02)
    raise AssertionError(site.paths())


def workers(process: subprocess.Popen[str]) -> list[int]:
    lines = {
        child: Path(f"/proc/{child}/cmdline").read_bytes() for child in children_of(process.pid)
    }
    return [child for child, line in lines.items() if b"spawn_main" in line]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_two_crawls_of_different_sites_both_finish_and_of_the_same_one_waits(
    tmp_path: Path,
) -> None:
    with LoopbackSite() as one, LoopbackSite("127.0.0.2") as two:
        for site, name in ((one, "one"), (two, "two")):
            furnish(site, ARTICLES, name)
            put_site(tmp_path, site, KEYS.replace("delay = 0", "delay = 0.15"), name)
        first, second = crawl(tmp_path, "one"), crawl(tmp_path, "two")
        wait(one, 2)
        third = union_archive(tmp_path, "crawl", "one")
        assert third.returncode == 75
        assert "one: another crawl of it is at work" in third.stderr
        for process in (first, second):
            out, err = process.communicate(timeout=300)
            assert process.returncode == 0, out + err
    check(tmp_path, 2 * ARTICLES)
    assert len(list((tmp_path / "warc").iterdir())) == 2
    for site in (one, two):
        assert set(asked(site).values()) == {1}


def test_an_archive_locked_by_another_stops_with_75_and_goes_on_later(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site, ARTICLES)
        put_site(tmp_path, site, KEYS.replace("delay = 0", "delay = 0.1"))
        process = crawl(tmp_path)
        wait(site, 10)
        with closing(sqlite3.connect(tmp_path / "archive.db", timeout=60)) as other:
            other.execute("BEGIN IMMEDIATE")
            _, err = process.communicate(timeout=300)
            other.rollback()
        assert process.returncode == 75, err
        assert "somebody else is writing to it; try again later" in err
        assert "Traceback" not in err
        put_site(tmp_path, site, KEYS)
        assert union_archive(tmp_path, "crawl").returncode == 0
    check(tmp_path, ARTICLES)


def test_a_killed_worker_costs_a_page_that_a_later_run_reads(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site, ARTICLES)
        put_site(tmp_path, site, KEYS)
        process = crawl(tmp_path)
        wait(site, 8)
        for _ in range(3):
            for worker in workers(process):
                os.kill(worker, signal.SIGKILL)
            time.sleep(0.3)
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, out + err
        lost = rows(tmp_path, "SELECT count(*) FROM captures WHERE outcome = 'error'")
        assert rows(tmp_path, "SELECT count(*) FROM articles")[0][0] == ARTICLES - lost[0][0]
        assert union_archive(tmp_path, "crawl").returncode == 0
    check(tmp_path, ARTICLES)


def test_sigterm_drains_a_second_signal_does_not_and_no_worker_is_left(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        furnish(site, ARTICLES)
        put_site(tmp_path, site, KEYS.replace("delay = 0", "delay = 0.3"))
        for signals in ((signal.SIGTERM,), (signal.SIGINT, signal.SIGINT)):
            site.log.clear()
            process = crawl(tmp_path)
            wait(site, 8)
            left = workers(process)
            for number in signals:
                process.send_signal(number)
                time.sleep(0.1)
            out, err = process.communicate(timeout=60)
            assert process.returncode == 1, out + err
            assert "Traceback" not in err
            assert "goes on where it was stopped" in err
            assert left
            assert all(gone(worker) for worker in left)
        site.log.clear()
        process = crawl(tmp_path)
        wait(site, 8)
        left = workers(process)
        process.kill()
        process.communicate(timeout=60)
        for _ in range(200):
            if all(gone(worker) for worker in left):
                break
            time.sleep(0.05)
        assert all(gone(worker) for worker in left)
        put_site(tmp_path, site, KEYS)
        assert union_archive(tmp_path, "crawl").returncode == 0
    check(tmp_path, ARTICLES)
