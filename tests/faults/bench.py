"""A loopback site of many small articles, and what must be true of its archive after any fault."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from fastwarc.warc import ArchiveIterator
from loopback import Answer, LoopbackSite, article

KEYS = """delay = 0
article = '^/a/\\d+\\.html$'
sources = [{list = "/news/0", next = "a.next", section = "要闻"}]"""
A_PAGE = 50
SENTENCE = "总工会组织职工志愿者到田间送清凉、送法律、送健康,受到大家欢迎,志愿者说明年再来。"


def furnish(site: LoopbackSite, articles: int, site_name: str = "松原") -> None:
    """Lists of fifty, and small articles that differ."""
    for first in range(0, articles, A_PAGE):
        links = "".join(
            f'<li><a href="/a/{number}.html">第{number}次活动</a></li>'
            for number in range(first, min(first + A_PAGE, articles))
        )
        following = f'<a class="next" href="/news/{first // A_PAGE + 1}">下一页</a>'
        more = following if first + A_PAGE < articles else ""
        site.pages[f"/news/{first // A_PAGE}"] = f"<html><ul>{links}</ul>{more}</html>"
    for number in range(articles):
        text = [f"{site_name}第{number}次。{SENTENCE}" for _ in range(3)]
        site.pages[f"/a/{number}.html"] = article(f"{site_name}工会第{number}次活动", *text)
    site.pages["/robots.txt"] = Answer(b"", headers={"Content-Type": "text/plain"})


def asked(site: LoopbackSite) -> Counter[str]:
    """How often each article was asked for."""
    return Counter(path for path in site.paths() if path.startswith("/a/"))


def check(holdings: Path, articles: int, site_id: str | None = None) -> None:
    """Assert that nothing is missing, nothing is damaged and every WARC can be read."""
    places: dict[str, dict[int, str]] = {}
    for path in sorted((holdings / "warc").iterdir()):
        if path.name.endswith(".damaged"):  # what a kill tore, kept beside
            continue
        assert path.name.endswith(".warc.gz"), path
        with path.open("rb") as file:
            places[path.name] = {
                record.stream_pos: record.record_id
                for record in ArchiveIterator(file, verify_digests=True, parse_http=True)
            }
    with closing(sqlite3.connect(holdings / "archive.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        where = "" if site_id is None else f"WHERE site = '{site_id}'"
        (found,) = db.execute(f"SELECT count(*) FROM articles {where}").fetchone()
        assert found == articles
        assert db.execute("SELECT count(*) FROM articles WHERE text = ''").fetchone() == (0,)
        assert db.execute("SELECT max(number) FROM versions").fetchone() == (1,)
        for record_id, warc, offset in db.execute("SELECT record_id, warc, offset FROM captures"):
            assert places[warc][offset].strip("<>") == record_id
    with closing(sqlite3.connect(holdings / "crawl.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("SELECT count(*) FROM requests").fetchone() == (0,)
