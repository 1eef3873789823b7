"""Sites that share a host: it sees one visitor, in its own log."""

import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from loopback import Answer, OneByOne, article, put_site, rows, union_archive

BODY = "十月里，宁河市总工会在纺织厂开办夜校，教职工识图纸、学电工，报名的人坐满了食堂。" * 3
NUMBERS = range(6)


def share(holdings: Path, host: OneByOne, delay: float) -> None:
    """Two sites in two folders of a host whose answers take their time."""
    for name in ("north", "south"):
        for number in NUMBERS:
            page = article(f"{name}夜校第{number}期开班", f"{name}第{number}期。{BODY}").encode()
            host.pages[f"/{name}/{number}"] = lambda page=page: time.sleep(0.02) or Answer(page)
        links = "".join(f'<a href="/{name}/{number}">夜校</a>' for number in NUMBERS)
        host.pages[f"/{name}/news/"] = links
        keys = f"delay = {delay}\narticle = '^/{name}/\\d'\nsources = [{{list = '/{name}/news/'}}]"
        put_site(holdings, host, keys, name)


def of(host: OneByOne, name: str) -> list[str]:
    return [path for path in host.paths() if path.startswith(f"/{name}/")]


def start(holdings: Path, *sites: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "-C", str(holdings), "crawl", *sites],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait(host: OneByOne, requests: int) -> None:
    for _ in range(2_000):
        if len(host.log) >= requests:
            return
        time.sleep(0.02)
    raise AssertionError(host.paths())


def test_in_one_process_one_is_crawled_after_the_other_with_a_pause_between(tmp_path: Path) -> None:
    with OneByOne() as host:
        share(tmp_path, host, 0.1)
        done = union_archive(tmp_path, "crawl")
    assert done.returncode == 0, done.stderr
    assert rows(tmp_path, "SELECT site, count(*) FROM articles GROUP BY 1") == [
        ("north", 6),
        ("south", 6),
    ]
    assert host.most == 1
    first = host.paths()[1].split("/")[1]
    assert [path.split("/")[1] for path in host.paths()[:8]] == ["robots.txt", *[first] * 7]
    times = [asked.at for asked in host.log]
    assert min(after - before for before, after in pairwise(times)) >= 0.07


def test_without_a_pause_there_is_still_one_request_at_once(tmp_path: Path) -> None:
    with OneByOne() as host:
        share(tmp_path, host, 0)
        assert union_archive(tmp_path, "crawl").returncode == 0
    assert len(host.log) == 2 * (len(NUMBERS) + 2)
    assert host.most == 1


def test_another_process_comes_later(tmp_path: Path) -> None:
    with OneByOne() as host:
        share(tmp_path, host, 5)
        process = start(tmp_path, "north")
        wait(host, 2)
        done = union_archive(tmp_path, "crawl", "south")
        process.kill()
        process.communicate(timeout=60)
    assert done.returncode == 75
    assert "127.0.0.1: another crawl of a site on this host is at work" in done.stderr
    assert of(host, "south") == []


def test_what_waits_for_its_turn_is_stopped_with_the_others(tmp_path: Path) -> None:
    with OneByOne() as host:
        share(tmp_path, host, 0.5)
        process = start(tmp_path)
        wait(host, 3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert [line.rpartition("; ")[2] for line in out.splitlines()] == ["stopped", "stopped"]
    assert "Traceback" not in err
    assert [] in (of(host, "north"), of(host, "south"))
