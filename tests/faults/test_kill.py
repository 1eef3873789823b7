"""kill -9 at any moment: `pytest -n 0 -s tests/faults --full` kills a crawl of 2,000 articles."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bench import KEYS, asked, check, furnish
from driver import MOMENTS
from loopback import ROOT, LoopbackSite, put_site, union_archive

from crawler.fetch.scheduler import IN_FLIGHT

DRIVER = str(Path(__file__).with_name("driver.py"))


def crawl(holdings: Path, *moment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, DRIVER, str(holdings), *moment],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_when(process: subprocess.Popen[str], site: LoopbackSite, requests: int) -> bool:
    """Kill a crawl once the site has been asked so often; say whether it lived until then."""
    upto = len(site.log) + requests
    while process.poll() is None and len(site.log) < upto:
        time.sleep(0.005)
    lived = process.poll() is None
    process.kill()
    process.communicate(timeout=60)
    return lived


def test_kills_at_every_boundary_and_at_random_lose_nothing(
    tmp_path: Path, *, full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    articles, kills = (2_000, 20) if full else (100, 4)
    moments = MOMENTS if full else MOMENTS[1:6:2]
    chance = random.Random(20_240_305)
    with LoopbackSite() as site:
        furnish(site, articles)
        put_site(tmp_path, site, KEYS)
        died = []
        for number in range(kills):
            share = articles // (kills + 4)
            if number < len(moments):
                # Flushes and batches are rarer than pages.
                rare = not moments[number].endswith("warc") and "save" not in moments[number]
                at = chance.randint(1, 2) if rare else chance.randint(share // 2, share)
                process = crawl(tmp_path, moments[number], str(at))
                out, err = process.communicate(timeout=200)
                assert process.returncode == -signal.SIGKILL, (moments[number], out, err)
                died.append(moments[number])
            elif kill_when(crawl(tmp_path), site, share):
                died.append("at random")
        last = union_archive(tmp_path, "crawl")
    assert last.returncode == 0, last.stderr
    assert len(died) == kills
    check(tmp_path, articles)
    counts = asked(site)
    assert len(counts) == articles
    repeated = sum(counts.values()) - articles
    assert repeated <= kills * IN_FLIGHT
    with capsys.disabled():
        said = f"{kills} kills of {articles} articles: 0 missing, {repeated} asked for again"
        sys.stdout.write(f"\n{said}\n")
