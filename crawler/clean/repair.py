"""Text that was read in a wrong encoding before we got it, put right where that can be undone.

Two kinds can: bytes decoded in one encoding that were in another, line by line or all of the page,
as when a UTF-8 text went through a GBK editor; and a GBK text that lost a byte, so that all pairs
after it are shifted by one until the next ASCII character. What was lost for good is marked with
U+FFFD.
"""

import codecs
import re
from collections.abc import Callable, Iterator

ROUTES = (
    ("gb18030", "utf-8", "UTF-8 read as GBK"),
    ("cp1252", "utf-8", "UTF-8 read as Windows-1252"),
    ("latin-1", "utf-8", "UTF-8 read as Latin-1"),
    ("latin-1", "gb18030", "GBK read as Latin-1"),
    ("cp1252", "gb18030", "GBK read as Windows-1252"),
    ("big5", "gb18030", "GBK read as Big5"),
)
"""(read as, was in, in words), the commonest first."""
CONTINUED = r"[\x80-\xbfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]"
"""What Windows-1252 has at 80 to BF, where the second and third bytes of UTF-8 lie."""
SUSPECT = re.compile(
    rf"[À-ÿ]{{4,}}|(?:[ã-ï]{CONTINUED}{{2}}){{2,}}|[\u4e00-\u9fff\ue000-\uf8ff€]{{6,}}"
)
PAIRS = re.compile(rb"[\x80-\xff]{13,}")
RARE = 0.12  # share of common characters below which a run is no Chinese text
GOOD = 0.3  # and from which the repaired one is
Share = Callable[[str], float | None]


def as_byte(error: UnicodeError) -> tuple[bytes, int]:
    """Write a control character that Windows-1252 lacks as the byte that browsers read it from."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return error.object[error.start : error.end].encode("latin-1"), error.end


codecs.register_error("c1-as-byte", as_byte)
LENIENT = {"cp1252": "c1-as-byte"}


def unscramble(line: str, share: Share) -> tuple[str, str] | None:
    """The line as it was meant, and what had happened to it; None where nothing had.

    `share` gives the share of common characters among a text's ideographs.
    """
    if not SUSPECT.search(line) or (share(line) or 0.0) >= RARE:
        return None
    return reread(line, share)


def reread(text: str, share: Share) -> tuple[str, str] | None:
    """The text decoded as it should have been, and what had happened to it; None where nothing had.

    All of it must go back to bytes and be Chinese then.
    """
    for read_as, was_in, how in ROUTES:
        try:
            meant = text.encode(read_as, LENIENT.get(read_as, "strict")).decode(was_in)
        except UnicodeError:
            continue
        if (share(meant) or 0.0) >= GOOD:
            return meant, how
    return None


def realign(body: bytes, share: Share) -> tuple[bytes, int]:
    """The GBK bytes with their pairs aligned again, and how many runs had lost a byte.

    A lost byte's other half becomes 0xFF, which no decoder takes: it is lost, and says so.
    """
    pieces: list[bytes] = []
    at = runs = 0
    for match in PAIRS.finditer(body):
        run = match[0]
        if (repaired := realign_run(run, share)) is not None:
            pieces += (body[at : match.start()], repaired)
            at = match.end()
            runs += 1
    return b"".join([*pieces, body[at:]]), runs


def realign_run(run: bytes, share: Share) -> bytes | None:
    """The run with one byte made invalid where its pairs slip; None where they do not."""
    whole = run.decode("gb18030", "replace")
    slip = next((at for at, text in windows(whole) if (share(text) or 0.0) < RARE), None)
    if slip is None:
        return None
    for byte in range(max(0, 2 * slip - 8), min(len(run), 2 * slip + 16)):
        rest = run[byte + 1 :].decode("gb18030", "replace")
        if "\ufffd" not in rest[:-1] and (share(rest[:40]) or 0.0) >= GOOD:
            return run[:byte] + b"\xff" + run[byte + 1 :]
    return None


def windows(text: str) -> Iterator[tuple[int, str]]:
    """Yield (place, text) of overlapping windows of a text."""
    for at in range(0, max(len(text) - 5, 1), 4):
        yield at, text[at : at + 12]
