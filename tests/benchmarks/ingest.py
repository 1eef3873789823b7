"""How fast ingest and rebuild are beside the pool's bare cleaning of the same pages.

python tests/benchmarks/ingest.py [PAGES]

The pages are of some 40 KB, as sites have them, with texts of 1,345 characters; a tenth are
reprints. All three are measured in turns, and the median ratio counts.
"""

import os
import statistics
import sys
import tempfile
from collections import deque
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

import click
from archive_maker import articles
from loopback import article
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.database import open_readonly
from archive.holdings import Holdings
from crawler.accession import Accession
from crawler.cleaning import Cleaner
from crawler.deposits.ingest import Ingest
from crawler.deposits.sources import Source
from crawler.rebuild import rebuild

URL = "http://www.ninghe.example/a/{}.html"
TURNS = 3


def pages(count: int) -> list[bytes]:
    """Make that many pages: an article, and furniture about it."""
    menu = "".join(f'<li><a href="/l/{n}.html">栏目{n}的名称</a></li>' for n in range(600))
    nav = f"<body><div class='nav'><ul>{menu}</ul></div>"
    made = []
    for number, (_, told) in enumerate(articles(count)):
        page = article(f"宁河工会第{number}次活动", *told.text.split("\n"))
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


def bare(bodies: list[bytes]) -> None:
    """Clean all pages in the pool and do nothing with them."""
    with closing(Cleaner()) as cleaner:
        waiting = deque()
        for number, body in enumerate(bodies):
            waiting.append(cleaner.submit(body, URL.format(number), "text/html", None))
            if len(waiting) > 2 * cleaner.workers:
                waiting.popleft().result()
        while waiting:
            waiting.popleft().result()


def ingest(warc: Path, holdings: Holdings) -> None:
    """Take a WARC file in."""
    with Accession.open(holdings) as accession:
        taker = Ingest(accession, {}, tell)
        taker.take(Source(warc, "warc"))
        taker.finish()


def tell(what: object, why: str) -> None:
    """Say what is wrong."""
    click.echo(f"{what}: {why}")


def processor() -> float:
    """Give the CPU seconds of this process, and of its workers that have ended."""
    return sum(os.times()[:4])


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """Give the seconds that something takes, its workers' start among them, and those of CPU."""
    begun, before = perf_counter(), processor()
    work()
    return perf_counter() - begun, processor() - before


def main() -> None:
    """Print the ratios, and the same of CPU time, for a machine that is busy."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    bodies = pages(count)
    ratios: dict[str, list[tuple[float, float]]] = {"ingest": [], "rebuild": []}
    with tempfile.TemporaryDirectory() as folder:
        warc = Path(folder) / "crawl.warc.gz"
        write(warc, bodies)
        for turn in range(TURNS):
            old, new = (Holdings(Path(folder) / f"{turn}{name}") for name in ("old", "new"))
            clock, cpu = cost(lambda: bare(bodies))
            click.echo(f"bare cleaning {count / clock:.1f} pages/s")
            for name, work in (
                ("ingest", lambda: ingest(warc, old)),  # noqa: B023 - called at once
                ("rebuild", lambda: rebuild(old, new, tell, lambda _: lambda: None)),  # noqa: B023
            ):
                took = cost(work)
                ratios[name].append((clock / took[0], cpu / took[1]))
                click.echo(f"{name} {count / took[0]:.1f} pages/s")
            with closing(open_readonly(new.archive_db)) as db:
                (kept,) = db.execute("SELECT count(*) FROM articles").fetchone()
                assert kept == count, kept
    for name, found in ratios.items():
        clock, cpu = map(statistics.median, zip(*found, strict=True))
        click.echo(f"{name}: {clock:.0%} of bare cleaning, {cpu:.0%} by CPU; expected 75 %")


if __name__ == "__main__":
    main()
