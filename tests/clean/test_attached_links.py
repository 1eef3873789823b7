"""Which links of an article lead to files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import article

from archive.records import Attachment
from crawler.clean import attachments, clean_page

URL = "http://www.songyuan.example/a/1.html"
HEAD = (
    "关于开展技能比武的通知",
    "各单位工会：现将技能比武的安排通知如下，请认真组织职工报名参加，并按时报送材料。",
)


def found(*links: str, below: str = "", encoding: str = "utf-8") -> list[tuple[str, str]]:
    page = article(*HEAD, "请于六月一日前将附件填好后报送区总工会经济部，联系人为王师傅。", *links)
    page = page.replace("</body>", f"{below}</body>").replace("utf-8", encoding)
    read = clean_page(page.encode(encoding), URL)
    return [
        (each.url.removeprefix("http://www.songyuan.example"), each.name)
        for each in read.attachments
    ]


@pytest.mark.parametrize(
    ("link", "file"),
    [
        ("<a href='/f/1.PDF'>报名表</a>", ("/f/1.PDF", "报名表")),
        ("<a href='b.doc#x'>附件1</a>", ("/a/b.doc", "附件1")),
        ("<a href='/down?file=x.xls'>下载</a>", ("/down?file=x.xls", "下载")),
        ("<a href='/d.jsp?id=3'>附件【名单.docx】</a>", ("/d.jsp?id=3", "附件【名单.docx】")),
        ("<a href='/d.jsp?id=4'>附件2：统计表</a>", ("/d.jsp?id=4", "附件2：统计表")),
        ("<a href='/f/表.ofd'>表</a>", ("/f/%E8%A1%A8.ofd", "表")),
        ("<a href='/a/2.html'>附件：又一篇</a>", None),
        ("<a href='/a/2.shtml'>x.pdf</a>", None),
        ("<a href='javascript:open(\"x.pdf\")'>x.pdf</a>", None),
        ("<a href='http://['>x.pdf</a>", None),
        ("<a href='/about'>关于</a>", None),
    ],
)
def test_links_to_files(link: str, file: tuple[str, str] | None) -> None:
    assert found(f"附件如下：{link}") == ([] if file is None else [file])


def test_an_address_is_as_it_is_asked_for_whatever_the_encoding_of_the_page() -> None:
    link = "<a href='/d?name=名单.xls'>名单</a>"
    assert found(link, encoding="gb18030") == [("/d?name=%C3%FB%B5%A5.xls", "名单")]


def test_files_are_listed_below_the_text_and_not_elsewhere() -> None:
    below = "<div class='fj'><a href='/f/1.pdf'>报名表.pdf</a></div>"
    far = "".join(f"<li><a href='/c/{n}/'>第{n}栏目</a></li>" for n in range(20))
    assert found(below=below + far + "<a href='/f/2.pdf'>手册.pdf</a>") == [
        ("/f/1.pdf", "报名表.pdf")
    ]


def test_there_are_not_more_than_a_reader_would_look_at() -> None:
    links = "".join(f"<p><a href='/f/{n}.pdf'>第{n}号表</a></p>" for n in range(50))
    assert len(found(links)) == attachments.MOST


@settings(max_examples=100)
@given(st.text(max_size=40), st.text(max_size=20))
def test_no_link_raises(href: str, words: str) -> None:
    page = article(*HEAD, "请看附件。" * 20).replace(
        "</body>", f'<p>附件：<a href="{href}">{words}</a></p></body>'
    )
    for each in clean_page(page.encode("utf-8", "replace"), URL).attachments:
        assert isinstance(each, Attachment)
        each.url.encode("ascii")
