"""What became of a page is dated, and believed when it was seen twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.versions.statuses import AMISS, FOUND, Status, follow

LOOKS = st.lists(st.sampled_from(sorted(AMISS | FOUND | {"error", "list"})), max_size=12)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["article", "article"], []),
        (["article", "gone"], [Status("gone", "1")]),
        (["article", "gone", "gone", "gone"], [Status("gone", "1", "2")]),
        (["article", "gone", "error", "gone"], [Status("gone", "1", "3")]),
        (["article", "gone", "article"], [Status("gone", "1", None, "2")]),
        (["article", "gone", "gone", "unchanged"], [Status("gone", "1", "2", "3")]),
        (
            ["article", "redirect", "redirect", "parked_domain"],
            [Status("redirect", "1", "2", "3"), Status("parked_domain", "3")],
        ),
        (["soft_404", "soft_404", "article"], []),
    ],
)
def test_looks_come_to(outcomes: list[str], expected: list[Status]) -> None:
    assert follow((outcome, str(time)) for time, outcome in enumerate(outcomes)) == expected


def test_two_looks_of_one_moment_confirm_nothing() -> None:
    assert follow([("article", "0"), ("gone", "1"), ("gone", "1")]) == [Status("gone", "1")]


@given(LOOKS)
def test_only_the_last_lasts_and_nothing_is_believed_before_it_is_seen(outcomes: list[str]) -> None:
    found = follow((outcome, f"{time:02}") for time, outcome in enumerate(outcomes))
    assert all(status.ended is not None for status in found[:-1])
    for status in found:
        moments = [status.since, status.confirmed, status.ended]
        seen = [moment for moment in moments if moment is not None]
        assert seen == sorted(set(seen))
        assert outcomes[int(status.since)] == status.status
