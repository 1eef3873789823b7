import sqlite3
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from queries import QUERIES

from archive.migrations import migrations
from archive.search.index import COLUMNS, register
from archive.search.marks import SUSPECT, days, marks
from archive.search.query import NOTHING, parse

SITE = f'{{marks}} : "s{b"shuofang".hex()}"'
FLAG = f'"f{b"char_noise".hex()}"'
SUSPECT_FLAGS = [f'"f{name.encode().hex()}"' for name in SUSPECT]
DIGITS = [f'"d{digit}"' for digit in range(10)]
EVERY = f"{{marks}} : ({' OR '.join(DIGITS)})"
FROM_2999 = ['"d2999"', *DIGITS[3:]]


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    register(connection)
    migrations.apply(connection)
    row = ["工 会 covid 19", "法 é e u", "张", "日 报", "李", "要 闻", ""]
    row.append(marks("shuofang", "zh-Hans", '["char_noise"]', "2009-05-01"))
    connection.execute(f"INSERT INTO articles_fts(rowid, {COLUMNS}) VALUES (1{', ?' * 8})", row)
    yield connection
    connection.close()


def found(db: sqlite3.Connection, query: str) -> int:
    total: int = db.execute(
        "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?", [parse(query).match]
    ).fetchone()[0]
    return total


