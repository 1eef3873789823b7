"""What the looks at an article's page come to: its versions, and the looks that are held back.

`history` is a function of the looks alone, put in order of time: whatever the order in which
captures came to the archive, and whether a crawl, an ingest, a rebuild or a merge brought them,
they come to the same. `archive.versions.settling` writes down what it gives.

A reading is held back where the page was taken from the article: emptied, when next to nothing of
the text is left under the title it had; hijacked, when it has flags of a machine's page that the
last good reading had not, and the text is another's. The last good reading then stays the current
version. An edit, however bold, and spam set about a text that is still there are held back never.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.hanzi import letters
from archive.records import Article
from archive.register.boilerplate import without_learned

HIJACK = frozenset(
    {"hijacked_brand", "injected_links", "pinyin_noise", "script_converted", "spun_text"}
)
"""Flags of a page that somebody else has written."""
ANOTHERS = 0.5
"""Share of the shorter text's shingles; with less in common two texts are not of one hand."""
LEFT = 1 / 8
"""Share of an article's letters; where no more is left, it was emptied."""
LEAST = 40
"""Letters of an article that can be taken from; of less any edit is a big one."""


@dataclass(frozen=True, slots=True)
class Look:
    """A capture of an article's page."""

    record_id: str
    captured: str
    outcome: str
    """What the page was read as: article, gone, unchanged …"""
    address: str = ""
    """Which of the article's addresses it was at: an id."""
    site: str | None = None
    reading: Article | None = None
    """What was read, where it was read as an article."""
    title: str | None = None
    """What a page without any text calls itself; None for every other."""
    cleaner: str = ""
    """What read it."""

    @property
    def moment(self) -> tuple[str, str]:
        """Where it stands in time."""
        return self.captured, self.record_id


@dataclass(slots=True)
class Span:
    """A version: looks at which the page read alike, others between them notwithstanding."""

    first: Look
    last: Look
    """The current reading, when the version is the current one."""


@dataclass(slots=True)
class History:
    """What looks come to."""

    spans: list[Span] = field(default_factory=list)
    """The versions, the first one first."""
    held_back: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By record id, what became of the page instead, and the grounds in words."""
    seen: str = ""
    """When the article was last found, or its site said that it is as it was."""


def history(looks: Iterable[Look]) -> History:
    """Give what looks come to, in whatever order they are given."""
    found = History()
    for look in sorted(looks, key=lambda look: look.moment):
        last = found.spans[-1].last.reading if found.spans else None
        if last is not None and (why := taken_from(last, look)) is not None:
            found.held_back[look.record_id] = why
        elif look.reading is not None:
            if last is not None and _alike(last, look.reading):
                found.spans[-1].last = look
            else:
                found.spans.append(Span(look, look))
            found.seen = look.captured
        elif last is not None and look.outcome == "unchanged":
            found.seen = look.captured
    return found


def _alike(old: Article, new: Article) -> bool:
    """Tell whether two readings are of one version; what was learned meanwhile makes no other."""
    if old.title != new.title:
        return False
    return old.text == new.text or without_learned(old.text, new.removals) == new.text


def taken_from(good: Article, look: Look) -> tuple[str, str] | None:
    """Say that a page was hijacked or emptied, and the grounds; None where it was neither.

    `good` is its last good reading.
    """
    if look.reading is None:
        if look.title is None or len(letters(good.text)) < LEAST or not letters(good.title):
            return None
        return ("emptied", "") if letters(good.title) in letters(look.title) else None
    if look.reading.text == good.text:
        return None
    return _hijacked(good, look.reading) or _emptied(good, look.reading)


def _emptied(good: Article, now: Article) -> tuple[str, str] | None:
    had, left = len(letters(good.text)), len(letters(now.text))
    titles = letters(good.title), letters(now.title)
    if had < LEAST or left > LEFT * had or titles[1] not in (titles[0], ""):
        return None
    return "emptied", f"{left} of {had} letters are left"


def _hijacked(good: Article, now: Article) -> tuple[str, str] | None:
    flags = hijack_flags(now) - hijack_flags(good)
    if not flags or len(letters(good.text)) < LEAST:
        return None
    from archive.reprints.likeness import Text, containment  # noqa: PLC0415 - numpy waits until needed

    common = containment(Text(good.text), Text(now.text))
    if common >= ANOTHERS:
        return None
    return "hijacked", f"{', '.join(sorted(flags))}; {common:.0%} of the text is as it was"


def hijack_flags(article: Article) -> frozenset[str]:
    """Give the names of those of its flags that speak of another's hand."""
    return HIJACK.intersection(flag.name for flag in article.flags)
