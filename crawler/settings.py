"""Scrapy's settings, each with its reason. What depends on a site is set by its spider."""

import os

from archive.version import version

BOT_NAME = "union-archive"
SPIDER_MODULES: list[str] = []
SPIDER_LOADER_CLASS = "crawler.spiders.loader.SiteLoader"  # a spider for every site file
UNION_ARCHIVE_HOLDINGS = os.environ.get("UNION_ARCHIVE_HOLDINGS", "holdings")

# Manners
USER_AGENT = f"union-archive/{version()}"  # the spider adds the owner's contact
ROBOTSTXT_OBEY = True  # by crawler.fetch.robots: Scrapy's own allows all when it cannot be read
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # one connection a host
CONCURRENT_REQUESTS = 2  # a site; one waits while the other is fetched, so that stopping is quick
DOWNLOAD_DELAY = 1.0  # each site file has its own, and its spider the jitter
AUTOTHROTTLE_ENABLED = True  # a slow server is asked less often
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
COOKIES_ENABLED = False  # nobody is to be recognised, and sessions multiply addresses
REFERER_ENABLED = True  # as a reader's browser would; Redirect asks for it too
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh,en;q=0.5",
}

# Limits
DOWNLOAD_TIMEOUT = 60  # a server that sends a byte a minute must not hold a crawl up
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # unpacked too, so no bomb
DOWNLOAD_WARNSIZE = 8 * 1024 * 1024
DOWNLOAD_FAIL_ON_DATALOSS = True  # half a page is not a capture
DEPTH_LIMIT = 20  # no article is that far from its list
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False  # a page that forwards its reader by itself is kept as it came
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # what did not come is told once, by us
RETRY_TIMES = 2  # in a run, of the frontier's requests too; later runs try again
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 5_000_000  # pages wait at the server rather than for a worker
CONCURRENT_ITEMS = 2  # a page is one item, and a worker more is a task more for each page
URLLENGTH_LIMIT = 2083

# Doors that stay shut
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
    "http": "crawler.fetch.headers.Handler",  # Scrapy's own, which ends headers without end
    "https": "crawler.fetch.tls.Handler",  # the same, which also tells how it was secured
}
HTTPPROXY_ENABLED = False  # behind a proxy nobody sees the address connected to
TWISTED_DNS_RESOLVER = "crawler.fetch.guard.Resolver"  # refuses names that lead inside
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Parts
DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # Guard is stricter
    "crawler.fetch.guard.Guard": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.fetch.robots.Robots": 100,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.fetch.rendering.Rendering": 540,  # above HttpCompression, Redirect and Retry
    "crawler.fetch.capture.CaptureWriter": 610,  # below Redirect: sees 302s, bodies as sent
}
ITEM_PIPELINES = {"crawler.pipelines.Archiver": 300}
EXTENSIONS: dict[str, int | None] = {"crawler.crawls.record.Runs": 500}
SCHEDULER = "crawler.fetch.scheduler.Scheduler"  # a frontier in crawl.db that survives a crash
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
FEED_EXPORT_ENCODING = "utf-8"

# What is said meanwhile
LOG_LEVEL = "INFO"
LOG_FORMAT = "%(levelname)s %(name)s: %(message)s"
STATS_DUMP = False
