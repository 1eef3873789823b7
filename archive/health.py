"""Whether a site's crawls are well: a pure judgement of what archive.db recorded of them.

`facts_of` reads what there is to know of a site, `judge` names its illnesses. What is usual is told
from the site's own past, so that a quiet site is no ill one.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from archive.records import NO_ARTICLE

FAILURES = 2
"""Runs in a row that must fail before it is more than an accident."""
OVERDUE = timedelta(days=10)
"""A site is looked at once a week at least."""
WEEK = timedelta(days=7)
"""A source is asked once a week at least."""
WINDOW = timedelta(days=14)
WINDOWS = 6
"""Over so many windows before the last one it is told how many new articles are usual."""
FEW = 3
"""New articles a window, or pages of a run, from which a share of them means anything."""
SILENT = 0.3
"""Share of the usual number of new articles below which a site is silent."""
REFUSED = 0.3
"""Share of a run's pages that are refusals, errors or not there, from which it is ill."""
NEWEST, BEFORE = 20, 100
"""How many of the newest articles are compared with how many before them."""
FULL, EMPTY = 0.8, 0.5
"""A field was filled as a rule, and is so no longer."""
HIJACKED = 3
"""Pages with a flag of a hijack in one run."""

REFUSALS = ("401", "403", "412", "429", "451", "521", "block_page")
"""Answers that turn us away; 412 and 521 are what guards before Chinese sites say to a crawler."""
HIJACKS = ("hijacked_brand", "spun_text", "parked_domain")
ARTICLES_ALONE = "articles_alone"
"""Stands among a run's answers where none of its site's sources was due: it came to its end, but
that says nothing of them."""
SOME_SOURCES = "some_sources"
"""The same where only some of them were."""
TROUBLE = {
    "tls": "its certificate or encryption is not accepted",
    "dns": "its name leads nowhere",
    "robots": "robots.txt could not be read, so nothing was fetched",
}
"""What can keep a run from reading anything, in words; what comes first is why the others came."""


@dataclass(frozen=True, slots=True)
class Run:
    """A crawl of the site, as table runs has it."""

    started: datetime
    outcome: str | None
    new: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    """How often each status, flag and failure came."""
    why: str | None = None

    @property
    def is_of_sources(self) -> bool:
        """Whether any of its site's sources was asked."""
        return ARTICLES_ALONE not in self.answers


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of an article, as far as it matters here."""

    language: str | None
    filled: frozenset[str]
    """Of title, date and text."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a site."""

    now: datetime
    runs: Sequence[Run] = ()
    """The newest first."""
    articles: Sequence[Read] = ()
    """The same."""


@dataclass(frozen=True, slots=True)
class Illness:
    """One thing that is wrong with a site."""

    name: str
    words: str


_RUNS = """
SELECT started, outcome, new, answers, why FROM runs WHERE site = :site AND (started >= :since
 OR id = (SELECT min(id) FROM runs WHERE site = :site)
 OR id = (SELECT max(id) FROM runs WHERE site = :site AND outcome = 'finished'
  AND coalesce(answers, '') NOT LIKE '%articles_alone%'))
ORDER BY id DESC"""
"""The runs that matter of all that there have been: the late ones, the first, the last good one."""


def facts_of(db: sqlite3.Connection, site: str, now: datetime) -> Facts:
    """Read what archive.db has of a site."""
    since = (now - WINDOW * (WINDOWS + 1)).isoformat()
    runs = db.execute(_RUNS, {"site": site, "since": since})
    articles = db.execute(
        "SELECT language, title <> '', published IS NOT NULL, text <> '' FROM articles"
        " WHERE site = ? ORDER BY first_captured DESC LIMIT ?",
        [site, NEWEST + BEFORE],
    )
    names = ("title", "date", "text")
    return Facts(
        now,
        [
            Run(datetime.fromisoformat(at), outcome, new, json.loads(answers or "{}"), why)
            for at, outcome, new, answers, why in runs
        ],
        [
            Read(
                language,
                frozenset(name for name, is_there in zip(names, has, strict=True) if is_there),
            )
            for language, *has in articles
        ],
    )


def last_success(facts: Facts) -> datetime | None:
    """Give when the last run of the site's sources began that came to its end."""
    good = (run for run in facts.runs if run.outcome == "finished" and run.is_of_sources)
    return next((run.started for run in good), None)


def judge(facts: Facts) -> list[Illness]:
    """Name what is wrong with a site; nothing where it was never crawled."""
    runs = [run for run in facts.runs if run.outcome is not None]
    if not runs:
        return []
    found = [*_failing(facts, runs), *_silent(facts, runs)]
    found += [*_lists(facts, runs), *_answers(runs), *_reading(facts.articles)]
    return found


def refusals(answers: Mapping[str, int]) -> int:
    """Count a run's refusals where they are so many that the site turns us away; else 0."""
    refused = sum(answers.get(name, 0) for name in REFUSALS)
    return refused if refused >= FEW and refused >= REFUSED * pages_of(answers) else 0


def pages_of(answers: Mapping[str, int]) -> int:
    """Count a run's answers."""
    return sum(number for name, number in answers.items() if name.isdigit())


