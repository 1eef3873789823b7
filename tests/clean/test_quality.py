"""The pinned gate: no measure of tests/quality falls below its floor unless floors.toml says so."""

from functools import cache
from html import unescape
from pathlib import Path

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
    html = gate.squeeze(unescape(page.body.decode(page.encoding, "replace")))
    assert page.note
    assert page.text or page.no_article
    assert not (page.trap and (page.flags or page.no_article))
    assert [string for string in page.forbidden if gate.squeeze(string) not in html] == []


def test_a_scorer_reads_the_sets_it_has(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    scorer = tmp_path / "score.py"
    assert gate.run_scorer(scorer) == 0
    assert f"skipped cases: there is no {scorer}" in capfd.readouterr().out
    scorer.write_text("import sys; print('measured', sys.argv[1]); sys.exit(3)")
    (tmp_path / "cases").mkdir()
    assert gate.run_scorer(scorer) == 3
    out = capfd.readouterr().out
    assert "measured cases" in out
    assert f"skipped corpus: there is no {tmp_path / 'corpus'}" in out
    assert "measured corpus" not in out
