import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from loopback import LoopbackSite, article, put_site, rows, union_archive

from archive.records import Article, Flag, Removal
from crawler.reclean.changes import Amount, Reading, Tally, compare

FOOT = "本站稿件由松原工讯采编组供应，欢迎来信。"
DAYS = ["织布", "电焊", "算账", "识图", "急救", "摄影", "修车", "编程", "烹饪"]


def page(number: int) -> str:
    lesson = DAYS[number]
    text = article(
        f"松原工会夜校开设{lesson}班",
        *[
            f"第{turn}讲由老师傅讲{lesson}，{number + 20 + turn}名职工下班后赶来听讲，坐满了教室。"
            for turn in range(1, 5)
        ],
        FOOT,
    )
    link = f'<link rel="canonical" href="http://www.songyuan.example/a/{number}.html">'
    return text.replace("<head>", f"<head>{link}")


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holdings with a few saved pages and a bare text."""
    folder = tmp_path_factory.mktemp("ingested")
    saved = folder / "saved"
    saved.mkdir()
    for number in range(9):
        (saved / f"{number}.html").write_text(page(number), encoding="utf-8")
    (saved / "bare.txt").write_text("夜校放假\n\n国庆期间，松原工会夜校停课三天。\n" * 2)
    done = union_archive(folder / "h", "ingest", str(saved))
    assert "10 new" in done.stdout, done.stderr
    return folder / "h"


@pytest.fixture
def holdings(ingested: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(ingested, tmp_path / "h"))


def edit(holdings: Path, statement: str, *values: object) -> None:
    """Change archive.db as another version's rules would have left it."""
    with closing(sqlite3.connect(holdings / "archive.db")) as db, db:
        db.execute(statement, values)
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def few(holdings: Path) -> None:
    """Leave one site with too few articles to learn from."""
    for table in ("removals", "flags", "versions"):
        edit(
            holdings, f"DELETE FROM {table} WHERE article IN (SELECT id FROM articles WHERE {OLD})"
        )
    edit(holdings, f"DELETE FROM articles WHERE {OLD}")


OLD = "url LIKE '%/a/8.html' OR url LIKE '%/a/7.html'"


IN_USE = " WHERE record_id IN (SELECT capture FROM articles)"


