"""What makes a site ill: a table of facts and illnesses."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.health import Facts, Read, Run, judge, refusals

NOW = datetime(2026, 7, 1, tzinfo=UTC)
ALL = frozenset({"title", "date", "text"})
ALONE = {"304": 5, "articles_alone": 1}
SOME = {"304": 1, "some_sources": 1}
WELL = {"200": 20, "304": 100}


def run(days: float, outcome: str | None = "finished", **facts: object) -> Run:
    return Run(NOW - timedelta(days=days), outcome, **{"answers": WELL, **facts})  # type: ignore[arg-type]


def names(*runs: Run, articles: list[Read] | None = None) -> list[str]:
    return [illness.name for illness in judge(Facts(NOW, runs, articles or []))]


def daily(new: int, days: range) -> list[Run]:
    return [run(day, new=new) for day in days]


@pytest.mark.parametrize(
    ("runs", "ill"),
    [
        ([], []),
        ([run(1)], []),
        ([run(0, None), run(1)], []),  # one is at work
        ([run(1, "failed", why="none of its sources could be read"), run(2)], []),
        ([run(1, "failed"), run(2, "crashed"), run(3)], ["failing"]),
        ([run(1, answers=ALONE), run(2, "failed"), run(3, "failed"), run(4)], ["failing"]),
        ([run(1, answers=ALONE), run(11)], ["overdue"]),
        ([run(1, "stopped"), run(2, "failed"), run(3)], []),
        ([run(11)], ["overdue"]),
        ([run(1, "failed")], ["overdue"]),
        ([run(1, answers={"200": 7, "403": 3})], ["blocked"]),
        ([run(1, answers={"200": 10, "block_page": 4})], ["blocked"]),
        ([run(1, answers={"200": 90, "403": 3})], []),
        ([run(1, answers={"200": 9, "soft_404": 3})], ["soft_404"]),
        ([run(1, answers={"200": 2, "412": 3, "521": 4})], ["blocked"]),
        ([run(1, answers={"200": 7, "503": 3})], ["erring"]),
        ([run(1, answers={"200": 2, "timeout": 10})], ["erring"]),
        ([run(1, answers={"200": 90, "500": 3})], []),
        ([run(1, answers={"robots": 5, "503": 3})], ["robots"]),
        ([run(1, answers={"robots": 5, "tls": 3})], ["tls"]),
        ([run(1, answers={"tls": 2})], ["tls"]),
        ([run(1, answers={"dns": 2})], ["dns"]),
        ([run(1, answers={"200": 2, "empty_list": 1}), run(2, new=9)], ["lists"]),
        ([run(1, answers={"200": 2, "empty_list": 1})], []),
        ([run(1, answers=ALONE), run(2, answers={"empty_list": 1}), run(3, new=9)], ["lists"]),
        ([run(1, answers=SOME), run(2, answers={"empty_list": 1}), run(3, new=9)], ["lists"]),
        ([run(1), run(2, answers={"empty_list": 1}), run(3, new=9)], []),
        (
            [run(1, answers=SOME), run(8, answers=SOME), run(9, answers={"empty_list": 1}, new=9)],
            [],
        ),
        ([run(1, answers={"200": 9, "hijacked_brand": 3}), run(2)], ["hijacked"]),
        ([run(1, answers={"200": 9, "hijacked_brand": 3})], []),  # it was never anything else
        ([run(1, answers={"200": 9, "hijacked_brand": 2}), run(2)], []),
        ([run(1, answers={"200": 9, "spun_text": 3}), run(2, answers={"spun_text": 4})], []),
    ],
)
def test_what_runs_say(runs: list[Run], ill: list[str]) -> None:
    assert names(*runs) == ill


def test_a_site_that_falls_silent_is_ill_and_a_quiet_one_is_not() -> None:
    harvest = [run(100, new=900)]
    assert names(*daily(1, range(1, 99)), *harvest) == []
    assert names(*daily(0, range(1, 15)), *daily(1, range(15, 99)), *harvest) == ["silent"]
    assert names(*daily(0, range(1, 99)), *harvest) == []
    # Too young for anything to be usual.
    assert names(*daily(0, range(1, 15)), *daily(1, range(15, 20)), run(20, new=900)) == []


@pytest.mark.parametrize("name", ["title", "date", "text"])
def test_a_field_that_is_read_no_longer_is_an_illness(name: str) -> None:
    whole, without = Read("zh-Hans", ALL), Read("zh-Hans", ALL - {name})
    assert names(run(1), articles=[without] * 20 + [whole] * 40) == [f"no_{name}"]
    assert names(run(1), articles=[without] * 60) == []
    assert names(run(1), articles=[without] * 9 + [whole] * 51) == []
    assert names(run(1), articles=[without] * 20 + [whole] * 5) == []


def test_a_sudden_change_of_language_is_an_illness() -> None:
    chinese, english = Read("zh-Hans", ALL), Read("en", ALL)
    assert names(run(1), articles=[english] * 20 + [chinese] * 40) == ["language"]
    assert names(run(1), articles=[english, chinese] * 30) == []


def test_refusals_are_counted_where_they_are_many() -> None:
    assert refusals({"200": 1, "429": 3}) == 3
    assert refusals({"200": 100, "429": 3}) == 0
    assert refusals({}) == 0
