"""Text of the binary files of Word, PowerPoint and Excel 97 to 2003, which WPS writes as well.

Each is a compound file of streams, which olefile reads; a stream's layout is that of Microsoft's
open specifications: [MS-DOC] and [MS-PPT]. xlrd reads workbooks.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO, StringIO
from itertools import pairwise
from struct import iter_unpack, unpack_from
from typing import Any

_WORD_97 = 0x00C1  # nFib, [MS-DOC] 2.5.1
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200  # flags of FibBase
_FLAGS, _CCP_TEXT, _FC_CLX = 0x0A, 0x4C, 0x1A2  # places in the FIB
_PRC, _PCDT = 1, 2
_COMPRESSED = 1 << 30
_FIELD = re.compile(r"([\x13-\x15])")
_SIGNS = str.maketrans({"\x07": "\t", "\x0b": "\n", "\x0c": "\n", "\r": "\n"})

_RECORD = 8  # bytes of a RecordHeader, [MS-PPT] 2.3.1
_CONTAINER = 0xF
_TEXT_CHARS, _TEXT_BYTES = 0x0FA0, 0x0FA8
_MASTERS = (0x03F8, 0x0FC9)  # what stands on them is for whoever writes slides
_NUMBER = "*"  # stands for a slide's number, its date, its footer


def _streams(body: bytes, *names: str) -> list[bytes]:
    with import_module("olefile").OleFileIO(BytesIO(body)) as file:
        return [file.openstream(name).read() if file.exists(name) else b"" for name in names]


def document(body: bytes) -> Iterator[str]:
    """Give the lines of a document's main text, what was struck out under review among them.

    Rows of tables are lines, cells apart by tabs. Raises ValueError for one that is protected or
    older than Word 97, OSError, IndexError or struct.error for a damaged one.
    """
    main, *tables = _streams(body, "WordDocument", "0Table", "1Table")
    version, flags = unpack_from("<H", main, 2)[0], unpack_from("<H", main, _FLAGS)[0]
    if version < _WORD_97 or flags & _ENCRYPTED:
        raise ValueError("protected, or older than Word 97")
    length, (start, size) = unpack_from("<i", main, _CCP_TEXT)[0], unpack_from("<II", main, _FC_CLX)
    clx = tables[bool(flags & _TABLE_1)][start : start + size]
    text = "".join(_pieces(main, clx))[:length]
    shown = "".join(_shown(text)).replace("\x07\x07", "\n")
    yield from shown.translate(_SIGNS).split("\n")


def _pieces(main: bytes, clx: bytes) -> Iterator[str]:
    """Give the pieces of a text in order, [MS-DOC] 2.4.1 and 2.9.38."""
    place = 0
    while clx[place] == _PRC:
        place += 3 + unpack_from("<H", clx, place + 1)[0]
    if clx[place] != _PCDT:
        raise ValueError("no piece table")
    size = unpack_from("<I", clx, place + 1)[0]
    count, place = (size - 4) // 12, place + 5
    ends = unpack_from(f"<{count + 1}I", clx, place)
    if any(end < begin for begin, end in pairwise(ends)):
        raise ValueError("a piece that ends before it begins")
    pieces = iter_unpack("<HIH", clx[place + 4 * (count + 1) : place + size])
    for (begin, end), (_, where, _) in zip(pairwise(ends), pieces, strict=False):
        if where & _COMPRESSED:
            first = (where & ~_COMPRESSED) // 2
            yield main[first : first + end - begin].decode("cp1252", "replace")
        else:
            yield main[where : where + 2 * (end - begin)].decode("utf-16-le", "replace")


def _shown(text: str) -> Iterator[str]:
    """Leave out of fields how they are made: code, separator, what is shown, end."""
    codes: list[bool] = []  # of the fields that are open, whether it is their code that is read
    hidden = 0
    for piece in _FIELD.split(text):
        if piece == "\x13":
            codes.append(True)
            hidden += 1
        elif piece == "\x14" and codes:
            hidden -= codes[-1]
            codes[-1] = False
        elif piece == "\x15" and codes:
            hidden -= codes.pop()
        elif not hidden:
            yield piece


def presentation(body: bytes) -> Iterator[str]:
    """Give the lines of all slides and notes. Raises OSError or struct.error for a damaged one."""
    (stream,) = _streams(body, "PowerPoint Document")
    place = 0
    while place + _RECORD <= len(stream):
        version, kind, size = unpack_from("<HHI", stream, place)
        place += _RECORD
        if version & 0xF == _CONTAINER and kind not in _MASTERS:
            continue
        if kind in (_TEXT_CHARS, _TEXT_BYTES):
            encoding = "utf-16-le" if kind == _TEXT_CHARS else "latin-1"
            text = stream[place : place + size].decode(encoding, "replace")
            if text != _NUMBER:
                yield from text.translate(_SIGNS).split("\n")
        place += size


def workbook(body: bytes) -> Iterator[str]:
    """Give the name of each sheet and its rows, cells apart by tabs. Raises as xlrd does."""
    xlrd = import_module("xlrd")
    # What it complains of is no business of a reader's.
    book = xlrd.open_workbook(file_contents=body, logfile=StringIO(), on_demand=True)
    for sheet in book.sheets():
        yield sheet.name
        for row in sheet.get_rows():
            yield "\t".join(_value(xlrd, cell, book.datemode) for cell in row)


def _value(xlrd: Any, cell: Any, datemode: int) -> str:  # noqa: ANN401 - xlrd has no types
    if cell.ctype == xlrd.XL_CELL_DATE:
        return str(xlrd.xldate_as_datetime(cell.value, datemode))
    if cell.ctype in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_BOOLEAN):
        return ""
    whole = isinstance(cell.value, float) and cell.value.is_integer()
    return str(int(cell.value) if whole else cell.value)
