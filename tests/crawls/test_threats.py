"""A hostile server among others: it costs little, is recorded, and disturbs nobody."""

import gzip
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from hostile import (
    CHUNK,
    OK,
    Hostile,
    Talk,
    bombs,
    forever,
    gzip_bomb,
    inwards,
    missing,
    once,
    packed,
    pages,
    see,
    whole,
)
from loopback import ROOT, LoopbackSite, article, children_of, put_site, rows, union_archive
from scrapy.downloadermiddlewares.httpcompression import ACCEPTED_ENCODINGS

BODY = "十月里，宁河市总工会在纺织厂开办夜校，教职工识图纸、学电工，报名的人坐满了食堂。" * 3
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]"
MEMORY = 500
"""Megabytes that a crawl and its workers may take together."""
WITHIN = 200
"""Seconds that a crawl of them may take, of which most are waited for the silent ones."""
SOUND = 30
HOSTS = 3
"""Hosts that pages are spread over, beside one with the bombs: each is asked for one at a time."""
SCRIPT = """
import socket
import sys

if __name__ == "__main__":
    import crawler.settings

    # What a name server under somebody else's hand answers.
    ask = socket.gethostbyname
    socket.gethostbyname = lambda name: "127.0.0.9" if name == "inside.example" else ask(name)
    crawler.settings.DOWNLOAD_TIMEOUT = 4
    crawler.settings.RETRY_TIMES = 0
    from crawler.cli import union_archive

    union_archive.main(["-C", sys.argv[1], "crawl"])
"""


def family(pid: int) -> list[int]:
    """A process and all that it has started."""
    return [pid, *(one for child in children_of(pid) for one in family(child))]


