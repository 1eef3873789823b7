import json
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from archived import sound

from archive.addresses.urls import article_id
from archive.errors import LockedError, UnionArchiveError
from archive.records import Article, Capture, Credit, Flag, Image, Removal, SiteRecord
from archive.search import keys, results
from archive.search.keys import natural_key
from archive.store import Saved, Store
from archive.versions.listing import versions

URL = "http://gonghui.example/a?id=1"
SITE = SiteRecord("shuofang", "朔方省总工会", "http://gonghui.example/", "union", "zh-Hans")


def capture(number: int = 1, **changes: Any) -> Capture:
    given = {
        "record_id": f"urn:uuid:{number:04}",
        "url": URL,
        "captured": f"2026-01-{number:02}T00:00:00Z",
        "status": 200,
        "content_type": "text/html",
        "digest": "sha1:AAAA",
        "warc": "one.warc.gz",
        "offset": number * 100,
    }
    return Capture(**given | changes)


def article(**changes: Any) -> Article:
    given = {
        "url": URL,
        "title": "朔方工会换届",
        "text": "大会选举李明为主席。\n会后合影。",
        "published": "2009-05-01T08:00:00+08:00",
        "published_rule": "meta",
        "authors": ("王芳", "李 雷"),
        "source": "朔方日报",
        "editor": "赵六",
        "credits": (Credit("责任编辑", "赵六"), Credit("审核", "钱七")),
        "section": "要闻",
        "language": "zh-Hans",
        "script": "Hans",
        "images": (Image("http://gonghui.example/1.jpg", "合影"),),
        "removals": (Removal("widget", "poll", "心情", 3), Removal("characters", "pinyin", "", 3)),
        "flags": (Flag("injected_links", 80, "五个链接"),),
        "encoding": "gb18030",
        "encoding_evidence": "meta",
    }
    return Article(**given | changes)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


def total(db: sqlite3.Connection, query: str) -> int:
    return results.search([db], query).total


def test_a_new_article_is_kept_whole(path: Path) -> None:
    with Store(path, cleaner="7") as store:
        store.put_site(SITE)
        saved = store.save(capture(), article(), "shuofang")
        assert saved == Saved("new", article_id(URL))
        row = dict(store.db.execute("SELECT * FROM articles").fetchone())
        assert json.loads(row.pop("authors")) == ["王芳", "李 雷"]
        assert json.loads(row.pop("images")) == [
            {"url": "http://gonghui.example/1.jpg", "caption": "合影"}
        ]
        assert json.loads(row.pop("credits")) == [
            {"role": "责任编辑", "name": "赵六"},
            {"role": "审核", "name": "钱七"},
        ]
        assert json.loads(row.pop("flags")) == ["injected_links"]
        assert row == {
            "id": article_id(URL),
            "title": "朔方工会换届",
            "published": "2009-05-01T08:00:00+08:00",
            "site": "shuofang",
            "source": "朔方日报",
            "editor": "赵六",
            "section": "要闻",
            "text": "大会选举李明为主席。\n会后合影。",
            "url": URL,
            "published_rule": "meta",
            "language": "zh-Hans",
            "script": "Hans",
            "version": 1,
            "capture": "urn:uuid:0001",
            "first_captured": "2026-01-01T00:00:00Z",
            "last_captured": "2026-01-01T00:00:00Z",
            "fts_pk": natural_key("2009-05-01", article_id(URL)),
            "status": None,
        }
        kept = store.db.execute("SELECT * FROM captures").fetchone()
        assert (kept["outcome"], kept["article"], kept["encoding"]) == (
            "article",
            saved.article,
            "gb18030",
        )
        cuts = store.db.execute("SELECT position, text FROM removals ORDER BY number").fetchall()
        assert [tuple(cut) for cut in cuts] == [(3, "心情"), (3, "")]
        assert store.db.execute("SELECT cleaner FROM versions").fetchone()[0] == "7"
        sound(store.db)


def test_the_same_capture_twice_changes_nothing(path: Path) -> None:
    with Store(path) as store:
        store.save(capture(), article(), None)
        before = store.db.total_changes
        again = store.save(capture(), article(text="别的"), None)
        assert again == Saved("unchanged", article_id(URL))
        assert store.db.total_changes == before


