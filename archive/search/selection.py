"""Which articles are meant: by a query, a site, days and more; what SQL asks for them."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from archive.hanzi import fold
from archive.search import keys, marks, query
from archive.search.terms import ALL, Marked, Named, Node, Sites, both

Binds = dict[str, str | int]
HIDDEN = "hidden"
"""The table of keys of what an archive is not asked for, being read together with others."""


@dataclass(frozen=True)
class Selection:
    """Which articles are meant: those a query finds, of a site, of certain days; all by itself."""

    query: str | None = None
    site: str | None = None
    """Its id."""
    since: str | None = None
    """The first day: 2009-05-01, 2009-05 or 2009."""
    until: str | None = None
    """The last day, in the same forms."""
    region: str | None = None
    """ISO 3166-2, or its beginning: CN."""
    language: str | None = None
    source: str | None = None
    """What the page names as its source, in full."""
    flag: str | None = None
    undated: bool = False
    """Only those without a date."""

    @property
    def key(self) -> str:
        """The key to order by: the index's own where it is asked, whose order costs nothing."""
        return "a.fts_pk" if self.node is ALL else "f.rowid"

    @property
    def words(self) -> bool:
        """Whether words are looked for, so that some articles can be more relevant than others."""
        return self.query is not None and bool(query.parse(self.query).terms)

    @property
    def node(self) -> Node | None:
        """What the index is asked for: ALL for every article, None for nothing."""
        parts: list[Node] = []
        if self.query is not None:
            asked = query.parse(self.query).node
            if asked is None:
                return None
            parts.append(asked)
        if self.site is not None:
            parts.append(Marked((marks.site_mark(self.site),)))
        if self.region is not None:
            parts.append(Named("region", fold(self.region)))
        if self.language is not None:
            parts.append(Marked((marks.language_mark(self.language),)))
        if self.flag is not None:
            parts.append(Marked((marks.flag_mark(self.flag),)))
        if self.undated:
            parts.append(Marked((marks.UNDATED,)))
        return both(parts) if parts else ALL

    def sql(self, db: sqlite3.Connection) -> tuple[str, Binds]:
        """Give FROM and WHERE, and what to bind; UsageError for a wrong date.

        The articles are `a` and the index `f`, and of both there is only what is needed: `joined`
        gives both.
        """
        return self._sql(db, joined=False)

    def joined(self, db: sqlite3.Connection, card: str = "") -> tuple[str, Binds]:
        """Give what `sql` gives, with the articles as `a` in any case; `card` says by which index.

        CROSS JOIN keeps the search index outermost, in whose order newest first costs nothing.
        """
        return self._sql(db, joined=True, card=card)

    def _sql(self, db: sqlite3.Connection, *, joined: bool, card: str = "") -> tuple[str, Binds]:
        binds: Binds = {}
        conditions = []
        tables = f"main.articles AS a {card}"
        if self.key == "f.rowid":
            tables = "articles_fts AS f"
            if joined or self.source is not None:
                tables += f" CROSS JOIN main.articles AS a {card} ON a.fts_pk = f.rowid"
            conditions.append("f.articles_fts MATCH :match")
            node = self.node
            binds["match"] = query.NOTHING if node is None else written_for(db, node)
        span = keys.bounds(self.since, self.until)
        if span is not None:
            conditions.append(f"{self.key} >= :first AND {self.key} < :past")
            binds |= {"first": span[0], "past": span[1]}
        if self.source is not None:
            conditions.append("a.source = :source")
            binds["source"] = self.source
        if db.execute(f"SELECT 1 FROM temp.sqlite_schema WHERE name = '{HIDDEN}'").fetchone():
            conditions.append(f"{self.key} NOT IN (SELECT key FROM temp.{HIDDEN})")
        return f"FROM {tables} WHERE {' AND '.join(conditions) or '1'}", binds


def match(db: sqlite3.Connection, text: str) -> str:
    """Give the FTS5 expression of a query in that archive; never raises, and FTS5 takes it."""
    return query.parse(text).expression(sites_of(db))


def written_for(db: sqlite3.Connection, node: Node) -> str:
    """Write a tree for FTS5, as `match` writes a query's."""
    return query.Query(node, ()).expression(sites_of(db))


def sites_of(db: sqlite3.Connection) -> Sites:
    """Give what knows an archive's sites by id, name (or a part of it) and region."""

    def known(kind: str, value: str, prefix: bool) -> Iterable[str]:  # noqa: FBT001 - see Sites
        rows = [
            (str(id_), fold(str(id_)), fold(name or ""), fold(region or ""))
            for id_, name, region in db.execute("SELECT id, name, region FROM sites")
        ]
        if kind == "region":
            return [row[0] for row in rows if _lies_in(row[3], value, prefix=prefix)]
        named = [id_ for id_, own, *_ in rows if own == value or (prefix and own.startswith(value))]
        named = named or [row[0] for row in rows if row[2] == value]
        return named or [row[0] for row in rows if value in row[2]]

    return known


def _lies_in(region: str, wanted: str, *, prefix: bool) -> bool:
    return region == wanted or region.startswith(wanted if prefix else f"{wanted}-")
