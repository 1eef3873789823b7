"""Lists that scripts draw: a real Chromium draws them, and gets nothing but by way of the crawl."""

import asyncio
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import chromium
import pytest
from decided import check
from fastwarc.warc import ArchiveIterator, WarcRecordType
from loopback import Answer, LoopbackSite, article, put_site, rows, run, union_archive

from archive.errors import UsageError
from crawler.fetch import browser

KEYS = """article = '^/a/\\d+'
delay = 0
sources = [{ list = "/news/", browser = true }]"""
PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>工会要闻</title>
<script src="/js/list.js"></script><script src="/js/forbidden.js"></script>
<link rel="stylesheet" href="/style.css"></head>
<body><ul id="list"></ul><img src="/picture.png"><iframe src="/frame"></iframe></body></html>"""
SCRIPT = """
addEventListener("DOMContentLoaded", async () => {
  const answer = await fetch("/api/list", {method: "POST", body: "page=1",
    headers: {"Content-Type": "application/x-www-form-urlencoded"}});
  for (const one of await answer.json()) {
    const link = document.createElement("a");
    link.href = one.url; link.textContent = one.title;
    document.querySelector("#list").append(link);
  }
  for (const url of INSIDE) { fetch(url).catch(() => 0); new Image().src = url; open(url); }
  navigator.sendBeacon(INSIDE[0], "x");
  try { new WebSocket(INSIDE[0].replace("http", "ws")); } catch {}
  const call = document.createElement("script"); call.src = INSIDE[1]; document.body.append(call);
});
"""


@pytest.fixture
def inside() -> Iterator[LoopbackSite]:
    """A server that nothing may reach."""
    with LoopbackSite() as served:
        yield served


@pytest.fixture
def site(inside: LoopbackSite) -> Iterator[LoopbackSite]:
    with LoopbackSite() as served:
        port = inside.server.server_port
        urls = [
            f"{inside.url}/a",
            f"http://localhost:{port}/b",
            f"http://[::ffff:127.0.0.1]:{port}/",
        ]
        served.pages["/robots.txt"] = "User-agent: *\nDisallow: /js/forbidden.js\n"
        served.pages["/news/"] = PAGE
        served.pages["/js/list.js"] = f"const INSIDE = {urls};{SCRIPT}"
        served.pages["/a/1"] = article(
            "职工书屋开放", "书屋每天开放到晚上九点，藏书三千余册，职工凭证借阅。" * 3
        )
        yield served


def post(site: LoopbackSite) -> None:
    """Have the list answer POST, as many a content management system's does."""
    handler = site.server.RequestHandlerClass

    def do_POST(self: object) -> None:  # noqa: N802
        length = int(self.headers["Content-Length"])  # type: ignore[attr-defined]
        sent = self.rfile.read(length)  # type: ignore[attr-defined]
        links = b'[{"url": "/a/1", "title": "\\u804c\\u5de5\\u4e66\\u5c4b\\u5f00\\u653e"}]'
        body = links if sent == b"page=1" else b"[]"
        site.pages["/api/list"] = Answer(body, headers={"Content-Type": "application/json"})
        site.answer(self)  # type: ignore[arg-type]

    handler.do_POST = do_POST  # type: ignore[attr-defined]


@chromium.missing
def test_a_list_that_a_script_draws_is_read_and_nothing_else_reached(
    site: LoopbackSite, inside: LoopbackSite, tmp_path: Path
) -> None:
    post(site)
    put_site(tmp_path, site, KEYS)
    check(tmp_path, "crawl")
    assert rows(tmp_path, "SELECT title FROM articles") == [("职工书屋开放",)]
    assert site.paths() == ["/robots.txt", "/news/", "/js/list.js", "/api/list", "/a/1"]
    assert inside.log == []
    kept = list(records(tmp_path))
    assert [(kind, url.removeprefix(site.url)) for kind, url, *_ in kept[1:]] == [
        *(("response", "/news/"), ("response", "/js/list.js"), ("response", "/api/list")),
        *(("conversion", "/news/"), ("response", "/a/1")),
    ]
    drawn, raw = kept[4], kept[1]
    assert "职工书屋开放" in drawn[2]
    assert "职工书屋开放" not in raw[2]
    assert drawn[3] == raw[4]
    assert b"page=1" in b"".join(requests(tmp_path))
    check(tmp_path, "verify")
    check(tmp_path, "rebuild", str(tmp_path / "again"))
    query = "SELECT url, outcome FROM captures ORDER BY captured, record_id"
    assert rows(tmp_path / "again", query) == rows(tmp_path, query)


def records(holdings: Path) -> Iterator[tuple[str, str, str, str | None, str]]:
    for path in (holdings / "warc").iterdir():
        with path.open("rb") as file:
            kinds = WarcRecordType.response | WarcRecordType.conversion
            for record in ArchiveIterator(file, record_types=kinds, parse_http=True):
                get = record.headers.get
                text = record.reader.read().decode("utf-8", "replace")
                yield (
                    get("WARC-Type"),
                    get("WARC-Target-URI"),
                    text,
                    get("WARC-Refers-To"),
                    get("WARC-Record-ID"),
                )


def requests(holdings: Path) -> Iterator[bytes]:
    for path in (holdings / "warc").iterdir():
        with path.open("rb") as file:
            for record in ArchiveIterator(file, record_types=WarcRecordType.request):
                yield record.reader.read()


