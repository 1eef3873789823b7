"""`crawl --due`: what is asked when, in the server's own log."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from clocked import NEEDED, union_archive_at
from loopback import Answer, LoopbackSite, article, put_site, rows, union_archive

from crawler.fetch.scheduler import MOST_IN_VAIN

pytestmark = NEEDED

BODY = "十月里，宁河市总工会在纺织厂开办夜校，教职工识图纸、学电工，报名的人坐满了食堂。" * 3
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/', next = 'a.next'}]"
ALL = [f"/a/{number}" for number in range(5)]
MAPS = "sitemap = '/index.xml'"
QUIET = ["/robots.txt", "/news/"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LoopbackSite]:
    with LoopbackSite() as served:
        served.pages |= {path: article(f"夜校第{path[3:]}期开班", BODY) for path in ALL}
        lead(served, ALL)
        put_site(tmp_path, served, KEYS, "ninghe")
        yield served


def lead(site: LoopbackSite, paths: list[str], more: str = "", at: str = "/news/") -> None:
    site.pages[at] = "".join(f'<a href="{path}">夜校开班{path}</a>' for path in paths) + more


def due(holdings: Path, site: LoopbackSite, moment: str) -> list[str]:
    """Crawl what is due; give what was asked, the articles sorted."""
    site.log.clear()
    done = union_archive_at(moment, holdings, "crawl", "--due")
    assert done.returncode == 0, done.stderr
    asked = site.paths()
    return [*(p for p in asked if p[:3] != "/a/"), *sorted(p for p in asked if p[:3] == "/a/")]


def test_articles_are_looked_at_again_after_a_day_a_week_a_month_and_a_year(
    tmp_path: Path, site: LoopbackSite
) -> None:
    assert due(tmp_path, site, "2026-03-01 08:00:00") == [*QUIET, *ALL]
    assert due(tmp_path, site, "2026-03-01 08:30:00") == []
    assert due(tmp_path, site, "2026-03-02 09:00:00") == [*QUIET, *ALL]
    assert due(tmp_path, site, "2026-03-09 09:00:00") == [*QUIET, *ALL]
    assert due(tmp_path, site, "2026-04-01 09:00:00") == [*QUIET, *ALL]
    assert due(tmp_path, site, "2026-09-01 09:00:00") == QUIET
    assert due(tmp_path, site, "2027-04-02 09:00:00") == [*QUIET, *ALL]


def test_what_is_new_is_asked_for_and_a_known_page_ends_the_walk(
    tmp_path: Path, site: LoopbackSite
) -> None:
    lead(site, ALL[:3], '<a class="next" href="/news/2">2</a>')
    lead(site, ALL[3:], at="/news/2")
    assert due(tmp_path, site, "2026-03-01 08:00:00") == [*QUIET, "/news/2", *ALL]
    site.pages["/a/9"] = article("夜校第9期开班", BODY)
    lead(site, ["/a/9", *ALL[:2]], '<a class="next" href="/news/2">2</a>')
    lead(site, ALL[2:], at="/news/2")
    # The first page brings something, so the second is looked at; it is known and is not read on.
    assert due(tmp_path, site, "2026-03-02 07:59:00") == [*QUIET, "/news/2", "/a/9"]
    assert due(tmp_path, site, "2026-03-03 07:00:00")[:3] == [*QUIET, "/a/0"]


def test_a_list_that_is_sent_whole_each_time_is_asked_less_while_nothing_is_new(
    tmp_path: Path, site: LoopbackSite
) -> None:
    links = site.pages["/news/"]
    for visitors, moment in enumerate(("2026-03-01 08:00:00", "2026-03-01 20:01:00")):
        page = f"{links}<p>{visitors} visitors</p>".encode()
        site.pages["/news/"] = Answer(page, validators=False)
        assert "/news/" in due(tmp_path, site, moment)
    with closing(sqlite3.connect(tmp_path / "crawl.db")) as db:
        query = "SELECT every / 3600 FROM agenda WHERE source = '/news/'"
        assert db.execute(query).fetchone() == pytest.approx((12 * 1.4,))


def test_a_walk_that_was_cut_short_is_walked_to_its_end(tmp_path: Path, site: LoopbackSite) -> None:
    union_archive_at("2026-03-01 08:00:00", tmp_path, "crawl", "--max-articles", "2")
    assert due(tmp_path, site, "2026-03-01 08:10:00")[-3:] == ALL[2:]


def test_an_edit_and_a_deletion_are_caught_when_an_article_is_looked_at_again(
    tmp_path: Path, site: LoopbackSite
) -> None:
    due(tmp_path, site, "2026-03-01 08:00:00")
    site.pages["/a/0"] = article("夜校第0期开班", BODY, "更正：报名延长至月底，请相互转告。")
    site.pages["/a/1"] = Answer(b"gone", 404)
    lead(site, ["/a/0"])
    due(tmp_path, site, "2026-03-02 09:00:00")
    due(tmp_path, site, "2026-03-09 09:00:00")
    found = dict(
        rows(tmp_path, "SELECT substr(url, -1), version || coalesce(status, '') FROM articles")
    )
    assert found == {"0": "2", "1": "1gone", "2": "1", "3": "1", "4": "1"}


def test_what_a_late_look_finds_amiss_is_looked_at_again_the_next_day(
    tmp_path: Path, site: LoopbackSite
) -> None:
    for moment in ("2026-03-01 08:00:00", "2026-03-09 09:00:00"):
        due(tmp_path, site, moment)
    site.pages["/a/1"] = Answer(b"gone", 404)
    due(tmp_path, site, "2026-04-01 09:00:00")
    assert [path for path in due(tmp_path, site, "2026-04-02 10:00:00") if path in ALL] == ["/a/1"]
    assert rows(tmp_path, "SELECT substr(url, -1) FROM articles WHERE status = 'gone'") == [("1",)]
    site.pages["/a/1"] = article("夜校第1期开班", BODY)
    assert "/a/1" in due(tmp_path, site, "2026-04-09 10:00:00")
    assert rows(tmp_path, "SELECT 1 FROM articles WHERE status = 'gone'") == []


def test_an_unreachable_site_is_tried_again_ever_less(tmp_path: Path, site: LoopbackSite) -> None:
    site.pages["/robots.txt"] = Answer(b"", 503)
    union_archive_at("2026-03-01 08:00:00", tmp_path, "crawl", "--due")
    with closing(sqlite3.connect(tmp_path / "crawl.db")) as db:
        waits = db.execute("SELECT due - unixepoch('2026-03-01 08:00:00') FROM agenda").fetchall()
    assert 3600 <= waits[-1][0] < 3700
    del site.pages["/robots.txt"]
    assert due(tmp_path, site, "2026-03-01 09:02:00") == [*QUIET, *ALL]


def test_the_articles_of_a_site_that_is_gone_are_asked_for_ever_less(
    tmp_path: Path, site: LoopbackSite
) -> None:
    assert due(tmp_path, site, "2026-03-01 08:00:00") == [*QUIET, *ALL]
    site.pages["/robots.txt"] = Answer(b"", 503)
    waits = []
    for moment in ("2026-03-02 09:00:00", "2026-03-02 10:05:00", "2026-03-02 12:10:00"):
        union_archive_at(moment, tmp_path, "crawl", "--due")
        wait = f"SELECT (due - unixepoch('{moment}')) / 3600 FROM agenda WHERE source = ''"
        with closing(sqlite3.connect(tmp_path / "crawl.db")) as db:
            waits += [round(hours) for (hours,) in db.execute(wait)]
    assert waits == [1, 2, 4]
    assert due(tmp_path, site, "2026-03-02 14:00:00") == []
    del site.pages["/robots.txt"]
    assert due(tmp_path, site, "2026-03-03 09:00:00") == [*QUIET, *ALL]


def test_a_site_that_turns_us_away_is_left_alone_for_a_day(
    tmp_path: Path, site: LoopbackSite
) -> None:
    site.pages |= dict.fromkeys(ALL, Answer(b"no", 403))
    due(tmp_path, site, "2026-03-01 08:00:00")
    lead(site, [*ALL, "/a/7"])
    assert due(tmp_path, site, "2026-03-02 07:00:00") == []
    assert due(tmp_path, site, "2026-03-02 08:05:00")[:2] == QUIET


def test_a_run_ends_where_a_site_turns_all_away(tmp_path: Path, site: LoopbackSite) -> None:
    many = [f"/a/{number}" for number in range(30)]
    lead(site, many)
    site.pages |= dict.fromkeys(many, Answer(b"no", 403))
    first = due(tmp_path, site, "2026-03-01 08:00:00")
    assert MOST_IN_VAIN <= len(first) - len(QUIET) <= MOST_IN_VAIN + 2  # some are out already
    assert due(tmp_path, site, "2026-03-01 20:00:00") == []
    site.pages |= {path: article(f"夜校第{path[3:]}期开班", BODY) for path in many}
    due(tmp_path, site, "2026-03-02 09:00:00")
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(30,)]


def test_a_site_that_falls_silent_keeps_no_run_waiting_for_its_every_page(
    tmp_path: Path, site: LoopbackSite
) -> None:
    many = [f"/a/{number}" for number in range(30)]
    lead(site, many)
    site.pages |= dict.fromkeys(many, Answer(b"busy", 503))
    asked = due(tmp_path, site, "2026-03-01 08:00:00")
    assert MOST_IN_VAIN <= len(asked) - len(QUIET) <= MOST_IN_VAIN + 2
    assert due(tmp_path, site, "2026-03-01 08:45:00") == []
    again = due(tmp_path, site, "2026-03-01 09:05:00")
    assert again[:2] == QUIET
    assert due(tmp_path, site, "2026-03-01 10:45:00") == []  # twice as long
    site.pages |= {path: article(f"夜校第{path[3:]}期开班", BODY) for path in many}
    due(tmp_path, site, "2026-03-01 20:00:00")
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(30,)]


def test_a_site_is_left_alone_for_as_long_as_it_asks(tmp_path: Path, site: LoopbackSite) -> None:
    site.pages["/a/0"] = Answer(b"busy", 503, {"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT"})
    asked = due(tmp_path, site, "2026-03-01 08:00:00")
    assert len(asked) < len([*QUIET, *ALL])
    assert due(tmp_path, site, "2026-03-01 10:55:00") == []
    site.pages["/a/0"] = article("夜校第0期开班", BODY)
    assert "/a/0" in due(tmp_path, site, "2026-03-01 11:01:00")
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(len(ALL),)]


def test_what_robots_txt_forbids_is_nothing_new_and_keeps_nothing_from_its_turn(
    tmp_path: Path, site: LoopbackSite
) -> None:
    due(tmp_path, site, "2026-03-01 08:00:00")
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /a/0\nDisallow: /a/1\nDisallow: /a/9"
    lead(site, ["/a/9", *ALL])
    assert due(tmp_path, site, "2026-03-02 09:00:00") == [*QUIET, *ALL[2:]]
    every = "SELECT every FROM agenda WHERE source = '/news/'"
    with closing(sqlite3.connect(tmp_path / "crawl.db")) as db:
        before = db.execute(every).fetchone()
        due(tmp_path, site, "2026-03-03 08:00:00")
        assert db.execute(every).fetchone() > before
        assert db.execute("SELECT count(*) FROM requests WHERE state = 'failed'").fetchone() == (3,)


def test_a_damaged_crawl_db_is_begun_anew_by_a_timer(tmp_path: Path, site: LoopbackSite) -> None:
    (tmp_path / "crawl.db").write_bytes(b"no database" * 100)
    assert due(tmp_path, site, "2026-03-01 08:00:00") == [*QUIET, *ALL]


def test_the_sitemaps_of_an_index_are_asked_again_and_edits_that_they_date(
    tmp_path: Path, site: LoopbackSite
) -> None:
    put_site(tmp_path, site, KEYS.replace("list = '/news/', next = 'a.next'", MAPS), "ninghe")

    def dated(paths: dict[str, str], name: str) -> str:
        entries = (
            f"<{name}><loc>{site.url}{path}</loc><lastmod>{day}</lastmod></{name}>"
            for path, day in paths.items()
        )
        return f"<set>{''.join(entries)}</set>"

    leads = {"/old.xml": "2026-02-01", "/new.xml": "2026-03-01"}
    site.pages["/index.xml"] = dated(leads, "sitemap")
    site.pages["/old.xml"] = dated(dict.fromkeys(ALL[:2], "2026-02-01"), "url")
    site.pages["/new.xml"] = dated(dict.fromkeys(ALL[2:4], "2026-03-01"), "url")
    maps = ["/robots.txt", "/index.xml"]
    first = due(tmp_path, site, "2026-03-01 08:00:00")
    assert sorted(first) == sorted([*maps, "/old.xml", "/new.xml", *ALL[:4]])
    assert due(tmp_path, site, "2026-03-02 09:00:00") == [*maps, "/new.xml", *ALL[:4]]
    site.pages["/index.xml"] = dated(leads | {"/new.xml": "2026-03-04"}, "sitemap")
    days = {ALL[2]: "2026-03-04", ALL[3]: "2026-03-01", ALL[4]: "2026-03-04"}
    site.pages["/new.xml"] = dated(days, "url")
    assert due(tmp_path, site, "2026-03-04 20:00:00") == [*maps, "/new.xml", ALL[2], ALL[4]]


def test_nothing_is_due_within_a_second_at_a_thousand_sites(
    tmp_path: Path, site: LoopbackSite
) -> None:
    assert union_archive(tmp_path, "crawl", "--due").returncode == 0
    with closing(sqlite3.connect(tmp_path / "crawl.db")) as db:
        for number in range(999):
            put_site(tmp_path, site, KEYS, f"s{number}")
            later = time.time() + 3600
            db.execute(
                "INSERT INTO agenda VALUES (?, '/news/', ?, 86400, 1)", [f"s{number}", later]
            )
        db.commit()
    site.log.clear()
    begun = time.perf_counter()
    nothing = union_archive(tmp_path, "crawl", "--due")
    took = time.perf_counter() - begun
    begun = time.perf_counter()
    union_archive(tmp_path, "--version")
    assert (nothing.returncode, nothing.stdout, nothing.stderr, site.log) == (0, "", "", [])
    # An absolute second means little on a busy machine: the start of Python is the measure.
    assert took < 12 * (time.perf_counter() - begun), took
