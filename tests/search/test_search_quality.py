"""Recall, precision and size of the search index on an archive of our own words: the short form.

tests/benchmarks/search.py is the long one, beside other indexes.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from search_archive import build
from search_quality import Question, Truth, quality, questions

from archive.database import open_readonly
from archive.search.selection import match

ARTICLES = 5_000


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("archive") / "archive.db"
    build(path, ARTICLES, with_reprints=False)
    with closing(open_readonly(path)) as db:
        yield db


@pytest.mark.slow
def test_all_that_should_be_found_is_and_nothing_else(db: sqlite3.Connection) -> None:
    def find(question: Question) -> set[int]:
        sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?"
        return {row[0] for row in db.execute(sql, [match(db, question.query)])}

    measured = quality(Truth(db), find)
    assert measured.asked >= 200
    assert measured.recall == 1.0
    assert measured.precision >= 0.999


@pytest.mark.slow
def test_the_index_is_not_much_larger_than_the_text(db: sqlite3.Connection) -> None:
    (index,) = db.execute(
        "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'articles_fts%'"
    ).fetchone()
    (text,) = db.execute("SELECT sum(length(CAST(text AS BLOB))) FROM articles").fetchone()
    assert index / text <= 1.3


@pytest.mark.slow
def test_the_archive_is_what_it_is_said_to_be(db: sqlite3.Connection) -> None:
    def share(condition: str) -> float:
        return db.execute(f"SELECT avg({condition}) FROM articles").fetchone()[0]  # type: ignore[no-any-return]

    assert share("language = 'zh-Hant'") == pytest.approx(0.25, abs=0.03)
    assert share("text LIKE '%工会%' OR text LIKE '%工會%'") == pytest.approx(0.9, abs=0.03)
    assert share("text LIKE '%（完）'") == pytest.approx(0.1, abs=0.02)
    assert share("length(text)") == pytest.approx(1400, rel=0.15)
    assert len({question.query for question in questions()}) >= 200
