"""`union-archive replay`: pages are played as they were captured, and withdrawn ones refused."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from loopback import LoopbackSite, article, put_site, rows, union_archive

from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from archive.replay import command, playable
from archive.web.record import replay_link

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]"


def page(number: int) -> str:
    return article(f"夜校第{number}期", *[f"{BODY}{number}"] * 4)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Holdings of two articles, and the address of their site."""
    holdings = tmp_path_factory.mktemp("holdings")
    with LoopbackSite() as site:
        links = "".join(f'<a href="/a/{name}">x</a>' for name in (1, 2))
        site.pages |= {"/news/": links, "/a/1": page(1), "/a/2": page(2)}
        put_site(holdings, site, KEYS)
        done = union_archive(holdings, "crawl")
        assert done.returncode == 0, done.stderr
    return holdings, site.url


@contextlib.contextmanager
def playing(holdings: Path, pywb: Path) -> Iterator[httpx.Client]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "crawler.cli", "-C", str(holdings), "replay", f"--port={port}"]
    path = os.pathsep.join([str(pywb), os.environ["PATH"]])
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env=os.environ | {"PATH": path}
    ) as process:
        said = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in said, process.poll()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client
        process.terminate()


@pytest.mark.slow
def test_pages_are_played_until_they_are_withdrawn(pywb: Path, crawled: tuple[Path, str]) -> None:
    holdings, site = crawled
    found = {
        url: (id_, captured)
        for url, id_, captured in rows(holdings, "SELECT url, id, first_captured FROM articles")
    }
    with playing(holdings, pywb) as player:

        def status(number: int) -> int:
            url = f"{site}/a/{number}"
            capture = {"url": url, "captured": found[url][1]}
            link = replay_link(f"{player.base_url}/", capture)
            assert link is not None
            # id_ asks for the bytes as they came, without the frame around them.
            answer = player.get(link.replace(f"/{url}", f"id_/{url}"))
            if answer.status_code == 200:
                assert answer.text == page(number)
            return answer.status_code

        assert [status(1), status(2)] == [200, 200]
        withdrawn = found[f"{site}/a/1"][0]
        done = union_archive(holdings, "withdraw", withdrawn, "--reason", "asked for")
        assert done.returncode == 0, done.stderr
        for _ in range(100):
            if status(1) == 404:
                break
            time.sleep(0.2)
        assert [status(1), status(2)] == [404, 200]
    with playing(holdings, pywb) as player:
        url = f"{site}/a/1"
        index = player.get("/archive/cdx", params={"url": url, "output": "json"})
        assert index.text.strip() == ""


def test_only_what_the_archive_shows_may_be_played(crawled: tuple[Path, str]) -> None:
    holdings = Holdings(crawled[0])
    places = playable(holdings)
    known = rows(crawled[0], "SELECT warc, offset FROM captures")
    assert {(name, place) for name, all_ in places.items() for place in all_} == set(known)


def test_without_pywb_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnionArchiveError, match=r"pip install 'union-archive\[replay\]'"):
        command("no-such-player")


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("http://a.example/?y", "http://127.0.0.1:8002/archive/20260820050244/http://a.example/?y"),
        ("urn:sha256:0", None),
        ("javascript:alert(1)", None),
    ],
)
def test_a_capture_has_an_address_in_the_player(url: str, link: str | None) -> None:
    capture = {"url": url, "captured": "2026-08-20T05:02:44.123Z"}
    assert replay_link("http://127.0.0.1:8002/", capture) == link
    assert replay_link(None, capture) is None
