"""What a reader asks the search page for; the address says all of it."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from urllib.parse import urlencode

from archive.errors import UsageError
from archive.search import keys
from archive.search.index import RANKED
from archive.search.marks import SUSPECT
from archive.search.query import MAX_LENGTH, parse
from archive.search.selection import Selection
from archive.search.terms import both

FILTERS = ("site", "region", "year", "language", "source", "flag")
"""What can be filtered on by choosing a value, in the order the page shows."""
SPAN = ("since", "until")
"""What is filtered on by writing a date."""
SORTS = ("newest", "oldest", "relevance")
UNKNOWN = "unknown"
"""The year of an article without a date."""
HIDING = "-flag:suspect"
"""What leaves suspect pages out of a query; the page begins with it."""
LONGEST = 400
"""Characters of a value in the address that are read; queries may be longer."""

_NAMES = {"since": "from", "until": "to"}
"""What fields are called in the address, where they are called otherwise."""
_YEAR = re.compile(r"[1-9]\d{3}", re.ASCII)
_OF_FLAGS = re.compile(r"\bflag\s*[:：]", re.IGNORECASE)
_PAGING: Mapping[str, None] = {"before": None, "after": None, "skip": None}


@dataclass(frozen=True, slots=True)
class SearchParameters:
    """What the reader asks for; all of it stands in the address."""

    q: str = ""
    site: str = ""
    region: str = ""
    year: str = ""
    language: str = ""
    source: str = ""
    flag: str = ""
    since: str = ""
    """The first day, month or year."""
    until: str = ""
    """The last one."""
    sort: str = ""
    """One of SORTS, or nothing for the first of them."""
    chart: str = ""
    """The last month of the chart, such as 2009-05; nothing for the newest."""
    suspect: str = ""
    """`show` where the query is to be taken as it stands, though it says nothing of flags."""
    before: keys.Place | None = None
    """Only results before that place: older ones."""
    after: keys.Place | None = None
    """Only results behind it: newer ones."""
    skip: int | None = None
    """Results of an order without keys that were on earlier pages."""

    def address(self, **changes: object) -> str:
        """Write them as a query string, with changes; unless given, paging starts anew."""
        other = replace(self, **{**_PAGING, **changes})  # type: ignore[arg-type]
        if _OF_FLAGS.search(other.q):
            other = replace(other, suspect="")
        given = {field.name: getattr(other, field.name) for field in fields(other)}
        return urlencode(
            {
                _NAMES.get(name, name): value
                for name, value in given.items()
                if value not in ("", None)
            }
        )

    def without(self, *names: str) -> "SearchParameters":
        """Give the same with some fields not asked for."""
        return replace(self, **dict.fromkeys(names, ""))  # type: ignore[arg-type]

    @property
    def selection(self) -> Selection:
        """Which articles are meant."""
        known = self.year != UNKNOWN
        year = self.year if known else ""
        return Selection(
            query=self.q or None,
            site=self.site or None,
            since=year or self.since or None,
            until=year or self.until or None,
            region=self.region or None,
            language=self.language or None,
            source=self.source or None,
            flag=self.flag or None,
            undated=not known,
        )

    @property
    def words(self) -> str:
        """The query without what hides suspect pages."""
        return self.q.removesuffix(HIDING).strip()

    @property
    def hiding(self) -> bool:
        """Whether suspect pages are left out."""
        return self.q.endswith(HIDING)

    @property
    def table(self) -> str:
        """Write the query string that asks Datasette's table page the same."""
        more = [f'region:"{self.region}"'] if self.region else []
        if self.year:
            more.append(f"on:{self.year}")
        elif self.since or self.until:
            more.append("-on:unknown")
            more += [f"-before:{self.since}"] if self.since else []
            more += [f"-after:{self.until}"] if self.until else []
        given = {
            "_search": narrowed(self.q, " ".join(more)),
            "site": self.site,
            "language": self.language,
            "source": self.source,
            "flags__arraycontains": self.flag,
        }
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def chosen(self) -> tuple[str, ...]:
        """The filters that are set."""
        return tuple(name for name in (*FILTERS, *SPAN) if getattr(self, name))

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """What a form must send along so that only the query changes: names and values."""
        kept = (*self.chosen, *(["sort"] if self.sort else []))
        return (*((_NAMES.get(name, name), getattr(self, name)) for name in kept), _AS_IT_STANDS)


_AS_IT_STANDS = ("suspect", "show")


def read_parameters(arguments: Mapping[str, str], *, hiding: bool = True) -> SearchParameters:
    """Read the parameters from the query string; what is malformed counts as not given.

    With `hiding`, a query that says nothing of flags is taken to leave suspect pages out.
    """
    given = {
        name: str(arguments.get(_NAMES.get(name, name)) or "").strip()[:LONGEST]
        for name in (*FILTERS, *SPAN, "sort", "chart")
    }
    if given["year"] != UNKNOWN and not _YEAR.fullmatch(given["year"]):
        given["year"] = ""
    for name in (*SPAN, "chart"):
        given[name] = _date(given[name])
    given["chart"] = given["chart"][:7] if len(given["chart"]) >= 7 else ""  # noqa: PLR2004
    if given["sort"] not in SORTS[1:]:
        given["sort"] = ""
    before, after = (keys.place(arguments.get(name)) for name in ("before", "after"))
    skip = _number(arguments.get("skip"))
    q = str(arguments.get("q") or "").strip()[: MAX_LENGTH - len(HIDING) - 3]
    suspect = "show" if arguments.get("suspect") == "show" or not hiding else ""
    if _OF_FLAGS.search(q):
        suspect = ""
    elif not suspect and given["flag"] not in SUSPECT:
        q = narrowed(q, HIDING)
    return SearchParameters(
        q=q,
        **given,
        suspect=suspect,
        before=before,
        after=None if before is not None else after,
        skip=min(skip or 0, RANKED) or None,
    )


@lru_cache(maxsize=256)
def narrowed(q: str, more: str) -> str:
    """Write a query with more asked of it: in brackets where else it would mean another thing."""
    if not q or not more:
        return q or more
    plain = f"{q} {more}"
    parts = [node for text in (q, more) if (node := parse(text).node) is not None]
    return plain if parse(plain).node == both(parts) else f"({q}) {more}"


def _date(text: str) -> str:
    """Read a date, a month or a year; what is none counts as not given."""
    with suppress(UsageError):
        keys.span(text)
        year, *rest = text.split("-")
        return "-".join([year, *(f"{int(part):02}" for part in rest)])
    return ""


def _number(text: str | None) -> int | None:
    """Read how many to skip; what is no number counts as not given."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004
