"""The model and the simulation behind crawler/cluster/SCALE.md, in small.

The long form is `python tests/benchmarks/scheduling.py`: ten thousand sites for a year.
"""

import sys
from pathlib import Path
from statistics import median
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import scale
import scheduling
from publishing import BEGIN, PATIENCE, TURNING_AWAY, moment, publishers
from timetable import Machine, Pace, Tally
from visiting import Costs

from crawler.crawls.plan import DAY, HOUR, MOST
from crawler.fetch.scheduler import MOST_IN_VAIN

SITES, DAYS, WARM = 200, 40, 10
CHAINS = st.tuples(st.floats(1, 1e4), st.floats(0, 0.9), st.floats(0, 3))


@pytest.fixture(scope="module")
def sites_simulated() -> Tally:
    sites = publishers(SITES, DAYS)
    return Machine(sites, Costs(0.005, 0.0025, 0.02), 2, DAYS, WARM).run()


def test_who_publishes_often_is_captured_soon(sites_simulated: Tally) -> None:
    medians = [
        scheduling.quantile(sites_simulated.lags[kind], 0.5) / HOUR
        for kind in ("national", "provincial", "city", "county")
    ]
    assert medians == sorted(medians)
    assert medians[0] < 4
    assert medians[3] < 48


def test_nothing_comes_later_than_the_longest_interval(sites_simulated: Tally) -> None:
    late = 2 * DAY  # of sites that were down meanwhile
    for kind, lags in sites_simulated.lags.items():
        if kind != TURNING_AWAY:
            assert scheduling.quantile(lags, 0.99) < MOST + late, kind


def test_a_site_is_asked_as_often_as_it_publishes(sites_simulated: Tally) -> None:
    asked = {kind: median(numbers) for kind, numbers in sites_simulated.asked.items()}
    assert asked["enterprise"] < 3 < asked["provincial"] < asked["national"]
    assert max(sites_simulated.asked[TURNING_AWAY]) <= PATIENCE + MOST_IN_VAIN
    for kind in ("provincial", "city", "county", "enterprise"):
        assert min(sites_simulated.asked[kind]) > 1 / 7, kind  # robots.txt and a list, a week


def test_the_load_is_told_whole(sites_simulated: Tally) -> None:
    asked = sum(sum(numbers[WARM:]) for numbers in sites_simulated.requests.values())
    assert sum(sites_simulated.hours) == asked
    assert sum(sum(found) for found in sites_simulated.asked.values()) * (DAYS - WARM) == (
        pytest.approx(asked)
    )
    assert 0 < sites_simulated.harvested < WARM
    assert all(0 <= busy <= DAY for busy in sites_simulated.busy[1:])
    for drawn in scheduling.pictures(sites_simulated).values():
        assert len(ET.fromstring(drawn).findall("{*}path")) > 4


@given(st.lists(CHAINS, min_size=1, max_size=30), st.integers(1, 8))
def test_hosts_are_slowed_by_no_more_than_the_processor_lacks(
    chains: list[tuple[float, float, float]], cores: int
) -> None:
    """The CPU of a chain is given as a share of its seconds."""
    whole = [(work, main * work, (main + more) * work) for work, main, more in chains]
    pace = Pace(whole, cores)
    least = max(work for work, _, _ in whole)
    needed = max(sum(main for _, main, _ in whole), sum(cpu for *_, cpu in whole) / cores)
    assert max(least, needed) <= pace.end * (1 + 1e-9)
    assert pace.end <= (least + needed) * (1 + 1e-9) + sum(
        work * max(0, (main + more) / cores - 1) for work, main, more in chains
    )
    assert pace.at(least) == pytest.approx(pace.end)
    assert pace.at(least / 2) <= pace.at(least)


def test_articles_are_published_by_day_and_less_at_weekends() -> None:
    times = [moment(hours / 4) for hours in range(4 * 56)]
    assert times == sorted(times)
    assert all(8 <= (at - BEGIN) % DAY / HOUR < 18 for at in times)
    assert sum(at - BEGIN >= 5 * DAY for at in times) == 4 * 6


def test_the_page_says_what_the_model_does() -> None:
    page = scale.DOCUMENT.read_text(encoding="utf-8")
    assert scale.told(scale.costs()) in page, "run python tests/benchmarks/scale.py --write"


def test_more_machines_take_less_time_until_politeness_forbids() -> None:
    for work in scale.works(scale.costs()):
        one, many = (max(work.hours(scale.costs(), n).values()) for n in (1, 1000))
        assert many <= one
        assert many >= work.largest * scale.PAUSE / 3600