def content(holdings: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(holdings)): path.read_bytes()
        for path in sorted(holdings.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def reclean(holdings: Path, *arguments: str, code: int = 0) -> dict[str, object]:
    done = union_archive(holdings, "reclean", "--dry-run", "--json", *arguments)
    assert done.returncode == code, done.stderr
    said = [line for line in done.stderr.splitlines() if not line.endswith("read again …")]
    assert said == []  # but how far it is, where it takes long
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_without_a_change_nothing_is_reported(holdings: Path) -> None:
    few(holdings)
    found = reclean(holdings)
    assert found == {
        "articles": [],
        "counts": {"read": 8, "change": 0, "no_article": 0, "errors": 0},
        "fields": {},
        "rules": [],
        "learned": {},
    }


def test_what_reads_otherwise_today_is_reported_and_nothing_is_written(holdings: Path) -> None:
    few(holdings)
    ((id_, text),) = rows(holdings, "SELECT id, text FROM articles WHERE url LIKE '%/a/3.html'")
    assert isinstance(text, str)
    edit(
        holdings,
        "UPDATE articles SET text = ?, source = NULL, authors = '[\"王芳\"]', editor = '李雷'"
        " WHERE id = ?",
        text.replace("第2讲", "点击投票\n第2讲"),
        id_,
    )
    edit(holdings, "DELETE FROM removals WHERE article = ?", id_)
    edit(holdings, "INSERT INTO removals VALUES (?, 0, 0, 'widget', 'poll', '投一票', '')", id_)
    edit(holdings, "INSERT INTO flags VALUES (?, 'spun_text', 70, 'x')", id_)
    before = content(holdings)
    found = reclean(holdings)
    assert content(holdings) == before
    assert found["counts"] == {"read": 8, "change": 1, "no_article": 0, "errors": 0}
    (entry,) = found["articles"]  # type: ignore[misc]
    assert entry["id"] == id_
    assert entry["url"] == "http://www.songyuan.example/a/3.html"
    fields = entry["fields"]
    assert list(fields) == ["source", "authors", "editor", "flags", "text", "removals"]
    assert fields["source"] == {"before": None, "after": "松原工人报"}
    assert fields["authors"] == {"before": ["王芳"], "after": []}
    assert fields["flags"] == {"before": {"spun_text": 70}, "after": {}}
    assert fields["text"] == {"lost": 4, "gained": 0, "before": "点击投票", "after": None}
    poll = {
        "kind": "widget",
        "rule": "poll",
        "before": {"times": 1, "characters": 3},
        "after": {"times": 0, "characters": 0},
    }
    assert poll in fields["removals"]
    assert poll in found["rules"]  # type: ignore[operator]
    assert found["fields"] == dict.fromkeys(
        ("text", "source", "authors", "editor", "flags", "removals"), 1
    )


def test_people_are_told_in_lines(holdings: Path) -> None:
    few(holdings)
    edit(
        holdings,
        "UPDATE articles SET text = replace(text, '讲由', '回由'), title = '旧' || char(27)"
        " WHERE url LIKE '%/a/3.html'",
    )
    before = content(holdings)
    done = union_archive(holdings, "reclean", "--dry-run", "--site", "www.songyuan.example")
    assert done.returncode == 0, done.stderr
    assert all(line.endswith(" read again …") for line in done.stderr.splitlines())
    assert content(holdings) == before
    head, *lines = done.stdout.splitlines()
    assert head.endswith("  旧\ufffd")
    assert lines[0] == "    title: 旧\ufffd → 松原工会夜校开设识图班"
    assert lines[1].startswith("    text: ")
    assert lines[2].startswith("    - 第1回由老师傅讲识图")
    assert lines[3].startswith("    + 第1讲由老师傅讲识图")
    assert lines[4] == (
        "7 articles read again: 1 would change, 0 would be no article; 0 could not be read"
    )
    assert sorted(lines[5:]) == ["field text: 1 article", "field title: 1 article"]


def test_lines_of_a_site_are_learned_and_their_removal_is_shown(holdings: Path) -> None:
    before = content(holdings)
    found = reclean(holdings)
    assert content(holdings) == before
    learned = "本站稿件由松原工讯采编组供应欢迎来信"
    assert found["learned"] == {"www.songyuan.example": [learned]}
    assert found["counts"] == {"read": 10, "change": 9, "no_article": 0, "errors": 0}
    entries = found["articles"]
    assert isinstance(entries, list)
    assert {entry["fields"]["text"]["before"] for entry in entries} == {FOOT}
    (rule,) = found["rules"]  # type: ignore[misc]
    assert (rule["kind"], rule["rule"]) == ("boilerplate", "learned")
    assert rule["before"]["times"] == 0
    assert rule["after"]["times"] == 9
    assert found["fields"] == {"text": 9, "removals": 9}


def test_a_record_that_cannot_be_read_is_an_error_and_the_others_go_on(holdings: Path) -> None:
    few(holdings)
    edit(holdings, "UPDATE captures SET offset = offset + 7 WHERE url LIKE '%/a/1.html'")
    edit(holdings, "UPDATE captures SET warc = 'none.warc.gz' WHERE url LIKE '%/a/2.html'")
    edit(
        holdings,
        "UPDATE captures SET offset = (SELECT offset FROM captures WHERE url LIKE '%/a/5.html')"
        " WHERE url LIKE '%/a/4.html'",
    )
    found = reclean(holdings, code=1)
    assert found["counts"] == {"read": 5, "change": 0, "no_article": 0, "errors": 3}
    errors = {entry["url"][-6:-5]: entry["error"] for entry in found["articles"]}  # type: ignore[attr-defined]
    assert "no WARC record at byte" in errors["1"]
    assert "No such file" in errors["2"]
    assert ": got urn:uuid:" in errors["4"]
    done = union_archive(holdings, "reclean", "--dry-run")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("union-archive: ") for line in lines)
    assert done.stdout.endswith("3 could not be read\n")


