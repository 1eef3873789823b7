"""Ids that addresses had by rules of a site file that says something else today.

An id once given leads to its article for ever. register.db keeps what the rules of each host have
been; archive.db has, for each address that was read since, the ids that they made of it.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from archive.addresses.rules import NONE, as_json, of_json, ruled
from archive.addresses.urls import article_id, host_of
from archive.records import AddressRules
from archive.register.register import Register


class FormerRules:
    """The rules that there have been, as a register keeps them for ever."""

    def __init__(self, register: Path) -> None:
        self._path = register
        self._of: dict[str, set[AddressRules]] = {}

    def load(self, register: Register) -> None:
        """Read what the register has."""
        self._of = {}
        for host, rules in register.db.execute("SELECT host, rules FROM address_rules"):
            self._of.setdefault(host, set()).add(of_json(rules))

    def note(self, home: str, rules: Iterable[AddressRules]) -> None:
        """Keep rules of the site at an address, since ids are made by them."""
        host = host_of(home)
        known = self._of.setdefault(host, set())
        if new := set(rules) - known - {NONE}:
            with closing(Register(self._path)) as register, register.transaction() as db:
                db.executemany(
                    "INSERT INTO address_rules VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [(host, as_json(each)) for each in new],
                )
            known |= new

    def ids(self, url: str, today: AddressRules) -> set[str]:
        """Give the ids that an address had by other rules than those of today."""
        return {
            article_id(ruled(url, each)) for each in self._of.get(host_of(url), set()) - {today}
        }


def put(db: sqlite3.Connection, id_: str, address: str) -> None:
    """Have an id lead to the article at an address, which is named by its own id."""
    db.execute(
        "INSERT INTO former_ids(id, address) VALUES (?, ?) ON CONFLICT DO NOTHING", [id_, address]
    )


def forget(db: sqlite3.Connection, address: str) -> None:
    """Have no former id lead to an address."""
    db.execute("DELETE FROM former_ids WHERE address = ?", [address])


def _are_kept(db: sqlite3.Connection) -> bool:
    """Whether it is no archive of before there were such ids."""
    query = "SELECT 1 FROM sqlite_master WHERE name = 'former_ids'"
    return db.execute(query).fetchone() is not None


def leads_to(db: sqlite3.Connection, id_: str) -> str | None:
    """Give the article that a former id leads to, of several the first captured; None without."""
    if not _are_kept(db):
        return None
    row = db.execute(
        "SELECT a.id FROM former_ids AS f JOIN addresses AS at ON at.id = f.address"
        " JOIN main.articles AS a ON a.id = at.article WHERE f.id = ?"
        " ORDER BY a.first_captured, a.id LIMIT 1",
        [id_],
    ).fetchone()
    return None if row is None else str(row[0])


def withdrawn(db: sqlite3.Connection, id_: str) -> str | None:
    """Say when the article was withdrawn that a former id led to; None where it leads to one."""
    if not _are_kept(db) or leads_to(db, id_) is not None:
        return None
    row = db.execute(
        "SELECT min(w.at) FROM former_ids AS f JOIN withdrawn AS w ON w.id = f.address"
        " WHERE f.id = ?",
        [id_],
    ).fetchone()
    return None if row[0] is None else str(row[0])


def of(db: sqlite3.Connection, article: str) -> list[str]:
    """Give the former ids that lead to an article."""
    found = db.execute(
        "SELECT DISTINCT f.id FROM former_ids AS f JOIN addresses AS at ON at.id = f.address"
        " WHERE at.article = ? AND f.id NOT IN (SELECT id FROM addresses) ORDER BY f.id",
        [article],
    )
    return [row[0] for row in found.fetchall() if leads_to(db, row[0]) == article]
