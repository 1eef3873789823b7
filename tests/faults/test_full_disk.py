"""A disk that is full stops a crawl with one line; with room again it goes on and lacks nothing."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import KEYS, asked, check, furnish
from loopback import ROOT, LoopbackSite, put_site, union_archive

from crawler.fetch.scheduler import IN_FLIGHT

ARTICLES = 150
COMMAND = [sys.executable, "-m", "crawler.cli", "-C"]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, to be given a size by `resize`."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def resize(folder: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)


def stopped_in_one_line(done: subprocess.CompletedProcess[str], said: str) -> None:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert said in done.stdout + done.stderr
    assert sum(said in line for line in done.stderr.splitlines()) <= 1, done.stderr


@pytest.mark.parametrize(
    ("name", "size"), [("warc", "128k"), ("archive.db", "900k"), ("crawl.db", "180k")]
)
def test_a_full_file_system_stops_and_room_lets_it_go_on(
    tmp_path: Path, small: Path, name: str, size: str
) -> None:
    holdings = tmp_path / "holdings"
    holdings.mkdir()
    if name == "warc":
        (small / name).mkdir()
    (holdings / name).symlink_to(small / name)
    resize(small, size)
    with LoopbackSite() as site:
        furnish(site, ARTICLES)
        put_site(holdings, site, KEYS)
        done = union_archive(holdings, "crawl")
        stopped_in_one_line(done, "No space left" if name == "warc" else "the disk is full")
        resize(small, "64m")
        done = union_archive(holdings, "crawl")
    assert done.returncode == 0, done.stderr
    check(holdings, ARTICLES)
    counts = asked(site)
    assert sum(counts.values()) - len(counts) <= IN_FLIGHT


def test_a_limit_on_the_size_of_files_stops_and_its_end_lets_it_go_on(tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (250_000, resource.RLIM_INFINITY))

    with LoopbackSite() as site:
        furnish(site, ARTICLES)
        put_site(tmp_path, site, KEYS)
        done = subprocess.run(
            [*COMMAND, str(tmp_path), "crawl"],
            preexec_fn=limit,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        stopped_in_one_line(done, str(tmp_path))
        done = union_archive(tmp_path, "crawl")
    assert done.returncode == 0, done.stderr
    check(tmp_path, ARTICLES)
