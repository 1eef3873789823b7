"""The pages in a real browser: finding, and the pictures of the README.

UNION_ARCHIVE_PICTURES=tests/pictures draws them anew.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chromium
import pytest
import web_archive
from chromium import fits
from conftest import Demo

pytestmark = chromium.missing


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium.browser() as started:
        yield started


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("holdings")
    ids = web_archive.build(folder)
    with web_archive.serving("serve", folder) as address:
        yield address, ids


@pytest.fixture(params=chromium.VIEWS, ids=str)
def tab(
    request: pytest.FixtureRequest, browser: Any, served: tuple[str, dict[str, str]]
) -> Iterator[Any]:
    with chromium.tab(browser, served[0], request.param) as page:
        yield page


@pytest.mark.parametrize("query", ["工会", "工會"])
def test_from_home_to_an_article_in_either_script(
    tab: Any, served: tuple[str, dict[str, str]], query: str
) -> None:
    tab.goto("/")
    assert fits(tab)
    tab.get_by_label("Words to find").fill(query)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search?q=*")
    assert fits(tab)
    assert tab.locator("h1").inner_text() == "47 articles"
    assert tab.locator(".hits mark").first.inner_text() in ("工会", "工會")
    tab.locator(".hits h3 a").first.click()
    tab.wait_for_url(f"**/a/{served[1]['heat']}")
    assert fits(tab)
    assert tab.locator("h1").inner_text().replace("\u3000", "").startswith("户外职工的高温津贴")
    assert tab.locator(".p").count() == 3
    tab.locator(".tabs a", has_text="Cleaned out").click()
    assert tab.locator("#cleaned .out-block").first.is_visible()


def test_a_filter_narrows_and_its_chip_takes_it_away(tab: Any) -> None:
    tab.goto("/search?q=工会")
    if not tab.locator(".facet").first.is_visible():
        tab.locator(".filters > summary").click()
    tab.locator(".facet a", has_text="海港工會聯盟").click()
    tab.wait_for_url("**site=harbour*")
    assert tab.locator("h1").inner_text() == "1 article"
    tab.locator(".chip").click()
    tab.wait_for_url("**/search?q=*")
    assert tab.locator("h1").inner_text() == "47 articles"


def test_the_table_pages_own_box_works(tab: Any) -> None:
    tab.goto("/archive/articles")
    assert fits(tab)
    tab.locator("#_search").fill("工會")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**_search=*")
    assert "47 rows" in tab.locator("h3").first.inner_text()


@pytest.mark.parametrize("path", ["/a/{hostile}", "/archive/articles/{hostile}", "/archive", "/"])
def test_a_hostile_article_does_nothing(
    tab: Any, served: tuple[str, dict[str, str]], path: str
) -> None:
    tab.goto(path.format(**served[1]))
    assert fits(tab)
    top = tab.locator("header.top").bounding_box()
    assert top["width"] == tab.viewport_size["width"]


def test_dark_is_dark(browser: Any, served: tuple[str, dict[str, str]]) -> None:
    for path in ("/", "/search?q=工会", "/archive/articles"):
        grounds = []
        for scheme in ("light", "dark"):
            page = browser.new_page(base_url=served[0], color_scheme=scheme)
            page.goto(path)
            grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            page.close()
        assert grounds == ["rgb(252, 253, 252)", "rgb(17, 23, 28)"]


PICTURES = {"search": "/search?q=工會", "article": "/a/{changed}", "home": "/"}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(browser: Any, demo: Demo, tmp_path: Path, name: str) -> None:
    path = Path(os.environ.get("UNION_ARCHIVE_PICTURES", tmp_path)) / f"{name}.png"
    window = {"width": 1100, "height": 760}
    with web_archive.serving("serve", demo.holdings) as address:
        page = browser.new_page(base_url=address, viewport=window, color_scheme="light")
        rows = page.request.get("/archive/edited.json?_shape=array").json()
        page.goto(PICTURES[name].format(changed=rows[0]["id"]))
        page.screenshot(path=path)
        if name == "search":
            assert {"工会", "工會"} <= set(page.locator(".hits mark").all_inner_texts())
        page.close()
    assert 10_000 < path.stat().st_size < 300_000
