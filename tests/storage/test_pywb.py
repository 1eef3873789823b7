"""Another archive's player replays our WARC files: pages, packed pages, redirects, revisits."""

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from loopback import Answer, LoopbackSite, article, put_site, rows, union_archive
from player import playing

pytestmark = pytest.mark.slow

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]"


def page(number: int) -> str:
    return article(f"夜校第{number}期", *[f"{BODY}{number}"] * 4)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Holdings of two crawls, and the address of their site."""
    holdings = tmp_path_factory.mktemp("holdings")
    packed = {"Content-Encoding": "gzip"}
    with LoopbackSite() as site:
        site.pages |= {
            "/news/": "".join(f'<a href="/a/{name}">x</a>' for name in ("1", "packed", "old")),
            "/a/1": Answer(page(1).encode(), validators=False),
            "/a/2": page(2),
            "/a/packed": Answer(gzip.compress(page(3).encode()), headers=packed),
            "/a/old": Answer(status=302, headers={"Location": "/a/2"}),
        }
        put_site(holdings, site, KEYS)
        for _ in range(2):
            done = union_archive(holdings, "crawl")
            assert done.returncode == 0, done.stderr
    return holdings, site.url


@pytest.fixture(scope="module")
def replay(
    pywb: Path, crawled: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of pywb, which has indexed the WARC files."""
    files = sorted((crawled[0] / "warc").iterdir())
    with playing(pywb, tmp_path_factory.mktemp("pywb"), files) as client:
        yield client


def captured(holdings: Path, url: str) -> list[tuple[str, object]]:
    """Give when an address was captured, as pywb has it, and in which file the payload lies."""
    found = rows(
        holdings,
        f"SELECT captured, payload_warc FROM captures WHERE url = '{url}' ORDER BY captured",
    )
    return [("".join(filter(str.isdigit, str(when)))[:14], warc) for when, warc in found]


def test_pages_are_replayed(replay: httpx.Client, crawled: tuple[Path, str]) -> None:
    holdings, site = crawled
    for path, number in (("/a/1", 1), ("/a/packed", 3)):
        (first, _), *_ = captured(holdings, site + path)
        answer = replay.get(f"{first}id_/{site}{path}")
        assert (answer.status_code, answer.text) == (200, page(number))


def test_a_redirect_is_replayed(replay: httpx.Client, crawled: tuple[Path, str]) -> None:
    holdings, site = crawled
    (first, _), *_ = captured(holdings, f"{site}/a/old")
    answer = replay.get(f"{first}mp_/{site}/a/old")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"mp_/{site}/a/2")


@pytest.mark.parametrize("path", ["/a/1", "/a/packed"])
def test_revisits_are_indexed_and_replayed(
    replay: httpx.Client, crawled: tuple[Path, str], path: str
) -> None:
    holdings, site = crawled
    (first, own), (again, other) = captured(holdings, site + path)
    assert own is None
    assert other is not None
    assert first < again
    index = replay.get("cdx", params={"url": site + path, "output": "json"}).text
    assert index.count("warc/revisit") == 1
    answer = replay.get(f"{again}id_/{site}{path}")
    # Its bytes came again; of the other the server said that it had not changed, and pywb says so.
    expected = (200, page(1)) if path == "/a/1" else (304, "")
    assert (answer.status_code, answer.text) == expected


def test_the_environment_is_not_ours(pywb: Path) -> None:
    assert pywb.parent != Path(sys.prefix)
