"""Why a request brought nothing, in words."""


def in_words(error: BaseException | None) -> str:
    """Say it in one line. Twisted hides the reasons of a connection's failure in a list."""
    reasons = getattr(getattr(error, "__cause__", None), "reasons", ())
    said = "; ".join(reason.getErrorMessage() for reason in reasons) or str(error)
    return " ".join(said.split())[:300] or type(error).__name__