@settings(max_examples=1500)
@given(QUERIES)
@example("(" * 500 + "工会" + ")" * 500)
@example("(a OR (b -" * 300)
@example("-(" * 300 + "a")
@example("a OR b " * 1000)
@example("a -b " * 1000)
@example("工会，" * 2000)
@example('"' * 1001)
@example("title:" * 500)
@example("NOT " * 900 + "a")
def test_fts5_takes_whatever_is_asked(db: sqlite3.Connection, query: str) -> None:
    found(db, query)


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("工会", '{title text} : "工 会"'),
        ("工會", '{title text} : "工 会"'),
        ("COVID-19", '{title text} : "covid 19"'),
        ("工会 工人", '{title text} : "工 会" AND {title text} : "工 人"'),
        ("工会，工人", '{title text} : "工 会" AND {title text} : "工 人"'),
        ("“工会 工人”", '{title text} : "工 会 工 人"'),
        ("「工会，工人」", '{title text} : "工 会 \ue000 工 人"'),
        ("《工会法》", '{title text} : "工 会 法"'),
        ("a or b", '{title text} : "a" AND {title text} : "or" AND {title text} : "b"'),
        ("a OR b c", '{title text} : "a" OR ({title text} : "b" AND {title text} : "c")'),
        ("a AND b NOT c", '({title text} : "a" AND {title text} : "b") NOT ({title text} : "c")'),
        ("a -b -c", '{title text} : "a" NOT ({title text} : "b" OR {title text} : "c")'),
        ("－b a", '{title text} : "a" NOT ({title text} : "b")'),
        ("a -(b -c)", '{title text} : "a" NOT (({title text} : "b" NOT ({title text} : "c")))'),
        ("a (NOT b)", '{title text} : "a" NOT ({title text} : "b")'),
        ("a OR NOT b", '{title text} : "a"'),
        ("NOT NOT a", '{title text} : "a"'),
        ("-(-a)", '{title text} : "a"'),
        ("工会*", '{title text} : "工 会" *'),
        ("“劳动 contr”＊", '{title text} : "劳 动 contr" *'),
        ("作者 author：张三", '{title text} : "作 者" AND {author} : "张 三"'),
        ("Title: 工会", '{title} : "工 会"'),
        ("source:(a OR title:b)", '{source} : "a" OR {title} : "b"'),
        ("-title:a b", '{title text} : "b" NOT ({title} : "a")'),
        ("foo:bar", '{title text} : "foo bar"'),
        ("title:", '{title text} : "title"'),
        (
            "（工会 OR 工人）法",
            '({title text} : "工 会" OR {title text} : "工 人") AND {title text} : "法"',
        ),
        ("工会(试行", '{title text} : "工 会" AND {title text} : "试 行"'),
        ("会(huì)员", '{title text} : "会 员"'),
        ('a "b', '{title text} : "a" AND {title text} : "b"'),
        ("a AND", '{title text} : "a"'),
        ("OR a", '{title text} : "a"'),
        ("ＡＮＤ", '{title text} : "and"'),
        ("2019 - 2020", '{title text} : "2019" AND {title text} : "2020"'),
        ("site:shuofang 工会", f'{SITE} AND {{title text}} : "工 会"'),
        ("工会 ｓｉｔｅ：ShuoFang", f'{{title text}} : "工 会" AND {SITE}'),
        ("site:shuofang，工会", f'{SITE} AND {{title text}} : "工 会"'),
        ("a -site:shuofang", f'{{title text}} : "a" NOT ({SITE})'),
        ("title:(a site:shuofang)", f'{{title}} : "a" AND {SITE}'),
        ("a OR site:shuofang", f'{{title text}} : "a" OR {SITE}'),
        ("flag:char-noise", f"{{marks}} : {FLAG}"),
        ("flag:(char_noise OR a)", f'{{marks}} : {FLAG} OR {{marks}} : "f61"'),
        ("-flag:char_noise", f"{EVERY} NOT ({{marks}} : {FLAG})"),
        ("a -flag:char_noise", f'{{title text}} : "a" NOT ({{marks}} : {FLAG})'),
        ("flag:char*", f'{{marks}} : "f{b"char".hex()}" *'),
        ("flag:suspect", f"{{marks}} : ({' OR '.join(SUSPECT_FLAGS)})"),
        ("language:zh_Hans", f'{{marks}} : "l{b"zh-hans".hex()}"'),
        ("on:2009", '{marks} : "d2009"'),
        ("on：2009年5月", '{marks} : "d200905"'),
        ("on:2009/5/1", '{marks} : "d20090501"'),
        ("on:unknown", '{marks} : "d0"'),
        ("after:2998", f"{{marks}} : ({' OR '.join(FROM_2999)})"),
        ("before:1003", '{marks} : ("d1000" OR "d1001" OR "d1002")'),
        ("before:1000", '{marks} : "x"'),
        ("after:9999-12", '{marks} : "x"'),
        ("before:soon a", '{title text} : "before soon" AND {title text} : "a"'),
        ("on:2009-02-29", '{title text} : "on 2009 02 29"'),
        ("site:", '{title text} : "site"'),
        ("go on: 2009", '{title text} : "go" AND {marks} : "d2009"'),
        ("NOT a", NOTHING),
        ("-a -b", NOTHING),
        ("NOT a OR NOT b", NOTHING),
        ("", NOTHING),
        ("()。*-", NOTHING),
    ],
)
def test_parse(query: str, expression: str) -> None:
    usual = "{title text attachment}"  # said in short above
    assert parse(query).match == expression.replace("{title text}", usual)


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("工", 1),
        ("工会", 1),
        ("covid-19", 1),
        ("covid", 1),
        ("cov*", 1),
        ("cov", 0),
        ("工会 -法", 0),
        ("工会 -京", 1),
        ("张", 0),
        ("author:张", 1),
        ("source:日报 editor:李 section:要闻", 1),
        ("title:法", 0),
        ("text:法", 1),
        ("会工", 0),
        ("NOT 京", 0),
        ("", 0),
        ("site:shuofang", 1),
        ("-site:shuofang", 0),
        ("-site:haigang", 1),
        ("工会 -flag:char_noise", 0),
        ("-flag:suspect", 1),
        ("-flag:suspect -flag:char_noise", 0),
        ("京 OR -flag:suspect", 1),
        ("-京 -flag:suspect", 1),
        ("-(-flag:char_noise)", 1),
        ("language:zh", 1),
        ("language:zh-hans", 1),
        ("language:zh-hant", 0),
        ("f68696a61636b6564", 0),
        ("d2009", 0),
    ],
)
def test_what_is_found(db: sqlite3.Connection, query: str, total: int) -> None:
    assert found(db, query) == total


def test_only_what_is_wanted_is_marked() -> None:
    assert [term.tokens for term in parse("工会 OR (工人 -农民) -上海").terms] == [
        ("工", "会"),
        ("工", "人"),
    ]


@given(*[st.dates(date(1000, 1, 1))] * 3)
def test_a_span_of_days_has_the_marks_of_its_days_and_no_others(
    low: date, high: date, day: date
) -> None:
    found = set(marks(None, None, None, day.isoformat()).split()) & set(days(low, high))
    assert bool(found) == (low <= day <= high)


@given(st.dates(date(1000, 1, 1)), st.dates(date(1000, 1, 1)), st.sampled_from([4, 7, 10]))
def test_a_day_is_before_on_or_after_another(day: date, other: date, length: int) -> None:
    own = set(marks(None, None, None, day.isoformat()).split())
    given = other.isoformat()[:length]
    said = [f'"{mark}"' for mark in own]
    found = [
        word
        for word in ("before", "on", "after")
        if any(mark in parse(f"{word}:{given}").match for mark in said)
    ]
    mine = day.isoformat()[:length]
    assert found == ["before" if mine < given else "after" if mine > given else "on"]
