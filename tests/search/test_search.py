import random
import sqlite3
from collections.abc import Iterator

import pytest

from archive.errors import UsageError
from archive.hanzi import fold
from archive.records import Article, Capture, Flag, SiteRecord
from archive.search import index as search
from archive.search import results
from archive.search.selection import Selection
from archive.store import Store

SENTENCES = """\
朔方省總工會召開第十二次代表大會，選舉產生新一屆委員會。
朔方省总工会召开第十二次代表大会，选举产生新一届委员会。
女职工权益保护条例自二〇〇九年五月一日起施行。
李明华说：“我们要把职工当亲人。”
COVID-19疫情期间，工会向一线职工发放口罩2000只。
疫情（covid）之後，勞動合同糾紛增多；調解員王小波連續加班。
海港碼頭工人罷工三日，要求加薪百分之八！
《工会法》修订草案公开征求意见
Dock workers' union votes to strike; the Café stays open.
会(huì)员(yuán)代表爱新·阿里木赴京领奖
港務局與職工盟達成協議,雙方 握手 言和。
裡面的人說：什麼都沒有。里面的人说：什么都没有。
""".splitlines()


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    with Store(":memory:") as store:
        shuofang = SiteRecord("shuofang", "朔方省總工會", "http://s.example/", region="CN-SX")
        store.put_site(shuofang)
        store.put_site(SiteRecord("haigang", "海港工盟", "http://h.example/", region="HK"))
        for number, sentence in enumerate(SENTENCES):
            url = f"http://s.example/{number}"
            store.save(
                Capture(f"urn:uuid:{number}", url, "2026-01-01T00:00:00Z", 200, "", "", "w", 0),
                Article(
                    url,
                    title=f"第{number}篇",
                    text=f"{sentence}\n{SENTENCES[number - 1]}",
                    published=None if number == 3 else f"2009-05-{number + 1:02}",
                    authors=("张三丰",),
                    source="海港日报",
                    language="en" if number == 8 else "zh-Hans",
                    flags=(Flag("spun_text", 80, "x"),) if number in (2, 3) else (),
                ),
                "haigang" if number % 2 else "shuofang",
            )
        yield store.db


def ids(db: sqlite3.Connection, query: str, **narrowed: str) -> list[int]:
    hits = results.search([db], query, limit=100, **narrowed)  # type: ignore[arg-type]
    assert hits.total == len(hits.results)
    return [int(hit.url.rpartition("/")[2]) for hit in hits.results]


def having(*numbers: int) -> list[int]:
    """Newest first: those whose own sentence it is and those that repeat it; 3 is undated."""
    found = {n for number in numbers for n in (number, (number + 1) % len(SENTENCES))}
    return sorted(found - {3}, reverse=True) + [3] * (3 in found)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("工会", (0, 1, 4, 7)),
        ("工會", (0, 1, 4, 7)),
        ("劳动合同", (5,)),
        ("罷", (6,)),
        ("罢工", (6,)),
        ("李明华", (3,)),
        ("李明華", (3,)),
        ("王小波", (5,)),
        ("爱新阿里木", (9,)),
        ("会员代表", (9,)),
        ("COVID-19", (4,)),
        ("ｃｏｖｉｄ－１９", (4,)),
        ("covid", (4, 5)),
        ("Covid", (4, 5)),
        ("2000", (4,)),
        ("cafe", (8,)),
        ("CAFÉ", (8,)),
        ("work*", (8,)),
        ("裏面", (11,)),
        ("什么都没有", (11,)),
        ("协议双方", ()),  # punctuation stands between
        ("协议，双方", (10,)),
        ("握手言和", (10,)),
        ("工会法", (7,)),
        ("“把职工当亲人”", (3,)),
        ("职盟", ()),
        ("张三丰", ()),
        ("NOT 工会", ()),
    ],
)
def test_a_query_finds_what_it_should(
    db: sqlite3.Connection, query: str, numbers: tuple[int, ...]
) -> None:
    assert ids(db, query) == having(*numbers)


