"""The tables of a site file, and the kinds of values that stand in them."""

from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import regex
from cssselect import HTMLTranslator, SelectorError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from crawler.sitefile.hours import checked

DEFAULT_PORTS = {"http": 80, "https": 443}


def _css(value: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(value)
    except SelectorError as error:
        raise ValueError(f"a CSS selector ({error})") from error
    return value


def _pattern(value: str) -> str:
    try:
        regex.compile(value)
    except regex.error as error:
        raise ValueError(f"a regular expression ({error})") from error
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("a name of the IANA time zones, such as Asia/Shanghai") from error
    return value


def _address(value: str) -> str:
    expected = "a web address such as https://www.example.org/"
    try:
        parts = urlsplit(value)
        bad = parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.port == 0
    except ValueError as error:
        raise ValueError(f"{expected} ({error})") from error
    if bad or parts.username is not None or any(c.isspace() for c in value):
        raise ValueError(f"{expected}, with http or https, a host and no password")
    return value if parts.path else parts._replace(path="/").geturl()


Text = Annotated[str, Field(min_length=1)]
Css = Annotated[str, Field(min_length=1), AfterValidator(_css)]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_pattern)]
Zone = Annotated[str, Field(min_length=1), AfterValidator(_zone)]
Hours = Annotated[str, AfterValidator(checked)]
Address = Annotated[str, Field(min_length=1), AfterValidator(_address)]


class Strict(BaseModel):
    """A table in which every key is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Source(Strict):
    """Where a site announces its articles: exactly one of list, feed and sitemap."""

    list: Text | None = None
    """Address of the first list page, absolute or as seen from home."""
    feed: Text | None = None
    """Address of an RSS or Atom feed."""
    sitemap: Text | None = None
    """Address of a sitemap or of an index of sitemaps."""
    next: Css | None = None
    """CSS of the link to a list's next page."""
    section: Text | None = None
    """The section that its articles belong to, where a page names none."""
    browser: bool = False
    """Whether scripts draw the list, so that a browser is needed to read it."""
    more: Css | None = None
    """CSS of what a reader of such a list clicks on for more of it."""

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        given = [name for name in ("list", "feed", "sitemap") if getattr(self, name) is not None]
        if len(given) != 1:
            got = " and ".join(given) or "none of them"
            raise ValueError(f"got {got}, expected exactly one of list, feed, sitemap")
        if self.next is not None and self.list is None:
            raise ValueError(f"got next beside {given[0]}, expected it beside list only")
        if self.browser and self.list is None:
            raise ValueError(f"got browser beside {given[0]}, expected it beside list only")
        return self

    @property
    def kind(self) -> Literal["list", "feed", "sitemap"]:
        """Which of the three it is."""
        if self.list is not None:
            return "list"
        return "feed" if self.feed is not None else "sitemap"

    @property
    def address(self) -> str:
        """The address as the site file has it."""
        return self.list or self.feed or self.sitemap or ""


class Layout(Strict):
    """Where things stood on a site's pages, until the day it was redesigned; all in CSS."""

    until: date | None = None
    """The last day it was in use; None for the layout of today."""
    body: Css | None = None
    title: Css | None = None
    date: Css | None = None
    authors: Css | None = None
    source: Css | None = None
    editor: Css | None = None
    remove: Css | None = None
    """What to take out of the body."""


class Assertions(Strict):
    """What a crawl of the site should yield."""

    min_articles: Annotated[int, Field(ge=0)] | None = None
