"""`status`, what the owner is told, and pauses."""

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from loopback import Answer, LoopbackSite, article, put_site, rows, run, union_archive

from archive.errors import UsageError
from archive.holdings import Holdings

BODY = "十月里，宁河市总工会在纺织厂开办夜校，教职工识图纸、学电工，报名的人坐满了食堂。" * 3
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]"
ALL = [f"/a/{number}" for number in range(4)]
ADVERTISED = """<html><head><title>{0}娱乐-{0}娱乐官网app下载</title>
<meta name=keywords content="{0}娱乐,{0}娱乐官网,{0}娱乐app"></head><body><h1>夜校第{1}期开班</h1>
<p>{0}娱乐总工会近日在纺织厂开办夜校，教职工识图纸、学电工，{0}娱乐的人坐满了食堂。</p>
<p>十月里，{0}娱乐总工会在纺织厂开办夜校，报名的人坐满了食堂，灯一直亮到十点。</p></body></html>"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LoopbackSite]:
    with LoopbackSite() as served:
        served.pages |= {path: article(f"夜校第{path[3:]}期开班", BODY) for path in ALL}
        served.pages["/news/"] = "".join(f'<a href="{path}">夜校开班{path}</a>' for path in ALL)
        put_site(tmp_path, served, KEYS, "ninghe")
        told = tmp_path / "told"
        lines = json.dumps(["sh", "-c", f"cat >> {told}"])
        (tmp_path / "config.toml").write_text(f"notify = {lines}\n")
        yield served


def told(holdings: Path) -> list[str]:
    path = holdings / "told"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def status(holdings: Path) -> tuple[int, list[str]]:
    done = union_archive(holdings, "status", "--json")
    (one,) = json.loads(done.stdout)["sites"]
    return done.returncode, [illness["name"] for illness in one["illnesses"]]


def test_an_illness_is_told_once_and_so_is_its_end(tmp_path: Path, site: LoopbackSite) -> None:
    union_archive(tmp_path, "crawl")
    assert (status(tmp_path), told(tmp_path)) == ((0, []), [])
    whole = dict(site.pages)
    site.pages |= dict.fromkeys(ALL, Answer(b"no", 403))
    union_archive(tmp_path, "crawl")
    union_archive(tmp_path, "crawl")
    assert status(tmp_path) == (1, ["blocked"])
    assert told(tmp_path) == ["ninghe: 4 of 6 answers of the last run were refusals"]
    site.pages |= whole
    # What failed waits for its time; a list that leads to it is reason enough to ask.
    union_archive(tmp_path, "crawl")
    assert status(tmp_path) == (0, [])
    assert told(tmp_path)[1:] == ["ninghe: 4 of 6 answers of the last run were refusals (over)"]


@pytest.mark.usefixtures("site")
def test_what_keeps_a_timer_from_all_sites_is_told_once(tmp_path: Path) -> None:
    union_archive(tmp_path, "crawl", "--due")
    broken = tmp_path / "sites" / "broken.toml"
    broken.write_text("name = ")
    for _ in range(2):
        done = union_archive(tmp_path, "crawl", "--due")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    (said,) = told(tmp_path)
    assert said.startswith(f"{broken}: not TOML")
    broken.unlink()
    union_archive(tmp_path, "crawl")
    assert told(tmp_path)[1:] == [f"{said} (over)"]


def test_a_command_that_fails_is_told_again(tmp_path: Path, site: LoopbackSite) -> None:
    union_archive(tmp_path, "crawl")
    site.pages["/news/"] = "nothing"
    (tmp_path / "config.toml").write_text('notify = ["false"]\n')
    failed = union_archive(tmp_path, "crawl")
    assert failed.returncode == 0
    assert "notify: false" in failed.stderr
    (tmp_path / "config.toml").write_text(f'notify = ["sh", "-c", "cat > {tmp_path}/told"]\n')
    union_archive(tmp_path, "crawl")
    assert told(tmp_path) == [
        "ninghe: a source leads to no article any more; has the site been rebuilt?"
    ]


def test_a_site_that_looks_hijacked_is_paused_until_its_owner_says_otherwise(
    tmp_path: Path, site: LoopbackSite
) -> None:
    union_archive(tmp_path, "crawl")
    site.pages |= {path: ADVERTISED.format("傲天", path[3:]) for path in ALL}
    union_archive(tmp_path, "crawl")
    assert status(tmp_path) == (1, ["hijacked"])
    site.log.clear()
    assert union_archive(tmp_path, "crawl", "--due").returncode == 0
    named = union_archive(tmp_path, "crawl", "ninghe")
    assert (named.returncode, named.stderr.count("\n"), site.log) == (2, 1, [])
    assert "sites resume ninghe" in named.stderr
    assert "paused since" in union_archive(tmp_path, "status").stdout
    assert union_archive(tmp_path, "sites", "resume", "ninghe").returncode == 0
    union_archive(tmp_path, "crawl")
    assert site.log  # nothing has changed since it was looked into: it is not paused again
    assert union_archive(tmp_path, "sites", "resume", "ninghe").returncode == 1


def test_a_site_is_paused_by_hand(tmp_path: Path, site: LoopbackSite) -> None:
    paused = union_archive(tmp_path, "sites", "pause", "ninghe", "--reason", "asked to")
    assert paused.returncode == 0, paused.stderr
    union_archive(tmp_path, "crawl")
    assert site.log == []
    again = union_archive(tmp_path, "sites", "pause", "ninghe", "--reason", "asked to")
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    unknown = union_archive(tmp_path, "sites", "pause", "nowhere", "--reason", "x")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (2, 1)


def test_a_run_says_what_it_was_answered_and_by_what_it_was_read(
    tmp_path: Path, site: LoopbackSite
) -> None:
    site.pages["/a/0"] = Answer(b"gone", 404)
    union_archive(tmp_path, "crawl")
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        answers, size, cleaner = db.execute("SELECT answers, bytes, cleaner FROM runs").fetchone()
    assert json.loads(answers) == {"200": 4, "404": 2}  # there is no robots.txt either
    assert size > 2000
    assert cleaner.count("+") == 1
    gauges = union_archive(tmp_path, "status", "--prometheus").stdout
    assert 'union_archive_illnesses{site="ninghe"} 0' in gauges.splitlines()


@pytest.mark.parametrize("value", ['""', "[]", "3", '["a", 1]'])
def test_a_wrong_notify_is_told_in_one_line(tmp_path: Path, value: str) -> None:
    (tmp_path / "config.toml").write_text(f"notify = {value}\n")
    with pytest.raises(UsageError, match="notify: got"):
        Holdings(tmp_path).notify()


def test_a_site_that_lacks_a_browser_keeps_no_other_from_its_turn(
    tmp_path: Path, site: LoopbackSite
) -> None:
    put_site(tmp_path, site, f"browser = true\n{KEYS}", "drawn")
    command = (sys.executable, "-m", "crawler.cli", "-C", str(tmp_path), "crawl")
    done = run(*command, PATH="/nowhere")
    assert done.returncode == 2
    assert "drawn: 0 new, 0 changed, 0 unchanged, 0 errors (0 requests); browser = true: " in (
        done.stdout
    )
    runs = rows(tmp_path, "SELECT site, outcome FROM runs ORDER BY site")
    assert runs == [("drawn", "failed"), ("ninghe", "finished")]
    alone = run(*command, "drawn", PATH="/nowhere")
    assert (alone.returncode, alone.stdout, alone.stderr.count("\n")) == (2, "", 1)


def test_a_key_that_nobody_reads_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('notfy = ["mail", "me"]\n')
    with pytest.raises(UsageError, match=r"config\.toml: got an unknown key 'notfy', expected "):
        Holdings(tmp_path).contact()


def test_status_wants_an_archive(tmp_path: Path) -> None:
    done = union_archive(tmp_path, "status")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_units_are_what_systemd_takes(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    holdings = tmp_path / "50% of $HOME"
    done = union_archive(holdings, "schedule", "--systemd", str(tmp_path / "u"))
    assert done.returncode == 0, done.stderr
    assert "/50%% of $$HOME'" in (tmp_path / "u" / "union-archive.service").read_text()
    units = sorted(map(str, (tmp_path / "u").iterdir()))
    checked = run("systemd-analyze", "verify", "--man=no", *units)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_line_for_cron(tmp_path: Path) -> None:
    line = union_archive(tmp_path / "a b", "schedule", "--cron").stdout
    assert line.startswith("*/15 * * * * ")
    assert line.endswith(f"-C '{tmp_path}/a b' crawl --due\n")
    neither = union_archive(tmp_path, "schedule")
    assert (neither.returncode, neither.stderr.count("\n")) == (2, 1)
