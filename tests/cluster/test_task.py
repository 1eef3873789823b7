"""One worker, no Dask: a crawl into an S3 store, again, and folded in."""

import json
from pathlib import Path

import pytest
from loopback import Answer, LoopbackSite, article, put_site, rows, union_archive
from storing import s3

from archive.holdings import Holdings
from archive.records import Article, Credit, Flag
from archive.versions import readings
from crawler.cleaning import Cleaner
from crawler.cluster import plan
from crawler.cluster.folding import Folded, fold
from crawler.cluster.job import finish
from crawler.cluster.manifest import newest
from crawler.cluster.store import Store
from crawler.cluster.task import run
from crawler.commands.crawl import to_crawl

__all__ = ["s3"]
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/'}]"
BODY = "总工会在纺织厂开办夜校，教职工识图纸、学电工，报名的人坐满了食堂，灯亮到十点。" * 3


def folded(holdings: Path, store: Store) -> tuple[Folded, list[str]]:
    told: list[str] = []
    came = fold(Holdings(holdings), store, lambda path, why: told.append(f"{path}: {why}"))
    return came, told


def crawled_twice(holdings: Path, store: Store) -> str:
    """Crawl a site as two jobs; give the task's name."""
    mine = Holdings(holdings)
    with LoopbackSite("127.0.0.9") as site:
        numbers = range(4)
        site.pages = {f"/a/{n}": article(f"夜校第{n}期", f"第{n}期。{BODY}") for n in numbers}
        site.pages["/"] = "".join(f"<a href='/a/{n}'>夜校第{n}期</a>" for n in numbers)
        site.pages["/robots.txt"] = Answer(b"", headers={"Content-Type": "text/plain"})
        put_site(holdings, site, KEYS)
        for number, asked in (("000001", 200), ("000002", 304)):
            site.log.clear()
            job, (task,) = plan.crawl(mine, store, to_crawl(mine), [])
            assert job.id == number
            result = run(task)
            assert (result.outcome, result.code) == ("done", 0), result.said
            assert run(task).said == result.said  # done already: nothing is asked for again
            assert {each.status for each in site.log if each.path.startswith("/a/")} == {asked}
            finish(store, job)
    return task.name


def a_part(store: Store, task: str) -> str:
    """The path of a piece of a WARC file."""
    found = newest(store, task)
    assert found
    files = found[1].files
    warc = next(path for path in files if path.startswith("warc/"))
    return f"shards/{task}/parts/{files[warc].parts[0]}"


def test_a_site_crawled_twice_into_s3_is_folded_in_once_and_not_read_again(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert s3
    store, mine = Store.at("s3://shards/task"), Holdings(tmp_path)
    store.make()
    part = a_part(store, crawled_twice(tmp_path, store))
    whole = store.read(part)
    assert whole
    store.write(part, whole[:-1] + b"!")
    came, told = folded(tmp_path, store)
    assert len(told) == 1
    assert "nothing of this shard is taken" in told[0]
    assert came.shards == 0
    assert not mine.archive_db.exists()
    assert not list(mine.warc.iterdir())

    store.write(part, whole)
    with monkeypatch.context() as patch:
        patch.setattr(Cleaner, "submit", lambda *_, **__: pytest.fail("read again"))
        came, told = folded(tmp_path, store)
    assert (told, came.shards, came.counts["new"]) == ([], 1, 4)
    before = rows(tmp_path, "SELECT id, title, text, published, version FROM articles ORDER BY id")
    assert len(before) == 4
    assert folded(tmp_path, store)[0].known == 1
    (tmp_path / "folded.json").unlink()
    again, _ = folded(tmp_path, store)
    assert (again.counts["new"], again.counts["changed"]) == (0, 0)
    assert rows(tmp_path, "SELECT count(*) FROM runs") == [(2,)]
    verified = union_archive(tmp_path, "verify")
    assert verified.returncode == 0, verified.stdout
    done = union_archive(tmp_path, "cluster", "status", "--store", store.url, "--json")
    said = json.loads(done.stdout)
    assert (said["kind"], said["done"], said["tasks"][0]["state"]) == ("crawl", True, "finished")
    assert said["tasks"][0]["articles"] == 4

    rebuilt = tmp_path / "rebuilt"
    assert union_archive(tmp_path, "rebuild", str(rebuilt)).returncode == 0
    query = "SELECT id, title, text, published, version FROM articles ORDER BY id"
    assert rows(rebuilt, query) == before


def test_a_reading_that_is_kept_as_json_comes_back_whole() -> None:
    whole = Article(
        "",
        title="夜校",
        credits=(Credit("校对", "李雷"),),
        flags=(Flag("char_noise", 50, "x"),),
    )
    assert readings.of_json(readings.as_json(whole)) == whole
