"""What exports are in each format, as other programs read them."""

import csv
import io
import json
import re
import sqlite3
import sys
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import bagit
import bibtexparser
import openpyxl
import pyarrow.parquet
import pytest
import rispy
from archived import fill, sound
from click.testing import CliRunner, Result
from ebooklib import epub
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from archive.crosswalk import LICENCE
from archive.database import open_readonly
from archive.errors import UnionArchiveError, UsageError
from archive.export import FORMATS, corpus, xlsx
from archive.export.columns import COLUMNS, columns, dictionary
from archive.export.delivery import Delivery
from archive.export.folder import unfolded
from archive.export.format import About
from archive.export.manifest import digest
from archive.export.texts import FRONT, markdown
from archive.export.wanted import Wanted
from archive.holdings import Holdings
from archive.records import Article, Capture
from archive.store import Store
from crawler.commands.export import command

ROOT = Path(__file__).parents[2]
SERVED = [each for each in FORMATS.values() if each.served]
HOSTILE = "../../etc/passwd\n\x00\u202e<b>&\"'{}\\" + "长" * 4000
TEI = {"t": "http://www.tei-c.org/ns/1.0"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}
ABOUT = About(Wanted(), 1, "http://a.example/", "2026-11-26T00:00:00Z")
BLANK: dict[str, object] = {column.name: None for column in COLUMNS}


@pytest.fixture
def holdings(tmp_path: Path) -> Holdings:
    """The archive of `archived`, and an article whose title no file can have."""
    made = Holdings(tmp_path / "holdings")
    made.ensure()
    fill(made.archive_db)
    with Store(made.archive_db) as store:
        article = Article(
            "http://h.example/x", HOSTILE, HOSTILE + "字" * 40_000, "2011-05-01T08:30Z"
        )
        at = "2026-01-09T00:00:00Z"
        store.save(Capture("urn:uuid:9", article.url, at, 200, "", "", "w", 9), article, "haigang")
    return made


def run(holdings: Holdings, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=holdings)


