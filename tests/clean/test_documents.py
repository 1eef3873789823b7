"""What a file is and what it says, also of files that were made to do harm."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from files import OUTSIDE, opendocument, pdf, saved, sheet, slides, whole, word
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Document
from crawler import cleaning
from crawler.clean import compound, documents
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
        *((OLE + "PowerPoint Document".encode("utf-16-le"), "ppt"), (zipped(a_xml="b"), "zip")),
        *((b"Rar!\x1a\x07\x01\x00", "rar"), (b"7z\xbc\xaf\x27\x1c\x00", "7z"), (b"PK", None)),
        *((b"<html>%PDF" + b" " * 2000 + b"%PDF-1.4", None), (b"", None)),
    ],
)
def test_a_file_is_what_its_bytes_say(body: bytes, kind: str | None) -> None:
    assert kind_of(body) == kind


def test_texts_are_read() -> None:
    assert read(pdf("第一行说报名", "第二行说日期")).text == "第一行说报名\n第二行说日期"
    assert read(word("一段", " ", "二段")).text == "一段\n二段"
    assert read(sheet(("姓名", None, 3), (None,), ("王建国",))).text == "Sheet\n姓名\t\t3\n王建国"


def test_files_of_old_office_are_read() -> None:
    pledge = "健康承诺书\n本人自愿参加“职工运动会”，身体状况良好 (healthy)。"
    names = "姓名\t单位\n王建国\t松原造纸厂"
    signed = "Signed by the participant: café."
    assert read(saved("pledge.doc")) == Document("doc", 18_432, f"{pledge}\n{names}\n{signed}")
    days = "牛得草\t2012-03-04 00:00:00\t2.5"
    assert read(saved("referees.xls")).text == f"裁判员\n姓名\t场次\t3\n{days}\n共20人"
    assert read(saved("slides.ppt")).text == "劳动安全讲座\nFirst aid 急救\n第二讲 防暑"
    words = b"{\\rtf1\\ansicpg936 \\'d6\\'b0\\'b9\\'a4\\par \\u36816?\\u21160?\\u20250?}"
    assert read(words).text == "职工\n运动会"


def test_opendocument_and_slides_are_read() -> None:
    line = "<t:p>甲<!-- 乙 --><t:s/>丙<t:line-break/>丁</t:p>"
    struck = "<t:tracked-changes><t:p>戊</t:p></t:tracked-changes>"
    cells = "".join(f"<b:table-cell><t:p>{name}</t:p></b:table-cell>" for name in "己庚")
    content = f"{struck}<t:h>题</t:h>{line}<b:table-row>{cells}</b:table-row>"
    for kind, name in (("text", "odt"), ("spreadsheet", "ods"), ("presentation", "odp")):
        found = read(opendocument(content, kind=kind))
        assert (found.kind, found.text) == (name, "题\n甲 丙\n丁\n己\t庚")
    table = "<b:table-row><b:table-cell><t:p>内</t:p></b:table-cell></b:table-row>"
    cell = f"<b:table-cell><t:p>一</t:p><t:p>二</t:p>{table}</b:table-cell>"
    note = "<t:p>前<o:annotation xmlns:o='{}'><t:p>批注</t:p></o:annotation>后</t:p>".format(
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    )
    assert read(opendocument(f"<b:table-row>{cell}</b:table-row>{note}")).text == "一 二 内\n前后"
    lines = [f"<a:p><a:r><a:t>第{n}讲</a:t></a:r></a:p>" for n in range(1, 12)]
    assert read(slides(*lines)).text.split("\n") == [f"第{n}讲" for n in range(1, 12)]


def test_pieces_of_a_word_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def document(*pieces: tuple[bytes, int], flags: int = 0, version: int = 0xC1) -> str:
        main, ends, places = bytearray(0x200), [0], b""
        for text, width in pieces:
            at = len(main) if width == 2 else len(main) * 2 | 1 << 30
            ends.append(ends[-1] + len(text) // width)
            places += struct.pack("<HIH", 0, at, 0)
            main += text
        struct.pack_into("<H", main, 2, version)
        struct.pack_into("<H", main, 0x0A, flags)
        struct.pack_into("<i", main, 0x4C, ends[-1] - len("footer"))
        plc = struct.pack(f"<{len(ends)}I", *ends) + places
        clx = b"\1\2\0??" + b"\2" + struct.pack("<I", len(plc)) + plc
        struct.pack_into("<II", main, 0x1A2, 0, len(clx))
        monkeypatch.setattr(compound, "_streams", lambda *_: [bytes(main), clx, b""])
        return "\n".join(compound.document(b""))

    field = "\x13 HYPERLINK \x13x\x15 \x14职工\x15之家\r".encode("utf-16-le")
    row = b"a\x07b\x07\x07"
    last = b"\x93c\x94footer"
    assert document((field, 2), (row, 1), (last, 1)) == "职工之家\na\tb\n“c”"
    for wrong in ({"flags": 0x0100}, {"version": 0x68}):
        with pytest.raises(ValueError, match="protected, or older than Word 97"):
            document((b"a", 1), **wrong)


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
    st.sampled_from(
        [
            *(pdf("甲乙丙"), word("甲"), sheet(("甲",)), b"%PDF-1.4\n", b"{\\rtf", OLE),
            *map(saved, ("pledge.doc", "referees.xls", "slides.ppt")),
            *(opendocument("<t:p>甲</t:p>"), slides("<a:p><a:t>甲</a:t></a:p>")),
        ]
    ),
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
SECRET = f'<!ENTITY secret SYSTEM "{Path(__file__).as_uri()}">'
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
    entities = f'<!DOCTYPE d [<!ENTITY a0 "ha">{LAUGHS}]>'
    laughs = f'{entities}<w:document xmlns:w="{WORD}">&a11;'
    hostile = {
        "bomb": stream(bytes(1 << 20), 250),
        "packed": document(b" " * (1 << 20), 250),
        "laughs": document(laughs.encode()),
        "spaces": opendocument(" " * (1 << 20), times=250),
        "elements": opendocument("<t:p><t:s/>" * (1 << 16), times=20),
        "more laughs": opendocument('<t:p t:n="&a11;">', entities),
        "secret": opendocument("<t:p>&secret;</t:p>", f"{entities[:-2]}{SECRET}]>"),
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
    assert [found[name].kind for name in hostile] == ["pdf", "docx", "docx", *["odt"] * 4]
    assert found["bomb"].why == "reading took over 200 MiB and was stopped"
    assert found.pop("secret").text == "&secret;"
    assert not Path("/", OUTSIDE.replace("../", "")).exists()
    assert all(each.why and not each.text for each in found.values())
    assert after.text == "无恙"
