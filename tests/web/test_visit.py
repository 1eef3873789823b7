"""What a request brings along: the language in its address, wherever Datasette is mounted."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
import web_archive
from datasette.app import Datasette

from archive.web import visit
from archive.web.nonces import Nonces
from archive.web.server import metadata


def scope(path: str, query: bytes = b"", accept: bytes = b"") -> dict[str, object]:
    headers = [(b"accept-language", accept)]
    return {"type": "http", "path": path, "query_string": query, "headers": headers}


@pytest.mark.parametrize(
    ("path", "base", "left", "language"),
    [
        *(("/a/x", "/", "/a/x", "en"), ("/zh/a/x", "/", "/a/x", "zh-Hans")),
        *(("/zh", "/", "/", "zh-Hans"), ("/zh/", "/", "/", "zh-Hans")),
        *(("/zhang/a", "/", "/zhang/a", "en"), ("/zh-hant/a/x", "/", "/a/x", "zh-Hant")),
        *(("/old/zh/a/x", "/old/", "/old/a/x", "zh-Hans"), ("/zh/zh/", "/", "/zh/", "zh-Hans")),
    ],
)
def test_the_language_is_taken_out_of_the_address(
    path: str, base: str, left: str, language: str
) -> None:
    found, begun = visit.begin(scope(path), base)
    assert (found["path"], begun.language) == (left, language)


def test_the_address_is_kept_as_it_was_written() -> None:
    asked = scope("/zh/search", b"q=%E5%B7%A5&x=1", b"en") | {"raw_path": b"/zh/search?q=1"}
    found, begun = visit.begin(asked, "/")
    assert (found["raw_path"], begun.path) == (b"/search", "/search?q=%E5%B7%A5&x=1")
    links = {tag: href for tag, _, href in visit.language_links("/")}
    assert links["zh-Hant"] == "/zh-hant/search?q=%E5%B7%A5&x=1"


def test_a_nonce_stands_in_templates_of_others_alone() -> None:
    rewrite = Nonces.preprocess
    source = '<script>x</script><script src="a"><style>y</style><p style="z">'
    got = rewrite(Nonces.__new__(Nonces), source, "table.html")
    assert got.count('nonce="{{ csp_nonce() }}"') == 3
    assert '<p data-style="z">' in got
    assert rewrite(Nonces.__new__(Nonces), source, "union_archive/home.html") == source


def test_all_of_it_works_below_a_path(tmp_path: Path) -> None:
    ids = web_archive.build(tmp_path)
    files = [str(tmp_path / "archive.db")]
    below = Datasette(files, metadata=metadata(), settings={"base_url": "/old/"})

    async def ask(path: str) -> httpx.Response:
        await below.invoke_startup()
        transport = httpx.ASGITransport(app=below.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://a.example") as client:
            return await client.get(path)

    home = asyncio.run(ask("/old/zh/"))
    assert home.status_code == 200
    assert 'href="/old/zh/search"' in home.text
    assert 'href="/old/-/static-plugins/union_archive/archive.css"' in home.text
    assert 'href="/old/zh-hant/"' in home.text
    article = asyncio.run(ask(f"/old/zh/a/{ids['heat']}"))
    assert f'href="http://a.example/old/a/{ids["heat"]}"' in article.text
    assert "引用" in article.text


def test_pages_link_to_the_player_that_config_names(tmp_path: Path) -> None:
    ids = web_archive.build(tmp_path)
    (tmp_path / "config.toml").write_text('replay = "http://127.0.0.1:8002"\n', encoding="utf-8")
    with web_archive.serving("serve", tmp_path) as address:
        text = httpx.get(f"{address}/a/{ids['talks']}", timeout=60).text
    link = "http://127.0.0.1:8002/archive/20260820050244/http://harbour.example/node/2"
    assert f'href="{link}" rel="noopener noreferrer"' in text


ADDRESSES = "CREATE TABLE IF NOT EXISTS addresses (id TEXT PRIMARY KEY, url TEXT, article TEXT)"


def test_the_id_of_another_address_leads_to_the_article(tmp_path: Path) -> None:
    ids = web_archive.build(tmp_path)
    other = ("aaaaaaaaaa", "http://m.harbour.example/node/2", ids["talks"])
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
        db.execute(ADDRESSES)
        db.execute("INSERT INTO addresses(id, url, article) VALUES (?, ?, ?)", other)
    with (
        web_archive.serving("serve", tmp_path) as address,
        httpx.Client(base_url=address, timeout=60) as site,
    ):
        for asked, found in (
            ("/a/aaaaaaaaaa", f"/a/{ids['talks']}"),
            ("/zh/a/aaaaaaaaaa.bib?version=1", f"/zh/a/{ids['talks']}.bib?version=1"),
        ):
            answer = site.get(asked)
            assert (answer.status_code, answer.headers["location"]) == (301, found)
        assert other[1] in site.get(f"/a/{ids['talks']}").text
        assert site.get(f"/a/{ids['talks']}.json").json()["aliases"] == [other[1]]
