import json
from pathlib import Path

import pytest
from archived import holdings
from click.testing import CliRunner, Result

from archive.addresses.urls import article_id
from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from crawler.commands.search import command

__all__ = ["holdings"]


def run(holdings: Holdings, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=holdings)


def test_json_is_the_contract(holdings: Holdings) -> None:
    result = run(holdings, "工會", "--limit", "1", "--json")
    assert result.stderr == ""
    assert json.loads(result.stdout) == {
        "total": 2,
        "results": [
            {
                "id": article_id("http://h.example/2"),
                "title": "碼頭工會罷工",
                "url": "http://h.example/2",
                "published": "2010-01-01",
                "site": "haigang",
                "snippet": "工會要求加薪。",
                "attachment": None,
                "statuses": [],
            }
        ],
    }


@pytest.mark.parametrize(
    ("arguments", "total"),
    [
        (["工会"], 2),
        (["工会", "--site", "shuofang"], 1),
        (["工会", "--from", "2009-05-02"], 1),
        (["工会", "--to", "2009-05-01"], 1),
        (["旧文"], 0),
        (["NOT 工会"], 0),
        ([""], 0),
        (['"((('], 0),
        (["--", "-工会"], 0),
        (["李雷"], 0),
        (["author：李雷"], 1),
        (["工会 -site:shuofang"], 1),
        (["--", "-flag:injected_links"], 2),
        (["工会 after:2009"], 1),
        (["工会", "--relevance"], 2),
    ],
)
def test_total(holdings: Holdings, arguments: list[str], total: int) -> None:
    result = run(holdings, "--json", *arguments)
    assert json.loads(result.stdout)["total"] == total


def test_people_get_a_list(holdings: Holdings) -> None:
    result = run(holdings, "工会", "--limit", "1")
    id_ = article_id("http://h.example/2")
    assert result.stdout == (
        "2 articles; the newest 1\n\n"
        f"2010-01-01 碼頭工會罷工\n  {id_} · haigang · http://h.example/2\n  工會要求加薪。\n"
    )
    relevant = run(holdings, "朔方 OR 工会", "--limit", "1", "--relevance").stdout
    assert relevant.startswith("2 articles; the most relevant 1\n\n2009-05-01 朔方工会换届\n")
    result = run(holdings, "没有日期")
    assert result.stdout.startswith("1 article\n\nundated =1+1 \ufffd[2J\n")
    assert "\x1b" not in result.stdout
    assert run(holdings, "没有的词").stdout == "0 articles\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x", "--site", "nowhere"], "got site 'nowhere'"),
        (["x", "--from", "gestern"], "got 'gestern' as a date"),
    ],
)
def test_wrong_use(holdings: Holdings, arguments: list[str], said: str) -> None:
    error = run(holdings, *arguments).exception
    assert isinstance(error, UnionArchiveError)
    assert said in str(error)
    assert error.exit_code == 2


def test_no_archive_yet(tmp_path: Path) -> None:
    error = run(Holdings(tmp_path), "x").exception
    assert isinstance(error, UnionArchiveError)
    assert "no archive here yet" in str(error)
    assert list(tmp_path.iterdir()) == []
