"""What it costs to tell a page's encoding, and how often it is told right, beside detectors.

The pages of the quality gate are written in either script and in four encodings, in those that have
all of a page's characters, and without any declaration, so that only the bytes can tell.
"""

import base64
import json
import re
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from opencc import OpenCC
from quality import gate
from sides import OURS, Row, Side, begun, costs, table

ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16")
DECLARED = re.compile(r"<meta[^>]*charset[^>]*>|<\?xml.*?\?>", re.IGNORECASE)
PACKAGES = {
    OURS: None,
    "charset-normalizer": "charset-normalizer",
    "chardet": "chardet",
    "faust-cchardet": "faust-cchardet",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page in one of the encodings."""

    html: str
    encoding: str

    @property
    def body(self) -> bytes:
        """Its bytes."""
        return self.html.encode(self.encoding)


def pages() -> list[Page]:
    """Give the pages that are all text: those with damaged bytes have no one true encoding."""
    made, scripts = [], (OpenCC("s2t"), OpenCC("t2s"))
    for page in (page for half in gate.HALVES for page in gate.load(half)):
        html = DECLARED.sub("", page.html)
        if gate.RAW.search(html) or not re.search("[\u4e00-\u9fff]", html):
            continue
        for text in sorted({script.convert(html) for script in scripts}):
            for encoding in ENCODINGS:
                try:
                    text.encode(encoding)
                except UnicodeEncodeError:
                    continue  # it has a character that this encoding lacks
                made.append(Page(text, encoding))
    return made


def told(side: Side, given: list[Page]) -> str:
    """Say on how many pages of each encoding what was told gives back the text."""
    right = dict.fromkeys(ENCODINGS, 0)
    for page, encoding in zip(given, side.results, strict=True):
        right[page.encoding] += same(page, encoding)
    of = {name: sum(page.encoding == name for page in given) for name in ENCODINGS}
    parts = (f"{name} {right[name]}/{of[name]}" for name in ENCODINGS)
    return f"{100 * sum(right.values()) / len(given):5.1f} % right: {', '.join(parts)}"


def same(page: Page, encoding: str | None) -> bool:
    """Whether the bytes, read in that encoding, are the page."""
    try:
        return page.body.decode(encoding or "ascii").lstrip("\ufeff") == page.html
    except (UnicodeDecodeError, LookupError):
        return False


def run(envs: Path, folder: Path, turns: int) -> None:
    """Measure, and print a table."""
    given, path = pages(), folder / "encoded.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number, page in enumerate(given):
            row = {"url": str(number), "body": base64.b64encode(page.body).decode()}
            print(json.dumps(row), file=file)
    with ExitStack() as stack:
        sides, missing = begun(stack, "run_decoding.py", path, PACKAGES, envs)
        took = costs(sides, len(given), turns)
        rows = [
            Row(side.name, cost, told(side, given)) for side, cost in zip(sides, took, strict=True)
        ]
    title = f"Decoding without a declaration: {len(given)} pages"
    table(title, [*rows, *missing], "charset-normalizer")
