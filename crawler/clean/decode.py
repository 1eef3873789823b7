"""Bytes to text, with the grounds for the encoding chosen.

In order: a byte order mark; UTF-8 if the bytes are, the cut-off tail of a page aside; UTF-16
without a mark; the labels of the HTTP header and the page, widened as browsers do
(https://encoding.spec.whatwg.org/#names-and-labels) and believed only if the bytes bear them out;
GB18030 and Big5 by how common the characters are that they give; charset-normalizer.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

from archive.hanzi import fold
from crawler.clean.repair import realign, reread

COMMON_HAN = str.maketrans(
    "",
    "",
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日"
    "者意无力与长机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应向头文体政美相见被利"
    "二等产或新制身果加西月话合回特代内信表化老给世位次度门任常先海通教原东声提立及比员解水名真论处走义各"
    "入几口认条平系气题活更别打女变四总何电数安少报才结反受目太量再感建务做接必场件计管期市直资命山金指统"
    "区保至队形社便空治展科五基书非则界达光放强即难且权思完设式色路记南品住告类求据程北边张该交规万取领共"
    "确传师观清今切院让识导争运服组织职劳动工会委党省县企网站新闻频道首页中心",
)
"""Characters of which any Chinese page is full; a wrong decoding gives hardly any."""

CONVINCING = (
    0.20  # share of common characters; right decodings have 0.35 and more, wrong ones < 0.05
)
MISREAD_LEAST = 60  # bytes beyond ASCII that tell
SAMPLE = 500  # ideographs looked at
ASCII = bytes(range(0x80))
NO_HAN = re.compile(r"[^\u3400-\u9fff\uf900-\ufaff]+")
LONGEST = 8 << 20  # bytes that are read: more characters than any article has
LABEL_WITHIN = 8192  # bytes in which a page's own label is looked for
LAST_RESORTS = ["cp1252", "cp1251", "shift_jis", "euc_kr", "euc_jp", "cp1250", "cp1254", "cp1258"]

LINE_OR_TAG = re.compile(rb"(<[^<>]{0,300}>|\n)")
UTF8_HAN = re.compile(rb"(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){3}")
"""Three ideographs or full stops in UTF-8; by chance GBK hardly ever has them."""
HEADER_CHARSET = re.compile(r"charset\s*=[\s\"']*([\w.:-]{1,40})", re.IGNORECASE)
PAGE_CHARSET = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=[\s\"']*([\w.:-]{1,40})|<\?xml[^>]{0,100}?encoding=[\"']([\w.:-]+)",
    re.IGNORECASE,
)
WIDER = {
    **dict.fromkeys(("gb2312", "gbk", "hz"), "gb18030"),
    **dict.fromkeys(("big5", "cp950"), "big5hkscs"),
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
    "utf-16": "utf-16-le",
}
OF_PAGES = re.compile(
    r"utf-8|utf-16-[bl]e|gb18030|big5hkscs|cp125\d|cp8(?:66|74)|cp9(?:32|49)|shift_jis\w*|euc_\w+|"
    r"iso2022_jp\w*|johab|koi8-\w|iso8859-\d+|mac-(?:roman|cyrillic)|tis-620|ptcp154"
)
"""Encodings that pages are written in; Python knows others, such as idna, that no page is in."""
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text and how it was read."""

    text: str
    encoding: str
    """As Python names it: utf-8, gb18030, big5hkscs, cp1252 …"""
    evidence: str
    """Why that one, in words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One attempt: the text in one encoding and how well it fits."""

    text: str
    encoding: str
    losses: int
    """Replacement characters."""
    common: float | None
    """Share of common characters among the ideographs; None where there are none."""

    @property
    def bad(self) -> float:
        """Losses as a share of all that is not ASCII."""
        if not self.losses:
            return 0.0
        foreign = sum(1 for c in self.text[: 4 * SAMPLE] if c > "\x7f")
        return self.losses / max(foreign, 1)


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Decode a page; any bytes give some text. `content_type` is the HTTP header's value."""
    body = body[:LONGEST]
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return Decoded(read(body[len(mark) :], encoding)[0], encoding, "byte order mark")
    if (strict := strict_utf8(body)) is not None:
        if is_misread(body) and (found := reread(strict, common_share)):
            return Decoded(found[0], "utf-8", f"valid UTF-8, but {found[1]} before")
        return Decoded(strict, "utf-8", "valid UTF-8")
    if utf16 := utf16_without_mark(body):
        return Decoded(read(body, utf16)[0], utf16, "every second byte is zero")
    return by_label(body, content_type) or by_likeness(body)


def strict_utf8(body: bytes) -> str | None:
    """The text if the bytes are UTF-8, a character cut off at the end aside."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return None


def is_misread(body: bytes) -> bool:
    """Whether a UTF-8 page is accented letters as hardly any language has them: a cheap look.

    They are what becomes of ideographs that were read as Latin-1 and encoded once more.
    """
    foreign = body.translate(None, ASCII)
    accented = foreign.count(b"\xc2") + foreign.count(b"\xc3")
    return len(foreign) > MISREAD_LEAST and 3 * accented > len(foreign)


def utf16_without_mark(body: bytes) -> str | None:
    """UTF-16 gives itself away by the zero bytes of its markup."""
    head = body[:400]
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros and zeros.count(0) > len(zeros) // 2:
            return encoding
    return None


def read(body: bytes, encoding: str) -> tuple[str, int]:
    """Decode with replacement, leaving out a character cut off at the end; count what was lost."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(body)
    own = body.count("\ufffd".encode(encoding)) if encoding in ("utf-8", "gb18030") else 0
    return text, text.count("\ufffd") - own


