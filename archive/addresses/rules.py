"""Addresses as a site's own rules have them; the rules are those of its site file.

archive.db has them too, as JSON, so that an address finds its article where no site file is.
"""

import json
import re
from dataclasses import asdict
from urllib.parse import unquote, urlsplit, urlunsplit

import regex

from archive.addresses.urls import canonical_url
from archive.records import AddressRules

NONE = AddressRules()
TIMEOUT = 0.2
"""Seconds that a pattern may take on one address; one that takes longer does not match."""
GROUP = re.compile(r"\$(\d)")


def ruled(url: str, rules: AddressRules) -> str:
    """Give the canonical address that rules make of an address; without rules its own."""
    url = canonical_url(url)
    if rules == NONE or not url.startswith(("http://", "https://")):
        return url
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    for pattern, instead in rules.same:
        target = _replaced(target, pattern, instead)
    path, _, query = target.partition("?")
    kept = "&".join(part for part in query.split("&") if _selects(part, rules))
    return canonical_url(urlunsplit((*parts[:2], path, kept, parts.fragment)))


def _replaced(target: str, pattern: str, instead: str) -> str:
    template = GROUP.sub(r"\\g<\1>", instead.replace("\\", r"\\"))
    try:
        return regex.sub(pattern, template, target, count=1, timeout=TIMEOUT)
    except TimeoutError:
        return target


def _selects(part: str, rules: AddressRules) -> bool:
    name = unquote(part.partition("=")[0])
    return name not in rules.drop and (not rules.keep or name in rules.keep)


def as_json(rules: AddressRules) -> str | None:
    """Give rules as archive.db has them; None where there are none."""
    return None if rules == NONE else json.dumps(asdict(rules), ensure_ascii=False)


def of_json(text: str | None) -> AddressRules:
    """Read rules as archive.db has them."""
    if text is None:
        return NONE
    lists = json.loads(text)
    same = tuple((pattern, instead) for pattern, instead in lists["same"])
    return AddressRules(tuple(lists["drop"]), tuple(lists["keep"]), same)
