"""What an export is, so that it can be told years later and checked: a JSON file beside it."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from archive.crosswalk import LICENCE
from archive.export.format import About, Format
from archive.version import version

SUFFIX = ".manifest.json"


def manifest(about: About, format_: Format, files: dict[str, Path]) -> str:
    """Write the manifest of an export whose files these are, by their names in it."""
    db = about.behind.db
    first = db.execute("SELECT captured, record_id FROM captures ORDER BY 1, 2 LIMIT 1").fetchone()
    said = {
        "made": about.made,
        "format": format_.name,
        "asked": about.wanted.as_json(),
        "rows": about.total,
        "holdings": {
            "first_capture": None if first is None else first[1],
            "articles": db.execute("SELECT count(*) FROM articles").fetchone()[0],
            "address": about.address,
        },
        "code": f"union-archive {version()}",
        "read_by": sorted(row[0] for row in db.execute("SELECT DISTINCT cleaner FROM versions")),
        "licence": LICENCE,
        "withdrawn": [
            {"article": row[0], "at": row[1]}
            for row in db.execute("SELECT DISTINCT article, at FROM withdrawn ORDER BY 1, 2")
        ],
        "files": [
            {"name": name, "bytes": path.stat().st_size, "sha256": digest(path)}
            for name, path in files.items()
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def digest(path: Path) -> str:
    """Give a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Give the files below a folder by their names in it, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path