def attempt(body: bytes, encoding: str) -> Reading:
    """Read the bytes in one encoding and look at what comes out."""
    text, losses = read(body, encoding)
    if encoding == "gb18030" and losses and (common_share(text) or 0) >= CONVINCING:
        body, slips = realign(body, common_share)
        text, losses = read(body, encoding) if slips else (text, losses)
    if encoding == "big5hkscs" and (taiwan := taiwan_big5(body, text)):
        text, encoding = taiwan, "big5"
    return Reading(text, encoding, losses, common_share(text))


def taiwan_big5(body: bytes, hong_kong: str) -> str | None:
    """The text as Taiwan's Big5 if that is what it is: rows C6 to C8 differ from Hong Kong's.

    There Taiwan (ETEN) has kana where Hong Kong has numerals in circles, strokes and radicals.
    """
    try:
        taiwan = codecs.getincrementaldecoder("big5")().decode(body)
    except UnicodeDecodeError:
        return None
    if taiwan == hong_kong:
        return None
    differing = [h for t, h in zip(taiwan, hong_kong, strict=False) if t != h]
    numerals = sum("①" <= c <= "⒛" or "ⅰ" <= c <= "ⅹ" for c in differing)
    return taiwan if numerals * 2 < len(differing) else None


def common_share(text: str) -> float | None:
    """How many of the first ideographs are common ones, in either script."""
    # Codecs leave ASCII, most of a page, out ten times as fast as a pattern passes over it.
    foreign = text.encode("utf-8", "surrogatepass").translate(None, ASCII)
    han = NO_HAN.sub("", foreign.decode("utf-8", "surrogatepass")[: 2 * SAMPLE])[:SAMPLE]
    if len(han) < 4:
        return None
    return 1 - len(fold(han).translate(COMMON_HAN)) / len(han)


def labels(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    """Yield (encoding, who says so) for each label that names an encoding Python knows."""
    said = [(m.group(1), "header") for m in HEADER_CHARSET.finditer(content_type)]
    said += [
        ((match.group(1) or match.group(2)).decode("ascii"), "page")
        for match in PAGE_CHARSET.finditer(body[:LABEL_WITHIN])
    ]
    seen = set()
    for label, who in said:
        try:
            name = codecs.lookup(label).name
        except (LookupError, ValueError):
            continue
        name = WIDER.get(name, name)
        if OF_PAGES.fullmatch(name) and name not in seen:
            seen.add(name)
            yield name, f"{who} says {label}"


def by_label(body: bytes, content_type: str) -> Decoded | None:
    """Believe the first label that the bytes bear out."""
    for encoding, said in labels(body, content_type):
        reading = attempt(body, encoding)
        if encoding == "utf-8":
            fits = reading.bad < 0.2
        elif encoding in ("gb18030", "big5hkscs"):
            fits = reading.bad < 0.02 and (reading.common or 0) >= CONVINCING
        else:
            fits = not reading.losses and (by_commonness(body) is None)
        if reading.losses and (mended := two_encodings(body, reading)):
            return Decoded(mended, reading.encoding, f"{said}; lines in another encoding")
        if fits:
            lost = f", {reading.losses} bytes lost" if reading.losses else ""
            return Decoded(reading.text, reading.encoding, f"{said}{lost}")
    return None


def two_encodings(body: bytes, reading: Reading) -> str | None:
    """The text of a page whose lines are partly UTF-8 and partly GBK; None where they are not.

    Two GBK ideographs are often a valid pair of UTF-8 as well, so that only runs of ideographs
    of three bytes each tell that a line is UTF-8.
    """
    if reading.encoding not in ("gb18030", "utf-8") or not UTF8_HAN.search(body):
        return None
    kinds: set[str] = set()
    lines: list[str] = []
    for part in LINE_OR_TAG.split(body):
        if part.isascii():
            lines.append(part.decode("ascii"))
            continue
        strict = strict_utf8(part) if UTF8_HAN.search(part) else None
        lines.append(strict if strict is not None else read(part, "gb18030")[0])
        kinds.add("utf-8" if strict is not None else "gb18030")
    text = "".join(lines)
    better = 2 * text.count("\ufffd") < reading.losses
    return text if len(kinds) > 1 and better and (common_share(text) or 0) >= CONVINCING else None


def by_commonness(body: bytes) -> Decoded | None:
    """GB18030, Big5 or damaged UTF-8: whichever gives common characters and loses least."""
    tried = [attempt(body, encoding) for encoding in ("gb18030", "big5hkscs", "utf-8")]
    likely = [r for r in tried if r.common is not None and r.common >= CONVINCING]
    if not likely:
        return None
    best = min(likely, key=lambda r: (round(r.bad, 2), -(r.common or 0)))
    share = f"{100 * (best.common or 0):.0f} % of the ideographs are common ones"
    return Decoded(best.text, best.encoding, f"no label holds; {share}, {best.losses} bytes lost")


def by_likeness(body: bytes) -> Decoded:
    """Without a label that holds: common Chinese characters, then charset-normalizer."""
    if found := by_commonness(body):
        return found
    guess = from_bytes(body[:65536], cp_isolation=["gb18030", "big5hkscs", *LAST_RESORTS]).best()
    encoding = guess.encoding if guess else "gb18030"
    text, losses = read(body, encoding)
    who = "charset-normalizer" if guess else "nothing known fits"
    return Decoded(text, encoding, f"{who}, {losses} bytes lost")
