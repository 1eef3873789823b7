from datetime import date

import pytest

from archive.errors import UsageError
from archive.search.keys import DATED, DAY, END, bounds, first_key


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2009-05-01", date(2009, 5, 1)),
        ("2009-05-01T23:59:59-08:00", date(2009, 5, 1)),
        ("9999-12-31", date(9999, 12, 31)),
    ],
)
def test_a_day_has_its_first_key(published: str, day: date) -> None:
    assert first_key(published) == day.toordinal() * DAY


@pytest.mark.parametrize("published", [None, "", "soon", "2009", "0001-01-01", "2009-02-30"])
def test_what_is_no_day_has_no_date(published: str | None) -> None:
    assert first_key(published) == 0


def test_bounds() -> None:
    first, last = date(2009, 1, 1).toordinal(), date(2009, 12, 31).toordinal()
    assert bounds(None, None) is None
    assert bounds("2009", "2009") == (first * DAY, (last + 1) * DAY)
    assert bounds("2009-1", "2009-12") == (first * DAY, (last + 1) * DAY)
    assert bounds("2009-01-01", None) == (first * DAY, END)
    assert bounds(None, "2009-12-31") == (DATED, (last + 1) * DAY)
    low, high = bounds("2008-02", "2008-02") or (0, 0)
    assert (high - low) // DAY == 29


@pytest.mark.parametrize("text", ["", "x", "2009-00", "2009-01-32", "20090501", "٢٠٠٩"])
def test_a_wrong_date_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="expected one such as"):
        bounds(text, None)
