"""What text and times become in XML."""

import re

# What XML 1.0 has no way to write: https://www.w3.org/TR/xml/#charsets
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)", re.ASCII
)


def speakable(text: str) -> str:
    """Give text without characters that XML cannot have; each becomes U+FFFD."""
    return _UNSPEAKABLE.sub("\ufffd", text)


def escaped(text: object) -> str:
    """Write text into XML or XHTML, as content or within double quotes; None is nothing."""
    said = speakable("" if text is None else str(text))
    return (
        said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def moment(iso: str | None) -> str:
    """Give a moment as RFC 3339 has it; nothing for a day, or for a time of no known offset."""
    found = _MOMENT.fullmatch(iso or "")
    return f"{found[1]}:{found[2] or '00'}{found[3]}" if found else ""
