"""What the pages say, where it stands in a template: `_("%(count)s articles", count=…)`."""

from markupsafe import Markup


def said(text: str, **values: object) -> Markup:
    """Give a phrase of a template's own, with values in it; they are escaped, the phrase is not."""
    phrase = Markup(text)  # noqa: S704 - only templates call it, with phrases of their own
    return phrase % values if values else phrase
