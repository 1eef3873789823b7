"""What reading a page costs, and how much of its text is found: clean_page and its peers.

The pages are those of the quality gate, and of the folder that UNION_ARCHIVE_CORPUS names: each
folder in it has a set of pages in html/ and says in truth.jsonl what they are.
"""

import base64
import json
import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from quality import gate
from sides import OURS, Row, Side, begun, costs, table

from crawler.clean.decode import decode

CORPUS = os.environ.get("UNION_ARCHIVE_CORPUS")
BASE = "trafilatura, fast, with metadata"
PACKAGES = {
    OURS: None,
    BASE: "trafilatura",
    "trafilatura, with metadata": "trafilatura",
    "trafilatura, fast": "trafilatura",
    "trafilatura": "trafilatura",
    "newspaper4k": "newspaper4k",
    "readability-lxml": "readability-lxml",
    "gne": "gne",
    "magic-html": "magic-html",
}


@dataclass(frozen=True, slots=True)
class Truth:
    """A page and the text that is to be found on it; none where it is no article."""

    url: str
    body: bytes
    text: str


def sets() -> dict[str, list[Truth]]:
    """Give the pages of each set, by its name."""
    made = {
        f"quality gate, {half}": [
            Truth(page.url, page.body, "\n".join(line for line, _ in page.paragraphs))
            for page in gate.load(half)
        ]
        for half in gate.HALVES
    }
    for told in sorted(Path(CORPUS).glob("*/truth.jsonl")) if CORPUS else ():
        rows = [json.loads(line) for line in told.read_text("utf-8").splitlines()]
        made[f"corpus, {told.parent.name}"] = [
            Truth(
                row["url"] or f"http://www.example.org/{row['id']}.html",
                (told.parent / "html" / Path(row["file"]).name).read_bytes(),
                row.get("text") or "",
            )
            for row in rows
        ]
    return made


def put(pages: list[Truth], path: Path) -> None:
    """Write pages as run_reading.py reads them."""
    with path.open("w", encoding="utf-8") as file:
        for page in pages:
            row = {"url": page.url, "body": base64.b64encode(page.body).decode()}
            print(json.dumps(row | {"text": decode(page.body).text}), file=file)


def quality(side: Side, pages: list[Truth]) -> str:
    """Say how well the texts were found: mean F of pairs of characters over the articles."""
    articles = [
        (page.text, found or "")
        for page, found in zip(pages, side.results, strict=True)
        if page.text and page.text != "?"
    ]
    scores = [gate.overlap(text, found)[2] for text, found in articles]
    failed = side.results.count(None)
    said = f"F {100 * sum(scores) / len(scores):5.1f}" if scores else ""
    return f"{said}  fails on {failed} of {len(pages)}" if failed else said


def run(envs: Path, folder: Path, turns: int) -> None:
    """Measure each set of pages, and print a table of it."""
    for name, pages in sets().items():
        path = folder / "pages.jsonl"
        put(pages, path)
        with ExitStack() as stack:
            sides, missing = begun(stack, "run_reading.py", path, PACKAGES, envs)
            took = costs(sides, len(pages), turns)
            rows = [
                Row(side.name, cost, quality(side, pages))
                for side, cost in zip(sides, took, strict=True)
            ]
        table(f"Reading: {name}, {len(pages)} pages", [*rows, *missing], BASE)