def test_every_run_of_characters_is_found_and_nothing_else(db: sqlite3.Connection) -> None:
    """Recall 1: the truth is that the folded text holds the folded query."""
    chance = random.Random(0)
    texts = {n: fold(f"第{n}篇\n{own}\n{SENTENCES[n - 1]}") for n, own in enumerate(SENTENCES)}
    asked = 0
    while asked < 600:
        sentence = chance.choice(SENTENCES)
        start = chance.randrange(len(sentence))
        query = sentence[start : start + chance.randint(1, 8)]
        if not all("\u4e00" <= c <= "\u9fff" for c in query):
            continue
        asked += 1
        truth = {n for n, text in texts.items() if fold(query) in text}
        assert truth <= set(ids(db, query)), query
        if len(query) > 1:
            assert set(ids(db, query)) == truth or "会员" in fold(query), query


def test_narrowing_by_site_and_day(db: sqlite3.Connection) -> None:
    every = ids(db, "第")
    assert every == [*range(11, 3, -1), 2, 1, 0, 3]
    assert ids(db, "第", site="haigang") == [11, 9, 7, 5, 1, 3]
    assert ids(db, "第", since="2009-05-10") == [11, 10, 9]
    assert ids(db, "第", until="2009-05-02") == [1, 0]
    assert ids(db, "第", since="2009-05-02", until="2009-05-05", site="haigang") == [1]
    assert ids(db, "第", since="2009-05", until="2009") == [n for n in every if n != 3]
    assert ids(db, "第", since="2010") == []
    assert ids(db, "author:张三丰 source:海港", until="2009-05-01") == [0]


EVERY = [*range(11, 3, -1), 2, 1, 0, 3]
"""All of them, the newest first."""


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("site:haigang", [11, 9, 7, 5, 1, 3]),
        ("site：海港工盟", [11, 9, 7, 5, 1, 3]),
        ("site:朔方", [10, 8, 6, 4, 2, 0]),
        ("site:shuo*", [10, 8, 6, 4, 2, 0]),
        ("site:nowhere", []),
        ("-site:nowhere", EVERY),
        ("-site:haigang", [10, 8, 6, 4, 2, 0]),
        ("region:CN", [10, 8, 6, 4, 2, 0]),
        ("region:cn-sx", [10, 8, 6, 4, 2, 0]),
        ("region:C", []),
        ("region:C*", [10, 8, 6, 4, 2, 0]),
        ("region:(CN OR HK)", EVERY),
        ("flag:spun_text", [2, 3]),
        ("-flag:spun_text", [n for n in EVERY if n not in (2, 3)]),
        ("-flag:suspect 会", [n for n in having(0, 1, 4, 7, 9) if n != 2]),
        ("flag:suspect -site:haigang", [2]),
        ("李明华 (flag:spun_text site:shuofang OR on:2009-05-05)", [4]),
        ("李明华 (flag:spun_text OR on:2009-05-05)", [4, 3]),
        ("on:unknown", [3]),
        ("-on:unknown before:2009-05-02", [0]),
        ("after:2009-05-10", [11, 10]),
        ("after:2009", []),
        ("before:2010 -before:2009-05-11", [11, 10]),
        ("on:2009-05 site:haigang after:2009-05-08", [11, 9]),
        ("language:en", [8]),
        ("-language:zh", [8]),
        ("spun_text", []),
        ("haigang", []),
    ],
)
def test_what_is_known_of_an_article_can_be_asked_for(
    db: sqlite3.Connection, query: str, numbers: list[int]
) -> None:
    assert ids(db, query) == numbers
    sql = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH escape_fts(?)"
    assert db.execute(sql, [query]).fetchone()[0] == len(numbers)


def test_a_site_that_changes_its_region_or_name_is_found_by_the_new_one() -> None:
    with Store(":memory:") as store:
        store.put_site(SiteRecord("a", "甲", "http://a.example/", region="HK"))
        page = Capture(
            "urn:uuid:1", "http://a.example/1", "2026-01-01T00:00:00Z", 200, "", "", "w", 0
        )
        store.save(page, Article("http://a.example/1", "题", "文"), "a")
        store.put_site(SiteRecord("a", "乙", "http://a.example/", region="CN-GD"))
        for query, total in (("region:HK", 0), ("region:CN", 1), ("site:甲", 0), ("site:乙", 1)):
            assert results.search([store.db], query).total == total


