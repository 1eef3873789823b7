"""What a page costs here, for the model in scale.py: each cost is a difference of two sizes."""

import json
import os
import platform
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

from fastwarc.warc import ArchiveIterator, WarcRecordType
from ingest import pages
from loopback import LoopbackSite, article, put_site

FEW, MANY = 60, 360
SITES = 40
"""Sites crawled at once, to see what memory each takes."""
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]"
CRAWL = """
import json, resource, sys
from pathlib import Path

if __name__ == "__main__":
    from archive.holdings import Holdings
    from crawler.crawls.run import crawl
    from crawler.sitefile.loading import own_sites

    holdings = Holdings(Path(sys.argv[1]))
    crawl(holdings, own_sites(holdings.sites).values())
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps([*(one.ru_utime + one.ru_stime for one in used), used[0].ru_maxrss / 1024]))
"""
COMMAND = [sys.executable, "-m", "crawler.cli", "-C"]


def crawled(folder: Path) -> tuple[float, float, float]:
    """Crawl a holdings; give CPU seconds of the main process and the workers, and the MB of it."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(CRAWL)
        file.flush()
        line = [sys.executable, file.name, str(folder)]
        done = run(line, capture_output=True, text=True, check=True)
    main, workers, memory = json.loads(done.stdout.splitlines()[-1])
    return main, workers, memory


def size(path: Path) -> int:
    """Give the bytes of a file, or of the files in a folder."""
    return sum(each.stat().st_size for each in ([path] if path.is_file() else path.iterdir()))


def of_pages(folder: Path, count: int) -> dict[str, float]:
    """Crawl that many pages of 40 KB, twice; the second time none has changed."""
    bodies = pages(count)
    with LoopbackSite() as site:
        site.pages |= {f"/a/{number}": body for number, body in enumerate(bodies)}
        links = "".join(f'<a href="/a/{number}">活动{number}</a>' for number in range(count))
        site.pages["/news/"] = links
        put_site(folder, site, KEYS)
        main, workers, _ = crawled(folder)
        found = {"main": main, "clean": workers, "warc": size(folder / "warc")}
        found |= {"article": size(folder / "archive.db"), "page": sum(map(len, bodies))}
        return found | {"light": crawled(folder)[0]}


def at_once(sites: int) -> float:
    """Give the MB of a crawl of so many sites of one article."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for number in range(sites):
            site = stack.enter_context(LoopbackSite(f"127.0.1.{number + 1}"))
            site.pages["/news/"] = '<a href="/a/1">活动</a>'
            site.pages["/a/1"] = article("活动", "十月里，市总工会在纺织厂开办夜校。" * 9)
            put_site(Path(folder), site, KEYS, f"site{number}")
        return crawled(Path(folder))[2]


def folding(warc: Path, folder: Path) -> float:
    """Give the CPU seconds of `cluster merge` for a shard that has read a WARC file."""
    store = ["--store", str(folder / "store")]
    line = [*COMMAND, str(folder / "h"), "cluster"]
    run([*line, "ingest", str(warc), *store, "--workers", "1"], check=True, capture_output=True)
    taken = []
    for _ in range(2):  # the second time there is nothing to do
        before = sum(os.times()[2:4])
        run([*line, "merge", *store], check=True, capture_output=True)
        taken.append(sum(os.times()[2:4]) - before)
    return taken[0] - taken[1]


def scanning(warc: Path) -> float:
    """Give the CPU seconds of a look at the address of each response of a WARC file."""
    begun = time.process_time()
    with warc.open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            assert record.headers["WARC-Target-URI"]
    return time.process_time() - begun


def measure() -> dict[str, float | str]:
    """Measure: milliseconds of CPU, bytes and MB, each a page, article or site."""
    with tempfile.TemporaryDirectory() as name:
        few, many = (Path(name) / str(count) for count in (FEW, MANY))
        small, large = of_pages(few, FEW), of_pages(many, MANY)
        warc = max((many / "warc").iterdir(), key=size)  # the other one has nothing but 304s
        merge, scan = folding(warc, Path(name)), scanning(warc)
    found = {name: (large[name] - small[name]) / (MANY - FEW) for name in large}
    found |= {"merge": merge / MANY, "scan": scan / (2 * MANY)}
    for name in ("main", "clean", "light", "merge", "scan"):
        found[name] = round(found[name] * 1000, 3)
    for name in ("warc", "article", "page"):
        found[name] = round(found[name])
    alone = at_once(1)
    found |= {"process": round(alone), "spider": round((at_once(SITES) - alone) / (SITES - 1), 2)}
    on = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores"
    return found | {"on": on}
