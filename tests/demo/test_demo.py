"""`union-archive demo`: from nothing to a served archive, and again."""

import os
import re
import subprocess
import sys

import httpx
import pytest
from conftest import Demo
from loopback import ROOT, rows, run

from crawler.demo.truth import articles

DEMO = (sys.executable, "-m", "crawler.cli", "demo")


def test_says_what_was_found(demo: Demo) -> None:
    said = demo.said
    ((found,),) = rows(demo.holdings, "SELECT count(*) FROM articles")
    assert found == len(articles())
    assert re.search(r"^linlan +16 +\d+ +\d+   临澜新闻网$", said, re.MULTILINE)
    assert re.search(r"^Pages that are no article: .*block_page 1.*soft_404 1", said, re.MULTILINE)
    assert "shuofang: 0 new, 1 changed" in said
    assert "union-archive -C demo-holdings serve" in said


@pytest.mark.usefixtures("alone")
def test_again_changes_nothing(demo: Demo) -> None:
    query = "SELECT id, version, title, text FROM articles ORDER BY id"
    before = rows(demo.holdings, query)
    again = run(*DEMO, "--no-serve", cwd=demo.folder)
    assert again.returncode == 0, again.stderr
    assert "First crawl" not in again.stdout
    assert rows(demo.holdings, query) == before


@pytest.mark.usefixtures("alone")
def test_serves_and_suggests_what_answers(demo: Demo) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*DEMO, "--port", "0"],
        cwd=demo.folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as serving:
        assert serving.stdout
        said: list[str] = []
        for text in serving.stdout:
            said.append(text)
            if "export" in text:
                break
        try:
            addresses = re.findall(r"http://127\.0\.0\.1:\d+/\S+", "".join(said))
            assert len(addresses) == 2
            ((original, title),) = rows(
                demo.holdings, f"SELECT url, title FROM articles WHERE id = '{addresses[1][-10:]}'"
            )
            search, article, source = (
                httpx.get(url, trust_env=False, follow_redirects=True, timeout=30)
                for url in (*addresses, str(original))
            )
        finally:
            serving.terminate()
    assert search.status_code == 200
    assert "劳动" in re.sub("<[^>]+>", "", search.text)
    assert article.status_code == source.status_code == 200
    assert str(title) in article.text