def export(holdings: Holdings, out: Path, *arguments: str) -> Path:
    result = run(holdings, str(out), *arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return out


def lines(holdings: Holdings, *arguments: str) -> list[Any]:
    result = run(holdings, "-", "--format", "jsonl", *arguments)
    assert result.exit_code == 0, result.exception
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_workbook_has_days_as_days_and_the_whole_of_long_texts(
    holdings: Holdings, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(export(holdings, tmp_path / "a.xlsx"))
    heads, *rows = book["Articles"].iter_rows(values_only=True)
    assert list(heads) == [column.name for column in COLUMNS]
    first = dict(zip(heads, rows[0], strict=True))
    assert (first["day"], first["captured"]) == (
        datetime.fromisoformat("2011-05-01"),
        datetime.fromisoformat("2026-01-09"),
    )
    assert str(first["text"]).endswith(xlsx.NOTICE)
    parts = list(book[xlsx.PARTS].iter_rows(min_row=2, values_only=True))
    whole = str(first["text"]).removesuffix(xlsx.NOTICE) + "".join(str(row[4]) for row in parts)
    assert whole.count("字") == 40_000
    assert [row[:4] for row in parts] == [(first["id"], 1, "text", 2)]
    assert rows[3][1] == "'=1+1 \ufffd[2J"


def test_a_cell_has_room_for_utf_16_units(tmp_path: Path) -> None:
    rare = "\U00020000" * 20_000
    with (tmp_path / "a.xlsx").open("wb") as file:
        xlsx.write([{**BLANK, "id": "a", "version": 1, "text": rare}], file, ABOUT)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    place = [column.name for column in COLUMNS].index("text") + 1
    first = str(book["Articles"].cell(2, place).value)
    assert first.removesuffix(xlsx.NOTICE) + str(book[xlsx.PARTS]["E2"].value) == rare


def test_a_workbook_goes_on_in_another_sheet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 3)
    with (tmp_path / "a.xlsx").open("wb") as file:
        xlsx.write(({**BLANK, "id": str(number)} for number in range(5)), file, ABOUT)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [book[name].max_row for name in ("Articles", "Articles 2", "Articles 3")] == [3, 3, 2]


def test_parquet_is_typed_and_described(holdings: Holdings, tmp_path: Path) -> None:
    table = pyarrow.parquet.read_table(export(holdings, tmp_path / "a.parquet"))
    assert table.schema.names == [column.name for column in COLUMNS]
    for column in COLUMNS:
        said = table.schema.field(column.name).metadata[b"description"].decode()
        assert said == column.description
    assert [str(table.schema.field(name).type) for name in ("day", "captured", "version")] == [
        *("date32[day]", "timestamp[us, tz=UTC]", "int32")
    ]
    rows = table.to_pylist()
    assert rows[2]["authors"] == ["王芳", "李雷"]
    assert (rows[0]["day"], rows[0]["captured"]) == (
        date(2011, 5, 1),
        datetime(2026, 1, 9, tzinfo=UTC),
    )
    assert [row["text"] for row in rows] == [row["text"] for row in lines(holdings)]
    removed = pyarrow.parquet.read_table(export(holdings, tmp_path / "b.parquet", "--removed"))
    assert removed.to_pylist()[2]["removals"][1]["position"] == 5


def test_sqlite_is_an_archive(holdings: Holdings, tmp_path: Path) -> None:
    out = export(holdings, tmp_path / "part.db", "--query", "工会")
    with closing(open_readonly(out)) as db:
        assert [row[0] for row in db.execute("SELECT title FROM articles ORDER BY fts_pk")] == [
            *("朔方工会换届", "碼頭工會罷工")
        ]
        assert db.execute("SELECT count(*) FROM versions").fetchone()[0] == 3
    copy = sqlite3.connect(out, isolation_level=None)
    copy.close()
    with Store(out) as store:
        sound(store.db)
    part = Holdings(tmp_path / "again")
    part.ensure()
    out.rename(part.archive_db)
    assert lines(part) == lines(holdings, "--query", "工会")


@pytest.mark.parametrize("more", [("--versions", "all"), ("--script", "simplified")])
def test_an_archive_has_articles_whole(holdings: Holdings, tmp_path: Path, more: Any) -> None:
    result = run(holdings, str(tmp_path / "a.db"), *more)
    assert isinstance(result.exception, UsageError)
    assert not (tmp_path / "a.db").exists()


@pytest.mark.parametrize("suffix", ["md", "txt", "corpus"])
def test_folders_have_a_file_for_each_article(
    holdings: Holdings, tmp_path: Path, suffix: str
) -> None:
    folder = export(holdings, tmp_path / f"all.{suffix}")
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    ids = [row["id"] for row in lines(holdings)]
    texts = [name for name in files if Path(name).stem in ids]
    assert len(texts) == 4
    assert {"manifest.json", "columns.md"} <= files.keys()
    said = json.loads(files["manifest.json"].read_text(encoding="utf-8"))
    assert {each["name"]: each["sha256"] for each in said["files"]} == {
        name: digest(path) for name, path in files.items() if name != "manifest.json"
    }
    zipped = export(holdings, tmp_path / f"all.{suffix}.zip")
    with zipfile.ZipFile(zipped) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            name: path.read_bytes()
            for name, path in files.items()
            if name not in ("manifest.json", "columns.md")
        }


