import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from archive.hanzi import letters
from archive.records import Article, Capture, Removal, SiteRecord
from archive.register import boilerplate
from archive.register.boilerplate import learn
from archive.store import Store

FOOT = "本网凡注明“松原工讯”字样的稿件，转载请注明出处。"


@pytest.fixture
def store(tmp_path: Path) -> Iterable[Store]:
    with closing(Store(tmp_path / "archive.db")) as store:
        for site in ("songyuan", "other"):
            store.put_site(SiteRecord(site, site, f"http://{site}.example/"))
        yield store


def put(store: Store, texts: Iterable[str], site: str = "songyuan", *cuts: Removal) -> None:
    begin = store.db.execute("SELECT count(*) FROM captures").fetchone()[0]
    for number, text in enumerate(texts, begin):
        url = f"http://{site}.example/{number}"
        capture = Capture(f"urn:uuid:{number}", url, "2026-01-01T00:00:00Z", 200, "", "", "w", 0)
        store.save(capture, Article(url, f"题{number}", text, removals=cuts), site)


def stories(first: int, last: int, *more: str) -> list[str]:
    return ["\n".join([f"夜校第{n}期在厂里开班。", *more]) for n in range(first, last)]


def test_a_line_on_enough_articles_is_learned_and_no_other(store: Store) -> None:
    put(store, [*stories(0, 8, FOOT, "回到顶"), *stories(8, 26, "本報通訊。", "完")])
    put(store, stories(30, 33, "只在三篇里的一句。"))
    assert learn(store.db, "songyuan") == {letters("本报通讯")}  # 8 of 29 are less than 0.3 of them
    assert learn(store.db, "songyuan", share=0.25) == {letters("本报通讯"), letters(FOOT)}
    assert learn(store.db, "songyuan", share=0.1, least=3) >= {letters("只在三篇里的一句")}
    assert learn(store.db, "other") == frozenset()


def test_the_share_is_met_exactly(store: Store) -> None:
    put(store, [*stories(0, 9, FOOT), *stories(9, 30)])
    assert learn(store.db, "songyuan") == {letters(FOOT)}
    put(store, stories(30, 31))
    assert learn(store.db, "songyuan") == frozenset()


def test_few_articles_teach_nothing(store: Store) -> None:
    put(store, stories(0, 7, FOOT))
    assert learn(store.db, "songyuan") == frozenset()
    put(store, stories(7, 8, FOOT))
    assert learn(store.db, "songyuan") == {letters(FOOT)}


def test_a_refrain_counts_once(store: Store) -> None:
    put(store, ["\n".join(["号子一声接一声", "汽笛为谁而鸣？"] * 20), *stories(0, 20)])
    assert learn(store.db, "songyuan", share=0.01) == frozenset()


def test_a_text_at_many_addresses_counts_once(store: Store) -> None:
    put(store, stories(0, 1, "同一篇文章放在许多地址上。") * 12 + stories(1, 9))
    assert learn(store.db, "songyuan") == frozenset()


def test_script_spacing_and_punctuation_make_no_difference(store: Store) -> None:
    put(store, [*stories(0, 5, "轉載請註明：松原工訊！"), *stories(5, 9, "转载请注明 松原工讯")])
    assert learn(store.db, "songyuan") == {"转载请注明松原工讯"}


def test_a_line_of_three_letters_or_a_whole_text_is_never_learned(store: Store) -> None:
    put(store, stories(0, 9, "返回顶", "—— 完 ——", "长" * 201))
    assert learn(store.db, "songyuan") == frozenset()
    put(store, stories(9, 20, "长" * 200, "返回顶部"))
    assert learn(store.db, "songyuan") == {"长" * 200, "返回顶部"}


def test_what_was_learned_and_taken_out_is_learned_again(store: Store) -> None:
    put(store, stories(0, 9), "songyuan", Removal("boilerplate", "learned", "\n" + FOOT, 11))
    assert learn(store.db, "songyuan") == {letters(FOOT)}


def test_batches_lose_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, [*stories(0, 9, FOOT), *stories(9, 25, "甲乙丙丁。"), *stories(25, 30)])
    whole = learn(store.db, "songyuan")
    assert whole == {letters(FOOT), letters("甲乙丙丁")}
    for size in (1, 4, 7):
        monkeypatch.setattr(boilerplate, "BATCH", size)
        assert learn(store.db, "songyuan") == whole


def test_an_archive_opened_to_be_read_will_do(store: Store) -> None:
    put(store, stories(0, 9, FOOT))
    with closing(sqlite3.connect(f"{store.path.as_uri()}?mode=ro", uri=True)) as db:
        assert learn(db, "songyuan") == {letters(FOOT)}