def memory(pid: int) -> float:
    """Megabytes that a process and all that it has started take together."""
    kilobytes = 0
    for one in family(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


class Crawled(NamedTuple):
    out: str
    err: str
    seconds: float
    peak: float


def crawl(holdings: Path, script: Path) -> Crawled:
    """Crawl all sites, and watch what it takes."""
    script.write_text(SCRIPT)
    begun, peak = time.monotonic(), 0.0
    process = subprocess.Popen(
        [sys.executable, str(script), str(holdings)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    ended = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.05):
            peak = max(peak, memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        out, err = process.communicate(timeout=WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        err += f"\nTraceback: killed after {WITHIN} s"
    finally:
        ended.set()
        watcher.join()
    return Crawled(out, err, time.monotonic() - begun, peak)


@pytest.fixture
def sound() -> Iterator[LoopbackSite]:
    with LoopbackSite("127.0.0.2") as site:
        for number in range(SOUND):
            site.pages[f"/a/{number}"] = article(f"夜校第{number}期开班", f"第{number}期。{BODY}")
        site.pages["/news/"] = "".join(f'<a href="/a/{n}">夜校{n}</a>' for n in range(SOUND))
        yield site


def undisturbed(done: Crawled) -> None:
    """Assert that a crawl ended, within its bounds, and that the other site is whole."""
    assert "Traceback" not in done.err, done.err[-8000:]
    assert f"sound: {SOUND} new, 0 changed, 0 unchanged, 0 errors" in done.out, done.err[-8000:]
    assert done.seconds < WITHIN
    assert done.peak <= MEMORY
    sys.stdout.write(f"{done.seconds:.0f} s, {done.peak:.0f} MB at most\n")


def put_hostile(
    stack: ExitStack, holdings: Path, talks: dict[str, Callable[[], Talk]], apart: list[str]
) -> None:
    """Put sites that between them answer with these talks, so that they are waited for at once."""
    names = [name for name in talks if name not in apart]
    for number, share in enumerate([apart, *(names[n::HOSTS] for n in range(HOSTS))]):
        server = stack.enter_context(Hostile(f"127.0.0.{3 + number}"))
        server.talks = {f"/a/{name}": talk for name, talk in talks.items()}
        links = "".join(f'<a href="/a/{name}">夜校</a>' for name in share)
        server.talks["/news/"] = once(whole(links.encode()))
        put_site(holdings, server, KEYS, f"hostile{number}")


def test_no_page_costs_more_than_itself(tmp_path: Path, sound: LoopbackSite) -> None:
    packed = bombs()
    assert {encoding.decode() for encoding in ACCEPTED_ENCODINGS} <= {
        name.removesuffix("-bomb") for name in packed
    }
    with ExitStack() as stack:
        victim = stack.enter_context(LoopbackSite())
        attacks = packed | pages() | inwards(victim.server.server_port)
        put_hostile(stack, tmp_path / "h", attacks, list(packed))
        put_site(tmp_path / "h", sound, KEYS, "sound")
        done = crawl(tmp_path / "h", tmp_path / "script.py")
    undisturbed(done)
    assert victim.log == []
    query = "SELECT substr(url, instr(url, '/a/') + 3), outcome, truncated FROM captures"
    found = rows(tmp_path / "h", f"{query} WHERE site LIKE 'hostile%' AND url LIKE '%/a/%'")
    came = {name: outcome for name, outcome, _ in found}
    for name in attacks.keys() - came.keys():  # nothing came that could be kept
        assert f"/a/{name}: " in done.err
    assert all(outcome == "error" for _, outcome, truncated in found if truncated)
    for name in (*packed, "not-zstd", "endless-body"):
        assert came[name] == "error", name
    checked = union_archive(tmp_path / "h", "verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def calendar(path: str) -> Iterator[bytes]:
    """A month that has an article and leads to the next, for ever."""
    name = path.rpartition("/")[2]
    month = int(name) if name.isdecimal() else 0
    page = f'<a href="/a/{month}">夜校</a><a class="next" href="/news/{month + 1}">下月</a>'
    yield whole(page.encode())


def deeper(path: str) -> Iterator[bytes]:
    """A list whose next page is below it, with a session of its own."""
    page = f'<a href="/a{path}?sid={len(path)}">夜校</a><a class="next" href="{path}x/">下页</a>'
    yield whole(page.encode())


ENTRIES = "".join(f"<sitemap><loc>/{n}.xml</loc></sitemap>" for n in range(5_000))
INDEX = whole(f"<sitemapindex>{ENTRIES}</sitemapindex>".encode())


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
BILLION = (
    f"""<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><urlset><url><loc>/a/&l9;</loc></url></urlset>"""
)
LISTED = "".join(f'<a href="/a/{n}">夜校</a>' for n in range(200_000)).encode()
FEW = "delay = 0\narticle = '^/a/'\nmax_pages = 8\nsources = "
PAGED = FEW + "[{list = '/news/', next = 'a.next'}]"
MAPPED = FEW + "[{sitemap = '/sitemap.xml'}]"
FED = FEW + "[{feed = '/rss.xml'}]"


def hostile_sources() -> dict[
    str, tuple[str, dict[str, Callable[[], Talk]], Callable[[str], Talk]]
]:
    """Sites by name: their keys, what they say at some paths, and what they say at all others."""
    bomb = gzip_bomb()
    elements = gzip.compress(b"<urlset>" + b"<url/>" * (60 << 17), 1)
    no_entries = gzip.compress(b"<urlset>" + b"<x>" * (60 << 17), 1)
    endless = forever(OK + b"\r\n", then=b"<item><title>x</title>" * 1000)
    return {
        "calendar": (PAGED, {}, calendar),
        "deeper": (PAGED, {}, deeper),
        "indexes": (MAPPED, {}, lambda _: iter([INDEX])),
        "long_list": (PAGED, {"/news/": once(whole(LISTED[: 4 << 20]))}, missing),
        "laughs": (MAPPED, {"/sitemap.xml": once(whole(BILLION.encode()))}, missing),
        "bomb": (MAPPED, {"/sitemap.xml": once(whole(bomb))}, missing),
        "elements": (MAPPED, {"/sitemap.xml": once(whole(elements))}, missing),
        "no_entries": (MAPPED, {"/sitemap.xml": once(whole(no_entries))}, missing),
        "endless_feed": (FED, {"/rss.xml": endless}, missing),
        "loop": (PAGED, {"/news/": see(b"/news/")}, missing),
        "robots_endless": (PAGED, {"/robots.txt": forever(OK + b"\r\n", then=CHUNK)}, calendar),
        "robots_bomb": (PAGED, {"/robots.txt": packed(b"gzip", bomb)}, calendar),
        "robots_loop": (PAGED, {"/robots.txt": see(b"/robots.txt")}, calendar),
        "robots_slow": (PAGED, {"/robots.txt": forever(OK, then=b"X", pause=0.1)}, calendar),
        "robots_nul": (PAGED, {"/robots.txt": once(whole(b"\0" * 600_000))}, calendar),
    }


def test_no_source_leads_on_for_ever(tmp_path: Path, sound: LoopbackSite) -> None:
    holdings = tmp_path / "h"
    put_site(holdings, sound, KEYS, "sound")
    holdings.joinpath("config.toml").write_text('contact = "archive@songyuan.example"')
    asked: dict[str, list[str]] = {}
    with ExitStack() as stack:
        for number, (name, (keys, talks, otherwise)) in enumerate(hostile_sources().items()):
            server = stack.enter_context(Hostile(f"127.0.1.{number + 1}"))
            server.talks = {"/robots.txt": lambda: missing("")} | talks
            server.otherwise = otherwise
            put_site(holdings, server, keys, name)
            asked[name] = server.asked
        plain = stack.enter_context(Hostile("127.0.2.1"))
        plain.url = plain.url.replace("http:", "https:")
        put_site(holdings, plain, PAGED, "plain_for_tls")
        victim = stack.enter_context(LoopbackSite("127.0.0.9"))
        victim.url = victim.url.replace("127.0.0.9", "inside.example")
        put_site(holdings, victim, PAGED, "inside")
        done = crawl(holdings, tmp_path / "script.py")
    undisturbed(done)
    assert victim.log == []
    assert "inside.example leads to a private address, 127.0.0.9" in done.err
    for name, paths in asked.items():
        assert len(paths) <= 10, name  # robots.txt, and what may be under way
        if name.startswith("robots_") and name != "robots_nul":
            assert set(paths) == {"/robots.txt"}
    said = {line.partition(":")[0]: line for line in done.out.splitlines()}
    for name in ("calendar", "deeper"):  # the others may be cut by time on a busy machine
        assert said[name].endswith("max_pages or its time are over")
    assert said.keys() == {"sound", "inside", "plain_for_tls", *asked}
