"""Files that articles lead to: captured, listed, found by their words, and gone when withdrawn."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from decided import everything
from files import pdf, sheet, word
from loopback import Answer, LoopbackSite, article, put_site, rows
from loopback import union_archive as command

from archive.database import open_readonly
from archive.search.results import Hit, search
from archive.warc.reading import captures
from crawler.cli import union_archive
from crawler.fetch.frontier import ATTACHMENT, IMAGE

FORM, LIST_OF_NAMES, OLD = "/files/报名表.pdf", "/files/7.xlsx", "/download?id=3"
ASKED = "/files/%E6%8A%A5%E5%90%8D%E8%A1%A8.pdf"
OFD = b"PK\x03\x04OFD.xml"
KEYS = """article = '^/a/\\d+'
delay = 0
images = true
sources = [{ list = "/news/" }]"""


def check(holdings: Path, *arguments: str) -> str:
    """Run a command in this process, which Scrapy may not share."""
    done = CliRunner().invoke(union_archive, ["-C", str(holdings), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def crawl(holdings: Path, *arguments: str) -> None:
    done = command(holdings, "crawl", *arguments)
    assert done.returncode == 0, done.stderr


def notice(number: int, *links: str, picture: str = "") -> str:
    below = "".join(f"<p>{link}</p>" for link in links)
    page = article(
        f"关于举办第{number}届职工运动会的通知",
        "各基层工会：为丰富职工文化生活，经研究决定于五月中旬举办职工运动会，现将有关事项通知如下。",
        "请各单位认真组织报名，于四月二十日前将报名表报送区总工会宣教部，逾期不予受理。",
    )
    return page.replace("</div></body>", f"{picture}{below}</div></body>")


def fill(site: LoopbackSite) -> None:
    site.pages["/news/"] = "<a href='/a/1'>关于举办运动会的通知</a> <a href='/a/2'>又一个通知</a>"
    site.pages["/a/1"] = notice(
        1,
        f"附件1：<a href='{FORM}'>运动员报名表.pdf</a>",
        f"<a href='{LIST_OF_NAMES}'>附件2：裁判员名单</a>",
        f"<a href='{OLD}'>附件【健康承诺书.doc】</a>",
        "<a href='/files/moved.docx'>秩序册</a> <a href='/files/lost.docx'>已撤下的文件.docx</a>",
        "<a href='http://elsewhere.invalid/x.pdf'>别处的文件.pdf</a>",
        "<a href='/files/page.pdf'>一张网页.pdf</a> <a href='/a/2'>附件：又一个通知</a>",
        picture="<img src='/pictures/1.png' alt='去年的运动会'>",
    )
    site.pages["/a/2"] = notice(2, f"<a href='{LIST_OF_NAMES}'>裁判员名单</a>")
    kinds = {"Content-Type": "application/octet-stream"}
    site.pages[ASKED] = Answer(pdf("拔河比赛须有八名队员同时上场"), headers=kinds)
    names = sheet(("裁判员", "单位"), ("牛得草", "松原造纸厂"))
    site.pages[LIST_OF_NAMES] = Answer(names, headers=kinds)
    site.pages[OLD] = Answer(OFD)
    site.pages["/files/moved.docx"] = Answer(status=302, headers={"Location": "/files/book.docx"})
    site.pages["/files/book.docx"] = Answer(word("开幕式由龙舟队领跑"), headers=kinds)
    site.pages["/files/page.pdf"] = "<html><body>请先登录</body></html>"
    site.pages["/pictures/1.png"] = Answer(b"\x89PNG\r\n", headers={"Content-Type": "image/png"})


@pytest.fixture(scope="module")
def site() -> Iterator[LoopbackSite]:
    with LoopbackSite() as served:
        fill(served)
        yield served


@pytest.fixture(scope="module")
def crawled(site: LoopbackSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    holdings = tmp_path_factory.mktemp("attachments") / "h"
    put_site(holdings, site, KEYS)
    crawl(holdings)
    return holdings


@pytest.fixture
def held(crawled: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(crawled, tmp_path / "h"))


def first(holdings: Path) -> str:
    found = rows(holdings, "SELECT id FROM articles WHERE title LIKE '%第1届%'")
    return str(found[0][0])


def hits(holdings: Path, query: str) -> list[Hit]:
    with closing(open_readonly(holdings / "archive.db")) as db:
        return list(search([db], query).results)


def test_files_are_captured_by_the_same_way_as_pages(crawled: Path, site: LoopbackSite) -> None:
    asked = site.paths()
    for path in (ASKED, LIST_OF_NAMES, OLD, "/files/book.docx", "/pictures/1.png"):
        assert asked.count(path) == 1, path
    assert asked[0] == "/robots.txt"
    roles = {
        stored.capture.url.removeprefix(site.url): stored.role
        for path in (crawled / "warc").iterdir()
        for stored in captures(path)
    }
    assert roles[ASKED] == roles["/files/book.docx"] == ATTACHMENT
    assert roles["/pictures/1.png"] == IMAGE


def test_files_are_listed_by_what_they_are(crawled: Path) -> None:
    shown = json.loads(check(crawled, "show", first(crawled), "--json"))["attachments"]
    assert [(each["name"], each["kind"]) for each in shown] == [
        ("运动员报名表.pdf", "pdf"),
        ("附件2：裁判员名单", "xlsx"),
        ("附件【健康承诺书.doc】", "ofd"),
        ("秩序册", "docx"),
        ("已撤下的文件.docx", None),
        ("别处的文件.pdf", None),
        ("一张网页.pdf", None),
        ("附件：又一个通知", None),
    ]
    assert shown[2]["why"] == "no library reads the text of ofd files"
    text = check(crawled, "show", first(crawled))
    assert "file:      运动员报名表.pdf (pdf," in text
    assert "别处的文件.pdf (not captured)" in text


@pytest.mark.parametrize(
    ("query", "name"),
    [
        *(("八名队员", "运动员报名表.pdf"), ("牛得草", "附件2：裁判员名单"), ("龍舟隊", "秩序册")),
        *(("attachment:造纸厂", "附件2：裁判员名单"), ("职工运动会 造纸厂", "附件2：裁判员名单")),
    ],
)
def test_an_article_is_found_by_its_files_which_are_named(
    crawled: Path, query: str, name: str
) -> None:
    found = [hit for hit in hits(crawled, query) if hit.id == first(crawled)]
    assert [hit.attachment for hit in found] == [name]


def test_the_command_names_the_file(crawled: Path) -> None:
    assert "in the attached file 运动员报名表.pdf: 拔河" in check(crawled, "search", "八名队员")


def test_a_search_of_bodies_is_as_it_was(crawled: Path) -> None:
    assert hits(crawled, "text:八名队员") == []
    assert [hit.attachment for hit in hits(crawled, "宣教部")] == [None, None]


def test_a_second_crawl_asks_for_the_files_that_are_missing_alone(
    held: Path, site: LoopbackSite
) -> None:
    site.pages["/files/lost.docx"] = word("现已补上")
    before = len(site.log)
    try:
        crawl(held)
    finally:
        del site.pages["/files/lost.docx"]
    asked = [each.path for each in site.log[before:]]
    assert not {ASKED, LIST_OF_NAMES, OLD}.intersection(asked)
    assert [hit.attachment for hit in hits(held, "现已补上")] == ["已撤下的文件.docx"]


def test_rebuild_and_reclean_give_the_same(held: Path, tmp_path: Path) -> None:
    before = everything(held)
    assert len(before["documents"]) == 4
    check(held, "rebuild", str(tmp_path / "again"))
    assert everything(tmp_path / "again") == before
    check(held, "reclean", "--site", "songyuan")
    assert everything(held) == before
    check(held, "verify")


def test_captures_come_to_the_same_in_the_other_order(held: Path, tmp_path: Path) -> None:
    from archive.store import Store
    from crawler.cleaning import Cleaner
    from crawler.intake import Intake, Rules
    from crawler.rebuild import keeper
    from crawler.sitefile.loading import load_sites

    warcs = [stored for path in (held / "warc").iterdir() for stored in captures(path)]
    want = everything(held)
    warcs.sort(key=lambda stored: stored.capture.captured, reverse=True)
    with (
        closing(Cleaner(workers=1)) as cleaner,
        Store(tmp_path / "archive.db", want["versions"][0][4]) as store,
    ):
        rules = Rules(cleaner, load_sites(held / "sites"))
        intake = Intake(keeper(store), held / "warc", rules, lambda *_: None)
        for stored in warcs:
            intake.take(stored)
        intake.finish()
    found = everything(tmp_path)
    assert found["attachments"] == want["attachments"]
    assert found["documents"] == want["documents"]
    assert len(hits(tmp_path, "牛得草")) == 2


def test_merge_brings_files_along(crawled: Path, tmp_path: Path) -> None:
    check(tmp_path / "h", "merge", str(crawled))
    assert everything(tmp_path / "h")["attachments"] == everything(crawled)["attachments"]


def test_what_is_withdrawn_takes_its_files_along_but_for_others(held: Path, tmp_path: Path) -> None:
    before = everything(held)
    gone = first(held)
    check(held, "withdraw", gone, "--reason", "asked for")
    kinds = rows(held, "SELECT kind FROM documents")
    assert kinds == [("xlsx",)]  # the other article has it too
    assert "八名队员".encode() not in (held / "archive.db").read_bytes()
    assert hits(held, "八名队员") == []
    check(held, "verify")
    check(held, "rebuild", str(tmp_path / "again"))
    assert everything(tmp_path / "again") == everything(held)
    with closing(sqlite3.connect(held / "register.db")) as db:
        withheld = {row[0] for row in db.execute("SELECT record_id FROM withdrawn_records")}
    urls = {
        url for path in (held / "warc").iterdir() for url, id_ in _records(path) if id_ in withheld
    }
    assert any(url.endswith(ASKED) for url in urls)
    assert any(url.endswith("/pictures/1.png") for url in urls)
    assert not any(url.endswith(LIST_OF_NAMES) for url in urls)
    check(held, "withdraw", "--undo", gone)
    assert everything(held) == before


def _records(path: Path) -> list[tuple[str, str]]:
    return [(stored.capture.url, stored.capture.record_id) for stored in captures(path)]


def test_files_are_exported(crawled: Path, tmp_path: Path) -> None:
    check(crawled, "export", str(tmp_path / "a.jsonl"), "--query", "八名队员")
    line = json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8"))
    assert line["attachments"][0]["name"] == "运动员报名表.pdf"
    assert line["attachments"][0]["kind"] == "pdf"
    check(crawled, "export", str(tmp_path / "a.db"), "--query", "八名队员")
    with closing(sqlite3.connect(tmp_path / "a.db")) as db:
        assert db.execute("SELECT count(*) FROM attachments").fetchone() == (8,)
        assert db.execute("SELECT count(*) FROM documents").fetchone() == (4,)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    check(crawled, "export", str(tmp_path / "a.warc.gz"), "--query", "八名队员")
    urls = [url for url, _ in _records(tmp_path / "a.warc.gz")]
    assert any(url.endswith(ASKED) for url in urls)


def test_single_pages_bring_their_files(site: LoopbackSite, tmp_path: Path) -> None:
    done = command(tmp_path / "h", "fetch", f"{site.url}/a/1")
    assert done.returncode == 0, done.stderr
    assert [hit.attachment for hit in hits(tmp_path / "h", "八名队员")] == ["运动员报名表.pdf"]


def get(holdings: Path, path: str) -> str:
    """Ask plain Datasette with our plugin for a page."""

    async def ask() -> str:
        answer = await Datasette([str(holdings / "archive.db")]).client.get(path)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    return asyncio.run(ask())


def test_readers_see_the_files_and_which_was_found(crawled: Path) -> None:
    page = get(crawled, f"/a/{first(crawled)}")
    assert 'id="files"' in page
    assert "运动员报名表.pdf" in page
    assert "no library reads the text of ofd files" in page
    listed = json.loads(get(crawled, f"/a/{first(crawled)}.json"))["attachments"]
    assert [each["kind"] for each in listed[:4]] == ["pdf", "xlsx", "ofd", "docx"]
    found = get(crawled, "/search?q=八名队员")
    assert "In the attached file 运动员报名表.pdf:" in found
    assert "<mark>八名队员</mark>" in found
    assert "In the attached file" not in get(crawled, "/search?q=宣教部")
