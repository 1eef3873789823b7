"""Texts that came clean: a JSON object with the text, and what else is known of it.

It is kept as it came, as a resource record of the type GIVEN; nothing but control characters is
taken out of the text. Keys that are not read stay in the record.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from archive.records import Article, Removal
from crawler.deposits.item import NAMELESS, is_web, moment

GIVEN = "application/vnd.union-archive.text+json"
"""Content-Type of the record."""
RULE = "given"
"""The published_rule of a date that came with a text."""
NEWLINES = re.compile(r"\s*[\n\r\x0b\x0c\x85\u2028\u2029]\s*")
# Control characters, and marks that turn the direction of writing.
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
HALVES = re.compile("[\ud800-\udfff]")  # of characters; JSON can say them, UTF-8 cannot
NAMES = re.compile(r"[、,，;；]")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
TEXTS = ("url", "title", "source", "editor", "section", "language", "published", "captured")
"""Keys whose value is text, empty or null."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is read of the object."""

    text: str
    """Paragraphs joined by a line feed, control characters still in it; half ones are U+FFFD."""
    facts: dict[str, str]
    """Those of TEXTS that are there."""
    authors: tuple[str, ...]
    captured: datetime | None


def parse(body: bytes) -> Given:
    """Read an object. Raises ValueError, which says what was got and what was expected."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {' '.join(str(error).split())[:200]}") from error
    if not isinstance(value, dict):
        raise ValueError(f"got {_named(value)}, expected an object with a text")  # noqa: TRY004
    text = value.get("text")
    if not isinstance(text, str):
        got = _named(text) if "text" in value else "no text"
        raise ValueError(f"got {got}, expected text under the key text")  # noqa: TRY004
    text = "\n".join(filter(None, NEWLINES.split(HALVES.sub("\ufffd", text).strip())))
    if not CONTROLS.sub("", text).strip():
        raise ValueError("got an empty text, expected an article's")
    facts = {key: _line(key, value[key]) for key in TEXTS if value.get(key) is not None}
    facts = {key: fact for key, fact in facts.items() if fact}
    return Given(text, _checked(facts), _authors(value.get("authors")), _captured(facts))


def article(body: bytes, url: str) -> Article:
    """Make an Article of an object, whose text stays as it is. Raises ValueError."""
    from crawler.clean.metadata import language_of  # noqa: PLC0415 - only workers carry its weight
    from crawler.clean.page import Page  # noqa: PLC0415

    given = parse(body)
    facts = given.facts
    removals = tuple(
        Removal("characters", "control-character", found[0], found.start())
        for found in CONTROLS.finditer(given.text)
    )
    text = CONTROLS.sub("", given.text)
    language, script = language_of(text, Page(url, []))
    return Article(
        url=url,
        title=facts.get("title", ""),
        text=text,
        published=facts.get("published"),
        published_rule=RULE if "published" in facts else None,
        authors=given.authors,
        source=facts.get("source"),
        editor=facts.get("editor"),
        section=facts.get("section"),
        language=facts.get("language", language),
        script=script,
        removals=removals,
        encoding="utf-8",
        encoding_evidence="given as clean text, not read out of a page",
    )


def _named(value: object) -> str:
    """Say what a JSON value is."""
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false", int: "a number"}
    return "null" if value is None else kinds.get(type(value), "a number")


def _line(key: str, value: object) -> str:
    """Give a fact in one line, free of control characters."""
    if not isinstance(value, str):
        raise ValueError(f"{key}: got {_named(value)}, expected text")  # noqa: TRY004
    whole = HALVES.sub("\ufffd", NEWLINES.sub(" ", value))
    return " ".join(CONTROLS.sub("", whole).split())


def _authors(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever JSON can hold
    names = value if isinstance(value, list) else NAMES.split(value or "") if _text(value) else None
    if names is None or not all(isinstance(name, str) for name in names):
        raise ValueError(f"authors: got {_named(value)}, expected a list of names or text")
    return tuple(dict.fromkeys(filter(None, (_line("authors", name) for name in names))))


def _text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _checked(facts: dict[str, str]) -> dict[str, str]:
    """Check what is not any text: address, language, date of publication."""
    url, language, published = (facts.get(key) for key in ("url", "language", "published"))
    if url and not (is_web(url) or url.startswith(NAMELESS)):
        raise ValueError(f"url: got {url[:200]!r}, expected an address such as http://a.example/1")
    if language and not LANGUAGE.fullmatch(language):
        raise ValueError(f"language: got {language[:80]!r}, expected one such as zh-Hans")
    return facts | {"published": _published(published)} if published else facts


def _published(text: str) -> str:
    """Give a day, or a moment with its offset; of a moment without one the day is known."""
    try:
        found = datetime.fromisoformat(text)
        day = date.fromisoformat(text[:10]).isoformat()
    except ValueError as error:
        raise ValueError(f"published: got {text[:80]!r}, expected such as 2009-05-01") from error
    return found.isoformat() if found.tzinfo is not None else day


def _captured(facts: dict[str, str]) -> datetime | None:
    text = facts.get("captured")
    try:
        return moment(text) if text else None
    except ValueError as error:
        expected = "expected a time of the past such as 2024-03-05T09:30:00+08:00"
        raise ValueError(f"captured: got {facts['captured'][:80]!r}, {expected}") from error
