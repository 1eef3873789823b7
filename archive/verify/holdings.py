"""Whether holdings are sound: WARC records, the places of captures, archive.db and its index."""

import sqlite3
from contextlib import closing
from pathlib import Path

from archive import readonly
from archive.database import open_readonly
from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from archive.verify.files import Progress, Warcs
from archive.verify.findings import Finding, Findings
from archive.verify.index import check_index

_ROWS = {
    "its capture is of no article": (
        "SELECT a.id FROM articles AS a JOIN captures AS c ON c.record_id = a.capture"
        " WHERE c.outcome <> 'article'"
    ),
    "its current version is not among its versions": (
        "SELECT id FROM articles AS a WHERE NOT EXISTS"
        " (SELECT 1 FROM versions WHERE article = a.id AND number = a.version)"
    ),
}
"""What must not be found of an article, beyond foreign keys."""


def verify(holdings: Holdings, progress: Progress = lambda _: None) -> Findings:
    """Check all that lies in holdings; nothing is written.

    Raises UnionArchiveError where there is no archive, or LockedError where it cannot be read now.
    """
    findings = Findings()
    with closing(open_readonly(holdings.archive_db)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'warcs'").fetchone():
            raise UnionArchiveError(
                f"{holdings.archive_db}: of an older schema; any crawl or ingest brings it up to"
                " date, then verify again"
            )
        Warcs(holdings, db, findings).check(progress)
        _check_archive(holdings, db, findings)
    for path in (holdings.register_db, holdings.crawl_db):
        _check_beside(path, findings)
    return findings


def _check_archive(holdings: Holdings, db: sqlite3.Connection, findings: Findings) -> None:
    """Check archive.db: pages, references, rows, index."""
    name = holdings.archive_db.name

    def fault(what: str) -> None:
        findings.faults.append(Finding(name, what))

    with findings.readable(name):
        _check_database(db, name, findings)
    with findings.readable(name):
        for what, query in _ROWS.items():
            for (id_,) in db.execute(query):
                fault(f"article {id_}: {what}")
        findings.counts["articles"] = db.execute("SELECT count(*) FROM articles").fetchone()[0]
    with findings.readable(name):
        db.execute("BEGIN")
        try:
            for what in check_index(db):
                fault(what)
        finally:
            db.execute("ROLLBACK")


def _check_database(db: sqlite3.Connection, name: str, findings: Findings) -> None:
    """Check a database's pages and foreign keys."""
    for (line,) in db.execute("PRAGMA integrity_check"):
        if line != "ok":
            findings.faults.append(Finding(name, str(line)))
    for row in db.execute("PRAGMA foreign_key_check"):
        what = f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there"
        findings.faults.append(Finding(name, what))


def _check_beside(path: Path, findings: Findings) -> None:
    """Check register.db or crawl.db, where there is one."""
    if not path.exists():
        return
    with findings.readable(path.name), closing(readonly.connect(path)) as db:
        _check_database(db, path.name, findings)