def test_front_matter_is_read_back(holdings: Holdings, tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    folder = export(holdings, tmp_path / "a.md")
    for row in lines(holdings):
        text = (folder / row["id"][:2] / f"{row['id']}.md").read_text(encoding="utf-8")
        front = yaml.safe_load(text.split("---\n")[1])
        assert (front["title"], front["url"]) == (row["title"], row["url"])


@given(st.text("a工1 .)-+=#&;mp<>*_`~[]!\\|\"'", min_size=1).filter(str.strip))
@example("1. 会议纪要 &amp; 2) 通知")
def test_markdown_shows_the_very_signs(text: str) -> None:
    row = dict.fromkeys(FRONT) | {"id": "ab", "title": text, "text": text, "version": 1}
    ((_, body),) = markdown([row], ABOUT)
    assert isinstance(body, bytes)
    shown = MarkdownIt("commonmark").render(body.decode().partition("\n---\n")[2])
    title, paragraph = (unescape(re.sub("<[^>]*>", "", part)) for part in shown.splitlines())
    assert (title.split(), paragraph.split()) == (text.split(), text.split())


def test_a_corpus_has_a_table_of_its_files(holdings: Holdings, tmp_path: Path) -> None:
    folder = export(holdings, tmp_path / "a.corpus")
    head, *rows = (folder / "metadata.tsv").read_text(encoding="utf-8").split("\n")[:-1]
    assert {row.count("\t") for row in rows} == {head.count("\t")}
    table = csv.DictReader([head, *rows], delimiter="\t", strict=True)
    for cells, row in zip(table, lines(holdings), strict=True):
        assert (folder / cells["file"]).read_bytes().decode() == row["text"] + "\n"
        assert cells["title"].removeprefix("'") == " ".join(row["title"].split())


def test_a_quotation_mark_swallows_no_row_of_the_table(tmp_path: Path) -> None:
    titles = ['"五一"前夕', '"未完', "工资"]
    rows = [{**BLANK, "id": str(n), "title": title} for n, title in enumerate(titles)]
    unfolded(corpus.pieces(rows, ABOUT), tmp_path)
    with (tmp_path / corpus.TABLE).open(encoding="utf-8", newline="") as table:
        assert [cells["title"] for cells in csv.DictReader(table, delimiter="\t")] == titles


def test_a_book_says_what_it_contains(holdings: Holdings, tmp_path: Path) -> None:
    book = epub.read_epub(export(holdings, tmp_path / "a.epub"))
    pages = {item.file_name: item for item in book.get_items() if item.file_name.endswith(".xhtml")}
    said = pages["contents-of-this-book.xhtml"].get_content().decode()
    assert "4 articles, 2009-05-01 – 2011-05-01" in said
    assert "朔方省总工会: 1" in said
    text = "".join(page.get_content().decode() for page in pages.values())
    assert "大会选举李明为主席。" in text
    assert [section[0].title for section in book.toc[1:]] == [
        *("Without a site", "朔方省总工会", "海港職工盟")
    ]


def test_a_book_has_its_limits() -> None:
    with pytest.raises(UnionArchiveError, match="got 5001 articles, expected at most 5000"):
        Delivery(FORMATS["epub"], Wanted()).expect(5001)


def test_tei_and_atom_are_xml(holdings: Holdings, tmp_path: Path) -> None:
    corpus = etree.parse(export(holdings, tmp_path / "a.tei.xml"))
    titles = corpus.xpath(
        "//t:TEI/t:teiHeader/t:fileDesc/t:titleStmt/t:title/text()", namespaces=TEI
    )
    assert titles[1:] == ["碼頭工會罷工", "朔方工会换届", "=1+1 \ufffd[2J"]
    assert corpus.xpath("//t:bibl/t:date/@when", namespaces=TEI)[-1] == "2009-05-01"
    feed = etree.parse(export(holdings, tmp_path / "a.atom"))
    assert len(feed.xpath("/a:feed/a:entry[a:id and a:title and a:updated]", namespaces=ATOM)) == 4
    contents = feed.xpath("//a:entry[3]/a:content/text()", namespaces=ATOM)
    assert contents == ["大会选举李明为主席。\n会后合影。"]


def test_reference_managers_read_the_citations(holdings: Holdings, tmp_path: Path) -> None:
    ids = [row["id"] for row in lines(holdings)]
    entries = rispy.loads(export(holdings, tmp_path / "a.ris").read_text(encoding="utf-8"))
    assert [entry["id"] for entry in entries] == ids
    entry = entries[2]
    assert (entry["type_of_reference"], entry["title"]) == ("ELEC", "朔方工会换届")
    assert (entry["authors"], entry["year"]) == (["王芳", "李雷"], "2009")
    items = json.loads(export(holdings, tmp_path / "a.csl.json").read_text(encoding="utf-8"))
    assert [item["id"] for item in items] == ids
    assert items[2]["issued"] == {"date-parts": [[2009, 5, 1]]}
    parsed = bibtexparser.parse_string(export(holdings, tmp_path / "a.bib").read_text("utf-8"))
    assert parsed.failed_blocks == []
    assert [each.key for each in parsed.entries] == ids
    assert parsed.entries[2].fields_dict["author"].value == "{王芳} and {李雷}"


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("warc", "wacz")])
def test_the_same_bytes_come_again_and_through_a_pipe(
    holdings: Holdings, tmp_path: Path, name: str
) -> None:
    if name in ("epub", "xlsx", "sqlite", "atom", "tei"):  # these say when they were made
        assert run(holdings, "-", "--format", name).stdout_bytes
        return
    piped = [run(holdings, "-", "--format", name).stdout_bytes for _ in range(2)]
    assert piped[0] == piped[1]
    if FORMATS[name].pieces is None:
        assert export(holdings, tmp_path / "out", "--format", name).read_bytes() == piped[0]


