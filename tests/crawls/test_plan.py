"""When sources and articles are looked at again."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crawler.crawls.plan import (
    AGES,
    DAY,
    HOUR,
    LEAST,
    MOST,
    YEAR,
    next_interval,
    next_look,
    timestamp,
)

MADE = timestamp("2026-03-01T08:00:00Z")


def test_a_source_that_brings_much_is_asked_more_often() -> None:
    assert next_interval(DAY, new=3, changed=True) == DAY / 2
    assert next_interval(DAY, new=1, changed=True) == DAY * 0.8
    assert next_interval(DAY, new=0, changed=True) == DAY * 0.8
    assert next_interval(DAY, new=0, changed=False) == DAY * 1.4


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=60))
def test_a_source_is_asked_at_least_once_a_week_and_at_most_once_an_hour(
    looks: list[tuple[int, bool]],
) -> None:
    every = DAY
    for new, changed in looks:
        every = next_interval(every, new=new, changed=changed)
        assert LEAST <= every <= MOST


def test_an_article_is_looked_at_after_a_day_a_week_a_month_and_then_each_year() -> None:
    looks = [MADE]
    for _ in range(5):
        looks.append(next_look(MADE, looks[-1]))
    assert looks[1:4] == [MADE + age for age in AGES]
    assert [late - early for early, late in pairwise(looks[3:])] == [YEAR] * 2


@given(st.floats(0, 3 * YEAR))
def test_the_next_look_is_after_the_last(age: float) -> None:
    assert next_look(MADE, MADE + age) > MADE + age


def test_a_date_without_a_zone_is_utc() -> None:
    assert timestamp("2026-03-01T08:00:00") == MADE
    assert timestamp("2026-03-01T09:00:00Z") == MADE + HOUR
