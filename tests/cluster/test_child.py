"""A command at work for a worker that is gone, or stands still, ends by itself."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dasked import ENVIRONMENT, wait_for

WORKER = """
import subprocess, sys, time, os
words = [sys.executable, "-m", "crawler.cluster.child", str(os.getpid()), sys.argv[1]]
child = subprocess.Popen([*words, *sys.argv[2:]], stdin=subprocess.PIPE)
print(child.pid, flush=True)
while True:
    child.stdin.write(b"."); child.stdin.flush(); time.sleep(0.1)
"""


@pytest.fixture
def waits(tmp_path: Path) -> list[str]:
    """A command that waits until somebody writes to what it reads."""
    os.mkfifo(tmp_path / "page.html")
    return ["-C", str(tmp_path / "h"), "ingest", str(tmp_path / "page.html")]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def begin(silence: float, command: list[str]) -> tuple[subprocess.Popen[str], int]:
    line = [sys.executable, "-c", WORKER, str(silence), *command]
    worker = subprocess.Popen(line, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    return worker, int(worker.stdout.readline())


def test_it_dies_with_its_worker(waits: list[str]) -> None:
    worker, pid = begin(60, waits)
    time.sleep(1)
    assert lives(pid)
    worker.kill()
    worker.wait()
    wait_for("the command to die", lambda: not lives(pid), 5)


def test_it_dies_when_its_worker_stands_still(waits: list[str]) -> None:
    worker, pid = begin(2, waits)
    try:
        time.sleep(4)
        assert lives(pid)
        worker.send_signal(19)  # SIGSTOP
        wait_for("the command to die", lambda: not lives(pid), 10)
    finally:
        worker.kill()
        worker.wait()
