import json
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import ROOT, run, union_archive

KEYS = """name = "宁河市总工会"
home = "http://127.0.0.1:9/"
article = "^/a/"
sources = [{list = "/news/", next = "a.next", section = "要闻"}]
"""


def one_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code
    assert done.stderr.startswith("union-archive: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def holdings(tmp_path: Path) -> Path:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "ninghe.toml").write_text(KEYS)
    return tmp_path


def test_help_names_every_command_and_the_holdings(tmp_path: Path) -> None:
    done = union_archive(tmp_path, "--help")
    assert done.returncode == 0
    modules = {path.stem for path in (ROOT / "crawler" / "commands").glob("[a-z]*.py")}
    for name in modules:
        assert f"  {name} " in done.stdout, name
    assert "UNION_ARCHIVE_HOLDINGS" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["crwl"], "No such command 'crwl'"),
        (["--nope"], "No such option"),
        (["crawl", "--max-articles", "0"], "--max-articles"),
        (["crawl", "--since", "soon"], "got 'soon', expected a day such as"),
        (["crawl", "nowhere"], "no site nowhere; put a file into sites/"),
        (["sites", "show", "nowhere"], "no site nowhere; put a file into sites/"),
        (["ingest"], "Missing argument"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    holdings: Path, arguments: list[str], expected: object
) -> None:
    assert expected in one_line(union_archive(holdings, *arguments), 2)


def test_a_bad_site_file_is_one_line_and_exit_code_2(holdings: Path) -> None:
    (holdings / "sites" / "ninghe.toml").write_text(KEYS.replace("article", "artcle"))
    for arguments in (["crawl"], ["sites"], ["ingest", "x.txt"]):
        line = one_line(union_archive(holdings, *arguments), 2)
        assert "ninghe.toml: artcle: got an unknown key, expected article" in line


def test_there_is_something_to_crawl_or_it_is_said(tmp_path: Path) -> None:
    assert "there are no sites of yours yet" in one_line(union_archive(tmp_path / "h", "crawl"), 2)


def test_holdings_that_cannot_be_made_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    text = tmp_path / "a.txt"
    text.write_text("工会")
    done = union_archive(tmp_path / "file" / "h", "ingest", str(text))
    assert "cannot be made a holdings folder" in one_line(done, 2)
    one_line(union_archive(tmp_path / "file", "sites"), 2)


def test_what_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"certainly no database, but long enough" * 40)
    (tmp_path / "a.txt").write_text("工会")
    done = union_archive(tmp_path, "ingest", str(tmp_path / "a.txt"))
    assert "archive.db" in one_line(done, 1)


def test_sites_are_listed_and_shown(holdings: Path) -> None:
    lines = union_archive(holdings, "sites").stdout.splitlines()
    (line,) = (line for line in lines if line.startswith("ninghe"))
    assert line.split() == ["ninghe", "-", "yours", "宁河市总工会", "http://127.0.0.1:9/"]
    assert (
        union_archive(holdings, "sites", "list").stdout == union_archive(holdings, "sites").stdout
    )
    shown = union_archive(holdings, "sites", "show", "ninghe").stdout
    assert "list /news/, next a.next, section 要闻" in shown
    all_ = json.loads(union_archive(holdings, "sites", "list", "--json").stdout)
    assert json.loads(union_archive(holdings, "sites", "--json").stdout) == all_
    (listed,) = (one for one in all_ if one["yours"])
    assert json.loads(union_archive(holdings, "sites", "show", "ninghe", "--json").stdout) == listed
    assert (listed["id"], listed["name"]) == ("ninghe", "宁河市总工会")


def test_the_environment_names_the_holdings(holdings: Path) -> None:
    command = (sys.executable, "-m", "crawler.cli", "sites")
    assert "ninghe" in run(*command, UNION_ARCHIVE_HOLDINGS=str(holdings)).stdout


def test_a_reader_that_goes_away_is_no_error(holdings: Path) -> None:
    for number in range(200):
        (holdings / "sites" / f"s{number}.toml").write_text(KEYS)
    command = f"{sys.executable} -m crawler.cli -C {holdings} sites list --json | head -1"
    done = run("bash", "-c", command)
    assert done.stdout == "[\n"
    assert done.stderr == ""
