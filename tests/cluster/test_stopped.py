"""A worker that stands still in mid-crawl: another goes on, and never are two on the host.

Only with --full: `pytest -n 0 tests/cluster/test_stopped.py --full`.
"""

import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from dasked import ENVIRONMENT, WatchedSite, wait_for
from loopback import put_site

from archive.holdings import Holdings
from crawler.cluster import plan
from crawler.cluster.manifest import newest
from crawler.cluster.store import Store
from crawler.commands.crawl import to_crawl

sys.path.insert(0, str(Path(__file__).parents[1] / "faults"))
from bench import KEYS, furnish

ARTICLES = 40
WORKER = """
import pickle, sys
from crawler.cluster.task import run
print(run(pickle.load(open(sys.argv[1], "rb"))).outcome)
"""


def begin(task: Path) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", WORKER, str(task)]
    return subprocess.Popen(line, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)


def test_who_stands_still_is_replaced(tmp_path: Path, *, full: bool) -> None:
    if not full:
        pytest.skip("--full is not given; test_child and test_lease hold its parts")
    store = Store.at(str(tmp_path / "store"))
    store.make(lease=6)
    with WatchedSite("127.0.0.7") as site:
        furnish(site, ARTICLES)
        put_site(tmp_path, site, KEYS.replace("delay = 0", "delay = 0.5"))
        mine = Holdings(tmp_path)
        _, (task,) = plan.crawl(mine, store, to_crawl(mine), [])
        (tmp_path / "task").write_bytes(pickle.dumps(task))
        first = begin(tmp_path / "task")
        wait_for("requests", lambda: len(site.log) > 10)
        first.send_signal(signal.SIGSTOP)
        second = begin(tmp_path / "task")
        assert second.communicate(timeout=300)[0].split() == ["done"]
        first.send_signal(signal.SIGCONT)
        assert first.communicate(timeout=60)[0].split() == ["busy"]
        assert site.never_by_two()
    found = newest(store, task.name)
    assert found
    assert found[1].finished
    assert found[1].counts["articles"] == ARTICLES
