"""How fast an ingest of a crawler's WARC file is beside the pool's bare cleaning of its pages.

python tests/benchmarks/ingest.py [PAGES]

The pages are of some 40 KB, as sites have them, with texts of 1,345 characters that are no
reprints of one another. Both are measured in turns, and the median ratio counts.
"""

import os
import random
import statistics
import sys
import tempfile
from collections import deque
from contextlib import closing
from io import BytesIO
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

import click
from archive_maker import text_of
from loopback import article
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.holdings import Holdings
from crawler.accession import Accession
from crawler.cleaning import Cleaner
from crawler.deposits.ingest import Ingest
from crawler.deposits.sources import Source

URL = "http://www.ninghe.example/a/{}.html"
TURNS = 3


def pages(count: int) -> list[bytes]:
    """Make that many pages: an article, and furniture about it."""
    chance = random.Random(20_240_305)
    menu = "".join(f'<li><a href="/l/{n}.html">栏目{n}的名称</a></li>' for n in range(600))
    made = []
    for number in range(count):
        page = article(f"宁河工会第{number}次活动", *text_of(chance).split("\n"))
        nav = f"<body><div class='nav'><ul>{menu}</ul></div>"
        made.append(page.replace("<body>", nav).encode())
    return made


def write(path: Path, bodies: list[bytes]) -> None:
    """Write pages into a WARC file, as another crawler would."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for number, body in enumerate(bodies):
            headers = [("Content-Type", "text/html; charset=utf-8")]
            http = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                URL.format(number), "response", payload=BytesIO(body), http_headers=http
            )
            writer.write_record(record)


def bare(bodies: list[bytes]) -> float:
    """Clean all pages in the pool and do nothing with them; give the seconds it takes."""
    with closing(Cleaner()) as cleaner:
        cleaner.submit(bodies[0], URL, "text/html", None).result()
        begun, waiting = perf_counter(), deque()
        for number, body in enumerate(bodies):
            waiting.append(cleaner.submit(body, URL.format(number), "text/html", None))
            if len(waiting) > 2 * cleaner.workers:
                waiting.popleft().result()
        while waiting:
            waiting.popleft().result()
        return perf_counter() - begun


def ingest(warc: Path, holdings: Holdings) -> tuple[float, int]:
    """Take a WARC file in; give the seconds it takes, and the new articles."""
    with Accession.open(holdings) as accession:
        taker = Ingest(accession, {}, lambda path, why: click.echo(f"{path}: {why}"))
        accession.cleaner.submit(b"<p>", URL, "text/html", None).result()
        begun = perf_counter()
        taker.take(Source(warc, "warc"))
        taker.finish()
        return perf_counter() - begun, taker.counts["new"]


def processor() -> float:
    """Give the CPU seconds of this process, and of its workers that have ended."""
    return sum(os.times()[:4])


def main() -> None:
    """Print both rates and their ratio, and the same of CPU time, for a machine that is busy."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    bodies, ratios, costs = pages(count), [], []
    with tempfile.TemporaryDirectory() as folder:
        warc = Path(folder) / "crawl.warc.gz"
        write(warc, bodies)
        for turn in range(TURNS):
            begun = processor()
            taken, new = ingest(warc, Holdings(Path(folder) / str(turn)))
            assert new == count, new
            between = processor()
            alone = bare(bodies)
            ratios.append(alone / taken)
            costs.append((processor() - between) / (between - begun))
            click.echo(f"bare cleaning {count / alone:.1f} pages/s, ingest {count / taken:.1f}")
    click.echo(
        f"{statistics.median(ratios):.0%} of bare cleaning, {statistics.median(costs):.0%} by CPU"
        " time; expected 75 % or more"
    )


if __name__ == "__main__":
    main()
