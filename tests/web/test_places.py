"""Home, the list of sites and the page of one, with their pictures; ready-made questions."""

import json
from collections.abc import Iterator

import httpx
import pytest
import web_archive
from conftest import Demo
from hypothesis import given
from hypothesis import strategies as st

from archive.records import SiteRecord
from archive.store import Store
from archive.web import coverage
from archive.web.coverage import Coverage


@pytest.fixture(scope="module")
def site(demo: Demo) -> Iterator[httpx.Client]:
    with (
        web_archive.serving("serve", demo.holdings) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        yield client


def test_every_ready_made_question_finds_something_in_the_demo(site: httpx.Client) -> None:
    metadata = json.loads((web_archive.ROOT / "datasette_metadata.json").read_text("utf-8"))
    queries = metadata["databases"]["archive"]["queries"]
    for name in queries:
        rows = site.get(f"/archive/{name}.json?q=工会&site=%25&_shape=array").json()
        assert rows, name
    reprinted = site.get("/archive/most_reprinted.json?_shape=array").json()
    assert min(row["copies"] for row in reprinted) >= 1
    gone = site.get("/archive/gone.json?_shape=array").json()
    assert [row["status"] for row in gone] == ["gone"]


def test_the_home_page_draws_every_site(site: httpx.Client) -> None:
    text = site.get("/").text
    assert text.count('class="q') >= 6
    for address in ("shuofang", "linlan", "hk-warehouse"):
        assert f'href="/sites/{address}"' in text
    assert "6 sites" in text


def test_a_site_has_a_page(site: httpx.Client) -> None:
    text = site.get("/sites/shuofang").text
    for words in (
        *("朔方省总工会", "19 articles", "2005–2013", "2008-03: 1", "gb18030", "基层动态"),
        *("Trade union", "Asia/Shanghai", "1 gone", "53 %", "Last crawl"),
        "Texts belong to their publishers and are kept here for research",
    ):
        assert words in text
    assert 'href="/search?site=shuofang&amp;q=on:2008-03"' in text
    assert "1 article<" in site.get("/search?site=shuofang&q=on:2008-03").text
    assert site.get("/sites/nowhere").status_code == 404
    assert site.get("/sites").text.count("<tr>") == 2 + 6 + 6


def test_the_figures_are_read_anew_when_the_archive_has_changed(
    site: httpx.Client, demo: Demo
) -> None:
    assert "6 sites" in site.get("/").text
    with Store(demo.holdings / "archive.db") as store:
        store.put_site(SiteRecord("later", "后来的工会", "http://later.example/"))
    assert "7 sites" in site.get("/").text


def test_shades_have_as_many_months_each() -> None:
    steps = coverage.levels(range(1, 101))
    assert steps == (26, 51, 76)
    assert [coverage.shade(number, steps) for number in (0, 1, 25, 26, 75, 76)] == [
        *(0, 1, 1, 2, 3, 4)
    ]
    assert coverage.legend(steps) == [(0, "0"), (1, "1–25"), (2, "26–50"), (3, "51–75"), (4, "76+")]
    assert coverage.levels([]) == (2, 3, 4)


@given(st.lists(st.integers(0, 10**6)))
def test_shades_grow_with_the_number(numbers: list[int]) -> None:
    steps = coverage.levels(numbers)
    assert steps[0] < steps[1] < steps[2]
    shades = [coverage.shade(number, steps) for number in sorted(numbers)]
    assert shades == sorted(shades)


def test_a_strip_joins_equal_neighbours() -> None:
    drawn = coverage.strip({(2026, 1): 1, (2026, 2): 1, (2026, 4): 9}, [2026], (2, 3, 4))
    assert drawn.paths == (
        (0, "M20 0H30V10H20zM40 0H120V10H40z"),
        (1, "M0 0H20V10H0z"),
        (4, "M30 0H40V10H30z"),
    )


def test_a_calendar_begins_and_ends_with_an_article() -> None:
    years = coverage.calendar({(2008, 11): 2, (2010, 2): 1})
    assert [(row.year, row.number, len(row.cells)) for row in years] == [
        *((2008, 2, 2), (2009, 0, 12), (2010, 1, 2))
    ]
    assert coverage.calendar({}) == []
    assert len(coverage.calendar({(1001, 1): 1, (2026, 1): 1})) == coverage.YEARS


def test_sites_add_up() -> None:
    one, other = Coverage(undated=1), Coverage(undated=2)
    one.months[2008, 1] = 3
    other.months[2008, 1] = 4
    whole = coverage.together([one, other])
    assert (whole.articles, whole.undated, whole.span) == (10, 3, "2008")
