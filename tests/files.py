"""Small files of our own writing, such as notices come with.

Those in documents/ LibreOffice 7.4 has saved for us in the formats of Office 97.
"""

import gzip
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import openpyxl


def pdf(*lines: str) -> bytes:
    """A PDF with lines of Chinese, in a font that it does not embed, as old ones have it."""
    shown = "\n".join(
        f"BT /F1 12 Tf 72 {720 - 40 * number} Td <{line.encode('utf-16-be').hex()}> Tj ET"
        for number, line in enumerate(lines)
    )
    fonts = "/Resources << /Font << /F1 5 0 R >> >>"
    origin = "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    box = "/FontBBox [0 -200 1000 800] /Ascent 800 /Descent -200 /CapHeight 700"
    kind = "/Type /Font /BaseFont /SimSun"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R {fonts} >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        f"<< {kind} /Subtype /Type0 /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        f"<< {kind} /Subtype /CIDFontType0 /DW 1000 {origin} /FontDescriptor 7 0 R >>",
        f"<< /Type /FontDescriptor /FontName /SimSun /Flags 4 {box} /ItalicAngle 0 /StemV 80 >>",
    ]
    return whole(objects)


def whole(objects: list[str]) -> bytes:
    """A PDF of these objects, the first of which is its catalogue."""
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + end.encode()


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return _saved(document)


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return _saved(book)


TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
OUTSIDE = "../../../tmp/union-archive-was-here"
"""The name of a member that is not to be unpacked where it says."""
PRESENTATION = "http://schemas.openxmlformats.org/presentationml/2006/main"


def saved(name: str) -> bytes:
    """A file of documents/."""
    return gzip.decompress((Path(__file__).parent / "documents" / f"{name}.gz").read_bytes())


def opendocument(content: str, before: str = "", kind: str = "text", times: int = 1) -> bytes:
    """A file whose content.xml has some XML so many times, and a document type before it."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", 0)
        archive.writestr(OUTSIDE, "")
        with archive.open("content.xml", "w") as xml:
            xml.write(f'{before}<c xmlns:t="{TEXT}" xmlns:b="{TABLE}">'.encode())
            for _ in range(times):
                xml.write(content.encode())
            xml.write(b"</c>")
    return file.getvalue()


def slides(*contents: str) -> bytes:
    """A .pptx with some XML on each slide."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("ppt/presentation.xml", "")
        for number, content in enumerate(contents, 1):
            xml = f'<p:sld xmlns:p="{PRESENTATION}" xmlns:a="{DRAWING}">{content}</p:sld>'
            archive.writestr(f"ppt/slides/slide{number}.xml", xml)
    return file.getvalue()


def _saved(document: object) -> bytes:
    file = BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()
