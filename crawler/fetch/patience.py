"""How long a server asks to be left alone: Retry-After of RFC 9110, 10.2.3."""

from datetime import UTC
from email.utils import parsedate_to_datetime


def retry_after(value: bytes | None, now: float) -> float:
    """Read the header's value, seconds or a date, as seconds from `now`; 0 for what is neither.

    `now` is in seconds since 1970.
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
        return max((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now, 0.0)
    except (ValueError, OverflowError):
        return 0.0