def test_a_changed_text_is_a_new_version_and_the_old_stays(path: Path) -> None:
    with Store(path) as store:
        store.save(capture(1), article(), None)
        saved = store.save(
            capture(2), article(text="改了。", removals=(), flags=(), published="2010-01-01"), None
        )
        assert saved.change == "changed"
        row = store.db.execute("SELECT * FROM articles").fetchone()
        assert (row["text"], row["version"], row["flags"]) == ("改了。", 2, "[]")
        assert (row["first_captured"], row["last_captured"]) == (
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z",
        )
        assert row["fts_pk"] == natural_key("2010-01-01", row["id"])
        assert [v.text for v in versions(store.db, row["id"])] == [article().text, "改了。"]
        assert store.db.execute("SELECT count(*) FROM removals").fetchone()[0] == 0
        assert (total(store.db, "李明"), total(store.db, "改了")) == (0, 1)
        sound(store.db)


def test_an_unchanged_page_only_moves_the_date(path: Path) -> None:
    with Store(path) as store:
        store.save(capture(1), article(), None)
        assert store.save(capture(2), article(), None).change == "unchanged"
        row = store.db.execute("SELECT * FROM articles").fetchone()
        assert (row["version"], row["capture"], row["last_captured"]) == (
            1,
            "urn:uuid:0002",
            "2026-01-02T00:00:00Z",
        )
        sound(store.db)


def test_another_reading_of_the_same_text_is_taken_over(path: Path) -> None:
    with Store(path) as store:
        store.save(capture(1), article(), None)
        saved = store.save(capture(2), article(source="北国晚报", flags=()), None)
        assert saved.change == "unchanged"
        row = store.db.execute("SELECT * FROM articles").fetchone()
        assert (row["source"], row["capture"], row["version"]) == ("北国晚报", "urn:uuid:0002", 1)
        assert (total(store.db, "source:北国"), total(store.db, "source:朔方")) == (1, 0)
        sound(store.db)


@pytest.mark.parametrize(
    ("status", "page", "outcome"),
    [
        (404, None, "gone"),
        (410, None, "gone"),
        (302, None, "redirect"),
        (304, None, "unchanged"),
        (503, None, "error"),
        (200, None, "list"),
        (200, article(text="", flags=(Flag("soft_404", 90, "页面不存在"),)), "soft_404"),
    ],
)
def test_what_is_no_article_leaves_the_last_good_version(
    path: Path, status: int, page: Article | None, outcome: str
) -> None:
    with Store(path) as store:
        assert store.save(capture(1, status=status), page, None) == Saved("no_article", None)
        store.save(capture(2), article(), None)
        saved = store.save(capture(3, status=status), page, None)
        assert saved == Saved("no_article", article_id(URL))
        assert store.save(capture(3, status=status), page, None) == saved
        row = store.db.execute("SELECT * FROM articles").fetchone()
        assert row["text"] == article().text
        assert row["last_captured"][:10] == ("2026-01-03" if status == 304 else "2026-01-02")
        kept = store.db.execute(
            "SELECT outcome, article FROM captures ORDER BY record_id"
        ).fetchall()
        assert [tuple(k) for k in kept] == [
            (outcome, saved.article),
            ("article", saved.article),
            (outcome, saved.article),
        ]
        sound(store.db)


def test_a_page_without_an_article_says_why(path: Path) -> None:
    with Store(path) as store:
        page = article(flags=(Flag("block_page", 90, "请输入验证码"),))
        store.save(capture(), page, None)
        row = store.db.execute("SELECT * FROM captures").fetchone()
        assert (row["evidence"], row["encoding_evidence"]) == ("请输入验证码", "meta")
        assert store.db.execute("SELECT count(*) FROM articles").fetchone()[0] == 0
        store.save(capture(2), None, None, outcome="error")
        assert store.db.execute("SELECT max(outcome) FROM captures").fetchone()[0] == "error"


def test_ids_are_stable_and_a_clash_makes_a_longer_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "archive.addresses.joining.article_id", lambda url, n=10: f"{'x' * 10}{url[-2:]}"[:n]
    )
    with Store(path) as store:
        ids = [
            store.save(capture(n, url=u), article(url=u), None).article
            for n, u in enumerate(["http://g.example/11", "http://g.example/22"], 1)
        ]
        assert ids == ["x" * 10, "x" * 10 + "22"]
        again = store.save(capture(3), article(url="https://www.g.example/22#top", text="新"), None)
        assert again == Saved("changed", ids[1])


