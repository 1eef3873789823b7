"""Why a request brought nothing, in words and as `archive.health` counts it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from OpenSSL.SSL import Error as TLSError
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError

if TYPE_CHECKING:
    from twisted.python.failure import Failure


def in_words(error: BaseException | None) -> str:
    """Say it in one line. Twisted hides the reasons of a connection's failure in a list."""
    if isinstance(error, HttpError):
        return f"answered {error.response.status}"
    said = "; ".join(map(_said, _reasons(error))) or str(error)
    return " ".join(said.split())[:300] or type(error).__name__


def kind_of(error: BaseException) -> str:
    """Name it: dns, timeout, tls, or failed for any other."""
    if isinstance(error, CannotResolveHostError):
        return "dns"
    if isinstance(error, DownloadTimeoutError):
        return "timeout"
    refused = (TLSError, VerificationError)
    return "tls" if any(isinstance(one.value, refused) for one in _reasons(error)) else "failed"


def _reasons(error: BaseException | None) -> "tuple[Failure, ...]":
    return tuple(getattr(getattr(error, "__cause__", None), "reasons", ()))


def _said(reason: "Failure") -> str:
    """Say what a reason is made of, without the brackets of tuples and lists."""
    parts = reason.value.args if reason.value is not None else ()
    return " ".join(_words(parts)) or reason.getErrorMessage()


def _words(part: object) -> Iterator[str]:
    if isinstance(part, tuple | list):
        for one in part:
            yield from _words(one)
    elif part:
        yield str(part)
