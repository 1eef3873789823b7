"""How fast a rebuild is beside the pool's bare cleaning of the same pages: a ratio from one run.

python tests/benchmarks/rebuild.py [PAGES]
"""

import sys
import tempfile
from collections import deque
from contextlib import closing
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

import click
from decided import LESSONS, page

from archive.holdings import Holdings
from archive.warc.reading import read_payload
from crawler.accession import Accession
from crawler.cleaning import Cleaner
from crawler.deposits.ingest import Ingest
from crawler.deposits.sources import Source
from crawler.rebuild import Records, rebuild


def make(folder: Path, pages: int) -> Holdings:
    """Ingest pages of some 40 KB, as sites have them: an article, and furniture about it."""
    holdings, saved = Holdings(folder / "h"), folder / "saved"
    saved.mkdir()
    menu = "".join(f'<li><a href="/l/{n}.html">栏目{n}的名称</a></li>' for n in range(600))
    for number in range(pages):
        text = page(number % len(LESSONS), 12).replace("/a/", f"/a/{number}-")
        text = text.replace("<body>", f"<body><div class='nav'><ul>{menu}</ul></div>")
        (saved / f"{number}.html").write_text(text, encoding="utf-8")
    with Accession.open(holdings) as accession:
        ingest = Ingest(accession, {}, lambda path, why: click.echo(f"{path}: {why}"))
        for path in sorted(saved.iterdir()):
            ingest.take(Source(path, "page"))
        ingest.finish()
    return holdings


def bare(holdings: Holdings) -> float:
    """Clean all pages in the pool and do nothing with them; give the seconds it takes."""
    with closing(Records(holdings.warc)) as records, closing(Cleaner()) as cleaner:
        pages = [
            (s.capture, read_payload(holdings.warc / s.capture.warc, s.capture.offset))
            for s in records
        ]
        cleaner.submit(pages[0][1], pages[0][0].url, "text/html", None).result()
        begun, waiting = perf_counter(), deque()
        for capture, payload in pages:
            waiting.append(cleaner.submit(payload, capture.url, capture.content_type, None))
            if len(waiting) > 2 * cleaner.workers:
                waiting.popleft().result()
        while waiting:
            waiting.popleft().result()
        return perf_counter() - begun


def tell(what: str, why: str) -> None:
    click.echo(f"{what}: {why}")


def main() -> None:
    """Print both rates and their ratio."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory() as folder:
        holdings = make(Path(folder), pages)
        alone = bare(holdings)
        begun = perf_counter()
        counts = rebuild(holdings, Holdings(Path(folder) / "new"), tell, lambda _: lambda: None)
        taken = perf_counter() - begun
        assert counts["new"] == pages, counts
    click.echo(
        f"bare cleaning {pages / alone:.0f} pages/s, rebuild {pages / taken:.0f} pages/s:"
        f" {alone / taken:.0%}; expected 75 % or more"
    )


if __name__ == "__main__":
    main()
