"""A real browser for tests of the pages: Debian's Chromium, driven by Playwright."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PATH = "/usr/bin/chromium"
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
VIEWS = (("light", 1280), ("dark", 1280), ("light", 360))
"""Colour scheme and width of the windows that pages are looked at in."""

missing = pytest.mark.skipif(not Path(PATH).exists(), reason=f"{PATH} is not there")


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """Chromium, until the block ends."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=PATH, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@contextlib.contextmanager
def tab(chromium: Any, address: str, view: tuple[str, int], **given: Any) -> Iterator[Any]:
    """A page that fails the test on a console error, a script's error or a foreign request."""
    scheme, width = view
    window = {"width": width, "height": 900}
    context = chromium.new_context(
        base_url=address,
        color_scheme=scheme,
        viewport=window,
        accept_downloads=True,
        reduced_motion="reduce",  # what glides by may be gone between press and release
        **given,
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append("a dialog"), dialog.dismiss()))
    page.on("request", lambda asked: _own(asked.url, address) or wrong.append(asked.url))
    yield page
    assert page.evaluate("window.bad") is None
    assert context.cookies() == []
    context.close()
    assert wrong == []


def _own(url: str, address: str) -> bool:
    return url.startswith((f"{address}/", "blob:"))


def fits(page: Any) -> bool:
    """Whether nothing sticks out of the window."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide
