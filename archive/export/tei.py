"""TEI P5 XML: a corpus of texts, each with its header.

https://tei-c.org/release/doc/tei-p5-doc/en/html/ref-teiCorpus.html
"""

from collections.abc import Iterable
from typing import IO

from archive.export.format import About, Format
from archive.export.wanted import Row
from archive.markup import escaped

_USE = "Texts belong to their publishers and are kept here for research."


def write(rows: Iterable[Row], file: IO[bytes], about: About) -> None:
    """Write a teiCorpus with a TEI for each row."""
    asked = escaped(about.wanted.selection.query or "all articles")
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">\n'
        f"<teiHeader><fileDesc><titleStmt><title>Union Archive: {asked}</title></titleStmt>"
        f"<publicationStmt><publisher>Union Archive</publisher>"
        f'<date when="{escaped(about.made[:10])}"/>'
        f"<availability><p>{_USE}</p></availability></publicationStmt>"
        f"<sourceDesc><p>{about.total} texts of {escaped(about.address)}</p></sourceDesc>"
        "</fileDesc></teiHeader>\n"
    )
    file.write(head.encode())
    for row in rows:
        file.write(_text(row, about).encode())
    file.write(b"</teiCorpus>\n")


def _text(row: Row, about: About) -> str:
    """Give a TEI element; what is not known is left out."""
    id_ = f"{row['id']}-v{row['version']}"
    authors = row["authors"] if isinstance(row["authors"], list) else []
    who = "".join(f"<author>{escaped(name)}</author>" for name in authors)
    link = escaped(about.permalink(row))
    title = f"<title>{escaped(row['title'])}</title>"
    day = f'<date when="{escaped(row["day"])}"/>' if row["day"] else ""
    site = f"<publisher>{escaped(row['site_name'])}</publisher>" if row["site_name"] else ""
    source = f'<note type="source">{escaped(row["source"])}</note>' if row["source"] else ""
    language = escaped(row["language"] or "und")
    lines = str(row["text"]).split("\n")
    body = "\n".join(f"<p>{escaped(line)}</p>" for line in lines if line.strip())
    return (
        f'<TEI xml:id="a-{escaped(id_)}" xml:lang="{language}">\n<teiHeader><fileDesc>'
        f"<titleStmt>{title}{who}</titleStmt>"
        f'<publicationStmt><publisher>Union Archive</publisher><idno type="URI">{link}</idno>'
        f"</publicationStmt><sourceDesc><bibl>{title}{who}{site}{day}"
        f'<idno type="URL">{escaped(row["url"])}</idno>{source}</bibl></sourceDesc></fileDesc>'
        f"</teiHeader>\n<text><body>\n<head>{escaped(row['title'])}</head>\n{body or '<p/>'}\n"
        "</body></text>\n</TEI>\n"
    )


FORMAT = Format(
    "tei",
    (".tei.xml", ".xml"),
    "TEI XML",
    "a TEI P5 corpus",
    "application/tei+xml; charset=utf-8",
    write,
    without=("--removed",),
)
