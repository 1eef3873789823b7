"""Pages within bounds, whatever is in the archive, and withdrawn articles on none of them."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import bounds_archive
import httpx
import pytest
import web_archive
from conftest import Demo
from hypothesis import given
from hypothesis import strategies as st
from loopback import union_archive

from archive.records import Removal
from archive.web import parts, redline
from archive.web.parts import clipped
from archive.web.server import application
from archive.web.words import web_link

MOST = 100_000
"""Bytes of a page of ours."""
Served = tuple[httpx.Client, dict[str, str]]


@pytest.fixture(scope="module")
def bounds(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx.Client, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("bounds")
    ids = bounds_archive.build(folder)
    with (
        web_archive.serving("serve", folder) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client, ids


@pytest.mark.parametrize("name", bounds_archive.NAMES)
def test_no_page_of_an_article_is_long(bounds: Served, name: str) -> None:
    site, ids = bounds
    for query in ("", "?version=1", "?part=2", "?a=1&b=60"):
        for tongue in ("", "/zh"):
            answer = site.get(f"{tongue}/a/{ids[name]}{query}")
            assert answer.status_code == 200
            assert len(answer.content) < MOST
    whole = site.get(f"/a/{ids[name]}.json").json()
    assert whole["id"] == ids[name]
    for kind in ("bib", "ris", "csl.json"):
        assert site.get(f"/a/{ids[name]}.{kind}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search",
        "/search?suspect=show&site=strange",
        "/sites",
        "/sites/strange",
        "/zh/sites/strange",
    ],
)
def test_no_other_page_of_ours_is_long(bounds: Served, path: str) -> None:
    answer = bounds[0].get(path)
    assert answer.status_code == 200
    assert len(answer.content) < MOST


@pytest.mark.parametrize("path", ["/archive/articles", "/archive/articles?_search=工會"])
def test_no_table_of_articles_as_sites_have_them_is_long(demo: Demo, path: str) -> None:
    async def asked() -> httpx.Response:
        datasette = application(demo.holdings / "archive.db")
        await datasette.invoke_startup()
        return await datasette.client.get(path)

    answer = asyncio.run(asked())
    assert answer.status_code == 200
    assert len(answer.content) < MOST


def test_what_a_page_leaves_out_is_in_the_json(bounds: Served) -> None:
    site, ids = bounds
    assert len(site.get(f"/a/{ids['title']}.json").json()["title"]) == 350_000
    assert len(site.get(f"/a/{ids['removals']}.json").json()["removals"]) == 5000
    page = site.get(f"/a/{ids['removals']}").text
    assert "5,000 removals" in page
    assert "more lines, as a table" in page
    text = site.get(f"/a/{ids['text']}.json").json()["text"]
    read = [site.get(f"/a/{ids['text']}?part={part}").text for part in (1, 2, 999)]
    assert 'id="p1"' in read[0]
    assert 'id="p1"' not in read[1]
    assert 'rel="next"' not in read[2]
    assert text.count("\n") == 3000


@given(
    st.lists(st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=60), max_size=9)
)
def test_parts_lose_no_text(lines: list[str]) -> None:
    laid = [p for part in parts.parts(tuple(lines)) for p in part]
    assert [p.text for p in laid] == lines
    assert [p.number for p in laid] == list(range(1, len(lines) + 1))


def test_a_paragraph_longer_than_a_part_goes_on() -> None:
    laid = parts.parts(("短", "长" * 50_000, "短"))
    assert len(laid) > 3
    pieces = [p for part in laid for p in part]
    assert "".join(p.text for p in pieces) == "短" + "长" * 50_000 + "短"
    assert [p.number for p in pieces if not p.goes_on] == [1, 2, 3]
    for part in laid:
        size = sum(len(p.text.encode()) + parts.MARKUP for p in part)
        assert size <= parts.PART + parts.MARKUP
    assert parts.parts(()) == [[]]


def test_lines_are_shown_while_there_is_room() -> None:
    cuts = tuple(Removal("widget", "share", "某\n", 2 * place) for place in range(1000))
    laid = redline.redline("正文", cuts)
    shown = redline.fitting(laid)
    assert 0 < len(shown) < len(laid)
    assert shown == laid[: len(shown)]


def test_only_what_is_too_long_is_cut() -> None:
    assert [clipped("一二三", longest) for longest in (2, 3)] == ["一二…", "一二三"]
    assert web_link("http://a.example/" + "x" * 9000) is None


def test_a_withdrawn_article_is_nowhere(tmp_path: Path) -> None:
    ids = web_archive.build(tmp_path)
    gone = ids["heat"]
    words = ("户外职工的高温津贴", "沈立言", "走访建筑工地", "旧的一段")
    with (
        web_archive.serving("serve", tmp_path) as address,
        httpx.Client(base_url=address, timeout=60) as site,
    ):
        assert words[0] in site.get("/").text
        done = union_archive(tmp_path, "withdraw", gone, "--reason", "asked for")
        assert done.returncode == 0, done.stderr
        for path in ("", ".json", ".bib", ".ris", ".csl.json", "?version=1", ".json?version=1"):
            answer = site.get(f"/a/{gone}{path}")
            assert answer.status_code == 410
            assert not [word for word in words if word in answer.text]
        tables = [t["name"] for t in site.get("/archive.json").json()["tables"]]
        queries = json.loads((web_archive.ROOT / "datasette_metadata.json").read_text("utf-8"))
        names = [*queries["databases"]["archive"]["queries"], *tables]
        paths = [f"/archive/{name}.json?_size=max&q=高温&site=%25" for name in names]
        for path in ("/", "/sites", "/sites/qinghe", "/search?q=高温", *paths):
            answer = site.get(path)
            assert not [word for word in words if word in answer.text], path
        assert site.get(f"/archive/articles/{gone}.json").status_code == 404
