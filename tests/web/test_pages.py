"""Reading in a real browser: an article and its parts, languages, what a screen reader hears."""

import importlib.resources
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bounds_archive
import chromium
import pytest
import web_archive
from chromium import fits
from test_browser import browser, served

__all__ = ["browser", "served"]
pytestmark = chromium.missing


@pytest.fixture(scope="module")
def bounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("bounds")
    ids = bounds_archive.build(folder)
    with web_archive.serving("serve", folder) as address:
        yield address, ids


@pytest.fixture(params=chromium.VIEWS, ids=str)
def view(request: pytest.FixtureRequest) -> tuple[str, int]:
    found: tuple[str, int] = request.param
    return found


@pytest.fixture
def tab(browser: Any, served: tuple[str, dict[str, str]], view: tuple[str, int]) -> Iterator[Any]:
    with chromium.tab(browser, served[0], view) as page:
        yield page


def test_the_parts_of_an_article_are_reached_by_its_tabs(
    tab: Any, served: tuple[str, dict[str, str]]
) -> None:
    tab.goto(f"/a/{served[1]['heat']}")
    for name, part in (("Cleaned out", "cleaned"), ("Capture", "capture"), ("Cite", "cite")):
        tab.locator(".tabs a", has_text=name).click()
        tab.wait_for_url(f"**#{part}")
        assert tab.locator(f"#{part} h2").is_visible()
    tab.locator("#p2 .pn").click()
    tab.wait_for_url("**#p2")
    assert fits(tab)


def test_no_tab_moves_when_another_becomes_the_current_one(
    tab: Any, served: tuple[str, dict[str, str]]
) -> None:
    tab.goto(f"/a/{served[1]['heat']}")
    places = "all => all.map(a => [a.offsetLeft, a.offsetWidth])"
    before = tab.locator(".tabs a").evaluate_all(places)
    tab.locator(".tabs a", has_text="Capture").click()
    tab.locator(".tabs a[aria-current]", has_text="Capture").wait_for()
    assert tab.locator(".tabs a").evaluate_all(places) == before


def test_two_versions_are_compared(tab: Any, served: tuple[str, dict[str, str]]) -> None:
    tab.goto(f"/a/{served[1]['heat']}")
    tab.locator("#va").select_option("1")
    tab.locator("#vb").select_option("2")
    tab.locator(".compare button").click()
    tab.wait_for_url("**a=1&b=2**")
    assert tab.locator("#changes del").first.is_visible()
    assert "旧的一段" in tab.locator("#changes").inner_text()
    assert fits(tab)


def test_a_citation_is_copied_and_kept_as_a_file(
    browser: Any, served: tuple[str, dict[str, str]], view: tuple[str, int]
) -> None:
    rights = ["clipboard-read", "clipboard-write"]
    with chromium.tab(browser, served[0], view, permissions=rights) as tab:
        tab.goto(f"/a/{served[1]['heat']}#cite")
        tab.locator("button[data-copy=c-gb]").click()
        tab.locator("[data-say]", has_text="Citation copied").wait_for()
        copied = tab.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("沈立言, 何书洲. 户外职工的高温津贴按月发放")
        for kind, begins in (("bib", "@online{"), ("ris", "TY  - "), ("csl.json", "[")):
            with tab.expect_download() as download:
                tab.locator(f"#cite a[href*='.{kind}?']").click()
            assert download.value.suggested_filename == f"{served[1]['heat']}.{kind}"
            assert Path(download.value.path()).read_text(encoding="utf-8").startswith(begins)


def test_the_language_is_switched_and_stays(tab: Any, served: tuple[str, dict[str, str]]) -> None:
    tab.goto(f"/a/{served[1]['heat']}")
    tab.locator(".lang a", has_text="简体中文").click()
    tab.wait_for_url(f"**/zh/a/{served[1]['heat']}")
    assert tab.locator("html").get_attribute("lang") == "zh-Hans"
    assert tab.locator("#h-cite").inner_text() == "引用"
    tab.locator(".crumb a").click()
    tab.wait_for_url("**/zh/sites/qinghe")
    assert fits(tab)
    tab.locator(".brief a").first.click()
    tab.wait_for_url("**/zh/a/**")
    tab.locator(".lang a", has_text="English").click()
    tab.wait_for_url("**/en/a/**")
    assert tab.locator("#h-cite").inner_text() == "Cite"


