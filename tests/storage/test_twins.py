"""Addresses in another dress have one form; only what reads the same is one article."""

from pathlib import Path

import pytest

from archive.addresses.joining import addresses
from archive.addresses.twins import own, twins
from archive.addresses.urls import article_id
from archive.records import Article, Capture, Flag
from archive.store import Store

S = "http://www.songyuan.example"
TEXT = "松原省总工会昨日举办春季招聘会，三十二家企业带来六百个岗位，附近居民一早排起长队。"


@pytest.mark.parametrize(
    ("dressed", "plain"),
    [
        ("http://m.songyuan.example/a/7.html", f"{S}/a/7.html"),
        ("http://wap.songyuan.example/a/7.html", f"{S}/a/7.html"),
        (f"{S}/m/a/7.html", f"{S}/a/7.html"),
        (f"{S}/wap/a/7.html", f"{S}/a/7.html"),
        (f"{S}/a/7/amp", f"{S}/a/7"),
        (f"{S}/a/7.amp.html", f"{S}/a/7.html"),
        (f"{S}/a/print_7.html", f"{S}/a/7.html"),
        (f"{S}/a/7_print.html", f"{S}/a/7.html"),
        (f"{S}/a/7.html?print=1", f"{S}/a/7.html"),
        (f"{S}/show.php?id=7&action=print", f"{S}/show.php?id=7"),
        (f"{S}/news/print.aspx?id=7", f"{S}/news/show.aspx?id=7"),
        (f"{S}/Article_Print.asp?ArticleID=7", f"{S}/Article_Show.asp?ArticleID=7"),
        ("http://m.songyuan.example/show.php?id=7&mobile=1", f"{S}/show.php?id=7"),
    ],
)
def test_twins(dressed: str, plain: str) -> None:
    assert twins(dressed, plain)
    assert twins(plain, dressed)
    assert own(plain) < own(dressed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{S}/a/7.html", f"{S}/a/8.html"),
        (f"{S}/a/7.html", f"{S}/a/7_2.html"),
        (f"{S}/show.php?id=7", f"{S}/show.php?id=8"),
        (f"{S}/show.php?id=7", f"{S}/show.php?id=7&page=2"),
        (f"{S}/print.php?id=7", f"{S}/show.php?id=8"),
        (f"{S}/news.php?id=7", f"{S}/notice.php?id=7"),
        ("http://m.songyuan.example/a/7.html", "http://m.beigang.example/a/7.html"),
        ("http://example.com/7", "http://m.com/7"),
        (f"{S}/a/print.html", f"{S}/a/show.html"),
        (f"{S}/a/7.html?m=5", f"{S}/a/7.html"),
    ],
)
def test_no_twins(one: str, other: str) -> None:
    assert not twins(one, other)


def save(store: Store, number: int, url: str, title: str = "招聘会", text: str = TEXT) -> str:
    capture = Capture(f"urn:uuid:{number}", url, f"2026-01-{number:02}", 200, "", "", "w", number)
    saved = store.save(capture, Article(url, title, text), None)
    assert saved.article is not None
    return saved.article


MOBILE, PLAIN = "http://m.songyuan.example/a/7.html", f"{S}/a/7.html"


@pytest.mark.parametrize("order", [[MOBILE, PLAIN], [PLAIN, MOBILE]])
def test_twins_are_one_article_with_both_addresses(tmp_path: Path, order: list[str]) -> None:
    with Store(tmp_path / "archive.db") as store:
        found = [save(store, number, url) for number, url in enumerate(order, 1)]
        assert found[-1] == article_id(PLAIN)
        (row,) = store.db.execute("SELECT * FROM articles").fetchall()
        assert (row["id"], row["url"], row["version"]) == (article_id(PLAIN), PLAIN, 1)
        assert [each.url for each in addresses(store.db, row["id"])] == [PLAIN, MOBILE]
        assert save(store, 3, MOBILE, text=f"{TEXT}\n改了。") == article_id(PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((f"{S}/a/7.html", "招聘会", TEXT), (f"{S}/a/8.html", "招聘会", TEXT)),
        ((PLAIN, "招聘会", TEXT), (MOBILE, "招聘会", TEXT.replace("六百", "八百"))),
        ((PLAIN, "招聘会", TEXT), (MOBILE, "春季招聘会", TEXT)),
        ((PLAIN, "", TEXT), (MOBILE, "", TEXT)),
        ((PLAIN, "招聘会", "见附件。"), (MOBILE, "招聘会", "见附件。")),
        ((PLAIN, "招聘会", TEXT), ("http://m.beigang.example/a/7.html", "招聘会", TEXT)),
        ((PLAIN, "招聘会", TEXT), (f"{S}/m/a/7_2.html", "招聘会", TEXT)),
    ],
)
def test_what_is_not_both_alike_stays_two(
    tmp_path: Path, one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    with Store(tmp_path / "archive.db") as store:
        assert save(store, 1, *one) != save(store, 2, *other)
        assert store.db.execute("SELECT count(*) FROM articles").fetchone()[0] == 2


def test_pages_that_one_kit_has_taken_over_stay_two(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        for number, url in enumerate((PLAIN, MOBILE), 1):
            page = Article(url, "走势图", TEXT, flags=(Flag("hijacked_brand", 90, "x"),))
            capture = Capture(f"{number}", url, f"2026-01-0{number}", 200, "", "", "w", number)
            assert store.save(capture, page, None).change == "new"
