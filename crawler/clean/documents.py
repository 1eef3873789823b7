"""Files to Documents: what a file is, by its bytes, and its text where a library reads it.

Nothing here bounds time or memory: `crawler.cleaning` does, in a worker that can be killed.
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from io import BytesIO

from archive.records import Document
from crawler.clean import compound, packages

LIMIT = 1_000_000
"""Characters of a text that are kept."""
MAX_PAGES = 2_000
"""Pages of a PDF that are read."""
CONTENT_TYPES = (
    *("application/pdf", "application/msword", "application/rtf", "application/vnd.ms-excel"),
    *("application/vnd.ms-powerpoint", "application/vnd.openxmlformats-officedocument."),
    *("application/vnd.oasis.opendocument.", "application/ofd"),
)
"""How the types begin by which a file is known that nobody noted the purpose of."""
_WITHIN = 1024  # bytes in which a PDF may begin, as its readers have it
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {"WordDocument": "doc", "Workbook": "xls", "PowerPoint Document": "ppt"}
# ISO/IEC 29500 and 26300, GB/T 33190: names in a ZIP file stand in it as they are.
_ZIP_MEMBERS = {
    b"mimetypeapplication/vnd.oasis.opendocument.text": "odt",
    b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet": "ods",
    b"mimetypeapplication/vnd.oasis.opendocument.presentation": "odp",
    b"OFD.xml": "ofd",
    b"word/document": "docx",
    b"xl/workbook": "xlsx",
    b"ppt/presentation": "pptx",
}
_PACKED = {b"Rar!\x1a\x07": "rar", b"7z\xbc\xaf\x27\x1c": "7z"}  # as their makers have it
_SIGNS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_WITHOUT_SPACES = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_WRAPPED = re.compile(rf"(?<=[{_WITHOUT_SPACES}])[ \t]*\n[ \t]*(?=[{_WITHOUT_SPACES}])")


def kind_of(body: bytes) -> str | None:
    """What a file is by its bytes; None for what is no document."""
    if b"%PDF-" in body[:_WITHIN]:
        return "pdf"
    if body.startswith(b"{\\rtf"):
        return "rtf"
    if body.startswith(_OLE):
        names = ((name.encode("utf-16-le"), kind) for name, kind in _OLE_STREAMS.items())
        return next((kind for name, kind in names if name in body), "ole")
    if body.startswith(b"PK\x03\x04"):
        return next((kind for name, kind in _ZIP_MEMBERS.items() if name in body), "zip")
    return next((kind for sign, kind in _PACKED.items() if body.startswith(sign)), None)


def read(body: bytes) -> Document:
    """Read a file. What is wrong with it is told in the Document; only MemoryError is raised."""
    kind = kind_of(body)
    reader = _READERS.get(kind or "")
    if kind is None or reader is None:
        why = None if kind is None else f"no library reads the text of {kind} files"
        return Document(kind, len(body), why=why)
    try:
        text = _plain(reader(body))
    except ModuleNotFoundError as error:
        return Document(kind, len(body), why=f"{error.name} is not installed: [attachments] has it")
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - what a hostile file makes of a library is not known
        return Document(kind, len(body), why=f"damaged or protected: {type(error).__name__}")
    if len(text) > LIMIT:
        return Document(kind, len(body), text[:LIMIT], f"cut at {LIMIT} characters")
    return Document(kind, len(body), text, None if text else "there is no text in it")


def _pdf(body: bytes) -> Iterator[str]:
    """The text of a PDF; what stands close together, line below line, is a paragraph."""
    pdfminer = import_module("pdfminer.high_level")
    whole: str = pdfminer.extract_text(BytesIO(body), maxpages=MAX_PAGES)
    for paragraph in re.split(r"\n\s*\n|\f", whole):
        yield _WRAPPED.sub("", paragraph).replace("\n", " ")


def _docx(body: bytes) -> Iterator[str]:
    for part in import_module("docx").Document(BytesIO(body)).iter_inner_content():
        if hasattr(part, "rows"):
            yield from ("\t".join(cell.text for cell in row.cells) for row in part.rows)
        else:
            yield part.text


def _xlsx(body: bytes) -> Iterator[str]:
    book = import_module("openpyxl").load_workbook(BytesIO(body), read_only=True, data_only=True)
    for sheet in book.worksheets:
        yield sheet.title
        for row in sheet.iter_rows(values_only=True):
            yield "\t".join("" if value is None else str(value) for value in row)


def _rtf(body: bytes) -> Iterator[str]:
    """The text of an RTF file, which is in ASCII: what is not is written as escapes."""
    striprtf = import_module("striprtf.striprtf")
    whole: str = striprtf.rtf_to_text(body.decode("ascii", "ignore"), errors="replace")
    yield from whole.split("\n")


_READERS: dict[str, Callable[[bytes], Iterator[str]]] = {
    "pdf": _pdf,
    "docx": _docx,
    "xlsx": _xlsx,
    "pptx": packages.slides,
    "rtf": _rtf,
    "doc": compound.document,
    "xls": compound.workbook,
    "ppt": compound.presentation,
    **dict.fromkeys(("odt", "ods", "odp"), packages.opendocument),
}


def _plain(lines: Iterator[str]) -> str:
    """Put lines together, without empty ones and signs that no text has."""
    pieces: list[str] = []
    length = 0
    for line in lines:
        piece = _SIGNS.sub("", line.replace("\r", "\n")).strip()
        if piece:
            pieces.append(piece)
            length += len(piece) + 1
        if length > LIMIT:
            break
    return "\n".join(pieces)
