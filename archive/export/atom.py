"""Atom (RFC 4287) with whole texts."""

from collections.abc import Iterable
from typing import IO

from archive.export.format import About, Format
from archive.export.wanted import Row
from archive.markup import escaped, moment


def write(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write a feed with an entry for each row."""
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{escaped(about.address)}</id>\n"
        f"<title>{escaped(about.wanted.selection.query or '*')} · Union Archive</title>\n"
        f"<updated>{moment(about.made)}</updated>\n<author><name>Union Archive</name></author>\n"
    )
    file.write(head.encode())
    for row in rows:
        file.write(_entry(row, about).encode())
    file.write(b"</feed>\n")


def _entry(row: Row, about: About) -> str:
    link = escaped(about.permalink(row))
    published = moment(str(row["published"] or ""))
    authors = row["authors"] if isinstance(row["authors"], list) else []
    names = authors or [name for name in (row["source"], row["site_name"]) if name][:1]
    parts = [
        f"<id>{link}</id>",
        f"<title>{escaped(row['title'] or row['id'])}</title>",
        f"<updated>{moment(str(row['captured']))}</updated>",
        f"<published>{published}</published>" if published else "",
        f'<link rel="alternate" type="text/html" href="{link}"/>',
        *(f"<author><name>{escaped(name)}</name></author>" for name in names),
        f'<content type="text">{escaped(row["text"])}</content>',
    ]
    return "\n".join(["<entry>", *filter(None, parts), "</entry>", ""])


FORMAT = Format(
    "atom",
    (".atom",),
    "Atom",
    "a feed with whole texts",
    "application/atom+xml; charset=utf-8",
    write,
    without=("--removed",),
    served=False,  # readers have a feed of the newest at that address
)
