"""Workers and the scheduler killed in mid-run: `pytest -n 0 -s tests/cluster --full` is long.

Then those that are left read an archive again.
"""

import json
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from dasked import Cluster, WatchedSite, begin, busy, dask, wait_for
from loopback import LoopbackSite, article, put_site, rows, union_archive

from crawler.cluster.store import Store

sys.path.insert(0, str(Path(__file__).parents[1] / "faults"))
from bench import KEYS, asked, check, furnish

LEASE = 6.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with dask(tmp_path_factory.mktemp("cluster") / "dask", 3) as begun:
        yield begun


def test_kills_of_workers_and_of_the_scheduler_lose_nothing(
    cluster: Cluster, tmp_path: Path, *, full: bool, capsys: pytest.CaptureFixture[str]
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
        begun, gone = err.splitlines()
        assert "2 tasks" in begun or full
        assert "the scheduler is gone" in gone
        cluster.begin()
        for _ in range(3 if full else 1):
            cluster.add_worker()
        second = begin(tmp_path, *words, cluster.address)
        out, err = second.communicate(timeout=1800)
        assert second.returncode == 0, out + err
        assert "crawl 000001:" in err  # it went on with the job
    # What killed workers had on their disks was cleared away by those that took their places.
    wait_for("folders", lambda: not [*cluster.folder.rglob("union-archive-*")], 30)
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


def test_a_reclean_by_workers_comes_to_what_one_here_comes_to(
    cluster: Cluster, tmp_path: Path
) -> None:
    cluster.stand_up()
    mine, alone = tmp_path / "h", tmp_path / "alone"
    with LoopbackSite() as site:
        notice = "<p class='notice'>本厂招聘挡车工三名，有意者请到门卫处登记报名。</p>"
        for number in range(3):
            text = f"第{number}期夜校在纺织厂开课，教职工识图纸、学电工，报名的人坐满了食堂。" * 3
            page = article(f"夜校第{number}期开课", text).replace(
                "</div></body>", notice + "</div></body>"
            )
            site.pages[f"/a/{number}"] = page
        site.pages["/news/"] = "".join(f"<a href='/a/{n}'>夜校{n}</a>" for n in range(3))
        keys = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]\n"
        put_site(mine, site, keys, "s")
        assert union_archive(mine, "crawl").returncode == 0
        put_site(mine, site, f"{keys}layouts = [{{remove = '.notice'}}]", "s")
    shutil.copytree(mine, alone)
    query = "SELECT id, title, text, version FROM articles ORDER BY id"
    assert all("招聘" in row[2] for row in rows(mine, query))
    here = union_archive(alone, "reclean")
    words = ("--scheduler", cluster.address, "--store", str(tmp_path / "store"))
    there = union_archive(mine, "cluster", "reclean", *words)
    assert (here.returncode, there.returncode) == (0, 0), there.stderr
    assert there.stdout.endswith(here.stdout)
    assert rows(mine, query) == rows(alone, query)
    assert not any("招聘" in row[2] for row in rows(mine, query))
    done = union_archive(mine, "cluster", "status", "--json", *words[2:])
    said = json.loads(done.stdout)
    assert (said["kind"], said["done"]) == ("reclean", True)
    assert sum(task["captures"] for task in said["tasks"]) >= 3