def test_a_selection_is_narrowed_by_all_it_says(db: sqlite3.Connection) -> None:
    def count(**narrowed: object) -> int:
        return search.count(db, Selection(**narrowed))  # type: ignore[arg-type]

    assert count(region="CN") == 6
    assert count(language="en") == 1
    assert count(flag="spun_text", site="haigang") == 1
    assert count(undated=True) == 1
    assert count(source="海港日报") == 12
    assert count(source="海港日") == 0
    assert count(query="工会", source="海港日报", since="2009-05-05") == 4
    assert count(query="第", region="HK", until="2009-05-02") == 1
    assert search.count(db, Selection("第"), 5) == 5


def test_the_most_relevant_come_first_when_asked(db: sqlite3.Connection) -> None:
    def titles(query: str, **how: int) -> list[str]:
        hits = results.search([db], query, relevance=True, **how)
        return [hit.title for hit in hits.results]

    assert titles("第8篇 OR 港")[0] == "第8篇"
    ranked = titles("会", limit=100)
    assert sorted(ranked) == sorted(hit.title for hit in results.search([db], "会").results)
    assert titles("会", limit=3, offset=2) == ranked[2:5]
    assert titles("-flag:suspect", limit=2) == ["第11篇", "第10篇"]
    assert titles("没有的词") == []


def test_relevance_looks_at_the_newest_alone(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RANKED", 3)
    hits = results.search([db], "第", relevance=True, limit=100)
    assert sorted(hit.title for hit in hits.results) == ["第10篇", "第11篇", "第9篇"]
    assert hits.total == 12


@pytest.mark.parametrize("day", ["yesterday", "2009-13", "2009-02-30", "", "2009/05/01", "0000"])
def test_a_wrong_date_says_so(db: sqlite3.Connection, day: str) -> None:
    with pytest.raises(UsageError, match="expected one such as 2009-05-01"):
        results.search([db], "工会", since=day)
    with pytest.raises(UsageError):
        results.search([db], "工会", until=day)


def test_the_total_is_exact_whatever_the_limit(db: sqlite3.Connection) -> None:
    hits = results.search([db], "第", limit=2, offset=3)
    assert (hits.total, [hit.title for hit in hits.results]) == (12, ["第8篇", "第7篇"])
    assert search.count(db, Selection()) == 12
    assert search.count(db, Selection(site="haigang")) == 6
    assert search.count(db, Selection("第", site="haigang")) == 6


def test_datasette_s_own_search_box_asks_in_the_same_language(db: sqlite3.Connection) -> None:
    sql = (
        "SELECT count(*) FROM articles WHERE fts_pk IN"
        " (SELECT rowid FROM articles_fts WHERE articles_fts MATCH escape_fts(:search))"
    )
    for query, total in [("工會", 7), ("“勞動合同”", 2), ('"', 0), ("工会 -covid", 5), (None, 0)]:
        assert db.execute(sql, {"search": query}).fetchone()[0] == total
    by_title = sql.replace("articles_fts MATCH", "title MATCH")
    assert db.execute(by_title, {"search": "第3"}).fetchone()[0] == 1


def test_sql_functions(db: sqlite3.Connection) -> None:
    row = db.execute(
        "SELECT zh_seg('工會'), zh_fold('工會'), zh_fold(NULL), zh_seg(NULL),"
        " zh_snippet('工會法', '工会'), zh_mark('工會法', '工会'), zh_snippet(NULL, NULL)"
    ).fetchone()
    marked = "\ue001工會\ue002法"
    assert tuple(row) == ("工 会", "工会", None, "", marked, marked, "")


def test_what_is_found_is_marked(db: sqlite3.Connection) -> None:
    for query in ("工會", "王小波", "covid", "握手言和", "会员代表"):
        for hit in results.search([db], query).results:
            assert "\ue001" in hit.snippet, (query, hit)
