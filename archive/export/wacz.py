"""WACZ: the same captures with an index and a list of pages, for ReplayWeb.page and pywb.

https://specs.webrecorder.net/wacz/1.1.1/
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from archive.errors import UnionArchiveError
from archive.export import warc
from archive.export.extra import needed
from archive.export.format import About, Format
from archive.export.wanted import Row

CHUNK = 1 << 20
_PAGES = {"format": "json-pages-1.0", "id": "pages", "title": "Articles"}


def write(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write the ZIP file, by way of temporary ones."""
    indexer = needed("cdxj_indexer.main", "wacz").CDXJIndexer
    with tempfile.TemporaryDirectory(prefix="union-archive-") as folder:
        path, pages = Path(folder) / "data.warc.gz", Path(folder) / "pages.jsonl"
        with path.open("wb") as out, pages.open("w", encoding="utf-8") as listed:
            listed.write(json.dumps(_PAGES) + "\n")
            warc.write(_listing(rows, listed), out, about)
        cdxj = Path(folder) / "index.cdx"
        with cdxj.open("w", encoding="utf-8") as index:
            try:
                indexer(output=index, inputs=[str(path)], sort=True).process_all()
            except (ValueError, TypeError, OverflowError) as error:  # it reads not every WARC-Date
                raise UnionArchiveError(
                    f"the captures cannot be indexed ({error}); take them as warc"
                ) from error
        _pack(
            {"archive/data.warc.gz": path, "indexes/index.cdx": cdxj, "pages/pages.jsonl": pages},
            file,
            about,
        )


def _listing(rows: Iterable[Row], listed: IO[str]) -> Iterator[Row]:
    """Note each page while it passes."""
    for row in rows:
        page = {"id": row["id"], "url": row["url"], "ts": row["captured"], "title": row["title"]}
        listed.write(json.dumps(page, ensure_ascii=False) + "\n")
        yield row


def _pack(files: dict[str, Path], file: IO[bytes], about: About) -> None:
    """Put files into the ZIP, and what they are; WARC is stored, so that players can seek in it."""
    with zipfile.ZipFile(file, "w") as out:
        resources = []
        for name, path in files.items():
            kind = zipfile.ZIP_STORED if name.endswith((".gz", ".cdx")) else zipfile.ZIP_DEFLATED
            with path.open("rb") as source:
                digest = hashlib.file_digest(source, "sha256").hexdigest()
                source.seek(0)
                info = zipfile.ZipInfo(name)
                info.compress_type = kind
                with out.open(info, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target, CHUNK)
            resources.append(
                {
                    "name": Path(name).name,
                    "path": name,
                    "hash": f"sha256:{digest}",
                    "bytes": path.stat().st_size,
                }
            )
        package = {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "software": "Union Archive",
            "created": about.made,
            "title": f"Union Archive: {about.wanted.selection.query or 'articles'}",
            "resources": resources,
        }
        described = json.dumps(package, ensure_ascii=False, indent=2).encode()
        out.writestr("datapackage.json", described)
        signed = f"sha256:{hashlib.sha256(described).hexdigest()}"
        out.writestr(
            "datapackage-digest.json", json.dumps({"path": "datapackage.json", "hash": signed})
        )


FORMAT = Format(
    "wacz",
    (".wacz",),
    "WACZ",
    "the captures with an index, for ReplayWeb.page and pywb",
    "application/wacz",
    write,
    needs="cdxj_indexer",
    without=("--script", "--segment", "--removed"),
    served=False,
)
