"""What ten sites notice of a crawl at a request a second, and of the next one, when nothing is new.

    python tests/benchmarks/manners.py [ARTICLES]

Told from the servers' own logs: how much of the rate that the pause permits is used, the shortest
pause, how many requests a server had at once; then the share of 304 and of the bytes that a second
crawl takes. With 100 articles a site it runs for some four minutes.
"""

import sys
import tempfile
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from ingest import pages
from loopback import OneByOne, put_site, rows, union_archive

SITES = 10
DELAY = 1.0
KEYS = f"delay = {DELAY}\narticle = '^/a/'\nsources = [{{list = '/news/'}}]"


def publish(site: OneByOne, bodies: list[bytes]) -> None:
    """Put a list and its articles on a site."""
    site.pages |= {f"/a/{number}": body for number, body in enumerate(bodies)}
    site.pages["/news/"] = "".join(f'<a href="/a/{n}">活动{n}</a>' for n in range(len(bodies)))


def crawl(holdings: Path, sites: list[OneByOne]) -> tuple[float, float, int]:
    """Crawl; give the share of the permitted rate, the shortest pause and the most at once."""
    for site in sites:
        site.log.clear()
        site.most = 0
    done = union_archive(holdings, "crawl")
    if done.returncode:
        sys.exit(done.stderr)
    used, pauses = [], []
    for site in sites:
        at = [asked.at for asked in site.log]
        used.append((len(at) - 1) * DELAY / (at[-1] - at[0]))
        pauses += [later - earlier for earlier, later in pairwise(at)]
    return sum(used) / len(used), min(pauses), max(site.most for site in sites)


def received(holdings: Path) -> int:
    """Give the bytes that all runs so far have received."""
    [(size,)] = rows(holdings, "SELECT sum(bytes) FROM runs")
    return int(str(size))


def main(articles: int) -> None:
    """Crawl twice, and print what the servers saw."""
    bodies = pages(articles)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        holdings = Path(folder)
        sites = [stack.enter_context(OneByOne(f"127.0.2.{n + 1}")) for n in range(SITES)]
        for site in sites:
            publish(site, bodies)
            put_site(holdings, site, KEYS, f"site{urlsplit(site.url).port}")
        taken = [0]
        for name in ("first", "second"):
            rate, shortest, most = crawl(holdings, sites)
            statuses = [asked.status for site in sites for asked in site.log]
            print(f"{name} crawl: {len(statuses):,} requests, {rate:.1%} of the permitted rate,")
            print(f"  the shortest pause {shortest:.3f} s of {DELAY:.0f}, at once at most {most},")
            print(f"  304: {statuses.count(304) / len(statuses):.1%}")
            taken.append(received(holdings))
        second = taken[2] - taken[1]
        print(f"bytes: {taken[1]:,}, then {second:,}: {second / taken[1]:.2%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
