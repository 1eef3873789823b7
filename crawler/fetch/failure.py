"""Why a request brought nothing, in words."""

from typing import TYPE_CHECKING

from scrapy.spidermiddlewares.httperror import HttpError

if TYPE_CHECKING:
    from twisted.python.failure import Failure


def in_words(error: BaseException | None) -> str:
    """Say it in one line. Twisted hides the reasons of a connection's failure in a list."""
    if isinstance(error, HttpError):
        return f"answered {error.response.status}"
    reasons = getattr(getattr(error, "__cause__", None), "reasons", ())
    said = "; ".join(map(_said, reasons)) or str(error)
    return " ".join(said.split())[:300] or type(error).__name__


def _said(reason: "Failure") -> str:
    """Say what a reason is made of, without the brackets of a tuple."""
    parts = reason.value.args if reason.value is not None else ()
    return " ".join(str(part) for part in parts if part) or reason.getErrorMessage()
