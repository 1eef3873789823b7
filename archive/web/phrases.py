"""What the pages say, where it stands in a template: `_("%(count)s articles", count=…)`."""

from markupsafe import Markup, escape


def said(text: str, **values: object) -> Markup:
    """Give a phrase with values in it; all of them are escaped, but for what is markup already."""
    phrase = escape(text)
    return phrase % values if values else phrase
