"""The search page in a real browser: months, filters, keys, suspects, and without scripts."""

from pathlib import Path
from typing import Any

import chromium
from chromium import fits
from test_browser import browser, served, tab

__all__ = ["browser", "served", "tab"]
pytestmark = chromium.missing

Served = tuple[str, dict[str, str]]


def test_a_month_is_clicked_and_taken_away(tab: Any) -> None:
    tab.goto("/search?q=工会")
    bar = tab.locator(".chart a[aria-label='2026-08: 2']")
    box = bar.locator(".hit").bounding_box()
    assert box["width"] >= 24
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + 4)  # above the bar, in its column
    tab.wait_for_url("**from=2026-08&to=2026-08*")
    assert fits(tab)
    assert tab.locator("h1").inner_text() == "2 articles"
    assert tab.locator(".chart .on").count() == 1
    tab.locator(".chip", has_text="From").click()
    tab.locator(".chip", has_text="To").click()
    assert tab.locator("h1").inner_text() == "47 articles"


def test_the_chart_can_be_skipped_and_read_as_a_table(tab: Any) -> None:
    tab.goto("/search?q=工会")
    skip = tab.get_by_role("link", name="Skip the chart")
    skip.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**#hits")
    tab.get_by_text("As a table").click()
    assert tab.get_by_role("rowheader", name="2026-08").is_visible()
    assert fits(tab)


def test_suspects_are_one_click_away(tab: Any) -> None:
    tab.goto("/search?q=劳模")
    assert tab.get_by_label("Words to find").input_value() == "劳模 -flag:suspect"
    tab.get_by_role("link", name="Show them").click()
    assert tab.locator("h1").inner_text() == "1 article"
    assert tab.get_by_label("Words to find").input_value() == "劳模"
    tab.get_by_role("link", name="Hide them").click()
    assert "No article contains" in tab.locator("h1").inner_text()


def test_the_box_asks_what_it_says(tab: Any) -> None:
    tab.goto("/search?q=劳模")
    tab.get_by_label("Words to find").fill("劳模")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**suspect=show*")
    assert tab.locator("h1").inner_text() == "1 article"


def test_keys_lead_through_the_results(tab: Any, served: Served) -> None:
    tab.goto("/search?q=工会")
    titles = tab.locator("#hits h3 a")
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        tab.keyboard.press(key)
        assert titles.nth(at).evaluate("a => a === document.activeElement")
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.id") == "q"
    tab.keyboard.press("j")
    assert titles.nth(1).evaluate("a => a !== document.activeElement")
    titles.nth(1).focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/a/{served[1]['talks']}")


def test_dates_are_written_by_hand(tab: Any) -> None:
    tab.goto("/search?q=工会")
    if not tab.locator(".facet").first.is_visible():
        tab.locator(".filters > summary").click()
    tab.get_by_label("From").fill("2026-08-03")
    tab.get_by_role("button", name="Set").click()
    tab.wait_for_url("**from=2026-08-03*")
    assert tab.locator("h1").inner_text() == "1 article"
    assert tab.get_by_label("Words to find").input_value() == "工会 -flag:suspect"


def test_a_file_is_downloaded(tab: Any) -> None:
    tab.goto("/search?q=工会")
    with tab.expect_download() as downloading:
        tab.get_by_role("link", name="CSV").click()
    download = downloading.value
    assert download.suggested_filename == "union-archive-工会.csv"
    assert Path(download.path()).read_text("utf-8-sig").startswith("id,title")


def test_the_page_works_without_scripts(browser: Any, served: Served) -> None:
    context = browser.new_context(base_url=served[0], java_script_enabled=False)
    page = context.new_page()
    page.goto("/search?q=工会")
    page.locator(".facet a", has_text="海港工會聯盟").click()
    assert page.locator("h1").inner_text() == "1 article"
    page.get_by_text("Query language").click()
    assert page.get_by_text("on:unknown has none").is_visible()
    context.close()
