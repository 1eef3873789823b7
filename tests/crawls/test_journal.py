import logging
from pathlib import Path

import pytest
from loopback import Answer, LoopbackSite, article, put_site, union_archive

from archive.holdings import Holdings
from crawler.crawls.journal import journal

BODY = "十月里，宁河市总工会在纺织厂开办夜校，教职工识图纸、学电工，报名的人坐满了食堂。" * 3
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]"


def test_a_crawl_writes_down_what_it_did_and_what_went_wrong(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        site.pages |= {"/news/": '<a href="/a/1">夜校</a><a href="/a/2">夜校</a>'}
        site.pages |= {"/a/1": article("夜校开班", BODY), "/a/2": Answer(status=302)}
        put_site(tmp_path, site, KEYS)
        done = union_archive(tmp_path, "crawl")
        assert done.returncode == 0, done.stderr
        lines = (tmp_path / "log" / "crawl.log").read_text(encoding="utf-8").splitlines()
        assert lines[-1].endswith(f"Z INFO crawler.crawls.run: {done.stdout.strip()}")
        assert union_archive(tmp_path, "crawl", "--due").returncode == 0
        assert (tmp_path / "log" / "crawl.log").read_text(encoding="utf-8").splitlines() == lines


def test_a_log_that_cannot_be_written_stops_no_crawl(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        site.pages |= {"/news/": '<a href="/a/1">夜校</a>', "/a/1": article("夜校开班", BODY)}
        put_site(tmp_path, site, KEYS)
        (tmp_path / "log" / "crawl.log").mkdir(parents=True)
        done = union_archive(tmp_path, "crawl")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 new" in done.stdout


def test_it_is_rotated_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.crawls.journal.MAX_SIZE", 500)
    monkeypatch.setattr("crawler.crawls.journal.KEPT", 2)
    with journal(Holdings(tmp_path)):
        for number in range(40):
            logging.getLogger("crawler.x").warning("第%s页", number)
            logging.getLogger("scrapy.x").info("not told")
    files = sorted((tmp_path / "log").iterdir())
    assert [file.name for file in files] == ["crawl.log", "crawl.log.1", "crawl.log.2"]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    assert "第39页" in text
    assert "第0页" not in text
    assert "not told" not in text
