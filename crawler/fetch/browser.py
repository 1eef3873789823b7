"""A browser that draws what a page's scripts draw, and never touches the network itself.

Whatever it asks for is given to it by us: the page that we have, and scripts and what these ask
for as `fetch` gets them. All else is refused: other pages, frames, pictures, fonts, media, sockets.
As a second lock its own way out is a proxy and a resolver that there are not.
"""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.util import find_spec
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from archive.errors import UnionArchiveError, UsageError

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Request, Route, WebSocketRoute

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""Commands that a browser is looked for by."""
ARGUMENTS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--mute-audio"),
    # The second lock: names lead nowhere, addresses to a proxy that is not there, WebRTC too.
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9"),
    *("--proxy-bypass-list=<-loopback>", "--dns-prefetch-disable"),
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=256",
)
KINDS = frozenset({"script", "xhr", "fetch"})
"""What a page may ask for beside itself, as Chromium calls it."""
METHODS = frozenset({"GET", "POST"})
"""Lists are asked for by either."""
MOST = 60
"""Requests of one page."""
TIME = 120.0
"""Seconds that one page may take, all its requests with their pauses."""
QUIET = 0.5
"""Seconds without a request, after which a page is taken as it stands."""
MAX_SIZE = 16 << 20
"""Characters of a page as it stands."""
CLICKS = 20
"""Clicks for more of one list."""
CLICKING = 60.0
"""Seconds after which no more are made, so that what they brought is not lost to TIME."""
CLICK_TIME = 5.0
"""Seconds in which what is to be clicked on has to come out from under what covers it."""


class Answer(NamedTuple):
    """What a page, a script or a list came as, free of its content encoding."""

    status: int
    content_type: str
    body: bytes


class Asked(NamedTuple):
    """What a page asks for."""

    url: str
    method: str
    headers: dict[str, str]
    body: bytes


class RenderingError(UnionArchiveError):
    """A page could not be drawn."""


class More(NamedTuple):
    """What brings more of a list."""

    css: str
    """What is clicked on."""
    leads_on: Callable[[set[str]], bool]
    """Says of links that have come whether they are reason to click once more."""


Fetch = Callable[[Asked], Awaitable[Answer | None]]
"""Gets what a page asks for; None where it may not be had."""


def find() -> str:
    """Give the path of a browser. Raises UsageError where it, or what drives it, is not there."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if find_spec("playwright") is None or path is None:
        lacks = "a browser" if find_spec("playwright") else "playwright"
        raise UsageError(
            f"browser = true: {lacks} is not installed; run `pip install 'union-archive[browser]'`"
            " and install Chromium (Debian: `apt install chromium`)"
        )
    return path


class Drawing:
    """One page, drawn by a browser of its own, so that nothing outlives it; one at a time."""

    _turn: ClassVar[asyncio.Semaphore] = asyncio.Semaphore(1)

    def __init__(self, url: str, page: Answer, fetch: Fetch, more: More | None = None) -> None:
        self._url, self._page, self._fetch, self._more = url, page, fetch, more
        self._begun, self._asked, self._pending = False, 0, 0
        self._last = monotonic()

    async def draw(self, user_agent: str) -> list[str]:
        """Give the page as it stands when its scripts have come to rest. Raises RenderingError.

        Where a click for more has taken links away, the page as it stood before comes before it.
        """
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415 - of an extra

        root = os.geteuid() == 0  # Chromium's sandbox is not for root
        try:
            async with self._turn, asyncio.timeout(TIME), async_playwright() as driver:
                chromium = await driver.chromium.launch(
                    executable_path=find(), args=list(ARGUMENTS), chromium_sandbox=not root
                )
                try:
                    pages = await self._draw(chromium, user_agent)
                finally:
                    with suppress(Error):
                        await chromium.close()
        except TimeoutError as error:
            raise RenderingError(f"drawing it took over {TIME:g} s") from error
        except Error as error:
            raise RenderingError(
                f"it could not be drawn: {error.message.splitlines()[0]}"
            ) from error
        if (length := sum(map(len, pages))) > MAX_SIZE:
            raise RenderingError(f"drawn it has {length} characters, expected {MAX_SIZE} at most")
        return pages

    async def _draw(self, chromium: "Browser", user_agent: str) -> list[str]:
        context = await chromium.new_context(
            user_agent=user_agent, service_workers="block", accept_downloads=False
        )
        await context.route("**/*", self._answer)
        await context.route_web_socket("**/*", _refuse)
        page = await context.new_page()
        await page.goto(self._url, wait_until="domcontentloaded", timeout=TIME * 1000)
        await self._rest()
        if self._more is None:
            return [await page.content()]
        return await self._pages(page, self._more)

    async def _rest(self) -> None:
        """Wait until nothing has been asked for in a while."""
        while self._pending or monotonic() - self._last < QUIET:  # noqa: ASYNC110 - rest has no event
            await asyncio.sleep(QUIET / 5)

    async def _pages(self, page: "Page", more: More) -> list[str]:
        """Click for more while that brings links that lead on; give the page as it then stands."""
        pages, shown = [await page.content()], await _links(page)
        fresh, known, begun = shown, shown, monotonic()
        for _ in range(CLICKS):
            late = monotonic() - begun > CLICKING
            if late or not more.leads_on(fresh) or not await self._click(page, more.css):
                break
            before, shown = shown, await _links(page)
            fresh = shown - known
            if fresh:
                turned = not before <= shown
                longer = [*(pages if turned else pages[:-1]), await page.content()]
                if sum(map(len, longer)) > MAX_SIZE:
                    break
                pages = longer
            known |= fresh
        return pages

    async def _click(self, page: "Page", css: str) -> bool:
        """Click, and wait for what comes of it; False where there is nothing to click on."""
        from playwright.async_api import TimeoutError as Covered  # noqa: PLC0415 - of an extra

        button = page.locator(f"css={css}").first
        if not await button.is_visible():
            return False
        try:
            await button.click(timeout=CLICK_TIME * 1000, no_wait_after=True)
        except Covered:
            return False
        self._last = monotonic()
        await self._rest()
        return True

    async def _answer(self, route: "Route") -> None:
        """Answer a request of the page, or refuse it."""
        self._pending += 1
        try:
            found = await self._found(route.request)
            if found is None:
                await route.abort("blockedbyclient")
            else:
                headers = {"content-type": found.content_type}
                await route.fulfill(status=found.status, headers=headers, body=found.body)
        finally:
            self._pending -= 1
            self._last = monotonic()

    async def _found(self, request: "Request") -> Answer | None:
        if not self._begun and request.is_navigation_request():
            self._begun = True
            return self._page
        self._asked += 1
        known = request.resource_type in KINDS and request.method in METHODS
        if not known or self._asked > MOST:
            return None
        body = request.post_data_buffer or b""
        return await self._fetch(Asked(request.url, request.method, request.headers, body))


async def _links(page: "Page") -> set[str]:
    found = await page.eval_on_selector_all("a[href]", "all => all.map(a => String(a.href))")
    return set(map(str, found))


async def _refuse(socket: "WebSocketRoute") -> None:
    await socket.close()
