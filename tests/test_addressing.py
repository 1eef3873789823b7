"""Rules of a site file for addresses."""

from pathlib import Path

import pytest

from archive.addresses.joining import addresses
from archive.addresses.rules import as_json, of_json, ruled
from archive.addresses.urls import article_id
from archive.errors import UnionArchiveError
from archive.reader import find
from archive.records import AddressRules, Article, Capture, SiteRecord
from archive.store import Store

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
