from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import web_archive
from archived import reprints_of, sound
from hypothesis import given, settings
from hypothesis import strategies as st
from notices import edited, framed, notice

from archive.addresses.urls import article_id
from archive.records import Article, Capture, Flag, SiteRecord
from archive.reprints import origins
from archive.reprints.likeness import Text, related
from archive.reprints.siblings import Sibling, siblings
from archive.store import Store

SITES = (("paper", "朔方工人报"), ("union", "临河市总工会"), ("mirror", "镜像站"))
RANDOM = Random(11)
TEXT = notice(RANDOM, 0, 2)
OTHER = notice(RANDOM, 0, 2)
CUT = TEXT[: len(TEXT) * 2 // 3]
SPUN = (Flag("spun_text", 80, "勾当"),)
BRAND = (Flag("hijacked_brand", 90, "翎飞"),)
RECORDS = count(1)


def article(site: str, text: str = TEXT, **changes: Any) -> Article:
    given = {"url": f"http://{site}.example/{changes.pop('page', 1)}", "title": "慰问"}
    return Article(**given | {"text": text, "published": "2009-05-04"} | changes)


def save(store: Store, *some: Article) -> None:
    for each in some:
        number = next(RECORDS)
        at = f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}Z"
        record = f"urn:uuid:{number:08}"
        capture = Capture(record, each.url, at, 200, "text/html", "", "one.warc.gz", number)
        site = each.url.removeprefix("http://").partition(".")[0]
        store.save(capture, each, site)


def kinds(store: Store, of: Article) -> dict[str, str]:
    """The cluster of an article: addresses without scheme, and kinds."""
    found = siblings(store.db, article_id(of.url))
    addresses = dict(store.db.execute("SELECT id, url FROM articles").fetchall())
    return {addresses[s.article].removeprefix("http://"): s.kind for s in found}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db", cleaner="1") as store:
        for site, name in SITES:
            store.put_site(SiteRecord(site, name, f"http://{site}.example/"))
        yield store
        sound(store.db)


def test_articles_of_one_text_are_siblings(store: Store) -> None:
    paper, union = article("paper"), article("union", framed(RANDOM, TEXT), published="2009-05-05")
    save(store, union, paper, article("mirror", OTHER))
    assert kinds(store, paper) == kinds(store, union)
    assert kinds(store, paper) == {"paper.example/1": "origin", "union.example/1": "same"}
    first, second = siblings(store.db, article_id(union.url))
    assert first == Sibling(article_id(paper.url), "慰问", "paper", "2009-05-04", "origin", 100)
    assert 90 <= second.likeness < 100
    assert kinds(store, article("mirror")) == {}


def test_many_that_come_together_are_judged_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []
    judge = origins.likely
    monkeypatch.setattr(origins, "likely", lambda c: (judged.append(len(c)), judge(c))[1])
    with store.transaction():
        save(store, *(article("union", page=page) for page in range(1, 30)))
        save(store, article("paper", published="2009-05-03"), article("mirror", OTHER))
    assert judged == [30]
    assert sorted(kinds(store, article("paper")).values()) == ["origin", *["same"] * 29]


def test_an_abridged_reprint_and_an_extended_one(store: Store) -> None:
    whole, cut = article("paper"), article("union", CUT, published="2009-05-05")
    save(store, whole, cut)
    assert kinds(store, cut) == {"paper.example/1": "origin", "union.example/1": "abridged"}
    save(store, replace(cut, published="2009-05-01"))
    assert kinds(store, cut) == {"paper.example/1": "extended", "union.example/1": "origin"}


@pytest.mark.parametrize(
    ("paper", "union", "first"),
    [
        ({}, {"published": "2009-05-03"}, "union"),
        ({"published": None}, {}, "union"),
        ({"published": "2009-05-06"}, {"source": "朔方工人報"}, "paper"),
        ({"published": "2009-05-04T09:00:00+08:00"}, {"published": "2009-05-05"}, "paper"),
        ({"flags": BRAND, "published": "2001-01-01"}, {}, "union"),
    ],
)
def test_the_likely_origin(
    store: Store, paper: dict[str, Any], union: dict[str, Any], first: str
) -> None:
    save(store, article("paper", **paper), article("union", **union))
    found = siblings(store.db, article_id("http://paper.example/1"))
    assert [each.site for each in found if each.kind == "origin"] == [first]


