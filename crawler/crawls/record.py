"""A crawl's record in archive.db, and what is said of it while it runs."""

import json
import logging
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import click
from scrapy import signals

from archive.errors import UnionArchiveError
from archive.health import ARTICLES_ALONE, SOME_SOURCES, answers_of
from archive.store import COUNTS
from archive.warc.naming import now
from crawler.accession import Accession
from crawler.fetch.capture import FAILED
from crawler.fetch.guard import give_up, site_of
from crawler.fetch.internals import verify

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from crawler.spiders.site import SiteSpider

log = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two lines of progress."""
OUTCOMES = {"finished": "finished", "shutdown": "stopped"}


@dataclass(frozen=True, slots=True)
class Report:
    """How the crawl of one site went."""

    site: str
    outcome: str
    """finished, stopped, failed or locked."""
    counts: dict[str, int]
    why: str | None = None
    """Why it failed or was not begun, or what it left to the next run."""
    exit_code: int = 1
    """What the command exits with where it did not finish."""

    def __str__(self) -> str:
        """Say it in one line."""
        counts = self.counts
        line = (
            f"{self.site}: {counts['new']} new, {counts['changed']} changed, "
            f"{counts['unchanged']} unchanged, {counts['errors']} errors "
            f"({counts['requests']} requests)"
        )
        ended = self.outcome == "finished" and self.why is None
        return line if ended else f"{line}; {self.why or self.outcome}"


class Runs:
    """Scrapy extension: records the run of a spider, and reports it."""

    _running: ClassVar[dict[str, str]] = {}

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._accession = Accession.of(crawler.settings)
        self._said = monotonic()
        self._run: int | None = None
        self.report: Report | None = None
        """How the crawl went, once it has ended."""
        crawler.signals.connect(self._opened, signal=signals.spider_opened)
        crawler.signals.connect(self._closed, signal=signals.spider_closed)
        crawler.signals.connect(self._progress, signal=signals.response_received)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def _opened(self) -> None:
        if cast("SiteSpider", self._crawler.spider).failure is not None:
            return
        record = site_of(self._crawler).record()
        try:
            verify(self._crawler)
            self._accession.store.put_site(record)
            self._crashed(record.id)
            self._run = self._accession.store.start_run(record.id, now())
        except UnionArchiveError as error:
            give_up(self._crawler, error)

    def _crashed(self, site: str) -> None:
        """Mark the runs that had no chance to say how they ended: the site is locked by us."""
        with self._accession.store.transaction() as db:
            db.execute(
                "UPDATE runs SET outcome = 'crashed' WHERE site = ? AND outcome IS NULL", [site]
            )

    def _closed(self, reason: str) -> None:
        outcome, why = OUTCOMES.get(reason, "failed"), None
        spider = cast("SiteSpider", self._crawler.spider)
        if spider.failure is not None:
            outcome = "failed"
        read = self._crawler.stats.get_value("archive/lists")
        if outcome == "finished" and spider.asked and not read:
            outcome, why = "failed", f"none of its sources could be read ({spider.unread})"
        if outcome == "failed":
            why = spider.failure or why or reason
        counts, why = tally(self._crawler.stats), why or spider.left
        self.report = Report(site_of(self._crawler).id, outcome, counts, why, spider.exit_code)
        if self._running.pop(self.report.site, None):
            self._status()
        answers = answered(self._crawler.stats)
        if len(spider.asked) < len(spider.trails):
            answers[SOME_SOURCES if spider.asked else ARTICLES_ALONE] = 1
        try:
            if self._run is not None:
                facts = {
                    "why": why,
                    "bytes": self._crawler.stats.get_value("downloader/response_bytes", 0),
                    "answers": json.dumps(answers),
                }
                self._accession.store.finish_run(self._run, now(), outcome, counts, facts)
        except UnionArchiveError as error:
            if spider.failure is None:  # else the disk that is full, say, has been told of
                log.error("%s", error)  # noqa: TRY400 - no traceback for whoever crawls
        finally:
            self._accession.release()

    def _progress(self) -> None:
        counts, site = tally(self._crawler.stats), site_of(self._crawler).id
        said = f"{site}: {counts['requests']} requests, {counts['new']} new"
        if sys.stderr.isatty():
            self._running[site] = said
            self._status()
        elif monotonic() - self._said >= EVERY:
            self._said = monotonic()
            click.echo(f"{said} …", err=True)

    def _status(self) -> None:
        """Write one line for all the crawls of the process over the one before."""
        line = " · ".join(self._running.values())[: shutil.get_terminal_size().columns - 1]
        click.echo(f"\r\x1b[K{line}", nl=False, err=True)


def tally(stats: "StatsCollector") -> dict[str, int]:
    """Give the counts of a run."""
    names = {"requests": "downloader/request_count"}
    return {name: stats.get_value(names.get(name, f"archive/{name}"), 0) for name in COUNTS}


def answered(stats: "StatsCollector") -> dict[str, int]:
    """Give how often each status, flag and failure came, as `archive.health` reads it."""
    whole = stats.get_stats()
    failures = Counter(_below(whole, FAILED))
    failures["robots"] += whole.get("robotstxt/unreachable", 0)
    failures["empty_list"] += whole.get("archive/empty_list", 0)
    statuses = _below(whole, "downloader/response_status_count/")
    return answers_of(statuses, _below(whole, "archive/flag/"), +failures)


def silent(stats: "StatsCollector") -> bool:
    """Tell whether nothing of a site has answered, or its robots.txt said to come later."""
    return not stats.get_value("downloader/response_count") or bool(
        stats.get_value("robotstxt/unreachable")
    )


def _below(stats: dict[str, Any], prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): number
        for name, number in stats.items()
        if name.startswith(prefix)
    }
