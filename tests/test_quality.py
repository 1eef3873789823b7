"""The pinned gate: no measure of tests/quality falls below its floor unless floors.toml says so."""

from functools import cache

import pytest
from quality import gate

HALVES = [half for half in gate.HALVES if gate.load(half)]
PAGES = [page for half in HALVES for page in gate.load(half)]


@cache
def measured(half: str) -> tuple[dict[str, float], dict[str, float]]:
    return gate.measure([gate.read(page) for page in gate.load(half)])


@pytest.mark.parametrize("half", HALVES)
def test_floors_hold(half: str) -> None:
    high, low = measured(half)
    limits = gate.floors()[half]
    fallen = [
        f"{name} {high[name]:.2f}" for name, least in limits["least"].items() if high[name] < least
    ]
    fallen += [
        f"{name} {low[name]:.0f}" for name, most in limits["most"].items() if low[name] > most
    ]
    assert not fallen


@pytest.mark.parametrize("half", HALVES)
def test_every_measure_has_its_floor(half: str) -> None:
    high, low = measured(half)
    limits = gate.floors()[half]
    assert (limits["least"].keys(), limits["most"].keys()) == (high.keys(), low.keys())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_truth_is_in_the_page(page: gate.Page) -> None:
    """What must be absent stands in the page, or its absence would say nothing."""
    html = gate.squeeze(page.html)
    assert page.note
    assert page.text or page.no_article
    assert not (page.trap and (page.flags or page.no_article))
    assert [string for string in page.forbidden if gate.squeeze(string) not in html] == []
