"""The steps by which the schema of one of our databases came about; sqlite-utils takes them.

What has been taken is noted in its table `_sqlite_migrations`, so that `sqlite-utils migrate` reads
it too. It is imported when there is something to take: with it comes numpy and, where that is
installed, pandas, for which neither a search nor a page should wait.
"""

import sqlite3
from collections.abc import Callable

Step = Callable[[sqlite3.Connection], None]

_APPLIED = "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY rowid"
_NOTED = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_sqlite_migrations'"


class Schema:
    """Steps in their order, each under the name of its function: `@schema.step` adds one."""

    def __init__(self, name: str) -> None:
        self.name = name
        """What the set of steps is called in `_sqlite_migrations`."""
        self.steps: dict[str, Step] = {}

    def step(self, function: Step) -> Step:
        """Add a step, which changes the schema within the transaction it is called in."""
        self.steps[function.__name__] = function
        return function

    def applied(self, db: sqlite3.Connection) -> list[str]:
        """Give the names of the steps that a database has taken, in order, unknown ones too."""
        if not db.execute(_NOTED).fetchone():
            return []
        return [row[0] for row in db.execute(_APPLIED, [self.name])]

    def pending(self, db: sqlite3.Connection) -> list[str]:
        """Give the names of the steps that a database has still to take, in order."""
        applied = set(self.applied(db))
        return [name for name in self.steps if name not in applied]

    def unknown(self, db: sqlite3.Connection) -> list[str]:
        """Give the names of steps that a database has taken and we do not know: it is newer."""
        return [name for name in self.applied(db) if name not in self.steps]

    def apply(self, db: sqlite3.Connection, stop_before: str | None = None) -> None:
        """Take the steps that are pending, up to the one named; each is taken whole or not."""
        from sqlite_utils import Database, Migrations  # noqa: PLC0415 - see above

        migrations = Migrations(self.name)
        for name, step in self.steps.items():
            migrations(name=name)(lambda database, step=step: step(database.conn))
        database = Database(db, execute_plugins=False, recursive_triggers=False)
        migrations.apply(database, stop_before=stop_before)
