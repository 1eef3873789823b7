"""SQLite: a small archive.db of what was selected, which opens in Datasette as the whole one does.

Articles are whole in it, with all their versions; their reprints are those of the whole archive.
"""

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import IO

from archive.database import close, explained, open_for_writing
from archive.export.format import About, Format
from archive.export.wanted import Row
from archive.search import index as search

_TABLES = {
    "sites": "id IN (SELECT site FROM whole.articles WHERE id IN chosen)"
    " OR id IN (SELECT site FROM whole.captures WHERE article IN chosen)"
    " OR id IN (SELECT c.site FROM whole.captures AS c JOIN whole.attachments AS t"
    " ON t.capture = c.record_id WHERE t.article IN chosen)",
    "articles": "id IN chosen",
    **dict.fromkeys(
        (
            *("versions", "removals", "flags", "corrections"),
            *("reprints", "readings", "addresses", "attachments"),
        ),
        "article IN chosen",
    ),
    "former_ids": "address IN (SELECT id FROM whole.addresses WHERE article IN chosen)",
    "captures": "article IN chosen"
    " OR record_id IN (SELECT capture FROM whole.attachments WHERE article IN chosen)",
    "documents": "digest IN (SELECT document FROM whole.attachments WHERE article IN chosen)",
    "reprint_keys": "article IN (SELECT fts_pk FROM whole.articles WHERE id IN chosen)",
}
"""What of each table goes along."""


def write(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write a database, by way of a temporary one."""
    with tempfile.TemporaryDirectory(prefix="union-archive-") as folder:
        path = Path(folder) / "archive.db"
        _fill(path, rows, about.behind.holdings.archive_db)
        with path.open("rb") as made:
            shutil.copyfileobj(made, file, 1 << 20)


def _fill(path: Path, rows: Iterable[Row], whole: Path) -> None:
    """Make the database and copy the chosen rows into it."""
    with closing(open_for_writing(path)) as db, explained(path):
        db.execute("CREATE TEMP TABLE chosen (id TEXT PRIMARY KEY) WITHOUT ROWID")
        db.executemany("INSERT INTO chosen VALUES (?)", ([row["id"]] for row in rows))
        db.execute("ATTACH ? AS whole", [f"{whole.absolute().as_uri()}?mode=ro"])
        db.execute("BEGIN")
        db.execute("PRAGMA defer_foreign_keys = ON")
        for table, condition in _TABLES.items():
            names = ", ".join(
                f'"{row[1]}"' for row in db.execute(f"PRAGMA main.table_info({table})")
            )
            db.execute(
                f"INSERT INTO main.{table}({names}) SELECT {names} FROM whole.{table}"
                f" WHERE {condition}"
            )
        search.rebuild_index(db)
        db.execute("COMMIT")
        db.execute("DETACH whole")
        close(db)


FORMAT = Format(
    "sqlite",
    (".db", ".sqlite"),
    "SQLite",
    "a small archive.db, to be opened in Datasette",
    "application/vnd.sqlite3",
    write,
    without=("--versions", "--script", "--segment"),
    served=False,
)
