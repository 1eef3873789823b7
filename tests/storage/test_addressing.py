"""Rules of a site file for addresses."""

import asyncio
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from decided import SITE
from decided import save as saved
from loopback import rows

from archive.addresses import former
from archive.addresses.joining import addresses
from archive.addresses.rules import as_json, of_json, ruled
from archive.addresses.urls import article_id
from archive.database import open_readonly
from archive.errors import UnionArchiveError
from archive.reader import find
from archive.records import AddressRules, Article, Capture, SiteRecord
from archive.store import Store
from crawler.cli import union_archive

S = "http://s.example"
SAME = (("^/wap/(.*)$", "/$1"), (r"^/show/(\d+)/(\d+)$", "/$2.html?page=$1"))


@pytest.mark.parametrize(
    ("rules", "url", "expected"),
    [
        (AddressRules(), f"{S}/a?from=x", f"{S}/a?from=x"),
        (AddressRules(drop=("from", "v")), f"{S}/a?from=x&id=1&v=2", f"{S}/a?id=1"),
        (AddressRules(drop=("from",)), f"{S}/a?from=x", f"{S}/a"),
        (AddressRules(drop=("来源",)), f"{S}/a?%E6%9D%A5%E6%BA%90=x&id=1", f"{S}/a?id=1"),
        (AddressRules(keep=("id",)), f"{S}/a?from=x&id=1&t=9", f"{S}/a?id=1"),
        (AddressRules(same=SAME), f"{S}/wap/a/1.html", f"{S}/a/1.html"),
        (AddressRules(same=SAME), f"{S}/show/2/31", f"{S}/31.html?page=2"),
        (AddressRules(same=SAME), f"{S}/a/wap/1.html", f"{S}/a/1.html".replace("/a/", "/a/wap/")),
        (AddressRules(same=(("(a+)+$", "/x"),)), f"{S}/{'a' * 60}b", f"{S}/{'a' * 60}b"),
        (AddressRules(drop=("from",)), "urn:sha256:0", "urn:sha256:0"),
    ],
)
def test_rules_make_of_an_address(rules: AddressRules, url: str, expected: str) -> None:
    assert ruled(url, rules) == expected
    assert of_json(as_json(rules)) == rules


def save(store: Store, number: int, url: str, text: str = "文。") -> str:
    capture = Capture(f"urn:uuid:{number}", url, f"2026-01-{number:02}", 200, "", "", "w", number)
    return store.save(capture, Article(url, "题", text), "s").article or ""


