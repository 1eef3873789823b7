import json
import os
import socket
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from loopback import LoopbackSite, put_site, union_archive

from archive.holdings import Holdings
from crawler.clean.edition import edition
from crawler.cluster import plan
from crawler.cluster.engine import differing
from crawler.cluster.job import begin
from crawler.cluster.lease import Lease
from crawler.cluster.progress import progress
from crawler.cluster.store import Store
from crawler.cluster.task import Task, run
from crawler.commands.crawl import to_crawl
from crawler.locks import Locks
from crawler.sitefile.loading import load_site

KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/'}]"


def told(done: object) -> str:
    """The one line that a failed command says."""
    stderr: str = done.stderr  # type: ignore[attr-defined]
    assert len(stderr.splitlines()) == 1, stderr
    return stderr


def test_a_scheduler_that_is_not_there_or_not_named(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        put_site(tmp_path, site, KEYS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    done = union_archive(tmp_path, "cluster", "crawl", "--scheduler", address)
    assert done.returncode == 1
    assert f"--scheduler: got {address}, where no scheduler answers" in told(done)
    done = union_archive(tmp_path, "cluster", "crawl")
    assert done.returncode == 2
    assert "got neither of --scheduler and --workers" in told(done)


def test_a_store_that_is_none_or_may_not_be_written(tmp_path: Path) -> None:
    done = union_archive(tmp_path, "cluster", "merge")
    assert done.returncode == 1
    assert "got none, expected a store of format 1" in told(done)
    path = "/proc/nowhere"
    done = union_archive(
        tmp_path, "cluster", "ingest", "x.warc.gz", "--workers", "1", "--store", path
    )
    assert done.returncode == 1
    assert "/proc/nowhere: the store cannot be read or written" in told(done)


def task(store: Store, **changes: object) -> Task:
    about = store.make()
    fields = {"name": "t", "job": "000001", "command": ("ingest", "{input}"), "store": store.url}
    fields |= {"store_id": about.id, "cleaner": edition(), **changes}
    return Task(**fields)  # type: ignore[arg-type]


def test_a_worker_that_is_not_like_us_does_nothing(tmp_path: Path) -> None:
    store = Store.at(str(tmp_path / "store"))
    result = run(task(store, cleaner="0.0.1+abc"))
    assert (result.outcome, result.code) == ("failed", 2)
    assert f"got union-archive {edition()}, expected 0.0.1+abc" in result.said
    result = run(task(store, store_id="another"))
    assert "sees another store there" in result.said
    result = run(task(store, input=str(tmp_path / "no.warc.gz")))
    assert "there is no such file on worker" in result.said
    assert store.names("shards") == []


def test_a_site_is_crawled_here_or_there(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        put_site(tmp_path, site, KEYS)
    mine = Holdings(tmp_path)
    (chosen,) = to_crawl(mine)
    with closing(Locks(mine)) as crawl:
        crawl.host(chosen.host)
        done = union_archive(tmp_path, "cluster", "crawl", "--workers", "1")
    assert done.returncode == 75
    assert "another crawl of a site on this host is at work" in told(done)
    with closing(Locks(mine, writes=False)) as elsewhere:
        elsewhere.site(chosen.id)
        Locks(mine, alone=True).close()  # shards are merged meanwhile
        done = union_archive(tmp_path, "crawl")
    assert done.returncode == 75
    assert "another crawl of it is at work" in told(done)


def test_of_two_sites_on_a_host_the_one_that_fails_is_named(tmp_path: Path) -> None:
    mine, store = Holdings(tmp_path), Store.at(str(tmp_path / "store"))
    store.make()
    with LoopbackSite() as site:
        site.pages["/"] = "<p>夜校</p>"
        site.pages["/robots.txt"] = ""
        for name, home in (("bad", "/none/"), ("good", "/")):
            put_site(tmp_path, site, KEYS.replace("'/'}", f"'{home}'}}"), name)
        _, (work,) = plan.crawl(mine, store, to_crawl(mine), [])
        result = run(replace(work, last=True))
    bad, good = result.said.splitlines()
    assert "bad: 0 new" in bad
    assert "none of its sources could be read" in bad
    assert "good: 0 new" in good
    done = union_archive(tmp_path, "cluster", "status", "--store", store.url)
    assert done.stdout.splitlines()[1:3] == [f"    {bad}", f"    {good}"]


def test_a_worker_that_gives_no_sign_of_life_is_not_at_work(tmp_path: Path) -> None:
    store = Store.at(str(tmp_path / "store"))
    store.make(lease=60)
    begin(store, "crawl", ("s",), ("t",))
    with Lease(store, "t", "tcp://w", 60):
        assert progress(store)["tasks"][0]["state"] == "at work"
        (beat,) = (tmp_path / "store/leases/t").iterdir()
        os.utime(beat, (beat.stat().st_mtime - 61,) * 2)
        assert progress(store)["tasks"][0]["state"] == "silent"
    assert progress(store)["tasks"][0]["state"] == "waiting"


def test_versions_that_differ_are_named() -> None:
    mine = {"packages": {"python": "3.11.7.final.0", "dask": "2026.8.0", "distributed": "2026.8.0"}}
    other = {"packages": mine["packages"] | {"dask": "2025.1.0"}}
    assert differing({"client": mine, "scheduler": mine, "workers": {"tcp://a": mine}}) is None
    found = differing({"client": mine, "scheduler": mine, "workers": {"tcp://a": other}})
    assert found == ("tcp://a", "dask 2025.1.0", "dask 2026.8.0")


def test_sites_of_one_host_are_one_task_whatever_their_port(tmp_path: Path) -> None:
    for number in range(3):
        home = f"http://127.0.0.{2 if number < 2 else 3}:{8000 + number}/"
        keys = f'name = "x"\nhome = "{home}"\n{KEYS}\n'
        tmp_path.joinpath(f"s{number}.toml").write_text(keys, encoding="utf-8")
    sites = [load_site(path) for path in sorted(tmp_path.glob("*.toml"))]
    store = Store.at(str(tmp_path / "store"))
    store.make()
    job, tasks = plan.crawl(Holdings(tmp_path / "h"), store, sites, [])
    assert [each.command for each in tasks] == [("crawl", "s0", "s1"), ("crawl", "s2")]
    assert plan.crawl(Holdings(tmp_path / "h"), store, sites, [])[0] == job


def test_other_kinds_of_files_are_for_ingest(tmp_path: Path) -> None:
    words = ("cluster", "ingest", "a.html", "--workers", "1")
    done = union_archive(tmp_path, *words, "--store", str(tmp_path / "s"))
    assert done.returncode == 2
    assert "got .html ending, expected .warc.gz or .wacz" in done.stderr.splitlines()[-1]
    assert json.loads((tmp_path / "s" / "store.json").read_text())["format"] == 1
