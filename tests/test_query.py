import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.migrations import migrations
from archive.query import NOTHING, parse
from archive.search import register

SIGNS = [*'"“”「」()（）:：-－*＊ 　,，、.。\n\x00\\{}^+~']
WORDS = ["AND", "OR", "NOT", "ＡＮＤ", " OR ", " NOT ", "and", "title:", "ſection:", "author："]
WORDS += ["foo:", "NEAR(", "工会", "工會", "covid-19", "é", "e\u0301", "𠮷", "會(huì)"]
ODD = ["\ud800", "\ue000", "\ue005", "\U000f0000", "\u0301", "ก", "한", "①", "ﬁ"]
PIECES = st.sampled_from([*SIGNS, *WORDS, *ODD])
QUERIES = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    from sqlite_utils import Database

    connection = sqlite3.connect(":memory:", isolation_level=None)
    register(connection)
    migrations.apply(Database(connection))
    row = ["工 会 covid 19", "法 é e u", "张", "日 报", "李", "要 闻"]
    connection.execute(
        "INSERT INTO articles_fts(rowid, title, text, author, source, editor, section)"
        " VALUES (1, ?, ?, ?, ?, ?, ?)",
        row,
    )
    yield connection
    connection.close()


def found(db: sqlite3.Connection, query: str) -> int:
    total: int = db.execute(
        "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?", [parse(query).match]
    ).fetchone()[0]
    return total


@settings(max_examples=1500, deadline=None)
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
        ("NOT a", NOTHING),
        ("-a -b", NOTHING),
        ("NOT a OR NOT b", NOTHING),
        ("", NOTHING),
        ("()。*-", NOTHING),
    ],
)
def test_parse(query: str, expression: str) -> None:
    assert parse(query).match == expression


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
    ],
)
def test_what_is_found(db: sqlite3.Connection, query: str, total: int) -> None:
    assert found(db, query) == total


def test_only_what_is_wanted_is_marked() -> None:
    assert [term.tokens for term in parse("工会 OR (工人 -农民) -上海").terms] == [
        ("工", "会"),
        ("工", "人"),
    ]
