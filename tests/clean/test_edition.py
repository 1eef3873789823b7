"""Each version says which cleaner read it, down to its rules."""

import sqlite3
from contextlib import closing
from importlib.metadata import version

from conftest import Demo

from crawler.clean.edition import edition, rules_digest


def test_the_name_has_the_version_and_the_rules() -> None:
    number, _, rules = edition().partition("+")
    assert number == version("union-archive")
    assert rules_digest().startswith(rules)
    assert len(rules) == 12


def test_versions_of_a_crawl_name_it(demo: Demo) -> None:
    path = demo.holdings / "archive.db"
    with closing(sqlite3.connect(path)) as db:
        named = db.execute("SELECT DISTINCT cleaner FROM versions").fetchall()
    assert named == [(edition(),)]
