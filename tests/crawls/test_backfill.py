"""What one run leaves to the next: budgets, and the old list pages of a backfill."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from clocked import NEEDED, union_archive_at
from loopback import Answer, LoopbackSite, article, put_site, rows, union_archive

BODY = "十月里，宁河市总工会在纺织厂开办夜校，教职工识图纸、学电工，报名的人坐满了食堂。" * 3
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/', next = 'a.next'}]\n"
LEFT = "; the next run goes on: max_pages or its time are over\n"
A_PAGE = 2


def furnish(site: LoopbackSite, articles: int, *, paged: bool = True) -> None:
    """Lists of two, of which each leads to the next; without `paged` there is one."""
    for number in range(articles):
        site.pages[f"/a/{number}"] = article(f"夜校第{number}期开班", f"第{number}期。{BODY}")
    for first in range(0, articles, A_PAGE):
        links = "".join(f'<a href="/a/{first + n}">夜校</a>' for n in range(A_PAGE))
        more = f'<a class="next" href="/news/{first + A_PAGE}">下页</a>'
        last = not paged or first + A_PAGE >= articles
        site.pages[f"/news/{first or ''}"] = links + ("" if last else more)


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with LoopbackSite() as served:
        furnish(served, 8)
        yield served


def asked(site: LoopbackSite, kind: str) -> list[str]:
    return [path for path in site.paths() if path.startswith(kind)]


def test_a_run_asks_for_so_many_pages_and_the_next_goes_on(
    tmp_path: Path, site: LoopbackSite
) -> None:
    put_site(tmp_path, site, f"{KEYS}max_pages = 5\n[assertions]\nmin_articles = 8")
    for _ in range(3):
        site.log.clear()
        done = union_archive(tmp_path, "crawl")
        assert (done.returncode, done.stderr) == (0, "")
        assert len(site.log) <= 6
        if not done.stdout.endswith(LEFT):
            break
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(8,)]
    assert rows(tmp_path, "SELECT count(*) FROM captures WHERE outcome = 'article'") == [(8,)]


@NEEDED
def test_a_timer_goes_on_at_its_next_turn_unless_the_site_turns_us_away(
    tmp_path: Path, site: LoopbackSite
) -> None:
    put_site(tmp_path, site, f"{KEYS}max_pages = 7")
    site.pages |= {f"/a/{number}": Answer(b"no", 403) for number in range(8)}
    assert union_archive_at("2026-03-01 08:00:00", tmp_path, "crawl", "--due").stdout
    furnish(site, 8)
    site.log.clear()
    done = union_archive_at("2026-03-01 20:15:00", tmp_path, "crawl", "--due")
    assert (done.stdout, site.log) == ("", [])
    for turn in ("08:15", "08:30"):
        union_archive_at(f"2026-03-02 {turn}:00", tmp_path, "crawl", "--due")
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(8,)]


def test_a_backfill_brings_what_old_list_pages_have_and_nothing_twice(
    tmp_path: Path, site: LoopbackSite
) -> None:
    furnish(site, 2, paged=False)
    put_site(tmp_path, site, f"{KEYS}max_pages = 4")
    assert union_archive(tmp_path, "crawl").returncode == 0
    furnish(site, 8)
    site.log.clear()
    assert union_archive(tmp_path, "crawl", "--due").stdout == ""  # it is not its time
    said = []
    for _ in range(4):
        done = union_archive(tmp_path, "crawl", "--backfill", "songyuan")
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.endswith(LEFT))
        if not said[-1]:
            break
    assert said == [True, True, True, False][-len(said) :]
    assert len(said) > 1
    articles = asked(site, "/a/")
    assert sorted(articles) == [f"/a/{number}" for number in range(2, 8)]
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(8,)]
    assert union_archive(tmp_path, "crawl", "--due").stdout == ""


def test_a_backfill_takes_its_time(tmp_path: Path, site: LoopbackSite) -> None:
    put_site(tmp_path, site, KEYS.replace("delay = 0", "delay = 0.1"))
    assert union_archive(tmp_path, "crawl", "--backfill", "--max-articles", "2").returncode == 0
    times = [one.at for one in site.log]
    assert len(times) >= 4
    assert times[-1] - times[0] >= 0.3 * (len(times) - 1) * 0.9


def test_both_at_once_are_wrong_usage(tmp_path: Path) -> None:
    done = union_archive(tmp_path, "crawl", "--backfill", "--due")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "expected one of them" in done.stderr
