"""Reprints: articles that say the same, found while they are stored, and where they began.

Articles are joined where `likeness.related` says so; a cluster is a connected component of that
relation, so that it does not depend on the order in which articles came. Of each its members are
kept with the likely origin and their kind; nothing else is remembered but the keys to find them by.
All of it happens in the caller's transaction. `remove` comes before an article's row is changed or
goes, `add` after it is written.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable

from archive.reprints import origins
from archive.reprints.likeness import SAME, WITHIN, Text, containment, jaccard, related
from archive.reprints.siblings import siblings

SHARED_BANDS = 3
"""Bands that texts of about one length share before they are compared; it spares most formulas."""

_ARTICLE = "SELECT fts_pk, id, text, published, flags FROM articles WHERE"
_CANDIDATES = """
SELECT found.article AS key, found.shared, a.id, r.cluster
FROM (SELECT article, count(*) AS shared FROM reprint_keys WHERE key IN ({}) AND article <> ?
      GROUP BY article) AS found
JOIN articles AS a ON a.fts_pk = found.article LEFT JOIN reprints AS r ON r.article = a.id
ORDER BY found.shared DESC, a.id
"""


def add(db: sqlite3.Connection, keys: Iterable[int]) -> None:
    """Find the reprints of the articles with these fts_pk, whose rows have just been written."""
    joined = set()
    for key in keys:
        row = db.execute(f"{_ARTICLE} fts_pk = ?", [key]).fetchone()
        text = _text(row)
        stored, asked = text.keys()
        db.executemany(
            "INSERT OR IGNORE INTO reprint_keys VALUES (?, ?)", [(each, key) for each in stored]
        )
        if _join(db, row, text, asked):
            joined.add(row["id"])
    _judge(db, joined)


def remove(db: sqlite3.Connection, key: int) -> None:
    """Forget the article with that fts_pk; what is left of its cluster is joined anew."""
    row = db.execute(f"{_ARTICLE} fts_pk = ?", [key]).fetchone()
    db.executemany(
        "DELETE FROM reprint_keys WHERE key = ? AND article = ?",
        [(each, key) for each in _text(row).keys()[0]],
    )
    left = [s.article for s in siblings(db, row["id"]) if s.article != row["id"]]
    if left:
        db.execute(
            "DELETE FROM reprints WHERE cluster = (SELECT cluster FROM reprints WHERE article = ?)",
            [row["id"]],
        )
        for article in left:
            other = db.execute(f"{_ARTICLE} id = ?", [article]).fetchone()
            text = _text(other)
            _join(db, other, text, text.keys()[1])
        _judge(db, left)


def rename(db: sqlite3.Connection, site: str) -> None:
    """Judge the clusters of a site anew: its name has changed, and origins are told by names."""
    _judge(db, [row[0] for row in db.execute("SELECT id FROM articles WHERE site = ?", [site])])


def rebuild(db: sqlite3.Connection) -> None:
    """Find all reprints anew."""
    db.execute("DELETE FROM reprints")
    db.execute("DELETE FROM reprint_keys")
    keys = db.execute("SELECT fts_pk FROM articles ORDER BY fts_pk").fetchall()
    add(db, (key for (key,) in keys))


def _text(row: sqlite3.Row) -> Text:
    machine = not origins.COPIES.isdisjoint(json.loads(row["flags"]))
    return Text(row["text"], row["published"] and row["published"][:10], machine)


def _join(db: sqlite3.Connection, row: sqlite3.Row, text: Text, asked: list[int]) -> bool:
    """Join an article with those it is related to, one of each cluster being enough.

    Say whether there are any; the cluster is then to be judged.
    """
    marks = ", ".join("?" * len(asked))
    found = db.execute(_CANDIDATES.format(marks), [*asked, row["fts_pk"]]).fetchall()
    clusters: set[str] = set()
    alone: set[str] = set()
    others: set[Text] = set()
    for candidate in found:
        if candidate["cluster"] in clusters:
            continue
        compared = _text(db.execute(f"{_ARTICLE} fts_pk = ?", [candidate["key"]]).fetchone())
        if compared in others or not _alike(text, compared, candidate["shared"]):
            others.add(compared)
        elif candidate["cluster"] is None:
            alone.add(candidate["id"])
        else:
            clusters.add(candidate["cluster"])
    if not (clusters or alone):
        return False
    cluster = min(row["id"], *alone, *clusters)
    db.executemany(
        "UPDATE reprints SET cluster = ? WHERE cluster = ?",
        [(cluster, other) for other in clusters - {cluster}],
    )
    db.executemany(
        "INSERT OR REPLACE INTO reprints VALUES (?, ?, '', '', 0)",
        [(article, cluster) for article in (row["id"], *alone)],
    )
    return True


def _alike(text: Text, other: Text, shared: int) -> bool:
    """Tell whether they are related; texts of one length that share few bands are not compared."""
    if shared < SHARED_BANDS and not (text.machine or other.machine or text.short):
        shorter, longer = sorted((len(text.text), len(other.text)))
        if shorter >= SAME * longer:
            return False
    return related(text, other)


def _judge(db: sqlite3.Connection, articles: Collection[str]) -> None:
    """Judge the clusters that articles are in: once, however many of each have been joined."""
    clusters = db.execute(
        "SELECT DISTINCT cluster FROM reprints WHERE article IN (SELECT value FROM json_each(?))",
        [json.dumps([*articles])],
    )
    for (cluster,) in clusters.fetchall():
        _judge_one(db, cluster)


def _judge_one(db: sqlite3.Connection, cluster: str) -> None:
    """Write what each of a cluster is, as compared with the likely origin."""
    standing = origins.members(db, cluster)
    origin = origins.likely(standing)
    measure = origin or cluster
    measured = dict(
        db.execute("SELECT article, measure FROM reprints WHERE cluster = ?", [cluster]).fetchall()
    )
    against = _read(db, measure)
    changes = []
    for member in standing:
        article = member.article
        if article == measure:
            kind, likeness = "origin" if origin else _kind(member.flags, against, against), 100
        elif measured[article] == measure:
            continue
        else:
            text = _read(db, article)
            kind = _kind(member.flags, text, against)
            likeness = round(100 * jaccard(text, against))
        changes.append((measure, kind, likeness, article))
    db.executemany(
        "UPDATE reprints SET measure = ?, kind = ?, likeness = ? WHERE article = ?", changes
    )


def _read(db: sqlite3.Connection, article: str) -> Text:
    return _text(db.execute(f"{_ARTICLE} id = ?", [article]).fetchone())


def _kind(flags: Iterable[str], text: Text, origin: Text) -> str:
    """Name what a member is, as compared with the origin."""
    if "spun_text" in flags:
        return "spun"
    if not {"hijacked_brand", "pinyin_noise", "script_converted"}.isdisjoint(flags):
        return "clone"
    if jaccard(text, origin) < SAME and containment(text, origin) >= WITHIN:
        return "abridged" if len(text.shingles) < len(origin.shingles) else "extended"
    return "same"