def test_the_key_orders_by_day_and_undated_last(path: Path) -> None:
    with Store(path) as store:
        dates = [
            "2009-05-01",
            None,
            "2009-05-02",
            "2009-05-01T23:00:00+08:00",
            "soon",
            "0999-01-01",
        ]
        for number, published in enumerate(dates, 1):
            url = f"http://g.example/{number}"
            store.save(capture(number, url=url), article(url=url, published=published), None)
        rows = store.db.execute("SELECT url FROM articles ORDER BY fts_pk DESC").fetchall()
        days = ("3", "41", "652")
        ordered = [sorted(day, key=lambda n: article_id(f"http://g.example/{n}")) for day in days]
        assert [row[0][-1] for row in rows] == [n for day in ordered for n in reversed(day)]


def test_runs(path: Path) -> None:
    with Store(path) as store:
        store.put_site(SITE)
        run = store.start_run("shuofang", "2026-01-01T00:00:00Z")
        store.finish_run(run, "2026-01-01T01:00:00Z", "finished", {"new": 3, "requests": 9})
        row = store.db.execute("SELECT * FROM runs").fetchone()
        assert (row["new"], row["requests"], row["errors"], row["outcome"]) == (3, 9, 0, "finished")
        with pytest.raises(ValueError, match="pages"):
            store.finish_run(run, "2026", "finished", {"pages": 1})
        with pytest.raises(UnionArchiveError, match="nowhere"):
            store.start_run("nowhere", "2026")
        with pytest.raises(UnionArchiveError, match="nowhere"):
            store.save(capture(), article(), "nowhere")


def test_a_site_may_be_put_again(path: Path) -> None:
    with Store(path) as store:
        store.put_site(SITE)
        store.save(capture(), article(), "shuofang")
        store.put_site(SiteRecord("shuofang", "新名", "http://gonghui.example/"))
        assert store.db.execute("SELECT name FROM sites").fetchone()[0] == "新名"


def test_a_transaction_holds_all_or_nothing(path: Path) -> None:
    with Store(path) as store:
        with suppress(RuntimeError), store.transaction():
            store.save(capture(), article(), None)
            raise RuntimeError
        assert store.db.execute("SELECT count(*) FROM captures").fetchone()[0] == 0
        sound(store.db)


def test_a_locked_archive_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.database.BUSY_SECONDS", 0.05)
    with Store(path) as first, Store(path) as second:
        second.db.execute("PRAGMA busy_timeout = 50")
        with first.transaction(), pytest.raises(LockedError, match="try again later") as error:
            second.save(capture(), article(), None)
        assert error.value.exit_code == 75
        assert second.save(capture(), article(), None).change == "new"


def test_a_full_disk_says_so_and_breaks_nothing(path: Path) -> None:
    with Store(path) as store:
        store.save(capture(1), article(), None)
        pages = store.db.execute("PRAGMA page_count").fetchone()[0]
        store.db.execute(f"PRAGMA max_page_count = {pages}")
        other = article(url="http://g.example/2", text="长" * 100_000)
        with pytest.raises(UnionArchiveError, match="disk is full"):
            store.save(capture(2), other, None)
        sound_after = store.db.execute("SELECT count(*) FROM articles").fetchone()[0]
        assert sound_after == 1


def test_articles_of_a_day_are_in_the_order_of_their_ids(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "natural_key", lambda published, _: keys.first_key(published))
    urls = [f"http://g.example/{number}" for number in range(1, 7)]
    with Store(path) as store:
        for number, url in enumerate(urls, 1):
            store.save(capture(number, url=url), article(url=url, text=f"{number}人合影。"), None)
        rows = store.db.execute("SELECT fts_pk, id FROM articles ORDER BY 1").fetchall()
        assert [row[0] - (733528 << 20) for row in rows] == [0, 1, 2, 3, 4, 5]
        assert [row[1] for row in rows] == sorted(map(article_id, urls))
        for row in rows:
            assert keys.seek(store.db, "2009-05-01", row[1]) == row[0]
            assert keys.seek(store.db, "2009-05-01", row[1], past=True) == row[0] + 1
        sound(store.db)


def test_a_line_that_was_learned_meanwhile_is_no_new_version(path: Path) -> None:
    with Store(path) as store:
        store.put_site(SITE)
        foot = "本站稿件由松原工讯供应"
        text = article().text
        store.save(capture(1), article(text=f"{text}\n{foot}"), SITE.id)
        learned = (Removal("boilerplate", "learned", foot, len(text) + 1),)
        again = store.save(capture(2), article(removals=learned), SITE.id)
        assert again.change == "unchanged"
        changed = store.save(capture(3), article(text="另一段。", removals=learned), SITE.id)
        assert changed.change == "changed"
        found = [(v.text, v.capture) for v in versions(store.db, changed.article or "")]
    assert found == [(text, "urn:uuid:0001"), ("另一段。", "urn:uuid:0003")]