def test_the_manifest_says_what_it_is(holdings: Holdings, tmp_path: Path) -> None:
    out = export(holdings, tmp_path / "a.csv", "--query", "工会", "--cluster", "one")
    said = json.loads((tmp_path / "a.csv.manifest.json").read_text(encoding="utf-8"))
    assert said["asked"] == {
        "query": "工会",
        "cluster": "one",
        "versions": "latest",
        "script": "published",
        "segmented": False,
        "removals": False,
    }
    assert (said["rows"], said["holdings"]["articles"], said["read_by"]) == (2, 4, ["", "1"])
    assert said["files"] == [{"name": "a.csv", "bytes": out.stat().st_size, "sha256": digest(out)}]
    assert said["licence"] == LICENCE
    metadata = json.loads((ROOT / "datasette_metadata.json").read_text(encoding="utf-8"))
    assert metadata["license"] == LICENCE


@pytest.mark.parametrize("name", ["csv", "markdown"])
def test_a_bag_is_valid_until_it_is_changed(holdings: Holdings, tmp_path: Path, name: str) -> None:
    folder = export(holdings, tmp_path / "bag", "--bagit", "--format", name)
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert bag.info["Access-Rights"] == LICENCE
    assert (folder / "data" / "columns.md").read_text(encoding="utf-8") == dictionary()
    with (folder / "data" / "columns.md").open("ab") as file:
        file.write(b"x")
    with pytest.raises(bagit.BagValidationError):
        bag.validate()


def test_versions(holdings: Holdings) -> None:
    every = lines(holdings, "--versions", "all", "--site", "shuofang")
    assert [(row["version"], row["title"]) for row in every] == [(2, "朔方工会换届"), (1, "旧题")]
    assert every[1]["flags"] == []
    assert [row["capture"] for row in every] == ["urn:uuid:1", "urn:uuid:0"]
    (then,) = lines(holdings, "--versions", "as of 2026-01-01")
    assert (then["title"], then["text"]) == ("旧题", "旧文。")
    assert len(lines(holdings, "--versions", "as of 2026-01-03")) == 2
    cited = run(holdings, "-", "--format", "bibtex", "--versions", "all").stdout
    entries = bibtexparser.parse_string(cited).entries
    assert [each.key for each in entries if each.key.startswith(every[0]["id"])] == [
        f"{row['id']}-v{row['version']}" for row in every
    ]
    said = run(holdings, "-", "--format", "csv", "--versions", "all").stderr
    assert said == "5 versions exported to -\n"


