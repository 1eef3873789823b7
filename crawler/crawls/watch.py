"""What is done about the health of sites: `status` tells it, and after a crawl the owner is told.

The owner's command is called once for an illness and once when it is over; what has been told is in
crawl.db. A site that looks hijacked is paused until its owner has looked into it.
"""

import logging
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from archive import health
from archive.errors import UnionArchiveError
from archive.health import Facts, Illness
from archive.holdings import Holdings
from archive.register.pauses import Pause, pause, pauses_of, resumed_last
from archive.register.register import Decision, Register
from archive.store import open_readonly
from archive.warc.naming import now
from crawler.fetch.crawldb import CrawlDatabase
from crawler.site import Site

LEAST_DISK = 1 << 30
"""Bytes free on the disk below which nothing is well."""
TIMEOUT = 60
"""Seconds that the owner's command may take."""
EVERYWHERE = ""
"""Stands for the holdings themselves among the sites."""
NOT_BEGUN = "not_begun"
"""The illness of holdings of which nothing can be crawled."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patient:
    """A site and how it is."""

    site: str
    name: str
    facts: Facts
    illnesses: Sequence[Illness]
    pause: Pause | None


def examine(holdings: Holdings, sites: Iterable[Site]) -> list[Patient]:
    """Judge the health of sites, in the order given. Raises where there is no archive."""
    asleep = pauses_of(holdings.register_db)
    at = datetime.now(UTC)
    with closing(open_readonly(holdings.archive_db)) as db:
        facts = [(site, health.facts_of(db, site.id, at)) for site in sites]
    return [
        Patient(site.id, site.name, known, health.judge(known), asleep.get(site.id))
        for site, known in facts
    ]


def short_of_disk(holdings: Holdings) -> Illness | None:
    """Tell whether the disk is nearly full."""
    free = shutil.disk_usage(holdings.root).free
    words = f"{free >> 20} MiB are free on the disk of {holdings.root}"
    return Illness("disk", words) if free < LEAST_DISK else None


def after_crawl(holdings: Holdings, sites: Sequence[Site]) -> None:
    """Pause what looks hijacked, and tell the owner what has fallen ill or is well again."""
    patients = examine(holdings, sites)
    _pause(holdings, patients)
    found = {
        (one.site, ill.name): f"{one.site}: {ill.words}"
        for one in patients
        for ill in one.illnesses
    }
    if disk := short_of_disk(holdings):
        found[EVERYWHERE, disk.name] = disk.words
    looked_at = {EVERYWHERE, *(one.site for one in patients)}
    with closing(CrawlDatabase(holdings.crawl_db)) as database:
        told = {
            (site, illness): words
            for site, illness, words in database.ask("SELECT site, illness, words FROM told")
            if site in looked_at
        }
        fresh = [words for key, words in found.items() if key not in told]
        over = [f"{words} (over)" for key, words in told.items() if key not in found]
        if not (fresh or over) or not _tell(holdings, [*fresh, *over]):
            return
        for site, illness in told.keys() - found.keys():
            database.later("DELETE FROM told WHERE site = ? AND illness = ?", site, illness)
        for (site, illness), words in found.items():
            database.later("INSERT OR IGNORE INTO told VALUES (?, ?, ?)", site, illness, words)


def not_begun(holdings: Holdings, why: str) -> None:
    """Tell the owner once that no site could be crawled, until one is again."""
    if not holdings.crawl_db.exists():
        return
    with closing(CrawlDatabase(holdings.crawl_db)) as database:
        known = "SELECT 1 FROM told WHERE site = ? AND illness = ?"
        if not database.ask(known, EVERYWHERE, NOT_BEGUN) and _tell(holdings, [why]):
            database.later("INSERT INTO told VALUES (?, ?, ?)", EVERYWHERE, NOT_BEGUN, why)


def _pause(holdings: Holdings, patients: Iterable[Patient]) -> None:
    """Pause sites that look hijacked, unless their owner has looked since their last run."""
    for one in patients:
        ill = next((ill for ill in one.illnesses if ill.name == "hijacked"), None)
        if ill is None:
            continue
        with Register(holdings.register_db) as register:
            seen = resumed_last(register, one.site)
            if seen is None or datetime.fromisoformat(seen) < one.facts.runs[0].started:
                pause(register, one.site, Decision(ill.words, "union-archive", now()))


def _tell(holdings: Holdings, lines: Sequence[str]) -> bool:
    """Call the owner's command with the lines on its input; say whether they were told."""
    try:
        command = holdings.notify()
    except UnionArchiveError as error:
        log.warning("%s", error)
        return False
    if command is None:
        return False
    try:
        subprocess.run(  # noqa: S603 - the owner's own command
            command, input="\n".join(lines).encode() + b"\n", timeout=TIMEOUT, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("notify: %s: %s; it is tried again after the next crawl", command[0], error)
        return False
    return True