def test_a_spun_copy_points_to_its_original(store: Store) -> None:
    text = edited(RANDOM, TEXT, 0.08)
    save(store, article("mirror", text, flags=SPUN, published="2001-01-01"), article("paper"))
    assert kinds(store, article("paper")) == {
        "paper.example/1": "origin",
        "mirror.example/1": "spun",
    }
    assert siblings(store.db, article_id("http://mirror.example/1"))[1].likeness < 80


def test_copies_alone_have_no_origin(store: Store) -> None:
    save(store, article("mirror", flags=SPUN), article("mirror", flags=BRAND, page=2))
    assert kinds(store, article("mirror")) == {
        "mirror.example/1": "spun",
        "mirror.example/2": "clone",
    }


def test_a_text_that_changes_leaves_its_siblings(store: Store) -> None:
    pages = [article("paper"), article("union"), article("mirror", published="2009-06-01")]
    save(store, *pages)
    assert len(kinds(store, pages[0])) == 3
    save(store, replace(pages[0], text=OTHER))
    assert kinds(store, pages[0]) == {}
    assert kinds(store, pages[1]) == {"union.example/1": "origin", "mirror.example/1": "same"}
    save(store, replace(pages[1], text=OTHER))
    assert kinds(store, pages[2]) == {}
    assert set(kinds(store, pages[1])) == {"paper.example/1", "union.example/1"}


def test_without_its_middle_a_chain_falls_apart(store: Store) -> None:
    random = Random(13)
    while True:
        middle = edited(random, TEXT, 0.018)
        last = edited(random, middle, 0.018)
        one, two, three = Text(TEXT), Text(middle), Text(last)
        if related(one, two) and related(two, three) and not related(one, three):
            break
    pages = [article("paper"), article("union", middle), article("mirror", last)]
    save(store, *pages)
    assert len(kinds(store, pages[0])) == 3
    save(store, replace(pages[1], text=OTHER))
    assert [kinds(store, page) for page in pages] == [{}, {}, {}]


def test_a_site_that_gets_its_name_may_be_the_origin(store: Store) -> None:
    save(store, article("paper", published="2009-06-01"), article("union", source="工人日报"))
    assert kinds(store, article("paper"))["paper.example/1"] == "same"
    store.put_site(SiteRecord("paper", "工人日报", "http://paper.example/"))
    assert kinds(store, article("paper"))["paper.example/1"] == "origin"


@settings(max_examples=15)
@given(st.data())
def test_the_order_of_arrival_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    random = Random(12)
    pages = [
        article(site, framed(random, edited(random, text, rate)), page=page, published=day)
        for page, (text, rate) in enumerate(
            [(TEXT, 0), (TEXT, 0.02), (CUT, 0), (OTHER, 0), (OTHER, 0.015), (TEXT + OTHER, 0)]
        )
        for site, day in (("paper", "2009-05-04"), ("union", None))
    ]
    pages.append(article("mirror", edited(random, TEXT, 0.06), flags=SPUN))
    seen = []
    for order in (pages, data.draw(st.permutations(pages))):
        path = tmp_path_factory.mktemp("order") / "archive.db"
        with Store(path, cleaner="1") as store:
            for site, name in SITES:
                store.put_site(SiteRecord(site, name, f"http://{site}.example/"))
            first = data.draw(st.sampled_from(order))
            save(store, replace(first, text="起初是别的。" * 20), *order)
            seen.append([tuple(row) for row in store.db.execute("SELECT * FROM reprints")])
    assert seen[0] == seen[1]
    assert len(seen[0]) >= 10


def test_an_older_archive_finds_its_reprints(store: Store) -> None:
    pages = [article("paper"), article("union"), article("mirror", OTHER)]
    save(store, *pages)
    before = reprints_of(store.db)
    store.db.execute("DROP TABLE reprints")
    store.db.execute("DROP TABLE reprint_keys")
    store.db.execute("DELETE FROM _sqlite_migrations WHERE name = 'reprints'")
    with Store(store.path) as upgraded:
        assert reprints_of(upgraded.db) == before


def test_the_page_of_an_article_lists_its_reprints(store: Store) -> None:
    save(store, article("paper"), article("union", published=None), article("mirror", OTHER))
    first, second = (article_id(f"http://{site}.example/1") for site in ("paper", "union"))
    with (
        web_archive.serving("datasette", store.path.parent) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        drawn = client.get(f"/a/{second}").text
        assert f'<a href="/a/{first}">慰问</a>' in drawn
        assert "Likely the first" in drawn
        assert '<td class="n">100 %</td><td>This article · Same text' in drawn
        alone = client.get(f"/a/{article_id('http://mirror.example/1')}").text
        assert "Reprints" not in alone
