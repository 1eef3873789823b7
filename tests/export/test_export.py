import csv
import io
import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from archived import ARTICLES, holdings
from click.testing import CliRunner, Result

from archive.addresses.urls import article_id
from archive.errors import UsageError
from archive.export import format_of
from archive.export.columns import COLUMNS
from archive.export.csv import write
from archive.export.format import About
from archive.export.replacing import replacing
from archive.export.wanted import Wanted
from archive.holdings import Holdings
from crawler.commands.export import command

__all__ = ["holdings"]


def run(holdings: Holdings, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=holdings)


def test_jsonl_has_every_field_by_its_name(holdings: Holdings, tmp_path: Path) -> None:
    out = tmp_path / "all.jsonl"
    result = run(holdings, str(out))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"3 articles exported to {out}\n"
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["title"] for row in rows] == ["碼頭工會罷工", "朔方工会换届", "=1+1 \x1b[2J"]
    assert list(rows[1]) == [column.name for column in COLUMNS]
    assert rows[1] == {
        "id": article_id("http://s.example/1"),
        "site": "shuofang",
        "site_name": "朔方省总工会",
        "site_kind": "union",
        "region": None,
        "url": "http://s.example/1",
        "title": "朔方工会换届",
        "text": "大会选举李明为主席。\n会后合影。",
        "published": "2009-05-01",
        "day": "2009-05-01",
        "published_rule": None,
        "version": 2,
        "capture": "urn:uuid:1",
        "captured": "2026-01-02T00:00:00Z",
        "first_captured": "2026-01-01T00:00:00Z",
        "last_captured": "2026-01-02T00:00:00Z",
        "cluster": None,
        "origin": None,
        "reprint": None,
        "authors": ["王芳", "李雷"],
        "source": "朔方日报",
        "editor": None,
        "credits": [],
        "section": None,
        "language": None,
        "script": None,
        "images": [],
        "attachments": [],
        "flags": ["injected_links"],
        "encoding": "",
        "encoding_evidence": "",
    }


def test_removals_come_when_asked(holdings: Holdings) -> None:
    result = run(holdings, "-", "--format", "jsonl", "--removed", "--query", "选举")
    (row,) = map(json.loads, result.stdout.splitlines())
    assert row["removals"][0] == {
        "kind": "widget",
        "rule": "poll",
        "text": "投票",
        "position": 0,
        "replacement": "",
    }
    result = run(holdings, "-", "--format", "csv", "--removed", "--query", "选举")
    (line,) = csv.DictReader(io.StringIO(result.stdout.removeprefix("\ufeff")))
    assert json.loads(line["removals"]) == row["removals"]


def test_csv_is_for_spreadsheets(holdings: Holdings, tmp_path: Path) -> None:
    out = tmp_path / "all.CSV"
    assert run(holdings, str(out)).exit_code == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbfid,title,published")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == [ARTICLES[n][1].text for n in (1, 0, 2)]
    assert rows[2]["title"] == "'=1+1 \x1b[2J"
    assert (rows[1]["authors"], rows[1]["flags"], rows[1]["images"]) == (
        "王芳、李雷",
        "injected_links",
        "",
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_is_a_formula(start: str) -> None:
    row: dict[str, object] = {column.name: None for column in COLUMNS}
    file = io.BytesIO()
    about = About(Wanted(), 1, "http://a.example/", "2026-11-26T00:00:00Z")
    write([row | {"title": f"{start}cmd", "authors": ["-x"], "text": f"a{start}"}], file, about)
    text = file.getvalue().decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (line["title"], line["authors"], line["text"]) == (f"'{start}cmd", "'-x", f"a{start}")


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        (["--site", "haigang"], ["碼頭工會罷工"]),
        (["--query", "工会"], ["碼頭工會罷工", "朔方工会换届"]),
        (["--query", "工会", "--to", "2009"], ["朔方工会换届"]),
        (["--query", "工会 -flag:injected_links"], ["碼頭工會罷工"]),
        (["--query", "on:unknown OR site:朔方"], ["朔方工会换届", "=1+1 \x1b[2J"]),
        (["--from", "2010-01-01"], ["碼頭工會罷工"]),
        (["--query", "author:李雷", "--site", "shuofang"], ["朔方工会换届"]),
    ],
)
def test_what_is_selected(holdings: Holdings, arguments: list[str], titles: list[str]) -> None:
    result = run(holdings, "-", "--format", "jsonl", *arguments)
    assert [json.loads(line)["title"] for line in result.stdout.splitlines()] == titles


def test_nothing_selected_writes_nothing(holdings: Holdings, tmp_path: Path) -> None:
    out = tmp_path / "none.csv"
    out.write_text("before")
    result = run(holdings, str(out), "--query", "没有的词")
    assert "0 articles" in str(result.exception)
    assert result.exception.exit_code == 1  # type: ignore[union-attr]
    assert out.read_text() == "before"


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["a.xls"], "expected --format csv, xlsx, jsonl", 2),
        (["-"], "expected --format csv, xlsx, jsonl", 2),
        (["a.csv", "--format", "xml"], "got format 'xml'", 2),
        (["a.csv", "--site", "x"], "got site 'x', expected one that is archived: haigang, shuo", 2),
        (["a.csv", "--from", "x"], "got 'x' as a date", 2),
        (["nowhere/a.csv"], "cannot be written", 1),
        (["folder.csv"], "cannot be written", 1),
    ],
)
def test_errors_are_one_clear_line(  # noqa: PLR0917
    holdings: Holdings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
    code: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.csv").mkdir()
    result = run(holdings, *arguments)
    error: Any = result.exception
    assert said in str(error)
    assert (error.exit_code, "\n" in str(error)) == (code, False)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.csv", "holdings"]


@pytest.mark.parametrize("name", ["archive.db", "register.db", "config.toml", "warc/a.warc.gz"])
def test_the_holdings_own_files_are_never_replaced(holdings: Holdings, name: str) -> None:
    result = run(holdings, str(holdings.root / name), "--format", "csv")
    assert isinstance(result.exception, UsageError)
    assert "is the holdings' own; name another file" in str(result.exception)
    assert holdings.archive_db.read_bytes().startswith(b"SQLite")
    assert not (holdings.root / "register.db").exists()


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    out.write_text("before")
    with suppress(ValueError), replacing(str(out)) as file:
        file.write(b"x" * 100_000)
        raise ValueError
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]
    assert out.read_text() == "before"


def test_a_pipe_may_have_a_name_of_the_system() -> None:
    end, start = os.pipe()
    with replacing(f"/dev/fd/{start}") as file:
        file.write(b"through it")
    assert os.read(end, 99) == b"through it"
    os.close(start)
    os.close(end)


def test_replacing_keeps_links_and_permissions(tmp_path: Path) -> None:
    target, link, new = tmp_path / "target.csv", tmp_path / "link.csv", tmp_path / "new.csv"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    for out in (link, new):
        with replacing(str(out)) as file:
            file.write(b"after")
    assert link.is_symlink()
    assert (target.read_text(), stat.S_IMODE(target.stat().st_mode)) == ("after", 0o640)
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(new.stat().st_mode) == 0o666 & ~mask


def test_format_of() -> None:
    assert format_of("a.tar.JSONL", None).name == "jsonl"
    assert format_of("a.csv", "jsonl").name == "jsonl"
    assert format_of("a.csl.json", None).name == "csl"
    assert format_of("a.corpus.zip", None).name == "corpus"
