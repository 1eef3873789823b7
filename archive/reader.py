"""Articles as they are kept: found by id, beginning of an id or address, and read back whole."""

import json
import sqlite3
from dataclasses import asdict, dataclass, replace

from archive import attachments
from archive.addresses import former
from archive.addresses.rules import of_json, ruled
from archive.addresses.urls import ID_LENGTH, address_key, article_id, canonical_url, host_of
from archive.errors import UnionArchiveError, UsageError
from archive.records import Article, Credit, Flag, Image, Removal
from archive.reprints.siblings import Sibling, siblings

SHOWN = 5
"""Articles named where a beginning of an id fits several."""


@dataclass(frozen=True)
class Kept:
    """An article with what the archive knows of it."""

    id: str
    site: str | None
    version: int
    capture: str
    """The capture it was read from: WARC-Record-ID."""
    first_captured: str
    last_captured: str
    article: Article
    siblings: tuple[Sibling, ...] = ()
    """Its reprints and itself, the likely origin first; read with one article, not with many."""


def find(db: sqlite3.Connection, wanted: str) -> str:
    """Give the id of the article meant by an id, the beginning of one, or an address.

    Raises UnionArchiveError where there is none, or several begin so.
    """
    wanted = wanted.strip().encode("utf-8", "replace").decode()
    if ":" in wanted or "/" in wanted:
        found = _by_address(db, wanted)
    else:
        exact = db.execute("SELECT article FROM addresses WHERE id = ?", [wanted.lower()])
        begins = db.execute(
            "SELECT DISTINCT article FROM addresses WHERE substr(id, 1, length(:b)) = :b"
            " AND :b <> '' ORDER BY article LIMIT :most",
            {"b": wanted.lower(), "most": SHOWN + 1},
        )
        found = [row[0] for row in exact] or [row[0] for row in begins]
        if not found and (was := former.leads_to(db, wanted.lower())):
            found = [was]
    if not found:
        _check_withdrawn(db, wanted)
        raise UnionArchiveError(
            f"{wanted!r}: no such article; expected an id, the beginning of one or an address,"
            " as `union-archive search` gives them"
        )
    if len(found) > 1:
        more = " …" if len(found) > SHOWN else ""
        raise UnionArchiveError(
            f"{wanted!r} is the beginning of several ids: {', '.join(found[:SHOWN])}{more};"
            " give more of it"
        )
    return str(found[0])


def _check_withdrawn(db: sqlite3.Connection, wanted: str) -> None:
    """Raise where what was meant is an article that was withdrawn."""
    for id_ in (wanted.lower(), *_ids(db, wanted)):
        row = db.execute("SELECT article, at FROM withdrawn WHERE id = ?", [id_]).fetchone()
        if row is not None:
            raise UnionArchiveError(
                f"{row[0]}: withdrawn on {row[1]}; `union-archive withdraw --list` tells why"
            )


def _ids(db: sqlite3.Connection, url: str) -> tuple[str, ...]:
    """Give the ids of an address: as its site's rules have it, and as it stands."""
    return article_id(_ruled(db, url)), article_id(canonical_url(url))


def _ruled(db: sqlite3.Connection, url: str) -> str:
    """Give the canonical address by the rules of whichever site it is on."""
    host = host_of(url)
    for home, rules in db.execute("SELECT home, addresses FROM sites WHERE addresses IS NOT NULL"):
        if host and host_of(home) == host:
            return ruled(url, of_json(rules))
    return canonical_url(url)


def _by_address(db: sqlite3.Connection, wanted: str) -> list[str]:
    """Give the article at an address, or the one that was read from there."""
    for id_, url in zip(_ids(db, wanted), (_ruled(db, wanted), wanted), strict=True):
        rows = db.execute(
            "SELECT article, url FROM addresses WHERE substr(id, 1, ?) = ?", [ID_LENGTH, id_]
        )
        for row in rows:
            if address_key(row[1]) == address_key(url):
                return [row[0]]
    read = db.execute(
        "SELECT article FROM captures WHERE url IN (?, ?) AND article IS NOT NULL"
        " ORDER BY captured DESC LIMIT 1",
        [wanted, canonical_url(wanted)],
    )
    return [row[0] for row in read]


def read(db: sqlite3.Connection, id_: str) -> Kept:
    """Give the article with that id, its removals, flags and reprints with it."""
    row = db.execute(f"{_SELECT} FROM articles AS a WHERE a.id = ?", [id_]).fetchone()
    kept = _kept(db, row, _flags(db, id_), removals=True)
    return replace(kept, siblings=tuple(siblings(db, id_)))


def as_row(kept: Kept, *, removals: bool = False) -> dict[str, object]:
    """Give an article by the names of its fields, with id and site; flags by name alone."""
    row: dict[str, object] = {"id": kept.id, "site": kept.site, **asdict(kept.article)}
    row["flags"] = [flag.name for flag in kept.article.flags]
    if not removals:
        del row["removals"]
    return row


def check_site(db: sqlite3.Connection, site: str | None) -> None:
    """Raise UsageError for a site that the archive has not."""
    sites = [row[0] for row in db.execute("SELECT id FROM sites ORDER BY id")]
    if site is not None and site not in sites:
        raise UsageError(
            f"got site {site!r}, expected one that is archived: {', '.join(sites) or 'none yet'}"
        )


_SELECT = """
SELECT a.*, (SELECT encoding FROM captures WHERE record_id = a.capture) AS encoding,
       (SELECT encoding_evidence FROM captures WHERE record_id = a.capture) AS encoding_evidence
"""


def _kept(
    db: sqlite3.Connection, row: sqlite3.Row, flags: tuple[Flag, ...], *, removals: bool
) -> Kept:
    """Make an article of its row."""
    article = Article(
        url=row["url"],
        title=row["title"],
        text=row["text"],
        published=row["published"],
        published_rule=row["published_rule"],
        authors=tuple(json.loads(row["authors"])),
        source=row["source"],
        editor=row["editor"],
        credits=tuple(Credit(**credit) for credit in json.loads(row["credits"])),
        section=row["section"],
        language=row["language"],
        script=row["script"],
        images=tuple(Image(**image) for image in json.loads(row["images"])),
        removals=_removals(db, row["id"]) if removals else (),
        attachments=attachments.links(db, row["id"]),
        flags=flags,
        encoding=row["encoding"] or "",
        encoding_evidence=row["encoding_evidence"] or "",
    )
    return Kept(
        row["id"],
        row["site"],
        row["version"],
        row["capture"],
        row["first_captured"],
        row["last_captured"],
        article,
    )


def _removals(db: sqlite3.Connection, id_: str) -> tuple[Removal, ...]:
    rows = db.execute(
        "SELECT kind, rule, text, position, replacement FROM removals"
        " WHERE article = ? ORDER BY number",
        [id_],
    )
    return tuple(Removal(*row) for row in rows)


def _flags(db: sqlite3.Connection, id_: str) -> tuple[Flag, ...]:
    rows = db.execute(
        "SELECT name, score, evidence FROM flags WHERE article = ? ORDER BY score DESC, name", [id_]
    )
    return tuple(Flag(*row) for row in rows)
