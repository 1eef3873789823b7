"""Which of several reprints was likely the first: named by the others, else the earliest."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from archive.hanzi import fold

COPIES = frozenset({"hijacked_brand", "spun_text", "pinyin_noise", "script_converted"})
"""Flags of a machine's copy, which is never the origin."""


@dataclass(frozen=True)
class Member:
    """What tells of a reprint's origin."""

    article: str
    site: str
    """Name of its site, folded; empty where it has none."""
    source: str
    """来源, folded; empty where it names none."""
    published: str | None
    flags: frozenset[str]


def members(db: sqlite3.Connection, cluster: str) -> list[Member]:
    """Read what tells of the origin of a cluster's articles, in the order of their ids."""
    rows = db.execute(
        "SELECT a.id, s.name, a.source, a.published, a.flags FROM reprints AS r"
        " JOIN articles AS a ON a.id = r.article LEFT JOIN sites AS s ON s.id = a.site"
        " WHERE r.cluster = ? ORDER BY a.id",
        [cluster],
    )
    return [
        Member(article, fold(site or ""), fold(source or ""), day, frozenset(json.loads(flags)))
        for article, site, source, day, flags in rows
    ]


def likely(cluster: Collection[Member]) -> str | None:
    """Give the id of the likely origin; None where all are machines' copies.

    First comes the one whose site most others name as their source, then the earliest, the dated
    before the undated; ids decide what is left.
    """
    named = Counter(member.source for member in cluster)
    candidates = [member for member in cluster if not member.flags & COPIES]
    if not candidates:
        return None

    def rank(member: Member) -> tuple[int, bool, str, str]:
        votes = named[member.site] - (member.source == member.site) if member.site else 0
        return -votes, member.published is None, (member.published or "")[:10], member.article

    return min(candidates, key=rank).article
