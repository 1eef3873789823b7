"""How long a server asks to be left alone."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.patience import retry_after

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120),
        (b" 0 ", 0),
        (b"Sun, 01 Mar 2026 08:02:00 GMT", 120),
        (b"Sun, 01 Mar 2026 08:02:00", 120),
        (b"Sun, 01 Mar 2026 07:00:00 GMT", 0),
        *((value, 0) for value in (None, b"", b"-5", b"soon", "１２".encode(), b"\xb2")),
    ],
)
def test_seconds_and_dates(value: bytes | None, seconds: float) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.binary())
def test_whatever_it_says_it_is_no_error_and_no_time_gone_by(value: bytes) -> None:
    assert retry_after(value, NOW) >= 0
