"""What a file is and what it says, also of files that were made to do harm."""

import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from files import pdf, sheet, whole, word
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Document
from crawler import cleaning
from crawler.clean import documents
from crawler.clean.documents import kind_of, read
from crawler.cleaning import Cleaner, document_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(**members: bytes | str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        *((pdf("甲"), "pdf"), (b"\xef\xbb\xbf\n%PDF-1.7", "pdf"), (word("甲"), "docx")),
        *((sheet(("甲",)), "xlsx"), (b"{\\rtf1 a}", "rtf"), (zipped(OFD_xml="<a/>"), "ofd")),
        *((OLE + "WordDocument".encode("utf-16-le"), "doc"), (OLE + b"x", "ole")),
        *(
            (OLE + "Workbook".encode("utf-16-le"), "xls"),
            (zipped(ppt__presentation_xml=""), "pptx"),
        ),
        *((OLE + "PowerPoint Document".encode("utf-16-le"), "ppt"), (zipped(a_xml="b"), None)),
        *((b"<html>%PDF" + b" " * 2000 + b"%PDF-1.4", None), (b"", None), (b"PK\x03\x04", None)),
    ],
)
def test_a_file_is_what_its_bytes_say(body: bytes, kind: str | None) -> None:
    assert kind_of(body) == kind


def test_opendocument_is_known_by_its_first_member() -> None:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    assert kind_of(file.getvalue()) == "odt"


def test_texts_are_read() -> None:
    assert read(pdf("第一行说报名", "第二行说日期")).text == "第一行说报名\n第二行说日期"
    assert read(word("一段", " ", "二段")).text == "一段\n二段"
    assert read(sheet(("姓名", None, 3), (None,), ("王建国",))).text == "Sheet\n姓名\t\t3\n王建国"


def test_lines_of_a_paragraph_are_joined_so_that_phrases_are_found() -> None:
    close = pdf("职工运动会定于五月", "中旬举行").replace(b"72 680 Td", b"72 706 Td")
    assert read(close).text == "职工运动会定于五月中旬举行"


def test_a_text_without_an_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LIMIT", 10)
    found = read(word("一二三四五六七八", "九十百千万"))
    assert (found.text, found.why) == ("一二三四五六七八\n九", "cut at 10 characters")


def test_without_the_library_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(documents, "import_module", missing)
    assert read(word("甲")).why == "docx is not installed: [attachments] has it"


@settings(max_examples=150)
@given(
    st.sampled_from([pdf("甲乙丙"), word("甲"), sheet(("甲",)), b"%PDF-1.4\n", b"{\\rtf", OLE]),
    st.lists(st.tuples(st.integers(0, 40_000), st.binary(max_size=20)), max_size=6),
    st.integers(0, 40_000),
)
def test_damage_never_raises(body: bytes, damage: list[tuple[int, bytes]], end: int) -> None:
    for place, with_ in damage:
        body = body[:place] + with_ + body[place + len(with_) :]
    found = read(body[: max(end, 10)])
    assert isinstance(found, Document)
    found.text.encode("utf-8")


def stream(piece: bytes, times: int) -> bytes:
    """A PDF of one page, whose content is a piece many times, packed."""
    pack = zlib.compressobj()
    packed = b"".join([*(pack.compress(piece) for _ in range(times)), pack.flush()]).decode(
        "latin-1"
    )
    return whole(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
            f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n{packed}\nendstream",
        ]
    )


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def document(piece: bytes, times: int = 1) -> bytes:
    """A .docx whose main part is a piece many times."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        part = f'<Override PartName="/word/document.xml" ContentType="{CONTENT}"/>'
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{types}">{part}</Types>')
        link = f'<Relationship Id="r1" Type="{kind}" Target="word/document.xml"/>'
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{links}">{link}</Relationships>')
        with archive.open("word/document.xml", "w") as xml:
            for _ in range(times):
                xml.write(piece)
    return file.getvalue()


def test_hostile_files_are_ended_told_of_and_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "DOCUMENT_MEMORY", 200 << 20)
    laughs = f'<!DOCTYPE d [<!ENTITY a0 "ha">{LAUGHS}]><w:document xmlns:w="{WORD}">&a11;'
    hostile = {
        "bomb": stream(bytes(1 << 20), 250),
        "packed": document(b" " * (1 << 20), 250),
        "laughs": document(laughs.encode()),
    }
    endless = stream(b"q Q 0 0 m 1 1 l S " * 30_000, 100)
    assert all(len(body) < 1 << 20 for body in (endless, *hostile.values()))
    cleaner = Cleaner(workers=1)
    try:
        futures = {name: cleaner.read(body) for name, body in hostile.items()}
        monkeypatch.setattr(cleaning, "DOCUMENT_TIMEOUT", 3.0)
        last = document_of(cleaner.read(endless), endless)
        monkeypatch.setattr(cleaning, "DOCUMENT_TIMEOUT", 60.0)
        found = {name: document_of(futures[name], hostile[name]) for name in hostile}
        after = document_of(cleaner.read(pdf("无恙")), b"")
    finally:
        cleaner.close()
    assert last.why == "reading took over 3 s and was stopped"
    assert (last.kind, last.text) == ("pdf", "")
    assert [found[name].kind for name in hostile] == ["pdf", "docx", "docx"]
    assert found["bomb"].why == "reading took over 200 MiB and was stopped"
    assert all(each.why and not each.text for each in found.values())
    assert after.text == "无恙"