def test_one_of_each_cluster_and_origins(holdings: Holdings) -> None:
    text = "工人代表在会上提出，高温津贴应当按月发放，不得以防暑降温饮料充抵。" * 5
    with Store(holdings.archive_db) as store:
        for number, (site, day) in enumerate(
            [("haigang", "2020-01-01"), ("shuofang", "2020-01-02")]
        ):
            page = Article(f"http://r.example/{number}", "高温津贴按月发", text, day)
            at = f"2026-02-0{number + 1}T00:00:00Z"
            capture = Capture(f"urn:uuid:r{number}", page.url, at, 200, "", "", "w", number)
            store.save(capture, page, site)
    both = lines(holdings, "--query", "高温津贴")
    assert [row["site"] for row in both] == ["shuofang", "haigang"]
    assert {row["origin"] for row in both} == {both[1]["id"]}
    for policy in ("one", "origins"):
        assert [
            row["site"] for row in lines(holdings, "--query", "高温津贴", "--cluster", policy)
        ] == ["haigang"]
        assert len(lines(holdings, "--cluster", policy)) == 5
    here = ["--query", "高温津贴", "--site", "shuofang", "--cluster"]
    assert len(lines(holdings, *here, "one")) == 1
    assert run(holdings, "-", "--format", "csv", *here, "origins").exit_code == 1


def test_words_apart(holdings: Holdings, tmp_path: Path) -> None:
    plain = {row["id"]: row for row in lines(holdings)}
    found = {row["id"]: row for row in lines(holdings, "--segment")}
    for id_, row in found.items():
        assert row["title"] == plain[id_]["title"]
        assert "".join(row["text"].split()) == "".join(plain[id_]["text"].split())
        assert row["text"].count("\n") == plain[id_]["text"].count("\n")
    assert any("大会 选举" in row["text"] for row in found.values())
    files = export(holdings, tmp_path / "a.corpus", "--segment") / "texts"
    assert any("大会 选举" in path.read_text("utf-8") for path in files.rglob("*.txt"))


def test_scripts(holdings: Holdings) -> None:
    simplified = {row["id"]: row for row in lines(holdings, "--script", "simplified")}
    for row in lines(holdings, "--script", "traditional"):
        other = simplified[row["id"]]
        assert (row["url"], row["script"]) == (other["url"], other["script"])
    titles = {row["title"] for row in simplified.values()}
    assert {"码头工会罢工", "朔方工会换届"} <= titles


def test_a_canned_export(holdings: Holdings, tmp_path: Path) -> None:
    path = holdings.root / "exports.toml"
    path.write_text('[old]\nquery = "工会"\nto = "2009"\nformat = "csv"\n', encoding="utf-8")
    out = export(holdings, tmp_path / "anything", "--canned", "old")
    plain = export(holdings, tmp_path / "b.csv", "--query", "工会", "--to", "2009")
    assert out.read_bytes() == plain.read_bytes()
    assert len(lines(holdings, "--canned", "old", "--to", "2010")) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "not there; it would have a [old] with query, site"),
        ("[new]\n", "got --canned 'old', expected one of its exports: new"),
        ("[old]\nquerry = 'x'\n", "got querry = 'x', expected text for query"),
        ("[old]\nquery = 7\n", "got query = 7, expected text"),
        ("[old\n", "not TOML"),
    ],
)
def test_a_wrong_canned_export(holdings: Holdings, text: str | None, said: str) -> None:
    if text is not None:
        (holdings.root / "exports.toml").write_text(text)
    result = run(holdings, "-", "--canned", "old", "--format", "csv")
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cluster", "x"], "got --cluster 'x', expected all, one, origins"),
        (["--script", "x"], "got --script 'x', expected published, simplified, traditional"),
        (["--versions", "as of x"], "got --versions 'as of x', expected latest, all or 'as of"),
        (["--script", "simplified", "--removed"], "leave out --removed"),
        (["--segment", "--removed"], "leave out --removed"),
        (["--bagit"], "a bag is a folder; name one instead of -"),
        (["--format", "ris", "--removed"], "got --removed for format ris, which has no place"),
        (["--format", "epub", "--removed"], "got --removed for format epub"),
        (["--format", "csl", "--segment"], "got --segment for format csl"),
        (["--format", "warc", "--script", "simplified"], "got --script for format warc"),
    ],
)
def test_wrong_wishes_are_one_clear_line(
    holdings: Holdings, arguments: list[str], said: str
) -> None:
    result = run(holdings, "-", "--format", "csv", *arguments)
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)


