"""A small archive of our own, for tests of what readers are given."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from archive.holdings import Holdings
from archive.records import Article, Capture, Flag, Removal, SiteRecord
from archive.search import index as search
from archive.store import Store

SITES = (
    SiteRecord("shuofang", "朔方省总工会", "http://s.example/", "union", "zh-Hans"),
    SiteRecord("haigang", "海港職工盟", "http://h.example/", "union", "zh-Hant"),
)
ARTICLES = (
    (
        "shuofang",
        Article(
            "http://s.example/1",
            "朔方工会换届",
            "大会选举李明为主席。\n会后合影。",
            "2009-05-01",
            authors=("王芳", "李雷"),
            source="朔方日报",
            removals=(
                Removal("widget", "poll", "投票", 0),
                Removal("characters", "script", "舉", 5, "举"),
            ),
            flags=(Flag("injected_links", 80, "五个链接"),),
        ),
    ),
    ("haigang", Article("http://h.example/2", "碼頭工會罷工", "工會要求加薪。", "2010-01-01")),
    (None, Article("urn:sha256:0", "=1+1 \x1b[2J", "没有日期，“引号”,逗号")),
)


def fill(path: Path) -> None:
    """Make an archive of these articles; the first one has two versions; one page is none."""
    with Store(path, cleaner="1") as store:
        for site in SITES:
            store.put_site(site)
        old = Article("http://s.example/1", "旧题", "旧文。")
        pages = [("shuofang", old), *ARTICLES]
        pages.append((None, Article("http://h.example/no", flags=(Flag("block_page", 90, "x"),))))
        for number, (site, page) in enumerate(pages):
            at = f"2026-01-0{number + 1}T00:00:00Z"
            store.save(
                Capture(f"urn:uuid:{number}", page.url, at, 200, "", "", "w", number), page, site
            )


@pytest.fixture
def holdings(tmp_path: Path) -> Holdings:
    """Holdings with that archive."""
    made = Holdings(tmp_path / "holdings")
    made.ensure()
    fill(made.archive_db)
    return made


def sound(db: sqlite3.Connection) -> None:
    """The file is whole, the index says what the articles say, versions are numbered on.

    Reprints are those that would be found had the articles come in another order.
    """
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')")
    found, joined = index(db), reprints_of(db)
    db.execute("BEGIN")
    search.rebuild(db)
    assert index(db) == found
    assert reprints_of(db) == joined
    db.execute("ROLLBACK")
    for row in db.execute("SELECT id, version FROM articles").fetchall():
        numbers = db.execute(
            "SELECT number, text IS NULL FROM versions WHERE article = ? ORDER BY number", [row[0]]
        ).fetchall()
        assert [tuple(n) for n in numbers] == [(n, n == row[1]) for n in range(1, row[1] + 1)]


def reprints_of(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Whatever the archive knows of reprints."""
    keys = db.execute("SELECT * FROM reprint_keys ORDER BY key, article")
    return [tuple(row) for row in keys] + [
        tuple(row) for row in db.execute("SELECT * FROM reprints ORDER BY article")
    ]


def index(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, articles_fts, instance)")
    rows = sorted(tuple(row) for row in db.execute("SELECT * FROM temp.words"))
    db.execute("DROP TABLE temp.words")
    return rows
