"""`union-archive demo`: from nothing to a served archive, and again."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from crawler.demo.truth import articles

ROOT = Path(__file__).parents[1]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "crawler.cli", *arguments]
    return subprocess.run(
        line, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=300, check=False
    )


def environment() -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if name != "UNION_ARCHIVE_HOLDINGS"}
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**kept, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which the demo has been run, and what it said."""
    folder = tmp_path_factory.mktemp("demo")
    done = run("demo", "--no-serve", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "demo-holdings" / "archive.db")) as db:
        return db.execute(query).fetchall()


def test_says_what_was_found(shown: tuple[Path, str]) -> None:
    folder, said = shown
    ((found,),) = rows(folder, "SELECT count(*) FROM articles")
    assert found == len(articles())
    assert re.search(r"^linlan +16 +\d+ +\d+   临澜新闻网$", said, re.MULTILINE)
    assert re.search(r"^Pages that are no article: .*block_page 1.*soft_404 1", said, re.MULTILINE)
    assert "shuofang: 0 new, 1 changed" in said
    assert "union-archive -C demo-holdings serve" in said


def test_never_asks_for_what_robots_forbid(shown: tuple[Path, str]) -> None:
    folder, _ = shown
    ((asked,),) = rows(folder, "SELECT count(*) FROM captures WHERE url LIKE '%/neibu/%'")
    assert asked == 0


def test_again_changes_nothing(shown: tuple[Path, str]) -> None:
    folder, _ = shown
    query = "SELECT id, version, title, text FROM articles ORDER BY id"
    before = rows(folder, query)
    again = run("demo", "--no-serve", cwd=folder)
    assert again.returncode == 0, again.stderr
    assert "First crawl" not in again.stdout
    assert rows(folder, query) == before


def test_serves_and_suggests_what_answers(shown: tuple[Path, str]) -> None:
    folder, _ = shown
    line = [sys.executable, "-m", "crawler.cli", "demo", "--port", "0"]
    with subprocess.Popen(
        line, cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout
        said: list[str] = []
        for text in demo.stdout:
            said.append(text)
            if "export" in text:
                break
        try:
            addresses = re.findall(r"http://127\.0\.0\.1:\d+/\S+", "".join(said))
            assert len(addresses) == 2
            ((original,),) = rows(
                folder, f"SELECT url FROM articles WHERE id = '{addresses[1][-10:]}'"
            )
            search, article, source = (
                httpx.get(url, trust_env=False, follow_redirects=True, timeout=30)
                for url in (*addresses, original)
            )
        finally:
            demo.terminate()
    assert search.status_code == 200
    assert "劳动" in re.sub("<[^>]+>", "", search.text)
    assert article.status_code == source.status_code == 200
    ((title,),) = rows(folder, f"SELECT title FROM articles WHERE id = '{addresses[1][-10:]}'")
    assert title in article.text
