"""What another holdings' register and archive know beside their captures, folded into ours."""

import sqlite3
from collections.abc import Mapping

from archive import rows
from archive.register.register import Register


def merge_registers(ours: Register, theirs: Register, at: str) -> list[str]:
    """Take in another register's decisions and lines; give in words what contradicts ours.

    Where both decided about the same, ours stays, and theirs is kept as one that `at` ended.
    """
    with ours.transaction() as db:
        conflicts = [
            *_withdrawals(db, theirs.db),
            *_corrections(db, theirs.db, at),
        ]
        for table in ("withdrawn_records", "withdrawn_addresses", "address_rules"):
            for row in theirs.db.execute(f"SELECT * FROM {table}").fetchall():
                _insert(db, table, dict(row))
        db.executemany(
            "INSERT INTO boilerplate VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET learned = min(learned, excluded.learned)",
            theirs.db.execute("SELECT site, line, learned FROM boilerplate").fetchall(),
        )
        for row in theirs.db.execute("SELECT site, reason, by, at, resumed FROM pauses").fetchall():
            known = db.execute(
                "SELECT 1 FROM pauses WHERE site = ? AND at = ?", [row["site"], row["at"]]
            )
            if not known.fetchone():
                _insert(db, "pauses", dict(row))
    return conflicts


def _withdrawals(db: sqlite3.Connection, theirs: sqlite3.Connection) -> list[str]:
    conflicts = []
    for row in theirs.execute("SELECT * FROM withdrawals ORDER BY at, id").fetchall():
        known = db.execute("SELECT undone FROM withdrawals WHERE id = ?", [row["id"]]).fetchone()
        if known is None:
            _insert(db, "withdrawals", dict(row))
        elif (known["undone"] is None) != (row["undone"] is None):
            here, there = ("stays withdrawn", "taken back")
            if known["undone"] is not None:
                here, there = ("stays in the archive", "still withdrawn")
            conflicts.append(f"{row['article']}: {there} there, {here} here: {row['reason']}")
    return conflicts


def _corrections(db: sqlite3.Connection, theirs: sqlite3.Connection, at: str) -> list[str]:
    conflicts = []
    for row in theirs.execute("SELECT * FROM corrections ORDER BY at, rowid").fetchall():
        if db.execute("SELECT 1 FROM corrections WHERE id = ?", [row["id"]]).fetchone():
            continue
        mine = db.execute(
            "SELECT value FROM corrections WHERE article = ? AND field = ? AND undone IS NULL",
            [row["article"], row["field"]],
        ).fetchone()
        undone = row["undone"]
        if undone is None and mine is not None:
            undone = at
            if mine["value"] != row["value"]:
                conflicts.append(
                    f"{row['article']}: {row['field']} is corrected to {mine['value']} here, to"
                    f" {row['value']} there; ours stays"
                )
        _insert(db, "corrections", {**dict(row), "undone": undone})
    return conflicts


def _insert(db: sqlite3.Connection, table: str, row: Mapping[str, rows.Value]) -> None:
    db.execute(f"{rows.insert(table, row)} ON CONFLICT DO NOTHING", row)


def merge_runs(db: sqlite3.Connection, theirs: sqlite3.Connection) -> None:
    """Take in another archive's runs and their sites, in the caller's transaction."""
    for row in theirs.execute("SELECT * FROM sites").fetchall():
        _insert(db, "sites", dict(row))
    for row in theirs.execute("SELECT * FROM runs ORDER BY started, id").fetchall():
        place = [row["site"], row["started"]]
        query = "SELECT 1 FROM runs WHERE site = ? AND started = ?"
        if not db.execute(query, place).fetchone():
            _insert(db, "runs", {key: row[key] for key in row.keys() if key != "id"})  # noqa: SIM118