def test_a_torn_record_is_an_error(holdings: Path) -> None:
    few(holdings)
    ((name, offset),) = rows(holdings, "SELECT warc, max(offset) FROM captures" + IN_USE)
    warc = holdings / "warc" / str(name)
    whole = warc.read_bytes()
    assert int(str(offset)) < len(whole) - 60
    warc.write_bytes(whole[:-60])
    found = reclean(holdings, code=1)
    assert found["counts"]["errors"] == 1  # type: ignore[index]


def test_todays_site_file_is_heeded(holdings: Path) -> None:
    few(holdings)
    (holdings / "sites").mkdir(exist_ok=True)
    (holdings / "sites" / "songyuan.toml").write_text(
        'name = "松原"\nhome = "http://www.songyuan.example/"\narticle = "/a/"\n'
        'layouts = [{body = ".text", title = "title"}]\n'
    )
    found = reclean(holdings, "--site", "www.songyuan.example")
    assert found["fields"] == {"title": 7, "removals": 7}


def test_the_section_that_a_list_had_is_heeded(tmp_path: Path) -> None:
    with LoopbackSite() as site:
        site.pages |= {f"/a/{number}.html": page(number) for number in range(2)}
        site.pages["/news/"] = "".join(f'<a href="/a/{n}.html">x</a>' for n in range(2))
        keys = """delay = 0
        article = '^/a/'
        sources = [{list = "/news/", section = "要闻"}]"""
        put_site(tmp_path, site, keys)
        union_archive(tmp_path, "crawl")
    assert rows(tmp_path, "SELECT section FROM articles") == [("要闻",), ("要闻",)]
    found = reclean(tmp_path)
    assert found["articles"] == []
    assert found["counts"]["read"] == 2  # type: ignore[index]


def test_it_says_what_it_needs(holdings: Path) -> None:
    wrong = union_archive(holdings, "reclean", "--dry-run", "--site", "nowhere")
    assert wrong.returncode == 2
    assert "'nowhere'" in wrong.stderr
    assert union_archive(holdings / "none", "reclean", "--dry-run").returncode == 1
    assert not (holdings / "none").exists()


OLD_READING = Article("u", "题", "文", removals=(Removal("widget", "poll", "投票", 0),))


def test_a_page_that_is_no_article_today_says_nothing_else() -> None:
    new = Article("u", "", flags=(Flag("block_page", 90, "x"),))
    change = compare(OLD_READING, new)
    assert change
    assert (change.no_article, change.fields, change.rules) == ("block_page", (), {})
    tally = Tally()
    tally.add(Reading(None, new), change)  # type: ignore[arg-type]
    assert tally.counts == {"read": 1, "change": 0, "no_article": 1, "errors": 0}
    assert tally.rules == {}


def test_rules_are_summed_over_all_articles() -> None:
    from archive.reader import Kept

    new = Article("u", "题", "文", removals=(Removal("widget", "vote", "投票", 0),))
    kept = Kept("a", None, 1, "c", "", "", OLD_READING)
    change = compare(OLD_READING, new)
    assert change
    assert change.fields == ("removals",)
    assert change.rules == {
        ("widget", "poll"): (Amount(1, 2), Amount()),
        ("widget", "vote"): (Amount(), Amount(1, 2)),
    }
    assert compare(new, new) is None
    tally = Tally()
    tally.add(Reading(kept, new), change)
    tally.add(Reading(kept, new), change)
    assert tally.rules == {
        ("widget", "poll"): (Amount(2, 4), Amount()),
        ("widget", "vote"): (Amount(), Amount(2, 4)),
    }
