"""Whatever the order captures come in, the archive comes to the same."""

import sqlite3
from pathlib import Path
from typing import Any

from archived import index, sound
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.addresses.joining import addresses
from archive.addresses.urls import article_id
from archive.records import AddressRules, Article, Capture, Flag, SiteRecord
from archive.register.corrections import correct
from archive.register.register import Decision, Register
from archive.store import Store
from archive.versions.listing import versions
from archive.versions.statuses import statuses

LONG = (
    "松原省总工会昨日在职工文化宫举办春季招聘会，三十二家企业带来六百个岗位，附近居民一早排起长队。"
)
EDITED = LONG + "\n招聘会将于下周日再办一场，请求职者带好身份证件。"
STRANGE = (
    "这里每天更新走势图表与开奖号码，注册会员即送彩金，客服全天在线等候您的光临，欢迎收藏本页地址。"
)
STUB = "返回首页"
URLS = (
    "http://www.songyuan.example/news/show.aspx?id=7",
    "http://m.songyuan.example/news/show.aspx?id=7",
    "http://www.songyuan.example/news/print.aspx?id=7",
    "http://www.songyuan.example/news/show.aspx?id=7&from=app",
    "http://www.songyuan.example/news/show.aspx?id=8",
)
SITE = SiteRecord("songyuan", "松原省总工会", "http://www.songyuan.example/")
RULED = SiteRecord(SITE.id, SITE.name, SITE.home, addresses=AddressRules(drop=("from",)))
PAGES: dict[str, Article | None] = {
    "long": Article("", "春季招聘会", LONG, "2024-03-05", source="松原工人报"),
    "otherwise read": Article("", "春季招聘会", LONG, "2024-03-06"),
    "edited": Article("", "春季招聘会", EDITED),
    "hijacked": Article("", "走势图", STRANGE, flags=(Flag("hijacked_brand", 90, "x"),)),
    "flagged": Article("", "春季招聘会", LONG, flags=(Flag("injected_links", 90, "x"),)),
    "emptied": Article("", "春季招聘会", STUB),
    "blank": Article("", "春季招聘会_松原", flags=(Flag("soft_404", 60, "no sentence"),)),
    "404": None,
    "304": None,
}
CAPTURES = st.lists(
    st.tuples(st.sampled_from(URLS), st.sampled_from(sorted(PAGES))), min_size=1, max_size=6
)


def captured(number: int, url: str, page: str) -> tuple[Capture, Article | None]:
    from dataclasses import replace

    at = f"2026-01-{number:02}T00:00:00Z"
    status = int(page) if page.isdecimal() else 200
    capture = Capture(f"urn:uuid:{number:04}", url, at, status, "", "", "w", number)
    article = PAGES[page]
    return capture, article and replace(article, url=url)


def state(db: sqlite3.Connection) -> dict[str, Any]:
    """All that an archive says, but for the keys of its index."""
    found: dict[str, Any] = {}
    for table in ("articles", "captures", "removals", "flags", "addresses", "readings", "versions"):
        rows = db.execute(f"SELECT * FROM {table}").fetchall()
        found[table] = sorted(repr({**dict(row), "fts_pk": None}) for row in rows)
    corrections = db.execute("SELECT * FROM corrections ORDER BY article, field")
    found["corrections"] = [tuple(row) for row in corrections]
    for (id_,) in db.execute("SELECT id FROM articles ORDER BY id").fetchall():
        found[id_] = versions(db, id_), statuses(db, id_), addresses(db, id_)
    found["terms"] = sorted((term, col, place) for term, _, col, place in index(db))
    return found


def archive_of(pages: list[Any], register: Path, site: SiteRecord = SITE) -> Any:
    with Store(":memory:", cleaner="1", register=register) as store:
        store.put_site(site)
        for capture, page in pages:
            store.save(capture, page, site.id)
        sound(store.db)
        return state(store.db)


@settings(max_examples=150)
@given(CAPTURES, st.randoms(), st.sampled_from([SITE, RULED]))
def test_the_order_of_arrival_makes_no_difference(
    tmp_path_factory: Any, looks: list[tuple[str, str]], random: Any, site: SiteRecord
) -> None:
    path = tmp_path_factory.mktemp("arrival") / "register.db"
    pages = [captured(number, *look) for number, look in enumerate(looks, 1)]
    expected = archive_of(pages, path, site)
    path.unlink(missing_ok=True)
    assert archive_of(random.sample(pages, len(pages)), path, site) == expected


@settings(max_examples=40)
@given(CAPTURES, st.randoms())
def test_nor_does_it_with_corrections_by_any_of_the_ids(
    tmp_path_factory: Any, looks: list[tuple[str, str]], random: Any
) -> None:
    path = tmp_path_factory.mktemp("arrival") / "register.db"
    with Register(path) as register:
        for number, url in enumerate(URLS[:3]):
            decision = Decision("x", None, f"2026-02-0{number + 1}T00:00:00Z")
            values = {"source": f"甲报{number}", f"flag:{'spun_text' if number else 'x'}": True}
            correct(register, [article_id(url)], url, values, decision)
    pages = [captured(number, *look) for number, look in enumerate(looks, 1)]
    expected = archive_of(pages, path)
    assert archive_of(random.sample(pages, len(pages)), path) == expected
