"""What a saved page says of its address and its time."""

from datetime import UTC, datetime

import pytest

from crawler.deposits.saved import address_of, time_of

MARCH = datetime(2024, 3, 5, 1, 30, tzinfo=UTC)
SINGLE_FILE = (
    "<!--\n Page saved with SingleFile \n url: http://a.example/?b=1 \n"
    " saved date: Tue Mar 05 2024 09:30:00 GMT+0800 (China Standard Time)\n-->"
)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="canonical" href="http://a.example/1">', "http://a.example/1"),
        ('<meta property="og:url" content=" https://a.example/2 ">', "https://a.example/2"),
        ("<!-- saved from url=(0019)http://a.example/3 -->", "http://a.example/3"),
        ('<link rel="canonical" href="/1"><meta property="og:url" content="x">', None),
        ('<link rel="canonical" href="javascript:x">', None),
        (
            f'{SINGLE_FILE}<link rel="canonical" href="http://b.example/">',
            "http://a.example/?b=1",
        ),
        ("", None),
    ],
)
def test_the_address_a_saved_page_gives_itself(head: str, expected: object) -> None:
    assert (
        address_of(f"<html><head>{head}</head><body>工会</body></html>".encode("gbk")) == expected
    )


@pytest.mark.parametrize(
    ("body", "name", "expected"),
    [
        (SINGLE_FILE, "20200101000000.html", MARCH),
        ("<p>x</p><!-- FILE ARCHIVED ON 01:30:00 Mar 05, 2024 AND", "a.html", MARCH),
        ("", "20240305013000.html", MARCH),
        ("", "松原 2024-03-05T01-30-00Z.html", MARCH),
        ("", "7 (2024-03-05 01.30.00).txt", MARCH),
        # Dates of articles, numbers, times that are none.
        ("", "t20240305_7.html", None),
        ("", "2024-03-05.html", None),
        ("", "20241305013000.html", None),
        ("", "120240305013000.html", None),
        ("", "29990305013000.html", None),
        ("", "10240305013000.html", None),
        ("saved date: Tue Mrz 05 2024 09:30:00 GMT+0800", "a.html", None),
    ],
)
def test_the_time_a_file_was_saved_at(body: str, name: str, expected: datetime | None) -> None:
    assert time_of(body.encode(), name) == expected
