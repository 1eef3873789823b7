"""What an export is to have: which articles, which of their versions, in which script."""

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from archive.errors import UnionArchiveError, UsageError
from archive.export.script import SCRIPTS, converter
from archive.export.segmenting import segmenter
from archive.search.keys import DAY
from archive.search.selection import Binds, Selection

Row = dict[str, object]
"""A version of an article by the names of `archive.export.columns`."""

CLUSTERS = ("all", "one", "origins")
"""Of reprints: all; one of those selected, the likely origin if it is among them; origins alone."""
AS_OF = "as of "
BATCH = 200
"""Articles read at a time."""

_READ = """
SELECT a.id, coalesce(v.title, a.title) AS title, a.published, NULL AS day, a.site,
    s.name AS site_name, s.kind AS site_kind, s.region, a.source, a.authors, a.editor, a.credits,
    a.section, coalesce(v.text, a.text) AS text, a.url, a.language, a.script,
    iif(v.text IS NULL, a.flags, '[]') AS flags, a.images,
    iif(v.text IS NULL, (SELECT json_group_array(json(file)) FROM (SELECT json_object('url', t.url,
        'name', t.name, 'kind', d.kind, 'capture', t.capture) AS file FROM attachments AS t
        LEFT JOIN documents AS d ON d.digest = t.document WHERE t.article = a.id ORDER BY t.number)
    ), '[]') AS attachments, v.number AS version,
    c.record_id AS capture, c.captured, a.first_captured, a.last_captured, r.cluster,
    r.measure AS origin, r.kind AS reprint, a.published_rule, coalesce(c.encoding, '') AS encoding,
    coalesce(c.encoding_evidence, '') AS encoding_evidence
FROM json_each(?) AS wanted CROSS JOIN articles AS a ON a.fts_pk = wanted.value ->> 0
    CROSS JOIN versions AS v ON v.article = a.id AND v.number = wanted.value ->> 1
    CROSS JOIN captures AS c ON c.record_id = iif(v.text IS NULL, a.capture, v.capture)
    LEFT JOIN sites AS s ON s.id = a.site LEFT JOIN reprints AS r ON r.article = a.id
"""
# CROSS JOIN keeps the list outermost, and so its order; ORDER BY would sort rows with their texts.
_REMOVALS = """
SELECT kind, rule, text, position, replacement FROM removals WHERE article = ? ORDER BY number
"""
_LISTS = ("authors", "credits", "flags", "images", "attachments")


