"""The demo's archive, page by page, beside what the author of the sample sites wrote."""

import html
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import archived
import pytest
from conftest import Demo
from fastwarc.warc import ArchiveIterator
from loopback import rows, union_archive

from archive.addresses.urls import article_id, canonical_url
from archive.reader import Kept, find, read
from archive.records import Article
from archive.store import Store
from archive.warc.reading import captures
from crawler.demo import truth as told
from crawler.demo.content import EDITIONS, sample_sites
from crawler.demo.pages import answer
from crawler.demo.server import SampleSites

Key = tuple[str, str]
BEFORE = {(page.site, page.path): page for page in told.truth(1)}
AFTER = {(page.site, page.path): page for page in told.truth(2)}
LAST = BEFORE | AFTER
"""Every page in the last edition that had it."""
ARTICLES = [
    pytest.param(page, id=f"{page.site}{page.path}")
    for page in LAST.values()
    if page.kind == "article"
]
CHANGED = {
    key
    for key, page in AFTER.items()
    if page.kind == "article" and page.paragraphs != BEFORE[key].paragraphs
}
GONE = BEFORE.keys() - AFTER.keys()
OUTCOMES = {"soft_404": "soft_404", "block_page": "block_page", "list": "list"}


def bare(text: str | None) -> str:
    """A text without its white space, which pages and readers lay out as they like."""
    return re.sub(r"\s+", "", text or "")


def key_of(site: str, url: str) -> Key:
    parts = urlsplit(url)
    return site, parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture(scope="module")
def db(demo: Demo) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(demo.holdings / "archive.db")) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


@pytest.fixture(scope="module")
def kept(db: sqlite3.Connection) -> dict[Key, Kept]:
    """Every article of the archive by site and path."""
    found = [read(db, row[0]) for row in db.execute("SELECT id FROM articles")]
    return {key_of(one.site or "", one.article.url): one for one in found}


def asked(db: sqlite3.Connection) -> dict[Key, list[str]]:
    """What each address came to, every time that it was asked for."""
    outcomes: dict[Key, list[str]] = {}
    for row in db.execute("SELECT site, url, outcome FROM captures ORDER BY captured"):
        outcomes.setdefault(key_of(row["site"], row["url"]), []).append(row["outcome"])
    return outcomes


def test_the_archive_holds_the_articles_and_nothing_else(kept: dict[Key, Kept]) -> None:
    assert kept.keys() == {key for key, page in LAST.items() if page.kind == "article"}
    for one in kept.values():
        assert one.id == article_id(canonical_url(one.article.url))


@pytest.mark.parametrize("page", ARTICLES)
class TestPage:
    @pytest.fixture
    def article(self, kept: dict[Key, Kept], page: told.Truth) -> Article:
        return kept[page.site, page.path].article

    def test_title(self, article: Article, page: told.Truth) -> None:
        assert bare(article.title) == bare(page.title)

    def test_date(self, article: Article, page: told.Truth) -> None:
        assert page.is_dated(article.published), (article.published, page.published)

    def test_names(self, article: Article, page: told.Truth) -> None:
        got = (article.source, article.authors, article.editor)
        assert got == (page.source, page.authors, page.editor)
        assert page.section in (None, article.section)

    def test_the_whole_text(self, article: Article, page: told.Truth) -> None:
        text = bare(article.text)
        missing = [
            wanted
            for wanted in (page.first, page.last, *page.paragraphs, *page.cells)
            if bare(wanted) not in text
        ]
        assert missing == []

    def test_nothing_but_the_text(self, article: Article, page: told.Truth) -> None:
        text = bare(article.text)
        assert [unwanted for unwanted in page.forbidden if bare(unwanted) in text] == []

    def test_flags(self, article: Article, page: told.Truth) -> None:
        assert {flag.name for flag in article.flags} == set(page.flags)
        assert all(0 < flag.score <= 100 and flag.evidence for flag in article.flags)

    def test_removals_give_back_what_the_page_showed(
        self, article: Article, page: told.Truth
    ) -> None:
        extracted, end = article.extracted, 0
        cleaned = []
        for cut in article.removals:
            assert cut.position >= end
            cleaned += [extracted[end : cut.position], cut.replacement]
            end = cut.position + len(cut.text)
            assert extracted[cut.position : end] == cut.text
            assert cut.text or cut.replacement
        assert "".join([*cleaned, extracted[end:]]) == article.text
        shown = bare(served(page))
        assert [line for line in extracted.splitlines() if bare(line) not in shown] == []


