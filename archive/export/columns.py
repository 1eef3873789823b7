"""The data dictionary: every column of an export, stated once for all formats and the web page."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "integer", "day", "moment", "names", "objects"]
"""What a value is: a day is an ISO 8601 date, a moment that with time and Z, names a list of text,
objects a list of what has named fields."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export."""

    name: str
    kind: Kind
    description: str
    fields: tuple[str, ...] = ()
    """Of objects: the names of what each has; all are text but for a removal's position."""


COLUMNS = (
    Column("id", "text", "short name of the canonical address; it never changes"),
    Column("title", "text", "the title"),
    Column("published", "text", "date, or date and time with its offset, as the page says"),
    Column("day", "day", "day of publication; empty where it is not known"),
    Column("site", "text", "id of the site that the page was on"),
    Column("site_name", "text", "the site's name"),
    Column("site_kind", "text", "union or news; empty for a site that no site file names"),
    Column("region", "text", "the site's region, ISO 3166-2"),
    Column("source", "text", "来源: who published it first, as the page says"),
    Column("authors", "names", "names, without titles such as 记者"),
    Column("editor", "text", "责任编辑"),
    Column(
        "credits",
        "objects",
        "who had a hand in it and what the page calls that",
        ("role", "name"),
    ),
    Column("section", "text", "the site's section, such as 要闻"),
    Column("text", "text", "the text, paragraphs joined by a line feed"),
    Column("url", "text", "the address the page was read from"),
    Column("language", "text", "BCP 47: zh-Hans, zh-Hant, en"),
    Column("script", "text", "ISO 15924: Hans, Hant, Latn; as published, whatever was asked for"),
    Column("flags", "names", "doubts about the page; none are known of a superseded version"),
    Column("images", "objects", "pictures: address and caption", ("url", "caption")),
    Column(
        "attachments",
        "objects",
        "files that it leads to: what each is, and the WARC-Record-ID of its capture",
        ("url", "name", "kind", "capture"),
    ),
    Column("version", "integer", "number of the version, 1 being the first"),
    Column("capture", "text", "WARC-Record-ID of the response it was read from"),
    Column("captured", "moment", "when that response came"),
    Column("first_captured", "moment", "when the article was first captured"),
    Column("last_captured", "moment", "when the article was last captured"),
    Column("cluster", "text", "name of its reprint cluster; empty where it stands alone"),
    Column("origin", "text", "id of the likely origin of its cluster, or what stands for it"),
    Column(
        "reprint", "text", "what it is beside that: origin, same, abridged, extended, spun, clone"
    ),
    Column("published_rule", "text", "how the date was found"),
    Column("encoding", "text", "the encoding the bytes were read in, as Python names it"),
    Column("encoding_evidence", "text", "why that one"),
)
"""In the order in which formats with columns have them."""

REMOVALS = Column(
    "removals",
    "objects",
    "what cleaning took out, with its place in the extracted text",
    ("kind", "rule", "text", "position", "replacement"),
)
"""Comes last, where it is asked for."""


def columns(*, removals: bool) -> tuple[Column, ...]:
    """Give the columns of an export."""
    return (*COLUMNS, REMOVALS) if removals else COLUMNS


def dictionary() -> str:
    """Write the data dictionary as Markdown."""
    lines = [
        f"| `{each.name}` | {_kind(each)} | {each.description} |" for each in columns(removals=True)
    ]
    head = "# Columns\n\nIn all formats that have columns; `removals` only where asked for.\n\n"
    return f"{head}| column | kind | what it is |\n| --- | --- | --- |\n" + "\n".join(lines) + "\n"


def _kind(column: Column) -> str:
    return f"{column.kind}: {', '.join(column.fields)}" if column.fields else column.kind
