"""An archive in the hands of tools that know nothing of it: read, and not harmed in silence."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import web_archive
from archived import fill, sound
from datasette.app import Datasette
from datasette.utils import StartupError

from archive.hanzi import SEGMENTER_VERSION
from archive.search.index import COLUMNS
from archive.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fill(tmp_path / "archive.db")
    return tmp_path / "archive.db"


@pytest.fixture
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        yield db


def test_it_is_read(plain: sqlite3.Connection) -> None:
    assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert plain.execute("SELECT count(*) FROM articles").fetchone() == (3,)
    found = (
        "SELECT articles.title FROM articles_fts JOIN articles ON fts_pk = articles_fts.rowid WHERE"
    )
    rows = plain.execute(f"{found} articles_fts MATCH ?", ['text : "工 会"'])
    assert rows.fetchall() == [("碼頭工會罷工",)]


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT INTO articles_fts(rowid, {COLUMNS}) VALUES (99{', 1' * 8})",
        "INSERT INTO articles_fts(rowid, title) SELECT fts_pk + 1, title FROM articles",
        "INSERT INTO articles_fts(articles_fts, rowid, title) VALUES ('delete', {key}, '旧')",
        "INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')",
        "INSERT INTO articles_fts(articles_fts) VALUES ('delete-all')",
        "UPDATE articles_fts SET title = 'x' WHERE rowid = {key}",
        "DELETE FROM articles_fts WHERE rowid = {key}",
    ],
)
def test_writing_to_the_index_fails_and_changes_nothing(
    path: Path, plain: sqlite3.Connection, statement: str
) -> None:
    (key,) = plain.execute("SELECT fts_pk FROM articles WHERE title LIKE '碼頭%'").fetchone()
    with pytest.raises(sqlite3.OperationalError):
        plain.execute(statement.format(key=key))
    plain.close()
    with Store(path) as store:
        sound(store.db)


WITHOUT = """
import asyncio, sys
from datasette.app import Datasette
from datasette.plugins import pm

async def ask():
    datasette = Datasette([sys.argv[1]])
    await datasette.invoke_startup()
    for path in ("/", "/archive", "/archive/articles", "/archive/articles.json?_search=x"):
        answer = await datasette.client.get(path)
        print(answer.status_code, "Union Archive" in answer.text)

assert pm.unregister(name="union_archive")
asyncio.run(ask())
"""


def test_datasette_without_the_plugin_browses_it(path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "200 False\n" * 4


def test_the_plugin_refuses_an_older_index(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA user_version = {SEGMENTER_VERSION - 1}")
    with pytest.raises(StartupError, match="older Union Archive"):
        asyncio.run(Datasette([str(path)]).invoke_startup())


def test_the_index_is_hidden(tmp_path: Path) -> None:
    web_archive.build(tmp_path)

    async def ask() -> set[str]:
        datasette = Datasette([str(tmp_path / "archive.db")])
        await datasette.invoke_startup()
        tables = (await datasette.client.get("/archive.json")).json()["tables"]
        return {table["name"] for table in tables if not table["hidden"]}

    assert not {name for name in asyncio.run(ask()) if name.startswith("articles_fts")}