def test_the_browsers_language_is_spoken(browser: Any, served: tuple[str, dict[str, str]]) -> None:
    for locale, tag in (("zh-CN", "zh-Hans"), ("zh-TW", "zh-Hant"), ("de-DE", "en")):
        with chromium.tab(browser, served[0], chromium.VIEWS[0], locale=locale) as tab:
            tab.goto("/")
            assert tab.locator("html").get_attribute("lang") == tag


@pytest.mark.parametrize(
    "path",
    ["/archive", "/archive/articles", "/archive?sql=select+1", "/archive/edited", "/-/versions"],
)
def test_datasettes_own_pages_work_under_their_policy(tab: Any, path: str) -> None:
    tab.goto(path)
    assert fits(tab)
    if "sql" in path:
        assert tab.locator(".CodeMirror").is_visible()
        tab.locator("#sql-format").click()
    if path == "/archive/articles" and tab.viewport_size["width"] > 600:
        tab.locator("th.col-published .dropdown-menu-icon").click()
        assert tab.locator(".dropdown-menu").is_visible()


def test_nothing_moves_while_a_page_loads(tab: Any, served: tuple[str, dict[str, str]]) -> None:
    for path in ("/", "/sites/qinghe", f"/a/{served[1]['heat']}"):
        tab.goto(path, wait_until="networkidle")
        moved = tab.evaluate(
            """new Promise(done => {
                let sum = 0;
                new PerformanceObserver(list => {
                    for (const shift of list.getEntries()) sum += shift.value;
                }).observe({type: "layout-shift", buffered: true});
                setTimeout(() => done(sum), 300);
            })"""
        )
        assert moved < 0.01


def test_the_keyboard_reaches_the_content_first(tab: Any) -> None:
    tab.goto("/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("name", [*bounds_archive.NAMES, "home", "site", "table"])
def test_whatever_an_article_holds_it_does_nothing(
    browser: Any, bounds: tuple[str, dict[str, str]], name: str
) -> None:
    paths = {"home": "/", "site": "/sites/strange", "table": "/archive/articles"}
    with chromium.tab(browser, bounds[0], ("light", 360)) as tab:
        tab.goto(paths.get(name) or f"/a/{bounds[1][name]}")
        assert fits(tab)
        assert set(tab.evaluate("[...document.links].map(a => a.protocol)")) <= {"http:", "https:"}
        turned = tab.evaluate(
            "[...document.querySelectorAll('.press, .art-by b, dd')]"
            ".filter(e => !getComputedStyle(e).unicodeBidi.startsWith('isolate')).length"
        )
        assert turned == 0


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, which a package of the test extra brings along."""
    if importlib.util.find_spec("axe_playwright_python") is None:
        pytest.skip("axe-playwright-python is not installed: pip install -e '.[test]'")
    script = importlib.resources.files("axe_playwright_python") / "axe.min.js"
    return script.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/sites", "/sites/qinghe", "/a/{heat}", "/a/{heat}?version=1", "/a/{couriers}"),
        *(
            "/a/{talks}",
            "/zh/a/{heat}",
            "/zh/",
            "/search?q=工会",
            "/search?q=没有",
            "/a/zzzzzzzzzz",
        ),
    ],
)
def test_axe_finds_nothing_serious(
    browser: Any, axe: str, served: tuple[str, dict[str, str]], view: tuple[str, int], path: str
) -> None:
    context = browser.new_context(
        base_url=served[0],
        color_scheme=view[0],
        viewport={"width": view[1], "height": 900},
        bypass_csp=True,  # for axe-core alone, which is no script of ours
    )
    page = context.new_page()
    page.goto(path.format(**served[1]))
    page.evaluate(axe)
    rules = {"runOnly": ["color-contrast"]} if view[0] == "dark" else {}
    found = json.loads(
        page.evaluate("rules => axe.run(rules).then(r => JSON.stringify(r.violations))", rules)
    )
    context.close()
    told = [(v["id"], v["impact"], [node["html"] for node in v["nodes"][:3]]) for v in found]
    assert [each for each in told if each[1] != "minor"] == []
