"""The spider: from a site's sources to its articles. All it knows of a site is its site file."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, cast

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure
from w3lib.url import safe_url_string

from archive.addresses.rules import NONE, ruled
from archive.errors import UnionArchiveError, UsageError
from archive.records import Article
from crawler.accession import Accession
from crawler.crawls.plan import day_of, next_look, timestamp
from crawler.fetch.agenda import ARTICLES
from crawler.fetch.browser import More
from crawler.fetch.frontier import ARTICLE, ATTACHMENT, IMAGE, LIST, Entry, Role
from crawler.fetch.memory import Links
from crawler.pipelines import File, Page
from crawler.site import Site
from crawler.spiders import planning, sources, unanswered
from crawler.spiders.trail import Trail, links_of, reading_of, validators_of
from crawler.spiders.unanswered import NOT_MODIFIED

if TYPE_CHECKING:
    from crawler.fetch.scheduler import Scheduler

MAX_PAGES = 5_000
"""List pages of one source; what has more is a trap."""
MOST_EDITS = 20
"""Articles that a run looks at again since a source dates them anew: some date all to today."""
AT_ONCE = 200
"""Links that are queued before others have their turn."""
MAX_INDEX_DEPTH = 3
"""How deep sitemap indexes may nest."""

log = logging.getLogger(__name__)


class SiteSpider(Spider):
    """Follows the sources of `site`, and hands over their articles.

    `max_articles` bounds how many articles are asked for; `since` leaves out what a source dates
    before that day. With `due` only those sources and articles are asked for whose time has come;
    with `backfill` all lists are followed to their ends, to articles that nobody has looked at.
    """

    site: ClassVar[Site]

    def __init__(
        self,
        *,
        max_articles: str | int | None = None,
        since: str | None = None,
        due: str | bool = False,
        backfill: str | bool = False,
    ) -> None:
        super().__init__()
        self.due, self.backfill = (one not in (False, "", "0", "false") for one in (due, backfill))
        try:
            self.max_articles = None if max_articles is None else int(max_articles)
            self.since = None if since is None else date.fromisoformat(since).isoformat()
        except ValueError as error:
            raise UsageError(f"max_articles={max_articles} since={since}: {error}") from error
        self.failure: str | None = None
        """Why the crawl was given up."""
        self.exit_code = 1
        """What the command exits with where it was."""
        self.unread: str | None = None
        """Why one of its sources, the last of them, could not be read."""
        self.left: str | None = None
        """What a run that came to its end left to the next one."""
        self.trails = {source.address: Trail(source) for source in self.site.sources}
        """How far each source has been followed."""
        self.asked: set[str] = set()
        """The sources that this run asks for."""

    @property
    def scheduler(self) -> "Scheduler":
        """The crawl's frontier."""
        return cast("Scheduler", self.crawler.engine.scheduler)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every source, or for what is due."""
        agenda = self.scheduler.agenda
        entries = [
            Entry(self.site.source_url(source), LIST, source.address)
            for source in self.site.sources
            if not self.due or agenda.is_due(source.address)
        ]
        self.asked = {entry.source for entry in entries}
        if self.due and agenda.is_due(ARTICLES):
            entries += planning.due_articles(self)
        for entry in entries:
            request = self.request(entry)
            if request is not None:
                yield request

    def request(self, entry: Entry) -> Request | None:
        """Make the request of an entry; None for a list that the site file no longer names."""
        trail = self.trails.get(entry.source)
        if trail is None and entry.role == LIST:
            return None
        meta: dict[str, Any] = {"role": entry.role, "depth": 0, "dont_retry": True}
        headers = {}
        if trail is not None:
            meta["section"] = trail.source.section
        if entry.role == LIST and trail is not None:
            meta |= {
                "rules": reading_of(trail.source, self.site),
                "handle_httpstatus_list": [NOT_MODIFIED],
            }
            if self.site.is_drawn(trail.source):
                meta["browser"] = True
            if trail.source.more is not None:
                meta["more"] = More(trail.source.more, self._leads_on)
        elif trail is not None and trail.source.list is not None:
            headers = {"Referer": self.site.source_url(trail.source)}  # as a reader's browser would
        callbacks = {LIST: self.parse_listing, ARTICLE: self.parse_article}
        callback = callbacks.get(entry.role, self.parse_file)
        request = Request(
            entry.url, callback, errback=self.failed, meta=meta, headers=headers or None
        )
        request.meta["entry"] = replace(entry, url=request.url)
        return request

    def note(self, why: str | UnionArchiveError) -> None:
        """Note why the crawl ends; the first reason counts."""
        if self.failure is None:
            self.failure = str(why)
            if isinstance(why, UnionArchiveError):
                self.exit_code = why.exit_code
            log.error("%s", why)

    def give_up(self, why: str | UnionArchiveError) -> None:
        """End the crawl: what it fetches could not be kept."""
        if self.failure is None:
            self.note(why)
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason="failed")
            )

    async def parse_listing(self, response: Response) -> None:
        """Follow a list page, feed or sitemap; where it has not changed, as it led before.

        Meanwhile other sites' pages come and go: one of fifty thousand links takes seconds.
        """
        entry: Entry = response.meta["entry"]
        trail, capture = self.trails[entry.source], response.meta["capture"]
        try:
            with Accession.of(self.settings) as accession:
                known = accession.memory.recall(capture.url)
                if known is None and response.status == NOT_MODIFIED:
                    self.unread = f"{entry.source}: answered 304, though it was never read before"
                    self.scheduler.failed(entry.url)
                    return
                trail.read = True
                if response.status == NOT_MODIFIED:
                    links = known.links if known else Links()
                else:
                    links = await asyncio.to_thread(links_of, response, trail.source, self.site)
                    validators, rules = validators_of(response), response.meta["rules"]
                    accession.remember(capture.url, validators, capture.record_id, rules, links)
                    # Many servers send all pages whole, and a visitor's count or the day with them.
                    before = [url for url, _ in known.links.articles] if known else []
                    now = [url for url, _ in links.articles]  # some sitemaps date all to today
                    trail.changed = trail.changed or before != now
            if known is not None and capture.url in self.scheduler.frontier.walked:
                trail.grows(url for url, _ in known.links.articles)
            await self._follow(links, trail, entry)
        except UnionArchiveError as error:
            self.give_up(error)
            return
        self.crawler.stats.inc_value("archive/lists")
        if entry.page == 0 and not (links.articles or links.lists):
            self.crawler.stats.inc_value("archive/empty_list")
        self.scheduler.done(entry.url, capture.record_id)

    def parse_article(self, response: Response) -> Iterator[Page]:
        """Hand an article's page over."""
        yield Page(
            response.meta["capture"],
            response.body,
            validators_of(response),
            response.meta.get("section"),
        )

    def parse_file(self, response: Response) -> Iterator[File]:
        """Hand a file over that an article leads to; a picture is in its WARC file already."""
        entry, capture = response.meta["entry"], response.meta["capture"]
        if entry.role == ATTACHMENT:
            yield File(capture, response.body, validators_of(response))
        else:
            with Accession.of(self.settings) as accession:
                accession.remember(capture.url, validators_of(response), capture.record_id)
            self.scheduler.done(entry.url)

    def follow(self, article: Article) -> None:
        """Queue the files that an article leads to, and its pictures where they are wanted."""
        self.queue(ATTACHMENT, [file.url for file in article.attachments])
        if self.site.images:
            self.queue(IMAGE, [image.url for image in article.images])

    def queue(self, role: Role, urls: Iterable[str]) -> None:
        """Queue files that an article leads to."""
        patterned = self.site.article is not None
        for url in urls:
            # An article that another calls 附件 is asked for as an article, when its turn comes.
            if self.site.owns(url) and not (patterned and self.site.is_article(url)):
                self.scheduler.add(Entry(safe_url_string(url), role, ARTICLES))

    def failed(self, failure: Failure) -> None:
        """Note a request that brought no page."""
        if self.failure is None:  # else it is asked again when the crawl is gone on with
            unanswered.note(self, failure)

    async def _follow(self, links: Links, trail: Trail, entry: Entry) -> None:
        """Queue the articles of a source's page, and what else of the source it leads to.

        A list's next page is one of these while the page leads anywhere new, and an index's
        sitemaps are.
        """
        trail.pages = max(trail.pages, entry.page) + 1
        rules = self.site.addresses.record()
        dated = [
            # Of addresses that are one by the site's rules, that one is asked for.
            (url if rules == NONE else ruled(url, rules), day)
            for url, day in sources.since(links, self.since)
        ]
        grown = trail.grows(url for url, _ in dated)
        address = trail.source.address
        before = trail.new
        for number, (url, day) in enumerate(dated):
            if number % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            if self.scheduler.enough:
                return
            if self._is_wanted(url, day, trail):
                self.scheduler.add(Entry(url, ARTICLE, address, day))
        walked = self.scheduler.agenda.walked(address) if self.due else 0
        if walked and trail.source.list is not None and trail.new == before:
            return
        trapped = trail.pages >= MAX_PAGES or entry.level >= MAX_INDEX_DEPTH
        if self.scheduler.enough or trapped or (trail.source.list is not None and not grown):
            return
        level = entry.level + (trail.source.sitemap is not None)
        earliest = max(self.since or "", day_of(walked, self.site.timezone) if walked else "")
        for url, day in links.lists:
            if day is None or day >= earliest:
                self.scheduler.add(Entry(url, LIST, address, day, level, trail.pages))

    def _leads_on(self, urls: set[str]) -> bool:
        """Say whether links are reason to click for more of a list.

        Articles are; where only what is due is asked for, those that nobody has looked at yet.
        """
        if self.scheduler.enough:
            return False
        articles = filter(self.site.is_article, urls)
        with Accession.of(self.settings) as accession:
            return any(not self.due or accession.looks(url) is None for url in articles)

    def _is_wanted(self, url: str, day: str | None, trail: Trail) -> bool:
        """Say whether an article is to be asked for, and count it where nobody has looked yet."""
        with Accession.of(self.settings) as accession:
            seen = accession.looks(url)
        if seen is None:
            if self.due and self.scheduler.frontier.has_failed(url):
                return False
            trail.new += 1
            return True
        if self.backfill:
            return False
        first, last = map(timestamp, seen)
        if not self.due or next_look(first, last) <= time.time():
            return True
        edited = trail.source.list is None and (day or "") > day_of(last, self.site.timezone)
        trail.edited += edited
        return edited and trail.edited <= MOST_EDITS

    def plan(self) -> None:
        """Note when to look again, once a run has come to its end."""
        planning.plan(self)
