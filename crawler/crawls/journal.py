"""The log of crawls that nobody watches: HOLDINGS/log/crawl.log, which is rotated."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler

from archive.holdings import Holdings

MAX_SIZE = 1_000_000
"""Bytes of a file, after which another is begun."""
KEPT = 9
"""Older files that are kept: crawl.log.1 is the newest of them."""
FORMAT = "%(asctime)sZ %(levelname)s %(name)s: %(message)s"


@contextmanager
def journal(holdings: Holdings) -> Iterator[None]:
    """Write down what is logged meanwhile: what we say, and what others warn of."""
    holdings.log.mkdir(exist_ok=True)
    handler = _Handler(
        holdings.log / "crawl.log",
        maxBytes=MAX_SIZE,
        backupCount=KEPT,
        encoding="utf-8",
        delay=True,  # nothing is made where nothing is said
    )
    formatter = logging.Formatter(FORMAT, datefmt="%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(_is_told)
    logging.root.addHandler(handler)
    try:
        yield
    finally:
        logging.root.removeHandler(handler)
        handler.close()


class _Handler(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's
        """Lose a line rather than a crawl: that a disk is full is told by what cannot be kept."""


def _is_told(record: logging.LogRecord) -> bool:
    ours = record.name.partition(".")[0] in ("crawler", "archive")
    return record.levelno >= (logging.INFO if ours else logging.WARNING)
