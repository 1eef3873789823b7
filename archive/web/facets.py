"""What the search page tells of all that was found: values of filters, months, suspects."""

import heapq
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from operator import itemgetter
from typing import Any

from archive.search import query
from archive.search.keys import DATED, DAY
from archive.search.selection import Selection
from archive.search.together import Archives, count
from archive.web.parameters import FILTERS, LONGEST, UNKNOWN, SearchParameters, narrowed
from archive.web.timeline import Timeline, read_timeline
from archive.web.words import FLAGS, LANGUAGE_NAMES, flag_words, lang_of, language_name

CAP = 10_000
"""Up to here matches are counted; above, the page says "10,000+"."""
CHOICES = 12
"""Values a filter shows."""
MOST_PARTS = 12
"""Parts of a query that found nothing which are looked for."""
YEARS = 40
"""Years it shows."""

TITLES = {
    "site": "Site",
    "region": "Region",
    "year": "Year",
    "language": "Script and language",
    "source": "Source named",
    "flag": "Flags",
}
"""What the filters are called."""


Card = sqlite3.Row | tuple[Any, ...]
"""Key, site, language, source and flags of an article."""
Sites = dict[str, tuple[str, str | None, str | None]]
"""Name, language and region of each site, by its id."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is among the newest CAP articles."""

    values: dict[str, Counter[str]]
    """How often each value of each filter is found."""
    days: Counter[int]
    """How many are of each day; those without a date are below the first there can be."""
    capped: bool
    """Whether there are more."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter."""

    value: str
    label: str
    lang: str
    number: int
    chosen: bool
    ours: bool
    """Whether the label is a word of ours, that can be translated."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with its values, each with its count."""

    name: str
    title: str
    choices: tuple[Choice, ...]
    more: int
    """Values that are not shown."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What the page says beside the results."""

    total: int
    capped: bool
    """Whether there are more than `total`."""
    filters: tuple[Filter, ...]
    timeline: Timeline | None
    suspects: int
    """Suspect pages that are left out, up to CAP."""
    parts: tuple[tuple[str, int], ...]
    """Where nothing was found: parts of the query that do occur, with their counts."""


def total(archives: Archives, parameters: SearchParameters) -> tuple[int, bool]:
    """Count what was found, up to CAP; tell whether there are more."""
    number = count(archives, parameters.selection, CAP + 1)
    return min(number, CAP), number > CAP


def read_facets(archives: Archives, parameters: SearchParameters) -> Facets:
    """Look at what was found."""
    filters: tuple[Filter, ...] = ()
    line = None
    sites = {
        row[0]: (row[1], row[2], row[3])
        for row in archives[0].execute("SELECT id, name, language, region FROM sites")
    }
    every = _counts(archives, parameters.selection, sites)
    found = every.days.total()
    if found or parameters.chosen:
        filters, dated = _filters(archives, parameters, every, sites)
        line = read_timeline(archives, parameters, None if dated.capped else dated.days)
    return Facets(
        total=found,
        capped=every.capped,
        filters=filters,
        timeline=line,
        suspects=_suspects(archives, parameters) if parameters.hiding else 0,
        parts=() if found else tuple(_parts(archives, parameters.words)),
    )


def _suspects(archives: Archives, parameters: SearchParameters) -> int:
    """Count what the query would find more, were suspect pages not left out."""
    hidden = replace(parameters, q=narrowed(parameters.words, "flag:suspect"))
    return min(CAP, count(archives, hidden.selection, CAP + 1))


def _filters(
    archives: Archives, parameters: SearchParameters, every: Counts, sites: Sites
) -> tuple[tuple[Filter, ...], Counts]:
    """Count the values of each filter among the newest matches, its own choice left out.

    `every` are the counts with all choices. Gives those whatever dates were chosen, too.
    """
    dated = every
    filters = []
    for name in FILTERS:
        chosen = getattr(parameters, name)
        found = every
        fields = ("year", "since", "until") if name == "year" else (name,)
        if any(getattr(parameters, field) for field in fields):
            found = _counts(archives, parameters.without(*fields).selection, sites)
        if name == "year":
            dated = found
        counter = found.values[name]
        if chosen:
            counter[chosen] += 0  # it is shown though nothing has it
        shown = _shown(name, counter, chosen)
        choices = tuple(_choice(name, value, counter[value], chosen, sites) for value in shown)
        filters.append(Filter(name, TITLES[name], choices, len(counter) - len(shown)))
    return tuple(filters), dated


