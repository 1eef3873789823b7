import sqlite3
from collections.abc import Iterator

import pytest

from archive.addresses.urls import article_id
from archive.errors import UnionArchiveError, UsageError
from archive.reader import check_site, find, read
from archive.records import Article, Capture, Flag, Image, Removal, SiteRecord
from archive.store import Store

WHOLE = Article(
    "http://s.example/1",
    "工会",
    "正文。",
    "2009-05-01",
    "meta",
    ("王芳",),
    "日报",
    "李四",
    "要闻",
    "zh-Hans",
    "Hans",
    (Image("http://s.example/1.jpg", "图"),),
    (Removal("widget", "poll", "心情", 0), Removal("byline", "editor", "尾", 5, "")),
    (Flag("spun_text", 90, "洗稿"), Flag("char_noise", 60, "杂")),
    "gb18030",
    "meta",
)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with Store(":memory:") as store:
        store.put_site(SiteRecord("s", "站", "http://s.example/"))
        captured = Capture(
            "urn:uuid:1", WHOLE.url + "#x", "2026-01-01T00:00:00Z", 200, "", "", "w", 0
        )
        store.save(captured, WHOLE, "s")
        bare = Article("urn:sha256:abc", "", "无题")
        store.save(
            Capture("urn:uuid:2", bare.url, "2026-01-02T00:00:00Z", 0, "", "", "w", 9), bare, None
        )
        yield store.db


def test_an_article_comes_back_whole(db: sqlite3.Connection) -> None:
    kept = read(db, article_id(WHOLE.url))
    assert kept.article == WHOLE
    assert kept.article.extracted == "心情正文。尾"
    assert (kept.site, kept.version, kept.capture) == ("s", 1, "urn:uuid:1")


def test_find(db: sqlite3.Connection) -> None:
    id_ = article_id(WHOLE.url)
    asked = [id_, id_.upper(), id_[:4], f" {id_} ", WHOLE.url, "https://www.s.example/1?utm_x=1#a"]
    for wanted in [*asked, WHOLE.url + "#x"]:
        assert find(db, wanted) == id_
    assert find(db, "urn:sha256:abc") == article_id("urn:sha256:abc")


@pytest.mark.parametrize(
    "wanted", ["nothing", "", "%", "http://s.example/2", "http://[", "'", "\udcff", "a:\udcff"]
)
def test_what_is_not_there_says_so(db: sqlite3.Connection, wanted: str) -> None:
    with pytest.raises(UnionArchiveError, match="no such article"):
        find(db, wanted)


def test_several_that_begin_so_are_named(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("DELETE FROM addresses")
    rename = "UPDATE articles SET id = ? WHERE site IS ?"
    address = "INSERT INTO addresses VALUES (?1, ?1, ?1, NULL)"
    db.executemany(rename, [("abcde1", "s"), ("abcde2", None)])
    db.executemany(address, [["abcde1"], ["abcde2"]])
    with pytest.raises(UnionArchiveError, match="several ids: abcde1, abcde2"):
        find(db, "abc")
    db.execute(address, ["abcde"])
    assert find(db, "abcde") == "abcde"


def test_check_site(db: sqlite3.Connection) -> None:
    check_site(db, None)
    check_site(db, "s")
    with pytest.raises(UsageError, match="got site 'x', expected one that is archived: s"):
        check_site(db, "x")