def test_addresses_that_a_rule_makes_one_are_one_article(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        rules = AddressRules(keep=("id",))
        store.put_site(SiteRecord("s", "松原", f"{S}/", addresses=rules))
        first = save(store, 1, f"{S}/a?id=1&from=x")
        assert first == article_id(f"{S}/a?id=1")
        assert save(store, 2, f"{S}/a?id=1&v=9", "改。") == first
        assert save(store, 3, f"{S}/a?id=2&from=x") != first
        for url in (f"{S}/a?id=1", f"{S}/a?v=9&id=1", "https://www.s.example/a?id=1&new=3"):
            assert find(store.db, url) == first
        assert find(store.db, article_id(f"{S}/a?id=1&from=x")) == first
        assert len(addresses(store.db, first)) == 3


def test_a_rule_of_today_joins_what_was_two_before(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        store.put_site(SiteRecord("s", "松原", f"{S}/"))
        old = save(store, 1, f"{S}/a?id=1&from=x")
        with pytest.raises(UnionArchiveError):
            find(store.db, f"{S}/a?id=1")
        rules = AddressRules(drop=("from",))
        store.put_site(SiteRecord("s", "松原", f"{S}/", addresses=rules))
        new = save(store, 2, f"{S}/a?id=1&from=x", "改。")
        assert find(store.db, old) == new == article_id(f"{S}/a?id=1")
        assert store.db.execute("SELECT id, version FROM articles").fetchall()[0][:] == (new, 2)


def test_an_id_by_a_rule_of_before_leads_on(tmp_path: Path) -> None:
    site = SiteRecord("s", "松原", f"{S}/", addresses=AddressRules(drop=("from",)))
    register, again = tmp_path / "register.db", tmp_path / "again.db"
    with Store(tmp_path / "archive.db") as store:
        store.put_site(site)
        old = save(store, 1, f"{S}/a?from=x&id=1")
        assert old == article_id(f"{S}/a?id=1")
    for addresses_ in (AddressRules(), AddressRules(same=(("^/a", "/b"),))):
        again.unlink(missing_ok=True)
        with Store(again, register=register) as store:
            # The site may be another file's by now, or no file's.
            store.put_site(SiteRecord("t", "松原", "https://www.s.example/", addresses=addresses_))
            for number, name in ((3, "y"), (2, "x")):
                capture = Capture(
                    f"urn:uuid:{number}",
                    f"{S}/a?from={name}&id=1",
                    f"2026-01-{number:02}",
                    200,
                    "",
                    "",
                    "w",
                    number,
                )
                store.save(capture, Article(capture.url, name, "文。"), "t")
            assert store.db.execute("SELECT count(*) FROM articles").fetchone()[0] == 2
            first = store.db.execute("SELECT id FROM articles WHERE title = 'x'").fetchone()[0]
            assert old != first == find(store.db, old) == former.leads_to(store.db, old)
    with Store(again, register=register) as store:  # the rule is back
        store.put_site(site)
        assert save(store, 4, f"{S}/a?from=x&id=1") == old == find(store.db, old)


def check(holdings: Path, *arguments: str) -> None:
    done = CliRunner().invoke(union_archive, ["-C", str(holdings), *arguments])
    assert done.exit_code == 0, done.output


def test_a_permalink_outlives_its_rule_a_rebuild_and_a_merge(tmp_path: Path) -> None:
    mine, new, third = (tmp_path / name for name in ("mine", "new", "third"))
    old, plain = (article_id(f"http://{SITE}/{path}") for path in ("read/3", "a/3.html"))
    keys = f"name = '松原'\nhome = 'http://{SITE}/'\narticle = '^/a/'\n"
    (mine / "sites").mkdir(parents=True)
    file = mine / "sites" / "songyuan.toml"
    file.write_text(f"{keys}[addresses]\nsame = [['^/a/(.*).html$', '/read/$1']]\n")
    check(mine, "ingest", str(saved(tmp_path / "pages", 3)))
    assert rows(mine, "SELECT id FROM articles") == [(old,)]
    check(mine, "correct", old, "--source", "甲报", "--reason", "x")
    file.write_text(keys)
    check(mine, "rebuild", str(new))
    check(third, "merge", str(new))
    for holdings in (new, third):
        assert rows(holdings, "SELECT id, source FROM articles") == [(plain, "甲报")]
        with closing(open_readonly(holdings / "archive.db")) as db:
            assert find(db, old) == plain

    async def ask(holdings: Path) -> httpx.Response:
        return await Datasette([str(holdings / "archive.db")]).client.get(f"/a/{old}.json")

    answer = asyncio.run(ask(third))
    assert (answer.status_code, answer.headers["location"]) == (301, f"/a/{plain}.json")
    check(new, "reclean")
    assert rows(new, "SELECT * FROM former_ids") == [(old, plain)]
    check(new, "correct", plain, "--undo")
    assert rows(new, "SELECT count(*) FROM articles WHERE source = '甲报'") == [(0,)]

    check(third, "withdraw", plain, "--reason", "x")
    check(third, "rebuild", str(tmp_path / "fourth"))
    for holdings in (third, tmp_path / "fourth"):
        assert asyncio.run(ask(holdings)).status_code == 410
    check(third, "withdraw", "--undo", plain)
    assert rows(third, "SELECT * FROM former_ids") == [(old, plain)]
