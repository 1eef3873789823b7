"""Workers and the scheduler killed in mid-run: `pytest -n 0 -s tests/cluster --full` is long."""

import random
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from dasked import WatchedSite, begin, busy, dask, wait_for
from loopback import put_site, rows, union_archive

from crawler.cluster.store import Store

sys.path.insert(0, str(Path(__file__).parents[1] / "faults"))
from bench import KEYS, asked, check, furnish

LEASE = 6.0


def test_kills_of_workers_and_of_the_scheduler_lose_nothing(
    tmp_path: Path, *, full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    sites, articles, kills, delay = (8, 130, 6, 0.1) if full else (2, 20, 1, 0.5)
    chance = random.Random(20_240_305)
    store = tmp_path / "store"
    Store.at(str(store)).make(lease=LEASE)
    with ExitStack() as stack:
        hosts = [stack.enter_context(WatchedSite(f"127.0.0.{n + 2}")) for n in range(sites)]
        for number, site in enumerate(hosts):
            furnish(site, articles, f"甲{number}")
            put_site(tmp_path, site, KEYS.replace("delay = 0", f"delay = {delay}"), f"s{number}")
        words = ("crawl", "--store", str(store), "--scheduler")
        cluster = stack.enter_context(dask(tmp_path / "dask", 3))

        def requests() -> int:
            return sum(len(site.log) for site in hosts)

        first = begin(tmp_path, *words, cluster.address)
        share = sites * articles // (kills + 3)
        for _ in range(kills):
            upto = requests() + share
            wait_for("requests", lambda upto=upto: requests() >= upto)
            cluster.kill_worker(chance.choice(busy(cluster.workers)))
            cluster.add_worker()
        upto = requests() + share
        wait_for("requests", lambda: requests() >= upto)
        cluster.scheduler.kill()
        out, err = first.communicate(timeout=200)
        assert first.returncode == 1, out + err
        assert "the scheduler is gone" in err.splitlines()[-1]
        cluster.begin()
        for _ in range(3 if full else 1):
            cluster.add_worker()
        second = begin(tmp_path, *words, cluster.address)
        out, err = second.communicate(timeout=1800)
        assert second.returncode == 0, out + err
        assert "crawl 000001:" in err  # it went on with the job
    merged = union_archive(tmp_path, "cluster", "merge", "--store", str(store))
    assert merged.returncode == 0, merged.stderr
    assert f": {sites * articles} new, 0 changed" in merged.stdout
    check(tmp_path, sites * articles)
    assert all(site.never_by_two() for site in hosts)
    again = union_archive(tmp_path, "cluster", "merge", "--store", str(store))
    assert "0 shards: 0 new, 0 changed, 0 unchanged" in again.stdout
    repeated = sum(sum(asked(site).values()) - articles for site in hosts)
    assert rows(tmp_path, "SELECT count(*) FROM runs")[0][0] >= sites
    with capsys.disabled():
        said = f"{kills} workers and the scheduler killed: 0 of {sites * articles} articles missing"
        sys.stdout.write(f"\n{said}, {repeated} asked for again\n")
