"""The dates of captures: a clock that is put back a little does not turn their order round."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

BACK = timedelta(days=1)
"""A clock that goes back by less has been corrected, or its zone was wrong: dates go on from the
newest. One that goes back by more was far ahead, and what it dated is not to be followed."""
FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
STEP = timedelta(microseconds=1)

log = logging.getLogger(__name__)


def _machine() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Gives WARC-Dates, each later than the one before and than `newest`, a date noted earlier.

    Versions follow from the order of these dates, here and when the archive is rebuilt.
    """

    def __init__(
        self, newest: str | None = None, machine: Callable[[], datetime] = _machine
    ) -> None:
        self._machine = machine
        self._last = datetime.min.replace(tzinfo=UTC)
        if newest is not None:
            try:
                last = datetime.fromisoformat(newest)
            except ValueError:  # of a WARC file that is not ours
                return
            self._last = last if last.tzinfo else last.replace(tzinfo=UTC)

    def __call__(self) -> str:
        """Give the time as a WARC-Date."""
        time = self._machine()
        if time <= self._last:
            if self._last - time > BACK:
                log.warning(
                    "the clock says %s, yet a page was captured on %s; if the clock is wrong, "
                    "set it and crawl again",
                    time.date(),
                    self._last.date(),
                )
            else:
                time = self._last + STEP
        self._last = time
        return time.strftime(FORMAT)
