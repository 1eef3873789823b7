"""What a page costs the main process of a crawl: `python tests/benchmarks/crawl.py`.

Two loopback sites are crawled, each by a process of its own; the difference is the pages'. The
machine's own pace is told beside it: what Scrapy needs for a page of which nothing is made.
"""

import sys
import tempfile
from pathlib import Path
from subprocess import run

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS), str(TESTS / "faults")]

FEW, MANY = 100, 600
BARE = """
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    custom_settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0}

    async def start(self):
        for number in range(int(sys.argv[2])):
            yield scrapy.Request(f"{sys.argv[1]}/a/{number}.html")

    def parse(self, response):
        yield {"length": len(response.body)}

process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR"})
process.crawl(Bare)
process.start()
"""
OURS = """
from pathlib import Path
from archive.holdings import Holdings
from crawler.crawls.run import crawl
from crawler.sitefile.loading import own_sites

holdings = Holdings(Path(sys.argv[1]))
crawl(holdings, own_sites(holdings.sites).values())
"""
TELL = """
import resource
used = resource.getrusage(resource.RUSAGE_SELF)
sys.stdout.write(str(used.ru_utime + used.ru_stime))
"""


def seconds(code: str, *arguments: str) -> float:
    """Give the CPU seconds of a Python process itself, without its workers."""
    script = f"import sys\nif __name__ == '__main__':\n{indented(code + TELL)}"
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(script)
        file.flush()
        done = run(
            [sys.executable, file.name, *arguments], capture_output=True, text=True, check=True
        )
    return float(done.stdout)


def indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.splitlines())


def main() -> None:
    from bench import KEYS, furnish
    from loopback import LoopbackSite, put_site

    bare, ours = [], []
    for articles in (FEW, MANY):
        with LoopbackSite() as site, tempfile.TemporaryDirectory() as folder:
            furnish(site, articles)
            put_site(Path(folder), site, KEYS)
            bare.append(seconds(BARE, site.url, str(articles)))
            ours.append(seconds(OURS, folder))
    scrapy, page = (1000 * (many - few) / (MANY - FEW) for few, many in (bare, ours))
    sys.stdout.write(
        f"Scrapy alone:         {scrapy:5.2f} ms of CPU a page\n"
        f"a crawl, main process: {page:5.2f} ms of CPU a page ({page / scrapy:.1f} x)\n"
    )


if __name__ == "__main__":
    main()