APPENDS = """<div id="list"></div><button>更多</button><script>
let n = 0;
const more = async () => {
  const title = await (await fetch(`/api/more?n=${++n}`)).text();
  document.querySelector("#list").innerHTML += `<a href="/a/${n}">${title}</a>`;
};
more();
document.querySelector("button").onclick = more;
</script>"""
TURNS = """<div id="list"></div><a class="next" href="javascript:turn()">下一页</a><script>
let n = 10;
const turn = () => {
  n = Math.min(n + 1, 13);
  document.querySelector("#list").innerHTML = `<a href="/a/${n}">第${n}期</a>`;
};
turn();
</script>"""
CLICKED = """
import sys
import crawler.fetch.browser
from crawler.cli import main

crawler.fetch.browser.CLICKS = 3
sys.argv[1:1] = ["-C"]
main()
"""


@chromium.missing
def test_a_list_that_goes_on_by_clicks_is_read_on_while_articles_come(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        site.pages |= {"/more/": APPENDS, "/turns/": TURNS}
        site.pages |= {f"/api/more?n={n}": f"第{n}期" for n in range(9)}
        for n in range(20):
            site.pages[f"/a/{n}"] = article(f"职工书屋第{n}期", f"{n}月，藏书三千册。" * 9)
        lists = '{ list = "/more/", more = "button" }, { list = "/turns/", more = "a.next" }'
        put_site(
            tmp_path, site, KEYS.partition("sources")[0] + f"browser = true\nsources = [{lists}]"
        )
        first = run(sys.executable, "-c", CLICKED, str(tmp_path), "crawl")
        assert first.returncode == 0, first.stderr
        asked = site.paths()
        assert [path for path in asked if path.startswith("/api/")] == [
            f"/api/more?n={n}"
            for n in range(1, 5)  # without an end: three clicks
        ]
        came = {path for path in asked if path.startswith("/a/")}
        assert came == {f"/a/{n}" for n in (1, 2, 3, 4, 11, 12, 13)}
        kept = Counter(
            url.removeprefix(site.url)
            for kind, url, *_ in records(tmp_path)
            if kind == "conversion"
        )
        assert kept == {"/more/": 1, "/turns/": 3}
        with closing(sqlite3.connect(tmp_path / "crawl.db")) as db, db:
            db.execute("UPDATE agenda SET due = 0 WHERE source = '/more/'")
        site.log.clear()
        second = run(sys.executable, "-c", CLICKED, str(tmp_path), "crawl", "--due")
        assert second.returncode == 0, second.stderr
        # What is on the first page is known, so nobody clicks.
        assert set(site.paths()) == {"/robots.txt", "/more/", "/api/more?n=1"}


@chromium.missing
def test_a_page_that_does_not_come_to_rest_is_left_for_later(
    site: LoopbackSite, tmp_path: Path
) -> None:
    site.pages["/news/"] = "<script>while (true) {}</script>"
    put_site(tmp_path, site, KEYS)
    code = (
        "import crawler.fetch.browser as b; b.TIME = 3\n"
        "import sys; from crawler.cli import main; sys.argv = ['x', '-C', sys.argv[1], 'crawl']\n"
        "main()"
    )
    begun = time.monotonic()
    done = run(sys.executable, "-c", code, str(tmp_path))
    assert "drawing it took over 3 s" in done.stderr
    assert "1 errors" in done.stdout
    assert time.monotonic() - begun < 120


def test_without_a_browser_one_line_says_what_to_do(
    site: LoopbackSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_site(tmp_path, site, KEYS)
    monkeypatch.setenv("PATH", str(tmp_path))
    done = union_archive(tmp_path, "crawl")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'union-archive[browser]'" in done.stderr
    monkeypatch.setattr(browser, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="playwright is not installed"):
        browser.find()


def test_only_lists_are_drawn(tmp_path: Path) -> None:
    from crawler.sitefile.loading import load_site

    path = tmp_path / "a.toml"
    path.write_text(
        'name = "甲"\nhome = "http://127.0.0.1/"\nsources = [{ feed = "/rss", browser = true }]\n'
    )
    with pytest.raises(UsageError, match="expected it beside list only"):
        load_site(path)
    path.write_text(
        'name = "甲"\nhome = "http://127.0.0.1/"\narticle = "x"\n'
        'sources = [{ list = "/", more = "a" }]\n'
    )
    with pytest.raises(UsageError, match="expected it beside a list with browser = true only"):
        load_site(path)


@chromium.missing
@pytest.mark.parametrize(
    ("routed", "locked", "reached"),
    [(False, False, True), (False, True, False), (True, False, False)],
)
def test_each_of_the_two_locks_holds_by_itself(
    routed: bool,  # noqa: FBT001 - one of the cases
    locked: bool,  # noqa: FBT001
    reached: bool,  # noqa: FBT001
    inside: LoopbackSite,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Chromium by itself lets no page from elsewhere ask this machine: not to be relied on.
    open_ = "--disable-features=LocalNetworkAccessChecks"
    monkeypatch.setattr(browser, "ARGUMENTS", (*(browser.ARGUMENTS if locked else ()), open_))
    script = f"fetch('{inside.url}/a', {{mode: 'no-cors'}}); new Image().src = '{inside.url}/b'"
    page = browser.Answer(200, "text/html", f"<body><script>{script}</script></body>".encode())

    async def fetch(_: browser.Asked) -> None:
        return None

    drawing = browser.Drawing("http://127.0.0.1:5/", page, fetch)
    answer = drawing._answer  # noqa: SLF001 - the lock that is opened

    async def leave(route: Any) -> None:
        await (route.continue_() if drawing._begun else answer(route))  # noqa: SLF001
        drawing._last = time.monotonic() + 1  # noqa: SLF001 - time for it to arrive

    if not routed:
        monkeypatch.setattr(drawing, "_answer", leave)
    asyncio.run(drawing.draw("union-archive"))
    assert bool(inside.log) == reached