def served(page: told.Truth) -> str:
    """What the page showed in its editions, as its author meant its bytes to be read."""
    kit = sample_sites()[page.site]
    shown = ""
    for edition in EDITIONS:
        for written in kit.edition(edition):
            if written.path == page.path:
                body = answer(kit, page.path, edition, kit.home.rstrip("/")).body
                shown += body.decode(written.charset or kit.charset)
    return html.unescape(re.sub(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]+>", "", shown))


def test_pages_that_are_none_are_recorded_as_what_they_are(db: sqlite3.Connection) -> None:
    known = asked(db)
    for key, page in LAST.items():
        if page.kind in OUTCOMES:
            assert set(known[key]) <= {OUTCOMES[page.kind], "unchanged"}, key
        elif page.kind == "redirect":
            assert set(known[key]) == {"redirect"}
            assert set(known[page.site, page.to]) <= {"article", "unchanged"}
    for key in GONE:
        assert known[key] == ["article", "gone"]


def test_what_robots_forbid_was_never_asked_for(demo: Demo) -> None:
    forbidden = {key for key, page in LAST.items() if page.kind == "forbidden"}
    assert forbidden
    seen = {
        path
        for file in (demo.holdings / "warc").iterdir()
        for stored in captures(file)
        for _, path in [key_of("", stored.capture.url)]
    }
    assert {path for _, path in forbidden}.isdisjoint(seen)
    assert {path for _, path in LAST.keys() - forbidden} <= seen


def test_a_changed_page_has_two_versions_and_a_gone_one_its_last(
    db: sqlite3.Connection, kept: dict[Key, Kept]
) -> None:
    assert {key for key, one in kept.items() if one.version != 1} == CHANGED
    (changed,), (gone,) = CHANGED, GONE
    old, current = db.execute(
        "SELECT title, text FROM versions WHERE article = ? ORDER BY number", [kept[changed].id]
    ).fetchall()
    assert tuple(current) == (None, None)  # the article's own
    assert all(bare(text) in bare(old["text"]) for text in BEFORE[changed].paragraphs)
    assert old["text"] != kept[changed].article.text
    assert bare(BEFORE[gone].last) in bare(kept[gone].article.text)


def test_a_copy_on_the_mirror_points_to_its_original(kept: dict[Key, Kept]) -> None:
    copies = [one for one in kept.values() if one.site == "mirror"]
    assert copies
    for copy in copies:
        first = copy.siblings[0]
        assert (first.kind, first.site) in {("origin", "shuofang"), ("origin", "linlan")}
        assert first.published is not None
        assert first.published[:10] == (copy.article.published or "")[:10]
        assert [each.kind for each in copy.siblings if each.article == copy.id] == ["clone"]


def test_the_file_is_sound(demo: Demo) -> None:
    with Store(demo.holdings / "archive.db") as store:
        archived.sound(store.db)


def test_an_address_leads_to_its_article(db: sqlite3.Connection, kept: dict[Key, Kept]) -> None:
    for one in kept.values():
        assert find(db, one.article.url) == one.id


def test_warc_files_are_whole_to_warcio_and_fastwarc(demo: Demo, db: sqlite3.Connection) -> None:
    files = sorted((demo.holdings / "warc").iterdir())
    assert files
    assert all(file.name.endswith(".warc.gz") for file in files)
    check = [sys.executable, "-m", "warcio.cli", "check", "-v", *map(str, files)]
    checked = subprocess.run(check, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert "digest pass" in checked.stdout
    responses = set()
    for file in files:
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=False):
                assert record.verify_block_digest()
                if record.headers["WARC-Type"] in ("response", "revisit"):
                    responses.add(record.record_id.strip("<>"))
    recorded = {row[0] for row in db.execute("SELECT record_id FROM captures")}
    assert recorded <= responses


NATURAL = """
    SELECT id, title, text, published, site, source, authors, editor, section, url, language,
           flags, version, (SELECT group_concat(position || ' ' || kind || ' ' || rule || text)
                            FROM removals WHERE article = articles.id ORDER BY number) AS removed
    FROM articles ORDER BY id"""
EARLIER = "SELECT article, number, captured, title, text FROM versions ORDER BY article, number"


def test_the_warc_files_alone_give_the_same_archive(demo: Demo, tmp_path: Path) -> None:
    for file in (demo.holdings / "sites").iterdir():
        (tmp_path / "sites").mkdir(exist_ok=True)
        (tmp_path / "sites" / file.name).write_bytes(file.read_bytes())
    done = union_archive(tmp_path, "ingest", str(demo.holdings / "warc"))
    assert done.returncode == 0, done.stderr
    for query in (NATURAL, EARLIER):
        assert rows(tmp_path, query) == rows(demo.holdings, query)


@pytest.mark.usefixtures("alone")
def test_a_third_crawl_changes_nothing(demo: Demo) -> None:
    before: list[Any] = [rows(demo.holdings, query) for query in (NATURAL, EARLIER)]
    ((home,),) = rows(demo.holdings, "SELECT home FROM sites WHERE id = 'shuofang'")
    with SampleSites(port=urlsplit(str(home)).port) as sites:
        sites.edition = 2
        done = union_archive(demo.holdings, "crawl", *sites.site_files())
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert len(said) == len(sample_sites())
    assert all(": 0 new, 0 changed, " in line and " 0 errors" in line for line in said), said
    assert [rows(demo.holdings, query) for query in (NATURAL, EARLIER)] == before


def test_searching_finds_the_demos_articles_in_either_script(demo: Demo) -> None:
    totals = {}
    for query in ("工会", "工會", "工", "covid-19", "ＣＯＶＩＤ-19", "author:陈堃"):
        done = union_archive(demo.holdings, "search", query, "--json", "--limit", "0")
        totals[query] = json.loads(done.stdout)["total"]
    assert totals["工会"] == totals["工會"] > 20
    assert totals["工"] >= totals["工会"]
    assert totals["covid-19"] == totals["ＣＯＶＩＤ-19"] >= 1
    assert totals["author:陈堃"] >= 1
