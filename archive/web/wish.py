"""What a reader asks the search page for; the address says all of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from archive.query import MAX_LENGTH

FILTERS = ("site", "year", "language", "source", "flag")
"""What can be filtered on, in the order the page shows."""
UNKNOWN = "unknown"
"""The year of an article without a date."""
LONGEST = 400
"""Characters of a value in the address that are read; queries may be longer."""

_YEAR = re.compile(r"[1-9]\d{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader asks for; all of it stands in the address."""

    q: str = ""
    site: str = ""
    year: str = ""
    language: str = ""
    source: str = ""
    flag: str = ""
    before: int | None = None
    """Only results with a smaller key: older ones."""
    after: int | None = None
    """Only results with a greater key: newer ones."""

    def address(self, **changes: str | int | None) -> str:
        """Write this wish as a query string, with changes; unless given, paging starts anew."""
        other = replace(self, **{"before": None, "after": None, **changes})  # type: ignore[arg-type]
        given = {field.name: getattr(other, field.name) for field in fields(other)}
        return urlencode({name: value for name, value in given.items() if value not in ("", None)})

    @property
    def table(self) -> str:
        """Write the query string that asks Datasette's table page the same."""
        year = (
            {"published__isnull": "1"}
            if self.year == UNKNOWN
            else {"published__startswith": self.year}
        )
        given = {
            "_search": self.q,
            "site": self.site,
            **year,
            "language": self.language,
            "source": self.source,
            "flags__arraycontains": self.flag,
        }
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def chosen(self) -> tuple[str, ...]:
        """The filters that are set."""
        return tuple(name for name in FILTERS if getattr(self, name))


def wish_from(arguments: Mapping[str, str]) -> Wish:
    """Read a wish from the address; what is malformed counts as not given."""
    given = {name: str(arguments.get(name) or "").strip()[:LONGEST] for name in FILTERS}
    if given["year"] != UNKNOWN and not _YEAR.fullmatch(given["year"]):
        given["year"] = ""
    before, after = (_key(arguments.get(name)) for name in ("before", "after"))
    q = str(arguments.get("q") or "").strip()[:MAX_LENGTH]
    return Wish(q=q, **given, before=before, after=None if before is not None else after)


def _key(text: str | None) -> int | None:
    """Read a key of paging; one that is none counts as not given."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004
