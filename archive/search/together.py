"""Several archives searched as one: what each finds, merged in the one order of results.

`archive.shelf` sees to it that no article is found in two of them. Whatever is asked of a single
archive is asked of it alone, as `archive.search.index` does.
"""

import heapq
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from archive.search import index
from archive.search.keys import DAY, Place, seek
from archive.search.selection import Selection

T = TypeVar("T")
Archives = Sequence[sqlite3.Connection]
"""One archive, or those of a shelf in its order."""


class Spot(NamedTuple):
    """Where an article is found."""

    archive: int
    """Which of the archives."""
    key: int
    """Its fts_pk there."""


def listed(  # noqa: PLR0913 - one keyword each for what a page asks
    archives: Archives,
    selection: Selection,
    limit: int,
    *,
    rising: bool = False,
    before: Place | None = None,
    after: Place | None = None,
) -> list[Spot]:
    """Give the first articles of those before or behind a place; newest first, unless `rising`."""

    def of(number: int) -> Iterator[tuple[int, str, Spot]]:
        """Give the day, the id and the spot of each; of one archive alone no ids are needed."""
        db = archives[number]
        alone = len(archives) == 1
        source, binds = (selection.sql if alone else selection.joined)(db)
        key, id_ = selection.key, "''" if alone else "a.id"
        if before is not None:
            source, binds["before"] = f"{source} AND {key} < :before", _seek(db, before)
        if after is not None:
            source, binds["after"] = f"{source} AND {key} >= :after", _seek(db, after, past=True)
        order = "ASC" if rising else "DESC"
        found = db.execute(
            f"SELECT {key}, {id_} {source} ORDER BY {key} {order} LIMIT {limit}", binds
        )
        return ((row[0] // DAY, row[1], Spot(number, row[0])) for row in found.fetchall())

    return [
        spot for *_, spot in islice(merged(map(of, range(len(archives))), rising=rising), limit)
    ]


def _seek(db: sqlite3.Connection, place: Place, *, past: bool = False) -> int:
    return seek(db, place.day, place.id, past=past)


def merged(runs: Iterable[Iterable[Any]], *, rising: bool = False) -> Iterator[Any]:
    """Merge rows that begin with day and id; each run is in order, the newest first."""
    return heapq.merge(*runs, key=itemgetter(0, 1), reverse=not rising)


def ranked(archives: Archives, selection: Selection, limit: int, offset: int = 0) -> list[Spot]:
    """Give the most relevant of the newest RANKED articles, as `index.ranked` does.

    Each archive weighs words by how rare they are in itself.
    """
    if len(archives) == 1:
        return [Spot(0, key) for key in index.ranked(archives[0], selection, limit, offset)]
    if not selection.words:
        return listed(archives, selection, min(offset + limit, index.RANKED))[offset:]
    found = [
        (key, score, Spot(number, key))
        for number, db in enumerate(archives)
        for key, score in index.scored(db, selection)
    ]
    newest = heapq.nlargest(index.RANKED, found, key=itemgetter(0))
    newest.sort(key=lambda hit: (hit[1], -hit[0]))
    return [spot for *_, spot in newest[offset : offset + limit]]


def count(archives: Archives, selection: Selection, most: int | None = None) -> int:
    """Give how many articles are meant: exactly, or `most` where there are as many or more."""
    total = sum(index.count(db, selection, most) for db in archives)
    return total if most is None else min(total, most)


def rows_of(
    archives: Archives, sql: str, spots: Sequence[Spot]
) -> list[tuple[sqlite3.Connection, dict[str, Any]]]:
    """Read what `sql` says of each spot, with its archive; `sql` takes keys as JSON, gives fts_pk.

    What is gone by then is left out.
    """
    found: dict[Spot, tuple[sqlite3.Connection, dict[str, Any]]] = {}
    for number, db in enumerate(archives):
        keys = [spot.key for spot in spots if spot.archive == number]
        if not keys:
            continue
        for row in db.execute(sql, [json.dumps(keys)]):
            found[Spot(number, row["fts_pk"])] = db, dict(row)
    return [found[spot] for spot in spots if spot in found]


def first(
    archives: Archives, question: Callable[[sqlite3.Connection], T | None]
) -> tuple[int, T] | None:
    """Give the first answer that there is, and which archive gave it."""
    for number, db in enumerate(archives):
        if (answer := question(db)) is not None:
            return number, answer
    return None
