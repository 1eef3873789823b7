"""What a crawl relies on of Scrapy though it is not documented, checked when it begins.

`crawler.fetch.headers` and `crawler.fetch.tls` stand on more, which is missed when they are loaded.
"""

from typing import TYPE_CHECKING

import scrapy
from scrapy.extensions.throttle import AutoThrottle

from archive.errors import UnionArchiveError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

RELIED_ON = {
    "Crawler": ("_extensions",),  # crawler.crawls.run: a crawl that broke before it had any
    "ExecutionEngine": ("scheduler", "downloader", "download_async", "close_spider_async"),
    "Downloader": ("_delay", "slots"),  # crawler.fetch.robots: Crawl-delay
    "AutoThrottle": ("mindelay",),  # likewise
}


def verify(crawler: "Crawler") -> None:
    """Raise UnionArchiveError where this Scrapy lacks what is relied on."""
    parts = {
        "Crawler": crawler,
        "ExecutionEngine": crawler.engine,
        "Downloader": crawler.engine.downloader,
        "AutoThrottle": crawler.get_extension(AutoThrottle),
    }
    for name, attributes in RELIED_ON.items():
        part = parts[name]
        missing = [a for a in attributes if part is not None and not hasattr(part, a)]
        if missing:
            raise UnionArchiveError(
                f"got Scrapy {scrapy.__version__}, whose {name} has no {missing[0]}, expected one "
                "like 2.19; run `pip install 'scrapy>=2.19,<2.20'`"
            )
