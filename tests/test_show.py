import json

import pytest
from archived import ARTICLES, holdings
from click.testing import CliRunner, Result

from archive.addresses.urls import article_id
from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from archive.records import Article, Capture
from archive.store import Store
from crawler.commands.show import command

__all__ = ["holdings"]
ID = article_id("http://s.example/1")


def run(holdings: Holdings, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=holdings)


@pytest.mark.parametrize("wanted", [ID, ID[:5], "http://s.example/1", "https://www.s.example/1#x"])
def test_an_article_is_shown(holdings: Holdings, wanted: str) -> None:
    lines = run(holdings, wanted).stdout.splitlines()
    assert lines == [
        "朔方工会换届",
        f"id:        {ID}",
        "address:   http://s.example/1",
        "site:      shuofang",
        "published: 2009-05-01",
        "authors:   王芳、李雷",
        "source:    朔方日报",
        "captured:  2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z",
        "flag:      injected_links (80) 五个链接",
        "",
        "大会选举李明为主席。",
        "会后合影。",
    ]


def test_what_was_removed_stands_in_its_place() -> None:
    from crawler.commands.show import marked

    article = ARTICLES[0][1]
    assert marked(article) == (
        "⟦投票⟧⟨widget, poll⟩大会选⟦舉 → 举⟧⟨characters, script⟩李明为主席。\n会后合影。"
    )


def test_removed(holdings: Holdings) -> None:
    assert "⟦投票⟧⟨widget, poll⟩大会" in run(holdings, ID, "--removed").stdout


def test_what_became_of_its_page(holdings: Holdings) -> None:
    with Store(holdings.archive_db) as store:
        for day in ("05", "06"):
            look = Capture(
                record_id=f"urn:uuid:{day}",
                url="http://s.example/1",
                captured=f"2026-01-{day}T00:00:00Z",
                status=404,
                content_type="text/html",
                digest="sha1:x",
                warc="x.warc.gz",
                offset=0,
            )
            store.save(look, None, "shuofang")
    since, again = "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"
    lines = run(holdings, ID).stdout.splitlines()
    assert f"status:    gone since {since}, confirmed {again}" in lines
    row = json.loads(run(holdings, ID, "--json").stdout)
    assert row["statuses"] == [
        {"status": "gone", "since": since, "confirmed": again, "ended": None}
    ]


def test_versions(holdings: Holdings) -> None:
    lines = run(holdings, ID, "--versions").stdout.splitlines()
    assert [line for line in lines if line.startswith("version:")] == [
        "version:   1: 2026-01-01T00:00:00Z  旧题",
        "version:   2, current: 2026-01-02T00:00:00Z  朔方工会换届",
    ]


def test_what_a_version_changed(holdings: Holdings) -> None:
    output = run(holdings, ID, "--versions").stdout
    assert "\nversion 2, against version 1:\n[-旧题-]{+朔方工会换届+}\n" in output


def test_json(holdings: Holdings) -> None:
    row = json.loads(run(holdings, ID, "--json").stdout)
    assert (row["id"], row["flags"], row["version"]) == (ID, ["injected_links"], 2)
    assert not {"removals", "versions"} & set(row)
    row = json.loads(run(holdings, ID, "--json", "--removed", "--versions").stdout)
    assert [cut["rule"] for cut in row["removals"]] == ["poll", "script"]
    assert [(v["number"], v["text"]) for v in row["versions"]] == [
        (1, "旧文。"),
        (2, "大会选举李明为主席。\n会后合影。"),
    ]


def test_a_page_cannot_steer_the_terminal(holdings: Holdings) -> None:
    output = run(holdings, "urn:sha256:0", "--versions").stdout
    assert output.startswith("=1+1 \ufffd[2J\n")
    assert "\x1b" not in output
    assert "published: not known\n" in output


def test_what_is_not_there(holdings: Holdings) -> None:
    error = run(holdings, "zzzz").exception
    assert isinstance(error, UnionArchiveError)
    assert "no such article" in str(error)


def test_reprints_are_listed(holdings: Holdings) -> None:
    text = ARTICLES[0][1].text * 8
    with Store(holdings.archive_db) as store:
        for number, (site, day) in enumerate((("shuofang", "2009-05-02"), ("haigang", None))):
            page = Article(f"http://{site}.example/r", "转载", text, day)
            at = f"2026-02-0{number + 1}T00:00:00Z"
            record = Capture(f"urn:uuid:r{number}", page.url, at, 200, "", "", "w", 100 + number)
            store.save(record, page, site)
    first, second = (article_id(f"http://{site}.example/r") for site in ("shuofang", "haigang"))
    lines = run(holdings, second).stdout.splitlines()
    assert f"reprint:   {first} (origin, shuofang, 2009-05-02) 转载" in lines
    assert [line for line in lines if second in line] == [f"id:        {second}"]
    found = json.loads(run(holdings, second, "--json").stdout)["reprints"]
    assert [(each["article"], each["kind"]) for each in found] == [
        (first, "origin"),
        (second, "same"),
    ]
    assert json.loads(run(holdings, ID, "--json").stdout)["reprints"] == []