@dataclass(frozen=True)
class Wanted:
    """What an export is to have; the same selection gives the same rows in the same order.

    The query and all else of the selection ask the current version of an article; which version
    is given is then another question. Raises UsageError for what no export can be of.
    """

    selection: Selection = field(default_factory=Selection)
    cluster: str = "all"
    """One of CLUSTERS."""
    versions: str = "latest"
    """latest, all, or "as of 2009-05-01": those that stood at the end of that day, in UTC."""
    script: str = "published"
    """One of SCRIPTS."""
    removals: bool = False
    """Whether to add what cleaning took out."""
    segmented: bool = False
    """Whether to put spaces between the words of texts."""

    def __post_init__(self) -> None:
        """Look at what was asked for."""
        for name, value, known in (
            ("--cluster", self.cluster, CLUSTERS),
            ("--script", self.script, SCRIPTS),
        ):
            if value not in known:
                raise UsageError(f"got {name} {value!r}, expected {', '.join(known)}")
        if self.versions not in ("latest", "all"):
            _end_of(self.versions)
        if self.removals and (self.script != "published" or self.segmented):
            raise UsageError(
                "what was removed has its place in the text as published; leave out --removed,"
                " or --script and --segment"
            )

    def keys(self, db: sqlite3.Connection) -> tuple["array[int]", "array[int]"]:
        """Give which versions of which articles these are: keys of articles, and numbers.

        Newest first; of one article the newest version first. Raises UsageError for a wrong date.
        """
        keys, numbers = array("q"), array("q")
        for _, _, key, number, _ in self.placed(db, 0):
            keys.append(key)
            numbers.append(number)
        return keys, numbers

    def placed(
        self, db: sqlite3.Connection, archive: int
    ) -> Iterator[tuple[int, tuple[str, int], int, int, int]]:
        """Give the same one by one: day, id and number, key, number, and `archive` as given."""
        source, binds = self.selection.joined(db)
        key = self.selection.key
        if self.cluster != "all":
            source = f"{source} AND a.fts_pk IN ({_CLUSTERED[self.cluster](key, source)})"
        number, join = self._version(binds)
        asked = source.replace(" WHERE ", f" {join} WHERE ", 1)
        found = db.execute(f"SELECT {key}, {number}, a.id {asked} ORDER BY 1 DESC, 2 DESC", binds)
        for row in found:
            if row[1] is not None:
                yield row[0] // DAY, (row[2], row[1]), row[0], row[1], archive

    def _version(self, binds: Binds) -> tuple[str, str]:
        """Give the number of the version in SQL, and what is to be joined for it."""
        if self.versions == "latest":
            return "a.version", ""
        if self.versions == "all":
            return "v.number", "CROSS JOIN versions AS v ON v.article = a.id"
        binds["as_of"] = _end_of(self.versions)
        newest = "SELECT max(number) FROM versions WHERE article = a.id AND captured < :as_of"
        return f"({newest})", ""

    def read(self, db: sqlite3.Connection, keys: "array[int]", numbers: "array[int]") -> list[Row]:
        """Read versions by their keys, in that order; one that is gone is left out."""
        cursor = db.cursor()
        cursor.row_factory = None
        asked = json.dumps(list(zip(keys, numbers, strict=True)))
        found = cursor.execute(_READ, [asked]).fetchall()
        names = [column[0] for column in cursor.description]
        rows: list[Row] = [dict(zip(names, values, strict=True)) for values in found]
        for row in rows:
            _finish(row)
            if self.removals:
                row["removals"] = _removals(db, row)
            if self._convert is not None:
                self._convert(row)
            if self._segment is not None:
                row["text"] = self._segment(str(row["text"]))
        return rows

    def rows(
        self, db: sqlite3.Connection, keys: "array[int]", numbers: "array[int]"
    ) -> Iterator[Row]:
        """Read all of them, a batch at a time.

        Raises UnionArchiveError where one has no version or capture, which is damage.
        """
        for first in range(0, len(keys), BATCH):
            part = slice(first, first + BATCH)
            found = self.read(db, keys[part], numbers[part])
            if len(found) != len(keys[part]):
                raise UnionArchiveError(
                    f"got {len(found)} of {len(keys[part])} articles, expected all;"
                    " `union-archive verify` says what is wrong"
                )
            yield from found

    @property
    def options(self) -> frozenset[str]:
        """The options of `export` that ask for other than current versions as published."""
        asked = {
            "--versions": self.versions != "latest",
            "--script": self.script != "published",
            "--segment": self.segmented,
            "--removed": self.removals,
        }
        return frozenset(name for name, wanted in asked.items() if wanted)

    def expect_libraries(self) -> None:
        """Raise UnionArchiveError where what turns or parts the words is not installed."""
        _ = self._convert, self._segment

    @cached_property
    def _convert(self) -> Callable[[Row], None] | None:
        return converter(self.script)

    @cached_property
    def _segment(self) -> Callable[[str], str] | None:
        return segmenter() if self.segmented else None

    def as_json(self) -> Mapping[str, object]:
        """Give what was asked for, what was left open aside."""
        narrowed = {k: v for k, v in vars(self.selection).items() if v not in (None, False)}
        kept = ("cluster", "versions", "script", "removals", "segmented")
        return {**narrowed, **{name: getattr(self, name) for name in kept}}


def _origins(key: str, source: str) -> str:
    return (
        f"SELECT {key} {source} AND NOT EXISTS"
        " (SELECT 1 FROM reprints AS r WHERE r.article = a.id AND r.measure <> r.article)"
    )


def _one(key: str, source: str) -> str:
    ranked = source.replace(" WHERE ", " LEFT JOIN reprints AS r ON r.article = a.id WHERE ", 1)
    return (
        f"SELECT key FROM (SELECT {key} AS key, row_number() OVER (PARTITION BY"
        f" coalesce(r.cluster, a.id) ORDER BY r.measure = a.id DESC, {key}) AS place {ranked})"
        " WHERE place = 1"
    )


_CLUSTERED: Mapping[str, Callable[[str, str], str]] = {"one": _one, "origins": _origins}


def _end_of(versions: str) -> str:
    """Give the first moment after the day of "as of DAY". Raises UsageError."""
    day = versions.removeprefix(AS_OF).strip()
    try:
        at = date.fromisoformat(day)
    except ValueError as error:
        raise UsageError(
            f"got --versions {versions!r}, expected latest, all or 'as of 2009-05-01'"
        ) from error
    return f"{at.isoformat()}T24"


def _finish(row: Row) -> None:
    """Give the lists as lists, and the day."""
    for name in _LISTS:
        value = row[name]
        row[name] = [] if value == "[]" else json.loads(str(value))
    published = row["published"]
    if isinstance(published, str):
        try:
            row["day"] = date.fromisoformat(published[:10]).isoformat()
        except ValueError:
            row["day"] = None


def _removals(db: sqlite3.Connection, row: Row) -> list[dict[str, object]]:
    """Read what was taken out of the current version; of superseded ones it is not kept."""
    cursor = db.cursor()
    cursor.row_factory = None
    current = db.execute("SELECT version FROM articles WHERE id = ?", [row["id"]]).fetchone()
    if current is None or current[0] != row["version"]:
        return []
    found = cursor.execute(_REMOVALS, [row["id"]])
    names = [column[0] for column in found.description]
    return [dict(zip(names, values, strict=True)) for values in found]
