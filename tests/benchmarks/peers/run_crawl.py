"""Crawls a loopback site with one library: `run_crawl.py LIBRARY URL ARTICLES`.

Prints on how many pages it found a text, or fetched one where no more is asked of it. Scrapy
follows the lists of the site; Fundus reads its sitemap; news-please is given the addresses, and
leaves out texts of fewer than 15 words between blanks: all Chinese ones.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any

ONE_BY_ONE = {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0, "LOG_LEVEL": "ERROR"}
AT_ONCE = 50
"""Addresses that news-please is given at a time: it begins a thread for each."""


def scrapy(url: str, read: Callable[[Any], object]) -> int:
    """Follow the lists, and do something with each article."""
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess

    class Following(Spider):
        name = "following"
        found = 0

        async def start(self) -> Any:
            yield Request(f"{url}/news/0")

        def parse(self, response: Any) -> Iterator[Request]:
            yield from response.follow_all(css="li a", callback=self.article)
            yield from response.follow_all(css="a.next")

        def article(self, response: Any) -> None:
            Following.found += bool(read(response))

    process = AsyncCrawlerProcess(ONE_BY_ONE)
    process.crawl(Following)
    process.start()
    return Following.found


def bare(url: str, _: int) -> int:
    return scrapy(url, lambda response: response.body)


def inline_trafilatura(url: str, _: int) -> int:
    from trafilatura import bare_extraction

    def read(response: Any) -> object:
        options = {"fast": True, "with_metadata": True, "include_comments": False}
        found = bare_extraction(response.body, url=response.url, **options)
        return found and found.text

    return scrapy(url, read)


def fundus(url: str, _: int) -> int:
    """Read all articles of the sitemap by the site's one CSS rule."""
    from fundus import Crawler, Sitemap
    from fundus.parser import ArticleBody, BaseParser, ParserProxy, attribute
    from fundus.parser.utility import extract_article_body_with_selector
    from fundus.publishers.base_objects import Publisher
    from lxml.cssselect import CSSSelector

    class Parser(ParserProxy):
        class V1(BaseParser):
            @attribute
            def body(self) -> ArticleBody | None:
                doc, rule = self.precomputed.doc, CSSSelector("div.text p")
                return extract_article_body_with_selector(doc, paragraph_selector=rule)

    publisher = Publisher(
        name="loopback", domain=url, parser=Parser, sources=[Sitemap(f"{url}/sitemap.xml")]
    )
    crawler = Crawler(publisher, delay=0.0)
    return sum(bool(article.body) for article in crawler.crawl(only_complete=False))


def news_please(url: str, articles: int) -> int:
    from newsplease import NewsPlease

    addresses, found = [f"{url}/a/{number}.html" for number in range(articles)], 0
    for first in range(0, articles, AT_ONCE):
        read = NewsPlease.from_urls(
            addresses[first : first + AT_ONCE], request_args={}, fetch_images=False
        )
        found += sum(bool(article and article.maintext) for article in read.values())
    return found


CRAWLS: dict[str, Callable[[str, int], int]] = {
    "Scrapy alone": bare,
    "Scrapy, trafilatura inline": inline_trafilatura,
    "Fundus": fundus,
    "news-please": news_please,
}

if __name__ == "__main__":
    print(CRAWLS[sys.argv[1]](sys.argv[2], int(sys.argv[3])))
