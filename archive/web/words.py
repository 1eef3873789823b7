"""How the pages put it: flags, outcomes, languages and dates in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from archive.hanzi import HAN

WEB = frozenset({"http", "https"})
"""The only schemes that become links."""

LONGEST = 8000
"""Characters of an address that may become a link."""


@dataclass(frozen=True, slots=True)
class FlagWords:
    """A flag as readers see it."""

    label: str
    """Two or three words."""
    meaning: str
    """A bold fact."""
    advice: str
    """What follows from it."""
    grave: bool = False
    """Whether the page's words should not be trusted."""


FLAGS = {
    "injected_links": FlagWords(
        "Injected links removed",
        "Injected links were found in this page and removed.",
        "The article's own words are untouched.",
    ),
    "hijacked_brand": FlagWords(
        "Hijacked brand",
        "This page looks hijacked.",
        "Another name stands where an organisation's should be. Do not cite it as its words.",
        grave=True,
    ),
    "spun_text": FlagWords(
        "Spun text",
        "This text looks rewritten by a machine.",
        "Words were exchanged for others that mean nearly the same. Look for the original.",
        grave=True,
    ),
    "pinyin_noise": FlagWords(
        "Pinyin removed",
        "Pinyin was sown among the characters and has been removed.",
        "Copies made by a machine look like that. Compare it with the original.",
    ),
    "script_converted": FlagWords(
        "Script converted",
        "A machine converted this text from the other Chinese script.",
        "Single characters may be wrong. It is kept as it was found.",
    ),
    "encoding_damage": FlagWords(
        "Damaged characters",
        "Some characters of this page are damaged.",
        "They could not be read back from its bytes.",
    ),
    "char_noise": FlagWords(
        "Invisible characters removed",
        "Invisible or stray characters were sown into this page and have been removed.",
        "The words themselves are untouched.",
    ),
    "block_page": FlagWords(
        "Block page", "The site answered with a block page.", "It holds no article.", grave=True
    ),
    "soft_404": FlagWords(
        "Missing page",
        "The site says that the page is missing.",
        "It holds no article.",
        grave=True,
    ),
    "parked_domain": FlagWords(
        "Parked domain",
        "The address now belongs to a parked domain.",
        "It holds no article.",
        grave=True,
    ),
    "list_page": FlagWords("List page", "This is a list of articles.", "It is none itself."),
}

LANGUAGE_NAMES = {
    "zh-Hans": "Chinese, Simplified",
    "zh-Hant": "Chinese, Traditional",
    "zh": "Chinese",
    "en": "English",
}

LOST = {
    "gone": "The site no longer has this page.",
    "redirect": "The site now sends readers of this page elsewhere.",
    "block_page": "The site answers with a block page instead of the article.",
    "soft_404": "The site now says that the page is missing.",
    "parked_domain": "The address now belongs to a parked domain.",
    "list_page": "The address now shows a list instead of the article.",
    "emptied": "The page now stands without its text.",
    "hijacked": "The page now shows a text that somebody else has put there.",
}
"""What can become of a page that leaves an article with its last good version."""

SITE_KINDS = {"union": "Trade union", "news": "News"}
"""Kinds of sites."""

RUNS = {
    "finished": ("state-ok", "finished"),
    "errors": ("state-late", "finished with errors"),
    "stopped": ("state-late", "stopped"),
    "failed": ("state-bad", "failed"),
    "open": ("state-late", "not finished"),
    "none": ("quiet", "never crawled"),
}
"""How a crawl went: class and words."""

OUTCOMES = {
    "gone": "gone",
    "redirect": "sent elsewhere",
    "block_page": "blocked",
    "soft_404": "missing",
    "parked_domain": "on a parked domain",
    "list_page": "turned into a list",
    "emptied": "emptied",
    "hijacked": "hijacked",
}
"""What a look found in place of an article, in a word."""

REMOVED = {
    "advertisement": "Advertisement",
    "byline": "Byline",
    "caption": "Caption",
    "characters": "Characters",
    "comments": "Comments",
    "copyright": "Copyright notice",
    "footer": "Footer",
    "furniture": "Page furniture",
    "injected": "Injected links",
    "navigation": "Navigation",
    "poll": "Poll",
    "related": "Related articles",
    "title": "Title",
    "widget": "Widget",
}
"""What was taken out, by the kind of its rule."""

KINDS = {
    "origin": "Likely the first",
    "same": "Same text",
    "abridged": "Abridged",
    "extended": "Extended",
    "spun": "Reworded by a machine",
    "clone": "A machine's copy",
}
"""What a reprint is, as compared with the likely origin."""


def flag_words(name: str) -> FlagWords:
    """Give the words for a flag, and plain ones for a name not known here."""
    plain = FlagWords(name.replace("_", " "), f"This page has the flag {name}.", "")
    return FLAGS.get(name, plain)


def run_state(run: Mapping[str, Any] | None) -> tuple[str, str]:
    """Tell how a crawl went, a row of runs: class and words. None for a site without any."""
    if run is None:
        return RUNS["none"]
    if not run["finished"]:
        return RUNS["open"]
    if run["outcome"] == "finished":
        return RUNS["errors" if run["errors"] else "finished"]
    return RUNS["stopped" if run["outcome"] == "stopped" else "failed"]


def removed(kind: str) -> str:
    """Name a kind of removal."""
    return REMOVED.get(kind, kind.replace("_", " ").capitalize())


def language_name(tag: str | None) -> str | None:
    """Name a BCP 47 tag in English; the tag itself where no name is known."""
    if not tag:
        return None
    return LANGUAGE_NAMES.get(tag) or LANGUAGE_NAMES.get("-".join(tag.split("-")[:2]), tag)


def lang_of(text: str, tag: str | None = None) -> str:
    """Give the `lang` attribute for a text: its known language, else a guess by its characters."""
    return tag or ("zh-Hans" if HAN.search(text) else "en")


def web_link(url: str | None) -> str | None:
    """Give the address back where it may become a link: http or https with a host; else None.

    One that is longer than any browser's address is none.
    """
    if url is not None and len(url) > LONGEST:
        return None
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in WEB and parts.netloc else None


def bare(url: str) -> str:
    """Write an address without its scheme, as people do."""
    return re.sub(r"^https?://", "", url, flags=re.IGNORECASE)


def moment(iso: str | None) -> str:
    """Write an ISO 8601 moment to the minute, its offset after a space; a date stays a date."""
    if not iso:
        return ""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[\d:.]*(Z|[+-]\d\d:?\d\d)?", iso)
    if not found:
        return iso
    day, clock, offset = found.groups()
    return f"{day} {clock} {'UTC' if offset == 'Z' else offset or ''}".rstrip()


def count(number: int) -> str:
    """Write a number with its thousands apart."""
    return f"{number:,}"