def _counts(archives: Archives, selection: Selection, sites: Sites) -> Counts:
    """Count the values of all filters among the newest CAP articles."""
    rows = _cards(archives, selection)
    capped = len(rows) > CAP
    del rows[CAP:]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    days = Counter(key // DAY for key in columns[0])
    of_sites, languages, sources, of_flags = map(Counter, columns[1:])
    years: Counter[str] = Counter()
    for day, number in days.items():
        known = day * DAY >= DATED
        years[f"{date.fromordinal(day).year:04}" if known else UNKNOWN] += number
    flags: Counter[str] = Counter()
    for names, number in of_flags.items():
        flags.update(dict.fromkeys(map(str, json.loads(names)), number))
    of_regions: Counter[str] = Counter()
    for site, number in of_sites.items():
        if site in sites and (region := sites[site][2]):
            of_regions[region] += number
    for counter in (of_sites, languages, sources):
        del counter[None], counter[""]
    values = {
        "site": of_sites,
        "region": of_regions,
        "year": years,
        "language": languages,
        "source": sources,
        "flag": flags,
    }
    return Counts(values, days, capped)


def _cards(archives: Archives, selection: Selection) -> list[Card]:
    """Read what the filters count of the newest CAP articles, and of one more."""

    def of(db: sqlite3.Connection) -> list[Card]:
        source, binds = selection.joined(db, card="INDEXED BY articles_card")
        return db.execute(
            f"SELECT a.fts_pk, a.site, a.language, a.source, a.flags {source}"
            f" ORDER BY {selection.key} DESC LIMIT {CAP + 1}",
            binds,
        ).fetchall()

    runs = [of(db) for db in archives]
    if len(runs) == 1:
        return runs[0]
    return list(islice(heapq.merge(*runs, key=itemgetter(0), reverse=True), CAP + 1))


def _shown(name: str, counter: Counter[str], chosen: str) -> list[str]:
    """Give the values to show: the chosen one first, then the most frequent; years by time."""
    if name == "year":
        known = sorted((value for value in counter if value != UNKNOWN), reverse=True)[:YEARS]
        known += [chosen] if chosen and chosen not in (*known, UNKNOWN) else []
        return [UNKNOWN, *known] if UNKNOWN in counter else known
    asked = (value for value in counter if len(value) <= LONGEST)  # an address has no more
    often = sorted(asked, key=lambda value: (value != chosen, -counter[value], value))
    return often[:CHOICES]


def _choice(
    name: str,
    value: str,
    number: int,
    chosen: str,
    sites: Sites,
) -> Choice:
    label, lang, ours = value, None, False
    if name == "site" and value in sites:
        label, lang = sites[value][0], sites[value][1]
    elif name == "year" and value == UNKNOWN:
        label, ours = "Date unknown", True
    elif name == "language":
        label, ours = language_name(value) or value, value in LANGUAGE_NAMES
    elif name == "flag":
        label, ours = flag_words(value).label, value in FLAGS
    return Choice(value, label, lang_of(label, lang), number, value == chosen, ours)


def _parts(archives: Archives, q: str) -> Iterator[tuple[str, int]]:
    """Give shorter queries that do find something: the words one by one, or parts of one."""
    terms = list(dict.fromkeys(_written(term.tokens) for term in query.parse(q).terms))
    if len(terms) == 1 and len(terms[0]) > 3 and " " not in terms[0]:  # noqa: PLR2004
        word, middle = terms[0], len(terms[0]) // 2
        terms = [word[:middle], word[middle:], *(word[at : at + 2] for at in range(len(word) - 1))]
    found: list[str] = []
    for term in dict.fromkeys(terms[:MOST_PARTS]):
        if term == q or any(term in longer for longer in found):
            continue
        if number := count(archives, Selection(f'"{term}"'), CAP):
            found.append(term)
            yield term, number


def _written(tokens: tuple[str, ...]) -> str:
    """Write tokens as words again: Han together, Latin apart."""
    return "".join(f" {token} " if token.isascii() else token for token in tokens).strip()