@pytest.mark.parametrize("name", [each.name for each in FORMATS.values() if each.needs])
def test_a_missing_extra_is_named(
    holdings: Holdings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, FORMATS[name].needs, None)
    result = run(holdings, str(tmp_path / "out"), "--format", name)
    assert isinstance(result.exception, UnionArchiveError)
    assert "pip install 'union-archive[export]'" in str(result.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].write])
def test_a_full_disk_is_one_clear_line(holdings: Holdings, name: str) -> None:
    result = run(holdings, "/dev/full", "--format", name)
    assert isinstance(result.exception, UnionArchiveError), result.exc_info
    assert "\n" not in str(result.exception)


def test_a_folder_is_a_new_one(holdings: Holdings, tmp_path: Path) -> None:
    out = tmp_path / "a.md"
    out.mkdir()
    (out / "mine").write_text("before")
    result = run(holdings, str(out))
    assert "is there already; name a new folder" in str(result.exception)
    assert [path.name for path in out.iterdir()] == ["mine"]
    assert "cannot be written" in str(run(holdings, str(tmp_path / "no" / "a.md")).exception)


def test_an_interrupted_export_leaves_nothing(
    holdings: Holdings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Wanted, "read", stop)
    for out in ("a.csv", "a.md", "a.xlsx", "a.db"):
        run(holdings, str(tmp_path / out))
    run(holdings, str(tmp_path / "bag"), "--bagit", "--format", "csv")
    assert [path.name for path in tmp_path.iterdir()] == ["holdings"]


def test_help_names_every_format(holdings: Holdings) -> None:
    said = run(holdings, "--help").output
    for each in FORMATS.values():
        assert f"{each.name} ({each.suffixes[-1]})" in said


def test_columns_are_described_as_datasette_describes_them() -> None:
    metadata = json.loads((ROOT / "datasette_metadata.json").read_text(encoding="utf-8"))
    told = metadata["databases"]["archive"]["tables"]["articles"]["columns"]
    for column in columns(removals=True):
        if column.name in ("published", "source", "editor", "section", "url", "published_rule"):
            assert told[column.name] == column.description


ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
FOR_ROWS = st.fixed_dictionaries(
    {
        column.name: {
            "text": ANY | st.none() if column.name not in ("id", "title", "text") else ANY,
            "integer": st.integers(1, 99),
            "day": st.dates().map(str) | st.none(),
            "moment": st.datetimes(
                datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("2100-01-01")
            ).map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")),
            "names": st.lists(ANY, max_size=2),
            "objects": st.lists(
                st.fixed_dictionaries(dict.fromkeys(column.fields, ANY)), max_size=2
            ),
        }[column.kind]
        for column in COLUMNS
    }
)


@pytest.mark.parametrize("format_", SERVED, ids=lambda each: each.name)
@settings(max_examples=30)
@given(row=FOR_ROWS)
def test_no_text_breaks_a_format(format_: Any, row: dict[str, object]) -> None:
    file = io.BytesIO()
    Delivery(format_, Wanted()).stream([{**row, "id": "abcdefghij"}], file, ABOUT)
    if format_.name == "tei":
        etree.fromstring(file.getvalue())
    if format_.name == "parquet":
        (read,) = pyarrow.parquet.read_table(io.BytesIO(file.getvalue())).to_pylist()
        assert read["title"] == row["title"]
    if format_.name == "bibtex":
        assert len(bibtexparser.parse_string(file.getvalue().decode()).entries) == 1
    if format_.name == "ris":
        assert len(rispy.loads(file.getvalue().decode())) == 1
