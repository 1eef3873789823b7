"""The shared vocabulary: what the crawler hands over and the archive keeps."""

from collections.abc import Iterator
from dataclasses import dataclass

NO_ARTICLE = frozenset({"block_page", "soft_404", "parked_domain", "list_page"})
"""Flags of pages that are no article: recorded, but not counted, searched or exported."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A piece that cleaning took out of the extracted text, or put something else in place of."""

    kind: str
    """What it was: navigation, byline, copyright, injected …"""
    rule: str
    """The rule that found it."""
    text: str
    """The piece as it stood in the extracted text."""
    position: int
    """Where it stood: code points from the start of the extracted text."""
    replacement: str = ""
    """What stands in its place in the cleaned text."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt about a page, with its grounds."""

    name: str
    """Such as injected_links; the README's table of flags says what each means."""
    score: int
    """How sure, 0 to 100."""
    evidence: str
    """The grounds in words."""


@dataclass(frozen=True, slots=True)
class Credit:
    """Somebody who had a hand in an article without being its author."""

    role: str
    """What the page calls it: 责任编辑, 审核, 校对, 监制."""
    name: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of an article."""

    url: str
    """Absolute address."""
    caption: str = ""
    """Its caption, or its alt text where it has none."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an article leads to: a PDF, a form to fill in, a table."""

    url: str
    """Absolute address, as it is asked for."""
    name: str
    """What the page calls it, or the end of its address."""


@dataclass(frozen=True, slots=True)
class Document:
    """What was read of a file that some article leads to."""

    kind: str | None
    """What it is by its bytes: pdf, docx …; None for what is no document, such as a page."""
    size: int
    """In bytes."""
    text: str = ""
    """Paragraphs joined by a line feed."""
    why: str | None = None
    """Why there is no text, or not all of it."""


@dataclass(frozen=True, slots=True)
class Article:
    """What was read out of one page."""

    url: str
    """The address the page was read from."""
    title: str = ""
    text: str = ""
    """Paragraphs joined by a line feed; empty for a page that is no article."""
    published: str | None = None
    """ISO 8601: a date, or a datetime with offset; None when not known."""
    published_rule: str | None = None
    """Which rule found the date."""
    authors: tuple[str, ...] = ()
    """Names, without titles such as 记者."""
    source: str | None = None
    """来源: who published it first, as the page says."""
    editor: str | None = None
    """责任编辑; several names are joined by 、. Where none is named, who else looked over it."""
    section: str | None = None
    """The site's section, such as 要闻."""
    language: str | None = None
    """BCP 47: zh-Hans, zh-Hant, en …"""
    script: str | None = None
    """ISO 15924: Hans, Hant, Latn …"""
    images: tuple[Image, ...] = ()
    removals: tuple[Removal, ...] = ()
    """In order of position; none overlaps another."""
    flags: tuple[Flag, ...] = ()
    encoding: str = ""
    """The encoding the bytes were read in, as Python names it."""
    encoding_evidence: str = ""
    """Why that one, in words."""
    credits: tuple[Credit, ...] = ()
    """All who are named with what they did, in the page's order, authors aside."""
    attachments: tuple[Attachment, ...] = ()
    """Files that its main region leads to, in the page's order."""

    @property
    def no_article(self) -> str | None:
        """The flag that says this page is no article, or None for an article."""
        return next((flag.name for flag in self.flags if flag.name in NO_ARTICLE), None)

    @property
    def extracted(self) -> str:
        """The visible text of the page's main region before anything was taken out."""
        return restore(self.text, self.removals)


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetched response, or one text that came without an address, and where its bytes lie."""

    record_id: str
    """WARC-Record-ID: urn:uuid:…"""
    url: str
    """WARC-Target-URI; urn:sha256:… for a text without an address."""
    captured: str
    """WARC-Date: ISO 8601 in UTC; empty where a record has none that can be read."""
    status: int
    """HTTP status; 0 for a WARC resource record."""
    content_type: str
    """Content-Type as it was sent, or an empty string."""
    digest: str
    """WARC-Payload-Digest: sha1:BASE32, of the payload as it was sent."""
    warc: str
    """Name of the file in HOLDINGS/warc, without the .open it has while being written."""
    offset: int
    """Where the record's gzip member begins in that file, in bytes."""
    location: str | None = None
    """Absolute target of a redirect."""
    payload_warc: str | None = None
    """The file that has the payload, where the record is a revisit: it repeats another's."""
    payload_offset: int | None = None
    truncated: str | None = None
    """WARC-Truncated: why the payload is not whole; None for one that is."""

    @property
    def payload_place(self) -> tuple[str, int]:
        """The file and the offset of the record that has the payload."""
        if self.payload_warc is None or self.payload_offset is None:
            return self.warc, self.offset
        return self.payload_warc, self.payload_offset


@dataclass(frozen=True, slots=True)
class Fixity:
    """What a finished WARC file was when it was finished, so that a changed byte is found."""

    name: str
    size: int
    sha256: str
    checksums: tuple[int, ...]
    """CRC-32 of each gzip member as it lies in the file, to name the record that has changed."""


@dataclass(frozen=True, slots=True)
class AddressRules:
    """What a person says of a site's addresses; `archive.addresses.rules` heeds it."""

    drop: tuple[str, ...] = ()
    """Parameters that select no content."""
    keep: tuple[str, ...] = ()
    """The only ones that do; empty where all do."""
    same: tuple[tuple[str, str], ...] = ()
    """Patterns of path and query, and what stands for them: $1 is the first group."""


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """What the archive shows of a site."""

    id: str
    name: str
    home: str
    kind: str | None = None
    """union or news; None for a site that no site file names."""
    language: str | None = None
    region: str | None = None
    """ISO 3166-2."""
    timezone: str | None = None
    addresses: AddressRules = AddressRules()
    min_articles: int | None = None
    """How many articles its file asserts that it has at least."""


def restore(text: str, removals: tuple[Removal, ...]) -> str:
    """Give back the extracted text from the cleaned text and its removals.

    `removals` are in order of position and do not overlap, as clean_page gives them.
    """
    return "".join(piece for piece, _ in pieces(text, removals))


def pieces(text: str, removals: tuple[Removal, ...]) -> Iterator[tuple[str, Removal | None]]:
    """Give the extracted text in pieces: what was kept, and what was taken out with its removal.

    Put together they are what `restore` gives back.
    """
    taken = 0  # of text
    given = 0  # of the extracted text
    for removal in removals:
        upto = taken + removal.position - given
        yield text[taken:upto], None
        yield removal.text, removal
        taken = upto + len(removal.replacement)
        given = removal.position + len(removal.text)
    yield text[taken:], None
