from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.clock import BACK, Clock

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


@given(st.lists(st.floats(-3600 * 7, 3600 * 7), min_size=1, max_size=30))
def test_dates_never_go_back_while_the_clock_does_by_hours(steps: list[float]) -> None:
    times = iter(NOON + timedelta(seconds=step) for step in steps)
    clock = Clock(machine=lambda: next(times))
    dates = [clock() for _ in steps]
    assert dates == sorted(set(dates))


def test_dates_go_on_from_what_an_earlier_run_noted() -> None:
    clock = Clock("2024-03-05T18:00:00.000000Z", machine=lambda: NOON)
    assert [clock(), clock()] == ["2024-03-05T18:00:00.000001Z", "2024-03-05T18:00:00.000002Z"]


def test_a_date_far_ahead_is_told_and_not_followed(caplog: pytest.LogCaptureFixture) -> None:
    ahead = NOON + BACK + timedelta(days=400)
    clock = Clock(ahead.isoformat(), machine=lambda: NOON)
    assert clock() == "2024-03-05T12:00:00.000000Z"
    assert "the clock says 2024-03-05, yet a page was captured on 2025-04-10" in caplog.text
    caplog.clear()
    assert clock() == "2024-03-05T12:00:00.000001Z"
    assert caplog.text == ""


@pytest.mark.parametrize("noted", ["yesterday", "", "2024-03-05T12:00:00"])
def test_whatever_was_noted_it_tells_the_time(noted: str) -> None:
    assert Clock(noted, machine=lambda: NOON + STEP)() == "2024-03-05T12:00:01.000000Z"


STEP = timedelta(seconds=1)
