"""What a timer's run is to look at again, and when the next one is: a spider and its agenda."""

import time
from itertools import islice
from typing import TYPE_CHECKING

from archive.health import refusals
from crawler.accession import Accession
from crawler.crawls.plan import REST
from crawler.crawls.record import answered, silent
from crawler.fetch.agenda import ARTICLES
from crawler.fetch.frontier import ARTICLE, Entry

if TYPE_CHECKING:
    from crawler.spiders.site import SiteSpider

MOST_LOOKS = 500
"""Articles that one run looks at again for their age alone."""


def due_articles(spider: "SiteSpider") -> list[Entry]:
    """Give the articles whose time has come, those that have waited longest first.

    Those that failed are tried again by the frontier, and keep no others from their turn.
    """
    with Accession.of(spider.settings) as accession:
        found = accession.due_articles(spider.site.id)
    now, failed = time.time(), spider.scheduler.frontier.has_failed
    urls = (url for when, url in found if when <= now and spider.site.owns(url))
    fresh = (url for url in urls if not failed(url))
    return [Entry(url, ARTICLE, ARTICLES) for url in islice(fresh, MOST_LOOKS)]


def plan(spider: "SiteSpider") -> None:
    """Note in the agenda when to look again, once a run has come to its end."""
    scheduler, agenda = spider.scheduler, spider.scheduler.agenda
    cut = scheduler.frontier.cut_short
    if cut:
        bounds, rests = "max_pages or its time are over", "it turns us away, or is not there"
        spider.left = f"the next run goes on: {rests if scheduler.rest else bounds}"
    bounded = spider.max_articles is not None or spider.since is not None or spider.backfill
    for address in sorted(spider.asked if not (bounded or cut) else ()):  # else it is due still
        trail = spider.trails[address]
        if trail.read:
            agenda.read(address, new=trail.new, changed=trail.changed)
        else:
            agenda.failed(address)
    answers = answered(spider.crawler.stats)
    if rest := max(scheduler.rest, REST if refusals(answers) else 0.0):
        agenda.rest(rest)
    with Accession.of(spider.settings) as accession:
        found = accession.due_articles(spider.site.id)
    agenda.articles(found[0][0] if found else None, silent=silent(spider.crawler.stats))
