"""The pages in a real browser: Debian's Chromium, driven by Playwright.

UNION_ARCHIVE_PICTURE=tests/pictures/search.png draws the README's picture anew.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import web_archive
from conftest import Demo

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not there")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("holdings")
    ids = web_archive.build(folder)
    with web_archive.serving("serve", folder) as address:
        yield address, ids


@pytest.fixture(params=[("light", 1280), ("dark", 1280), ("light", 360)], ids=str)
def tab(
    request: pytest.FixtureRequest, browser: Any, served: tuple[str, dict[str, str]]
) -> Iterator[Any]:
    """A page that fails the test on a console error, a script's error or a foreign request."""
    scheme, width = request.param
    context = browser.new_context(
        base_url=served[0], color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append("a dialog"), dialog.dismiss()))
    page.on("request", lambda asked: _own(asked.url, served[0]) or wrong.append(asked.url))
    yield page
    assert page.evaluate("window.bad") is None
    context.close()
    assert wrong == []


def _own(url: str, address: str) -> bool:
    return url.startswith((f"{address}/", "blob:"))


def fits(page: Any) -> bool:
    """Whether nothing sticks out of the window."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide


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


def test_picture(browser: Any, demo: Demo, tmp_path: Path) -> None:
    path = Path(os.environ.get("UNION_ARCHIVE_PICTURE", tmp_path / "search.png"))
    window = {"width": 1100, "height": 760}
    with web_archive.serving("serve", demo.holdings) as address:
        page = browser.new_page(base_url=address, viewport=window, color_scheme="light")
        page.goto("/search?q=工會")
        marks = set(page.locator(".hits mark").all_inner_texts())
        page.screenshot(path=path)
        page.close()
    assert {"工会", "工會"} <= marks
    assert path.stat().st_size > 10_000