def _failing(facts: Facts, runs: Sequence[Run]) -> Iterator[Illness]:
    """Name runs that fail, unless the last one says by itself what the matter is."""
    if refusals(runs[0].answers) or not TROUBLE.keys().isdisjoint(runs[0].answers):
        return
    last = [run for run in runs if run.is_of_sources][:FAILURES]
    bad = [run for run in last if run.outcome in ("failed", "crashed")]
    success = last_success(facts)
    if len(bad) == FAILURES:
        why = next((run.why for run in bad if run.why), "no reason was noted")
        yield Illness("failing", f"its last {FAILURES} runs failed: {why}")
    elif success is None or facts.now - success > OVERDUE:
        since = f"since {success:%Y-%m-%d}" if success else "yet"
        yield Illness("overdue", f"no run has come to its end {since}")


def _silent(facts: Facts, runs: Sequence[Run]) -> Iterator[Illness]:
    """Compare the newest window with those before; the first harvest is none of them."""
    counted = runs[:-1]
    first = runs[-1].started
    sums = [
        sum(run.new for run in counted if start < run.started <= start + WINDOW)
        for start in (facts.now - WINDOW * number for number in range(1, WINDOWS + 2))
        if start >= first
    ]
    if len(sums) <= 2:  # noqa: PLR2004 - one window before is no custom
        return
    now, *before = sums
    usual = median(before)
    if usual >= FEW and now < SILENT * usual:
        words = f"{now} new articles in {WINDOW.days} days, usually {usual:g}"
        yield Illness("silent", words)


def _answers(runs: Sequence[Run]) -> Iterator[Illness]:
    """Judge what the last run was answered."""
    last = runs[0]
    pages = pages_of(last.answers)
    if refused := refusals(last.answers):
        yield Illness("blocked", f"{refused} of {pages} answers of the last run were refusals")
    errors = sum(number for name, number in last.answers.items() if _is_error(name))
    trouble = [name for name in TROUBLE if last.answers.get(name)][:1]
    asked = pages + last.answers.get("timeout", 0)
    if errors >= FEW and errors >= REFUSED * asked and not trouble:
        yield Illness("erring", f"{errors} requests of the last run ended in errors of its server")
    missing = last.answers.get("soft_404", 0)
    if missing >= FEW and missing >= REFUSED * pages:
        yield Illness("soft_404", f"{missing} of {pages} answers said that nothing is there")
    for name in trouble:
        yield Illness(name, f"{TROUBLE[name]}: {last.why}" if last.why else TROUBLE[name])
    before = next((run for run in runs[1:] if run.outcome == "finished"), None)
    hijacks = _hijacks(last)
    if hijacks >= HIJACKED and before is not None and _hijacks(before) < HIJACKED:
        yield Illness("hijacked", f"{hijacks} pages of the last run look hijacked")


def _lists(facts: Facts, runs: Sequence[Run]) -> Iterator[Illness]:
    """Name a source that led nowhere when it was last asked; not each run asks it."""
    if not any(run.new for run in runs):
        return
    for run in runs:
        if run.answers.get("empty_list"):
            words = "a source leads to no article any more; has the site been rebuilt?"
            yield Illness("lists", words)
            return
        is_whole = run.answers.keys().isdisjoint((ARTICLES_ALONE, SOME_SOURCES))
        if is_whole or facts.now - run.started > WEEK:
            return


def _is_error(answer: str) -> bool:
    failed = answer.isdigit() and answer.startswith("5") and answer not in REFUSALS
    return failed or answer == "timeout"


def _hijacks(run: Run) -> int:
    return max(run.answers.get(name, 0) for name in HIJACKS)


def _reading(articles: Sequence[Read]) -> Iterator[Illness]:
    """Compare what is read of the newest articles with those before."""
    newest, before = articles[:NEWEST], articles[NEWEST:]
    if len(newest) < NEWEST or len(before) < NEWEST:
        return
    for name in ("title", "date", "text"):
        was, now = (_share(some, name) for some in (before, newest))
        if was >= FULL and now < EMPTY:
            words = f"the {name} is found on {now:.0%} of its newest pages, before on {was:.0%}"
            yield Illness(f"no_{name}", words)
    was_in, is_in = (_language(some) for some in (before, newest))
    if was_in and is_in and was_in != is_in:
        yield Illness("language", f"its newest articles are in {is_in}, those before in {was_in}")


def _share(articles: Sequence[Read], name: str) -> float:
    return sum(name in article.filled for article in articles) / len(articles)


def _language(articles: Sequence[Read]) -> str | None:
    """Give the language that nearly all are in."""
    ((name, number),) = Counter(article.language for article in articles).most_common(1)
    return name if number >= FULL * len(articles) else None


def answers_of(
    statuses: Mapping[str, int], flags: Mapping[str, int], failures: Mapping[str, int]
) -> dict[str, int]:
    """Put together what a run was answered; of flags, those that matter here."""
    known = {name: number for name, number in flags.items() if name in (*HIJACKS, *NO_ARTICLE)}
    return dict(sorted({**statuses, **known, **failures}.items()))
