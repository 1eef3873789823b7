"""Captures read again with today's rules, and how that differs from what the archive has.

`readings` gives each article as it is kept and as it reads today; `compare` says what differs;
`Tally` sums it up. Nothing here writes, and no more articles are held than keep the workers busy.
"""

import sqlite3
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import UnionArchiveError
from archive.reader import Kept, read
from archive.records import Article, Removal
from archive.register.boilerplate import learn
from archive.warc.reading import read_capture
from crawler.cleaning import LOST, Cleaner, explain, with_section
from crawler.reclean.difference import TextChange, compare_texts
from crawler.site import Site, find_site

if TYPE_CHECKING:
    from concurrent.futures import Future

BATCH = 50
"""Articles that are read from the archive in one go."""

FIELDS = (
    "title",
    "text",
    "published",
    "published_rule",
    "source",
    "authors",
    "editor",
    "credits",
    "section",
    "language",
    "script",
    "images",
    "attachments",
    "flags",
    "removals",
)
"""What is compared."""

Rule = tuple[str, str]
"""Kind and name of a removal."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as it is kept, and its capture read again."""

    kept: Kept
    article: Article | None
    """As it reads today; None where it could not be read."""
    error: str = ""
    """Why it could not."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What a rule took."""

    times: int = 0
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """How an article would change."""

    fields: tuple[str, ...] = ()
    """Which of FIELDS differ."""
    text: TextChange | None = None
    rules: dict[Rule, tuple[Amount, Amount]] = field(default_factory=dict)
    """Rules that took more or less: until now, today."""
    no_article: str | None = None
    """The flag of a page that is taken for no article today; then nothing else is said."""


class Readings:
    """Reads the articles of a holdings again. `learned` has what was learned on the way, by site.

    `db` is the archive, open for reading; `sites` are today's site files.
    """

    def __init__(
        self, db: sqlite3.Connection, warc: Path, sites: Mapping[str, Site], cleaner: Cleaner
    ) -> None:
        self._db, self._warc, self._sites, self._cleaner = db, warc, sites, cleaner
        self.learned: dict[str, frozenset[str]] = {}

    def total(self, site: str | None = None) -> int:
        """Count the articles, of one site or all."""
        count: int = self._db.execute(
            "SELECT count(*) FROM articles WHERE ?1 IS NULL OR site = ?1", [site]
        ).fetchone()[0]
        return count

    def all(self, only: str | None = None) -> Iterator[Reading]:
        """Read the articles again, site by site, oldest first."""
        sites = self._db.execute(
            "SELECT DISTINCT site FROM articles WHERE ?1 IS NULL OR site = ?1 ORDER BY 1", [only]
        ).fetchall()
        for (site,) in sites:
            if site is not None and (lines := learn(self._db, site)):
                self.learned[site] = lines
            yield from self._of(site)

    def _of(self, site: str | None) -> Iterator[Reading]:
        """Read those of one site, or of none, again."""
        waiting: deque[tuple[Kept, str | None, Future[Article] | str]] = deque()
        for kept, capture in self._kept(site):
            waiting.append((kept, *self._begin(kept, capture)))
            if len(waiting) > 2 * self._cleaner.workers:
                yield _finish(*waiting.popleft())
        while waiting:
            yield _finish(*waiting.popleft())

    def _kept(self, site: str | None) -> Iterator[tuple[Kept, sqlite3.Row]]:
        """Give articles and the rows of their captures; a batch is of one state of the archive."""
        last = -1
        while True:
            self._db.execute("BEGIN")
            try:
                rows = self._db.execute(
                    "SELECT a.id, a.fts_pk, c.* FROM articles AS a"
                    " JOIN captures AS c ON c.record_id = a.capture"
                    " WHERE a.site IS ? AND a.fts_pk > ? ORDER BY a.fts_pk LIMIT ?",
                    [site, last, BATCH],
                ).fetchall()
                batch = [(read(self._db, row["id"]), row) for row in rows]
            finally:
                self._db.execute("ROLLBACK")
            if not rows:
                return
            last = rows[-1]["fts_pk"]
            yield from batch

    def _begin(
        self, kept: Kept, capture: sqlite3.Row
    ) -> tuple[str | None, "Future[Article] | str"]:
        """Hand a capture's page to a worker, or say why it cannot be read."""
        try:
            payload, section = read_capture(self._warc, capture)
        except UnionArchiveError as error:
            return None, str(error)
        url: str = capture["url"]
        site = self._sites.get(kept.site or "") or find_site(self._sites.values(), url)
        future = self._cleaner.submit(
            payload,
            url,
            capture["content_type"],
            site,
            boilerplate=self.learned.get(kept.site or "", frozenset()),
        )
        return section, future


def _finish(kept: Kept, section: str | None, future: "Future[Article] | str") -> Reading:
    """Wait for a worker."""
    if isinstance(future, str):
        return Reading(kept, None, future)
    try:
        return Reading(kept, with_section(future.result(LOST), section))
    except Exception as error:  # noqa: BLE001 - whatever befell one page, the others go on
        return Reading(kept, None, explain(error))


def compare(old: Article, new: Article) -> Change | None:
    """Say how an article would change from its old reading to the new; None where it would not."""
    if new.no_article:
        return Change(no_article=new.no_article)
    before, after = amounts(old.removals), amounts(new.removals)
    rules = {
        rule: (before.get(rule, Amount()), after.get(rule, Amount()))
        for rule in sorted(before | after)
        if before.get(rule) != after.get(rule)
    }
    fields = tuple(name for name in FIELDS if value(old, name) != value(new, name))
    text = compare_texts(old.text, new.text) if "text" in fields else None
    return Change(fields, text, rules) if fields else None


def value(article: Article, name: str) -> object:
    """Give what is compared of a field: of flags their names and scores."""
    if name == "flags":
        return {flag.name: flag.score for flag in reversed(article.flags)}
    return getattr(article, name)


def amounts(removals: tuple[Removal, ...]) -> dict[Rule, Amount]:
    """Sum removals by rule."""
    sums: dict[Rule, Amount] = {}
    for cut in removals:
        known = sums.get((cut.kind, cut.rule), Amount())
        sums[cut.kind, cut.rule] = Amount(known.times + 1, known.characters + len(cut.text))
    return sums


class Tally:
    """Sums up changes: `counts` of articles, `fields` that differ, `rules` before and after."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(("read", "change", "no_article", "errors"), 0)
        self.fields: Counter[str] = Counter()
        self._rules: dict[Rule, tuple[Amount, Amount]] = {}

    def add(self, reading: Reading, change: Change | None) -> None:
        """Count one article."""
        if reading.article is None:
            self.counts["errors"] += 1
            return
        self.counts["read"] += 1
        if change is not None and change.no_article:
            self.counts["no_article"] += 1
            return
        self.counts["change"] += change is not None
        self.fields.update(change.fields if change else ())
        for place, article in enumerate((reading.kept.article, reading.article)):
            for rule, amount in amounts(article.removals).items():
                pair = list(self._rules.get(rule, (Amount(), Amount())))
                times = pair[place].times + amount.times
                pair[place] = Amount(times, pair[place].characters + amount.characters)
                self._rules[rule] = (pair[0], pair[1])

    @property
    def rules(self) -> dict[Rule, tuple[Amount, Amount]]:
        """The rules that would take more or less over all, in articles that stay articles."""
        return {rule: pair for rule, pair in sorted(self._rules.items()) if pair[0] != pair[1]}
