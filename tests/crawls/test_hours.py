from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from clocked import NEEDED, union_archive_at
from loopback import LoopbackSite, article, put_site

from crawler.fetch.scheduler import LONGEST_RUN, time_for
from crawler.site import Site
from crawler.sitefile.hours import checked, left

if TYPE_CHECKING:
    from crawler.spiders.site import SiteSpider

BODY = "十月里，宁河市总工会在纺织厂开办夜校，教职工识图纸、学电工，报名的人坐满了食堂。" * 3
KEYS = "delay = 0\narticle = '^/a/'\nhours = '22-06'\nsources = [{list = '/news/'}]"


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        (None, "12:00", float("inf")),
        ("22-06", "21:59", 0),
        ("22-06", "22:00", 8 * 3600),
        ("22-06", "00:30", 5.5 * 3600),
        ("22-06", "06:00", 0),
        ("09-17", "16:59", 60),
        ("00-24", "23:00", 3600),
        ("20-00", "23:00", 3600),
        ("20-24", "23:59", 60),
    ],
)
def test_what_is_left_of_the_hours(hours: str | None, moment: str, expected: float) -> None:
    at = datetime.fromisoformat(f"2026-03-01 {moment}+08:00").astimezone(UTC)
    assert left(hours, "Asia/Shanghai", at) == expected


@pytest.mark.parametrize("hours", ["", "22", "22-22", "22-25", "6-22", "22:00-06:00", "24-00"])
def test_other_hours_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match="such as 22-06"):
        checked(hours)


@pytest.mark.parametrize(
    ("due", "backfill", "seconds"),
    [(True, False, LONGEST_RUN), (False, True, 8 * 3600), (False, False, float("inf"))],
)
def test_a_timers_run_leaves_other_sites_their_turn(
    *, due: bool, backfill: bool, seconds: float
) -> None:
    site = Site(id="x", name="x", home="http://127.0.0.1/", hours="22-06")
    spider = cast("SiteSpider", SimpleNamespace(site=site, due=due, backfill=backfill))
    assert time_for(spider, datetime(2026, 3, 1, 14, tzinfo=UTC)) == seconds


@NEEDED
def test_a_timer_and_a_backfill_keep_to_the_hours_there(tmp_path: Path) -> None:
    afternoon, night = "2026-03-01 08:00:00", "2026-03-01 15:00:00"
    with LoopbackSite() as site:
        site.pages |= {"/news/": '<a href="/a/1">夜校</a>', "/a/1": article("夜校开班", BODY)}
        put_site(tmp_path, site, KEYS)
        done = union_archive_at(afternoon, tmp_path, "crawl", "--due")
        assert (done.returncode, done.stdout, site.log) == (0, "", [])
        done = union_archive_at(afternoon, tmp_path, "crawl", "--backfill")
        assert (done.returncode, site.log) == (0, [])
        assert done.stderr == "songyuan: left alone at this hour; hours = '22-06'\n"
        assert "1 new" in union_archive_at(night, tmp_path, "crawl", "--due").stdout
        site.log.clear()
        union_archive_at(afternoon, tmp_path, "crawl", "songyuan")
        assert site.log != []  # somebody asks for it
