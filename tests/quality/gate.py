"""How well clean_page reads pages of our own writing: `python tests/quality/gate.py [-v]`."""

import argparse
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from archive.records import Article
from crawler.clean import clean_page

HERE = Path(__file__).parent
HALVES = ("seen", "unseen")
SETS = {"cases": "cases", "corpus": "corpus", "encodings": "corpus", "spam": "corpus"}
"""Commands of a scorer kept outside the repository, and the folder beside it that each reads."""
FIELDS = ("title", "date", "source", "author", "editor", "section")
CHINA = timezone(timedelta(hours=8))
INVISIBLE = re.compile(r"[\s|]+")
RAW = re.compile(r"\{\{x:([0-9a-fA-F ]+)\}\}")
UNSEEN_CHARACTER = re.compile(r"\{\{u:([0-9a-fA-F]+)\}\}")


@dataclass(frozen=True)
class Page:
    """A page and the truth about it; README.md describes the fields."""

    name: str
    html: str
    url: str
    note: str = ""
    trap: bool = False
    no_article: bool = False
    encoding: str = "utf-8"
    content_type: str = "text/html"
    title: str | None = None
    published: str | None = None
    source: str | None = None
    authors: list[str] | None = None
    editor: str | None = None
    section: str | None = None
    text: str = ""
    captions: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    allowed_flags: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The page as it is served."""
        html = UNSEEN_CHARACTER.sub(lambda found: chr(int(found[1], 16)), self.html)
        pieces = RAW.split(html)  # text, bytes in hexadecimal, text …
        return b"".join(
            bytes.fromhex(piece) if odd % 2 else piece.encode(self.encoding, "xmlcharrefreplace")
            for odd, piece in enumerate(pieces)
        )

    @property
    def paragraphs(self) -> list[tuple[str, bool]]:
        """Each true paragraph, and whether it must be there letter for letter."""
        lines = (line.strip() for line in self.text.splitlines())
        return [(line.removeprefix("~ "), not line.startswith("~ ")) for line in lines if line]


@dataclass
class Reading:
    """What was found when one page was read."""

    page: Page
    article: Article
    body: tuple[float, float, float] | None = None
    """Precision, recall and F of the text; None for a page that is no article."""
    fields: dict[str, str] = field(default_factory=dict)
    """Each field measured: right, wrong, missing, or empty where nothing was to be read."""
    present: list[bool] = field(default_factory=list)
    absent: list[bool] = field(default_factory=list)
    captions: list[bool] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def raised(self) -> set[str]:
        """Names of the flags raised."""
        return {flag.name for flag in self.article.flags}

    @property
    def false_flags(self) -> set[str]:
        """Flags raised that the page does not deserve."""
        return self.raised - {*self.page.flags, *self.page.allowed_flags}


def load(half: str) -> list[Page]:
    """Give the pages of a half, in order of name; an unknown field is an error."""
    files = sorted((HERE / half).glob("*.toml"))
    return [Page(name=file.stem, **tomllib.loads(file.read_text("utf-8"))) for file in files]


def squeeze(text: str) -> str:
    """Text as it is compared: NFKC, no white space, no bars between cells."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def shingles(text: str) -> Counter[str]:
    """Pairs of characters for Chinese, runs of four words for other languages."""
    flat = squeeze(text)
    if sum("\u3400" <= character <= "\u9fff" for character in flat) * 4 > len(flat):
        return Counter(flat[at : at + 2] for at in range(len(flat) - 1))
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())
    return Counter(" ".join(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def overlap(truth: str, found: str) -> tuple[float, float, float]:
    """Precision, recall and F of found text, 0 to 1."""
    wanted, got = shingles(truth), shingles(found)
    shared = (wanted & got).total()
    precision, recall = shared / max(1, got.total()), shared / max(1, wanted.total())
    return precision, recall, 2 * shared / max(1, got.total() + wanted.total())


def read(page: Page) -> Reading:
    """Clean a page and hold the article against the truth."""
    article = clean_page(page.body, page.url, page.content_type)
    reading = Reading(page, article)
    text = article.text
    for caption in page.captions:
        text = "\n".join(line for line in text.split("\n") if squeeze(line) != squeeze(caption))
        found = any(squeeze(caption) in squeeze(image.caption) for image in article.images)
        note(reading, reading.captions, ok=found, failure=f"caption not read: {caption}")
    read_text(reading, text)
    read_fields(reading)
    missing = sorted(set(page.flags) - reading.raised)
    reading.failures += [f"flag not raised: {name}" for name in missing]
    for flag in article.flags:
        if flag.name in reading.false_flags:
            reading.failures.append(f"false flag: {flag.name} {flag.score} ({flag.evidence})")
    if page.no_article and not (article.no_article and not article.text):
        reading.failures.append("taken for an article")
    return reading


def note(reading: Reading, results: list[bool], *, ok: bool, failure: str) -> None:
    """Book one result, and the failure when it is one."""
    results.append(ok)
    if not ok:
        reading.failures.append(failure)


def read_text(reading: Reading, text: str) -> None:
    """Measure the text: overlap, paragraphs present in order, forbidden strings absent."""
    page, flat, after = reading.page, squeeze(text), 0
    for paragraph, exact in page.paragraphs:
        at = flat.find(squeeze(paragraph), after)
        after = max(after, at)
        if exact:
            note(reading, reading.present, ok=at >= 0, failure=f"text missing: {paragraph}")
    for string in page.forbidden:
        ok = squeeze(string) not in flat
        note(reading, reading.absent, ok=ok, failure=f"forbidden text: {string}")
    if page.paragraphs:
        reading.body = overlap("\n".join(line for line, _ in page.paragraphs), text)
        if reading.body[2] < 0.99:
            scores = " ".join(
                f"{letter} {100 * n:.1f}" for letter, n in zip("PRF", reading.body, strict=True)
            )
            reading.failures.append(f"body {scores}")


def read_fields(reading: Reading) -> None:
    """Measure the fields that the truth names."""
    page, article = reading.page, reading.article
    told, published = moment(page.published), moment(article.published or "")
    published = (published or "")[: len(told or "2000-01-01")]
    pairs: dict[str, tuple[list[str] | None, list[str] | None]] = {
        "title": (listed(page.title), listed(article.title)),
        "date": (listed(told), listed(published)),
        "source": (listed(page.source), listed(article.source or "")),
        "author": (page.authors, list(article.authors)),
        "editor": (names(page.editor), names(article.editor or "")),
        "section": (listed(page.section), listed(article.section or "")),
    }
    for name, (truth, found) in pairs.items():
        if truth is None or found is None:
            continue
        same = sorted(map(squeeze, truth)) == sorted(map(squeeze, found))
        if same:
            verdict = "right" if truth else "empty"
        else:
            verdict = "wrong" if found else "missing"
            reading.failures.append(f"{name} {verdict}: {found} for {truth}")
        reading.fields[name] = verdict


def moment(value: str | None) -> str | None:
    """A date, or a moment to the minute in the zone of China; None is not measured."""
    if not value or "T" not in value:
        return value
    read = datetime.fromisoformat(value)
    read = read if read.tzinfo else read.replace(tzinfo=CHINA)
    return read.astimezone(CHINA).isoformat(timespec="minutes")


def listed(value: str | None) -> list[str] | None:
    """A field as a list: None is not measured, an empty string is nothing."""
    return None if value is None else [value] if value else []


def names(value: str | None) -> list[str] | None:
    """Names joined by 、 as a list."""
    return None if value is None else [name for name in value.split("、") if name]


def percent(results: list[bool]) -> float:
    """Share that is true; all of nothing is 100."""
    return 100 * sum(results) / len(results) if results else 100.0


def measure(readings: list[Reading]) -> tuple[dict[str, float], dict[str, float]]:
    """Give the numbers that should be high (percentages) and those that should be low (counts)."""
    bodies = [reading.body for reading in readings if reading.body]
    traps = [reading for reading in readings if reading.page.trap]
    expected = [(flag, reading) for reading in readings for flag in reading.page.flags]
    raised = [(flag, reading) for reading in readings for flag in sorted(reading.raised)]
    refused = [reading for reading in readings if reading.page.no_article]
    high = {
        f"body_{letter}": 100 * sum(body[at] for body in bodies) / max(1, len(bodies))
        for at, letter in enumerate("prf")
    }
    high["body_f_99"] = percent([body[2] >= 0.99 for body in bodies])
    low = {"body_f_50": float(sum(body[2] < 0.5 for body in bodies))}
    for name in FIELDS:
        verdicts = [reading.fields[name] for reading in readings if name in reading.fields]
        high[f"{name}_right"] = percent([it == "right" for it in verdicts if it != "empty"])
        low[f"{name}_wrong"] = float(verdicts.count("wrong"))
    high["text_present"] = percent([ok for reading in readings for ok in reading.present])
    high["forbidden_absent"] = percent([ok for reading in readings for ok in reading.absent])
    high["captions"] = percent([ok for reading in readings for ok in reading.captions])
    high["flag_precision"] = percent([flag not in it.false_flags for flag, it in raised])
    high["flag_recall"] = percent([flag in it.raised for flag, it in expected])
    high["no_article"] = percent(
        [bool(it.article.no_article) and not it.article.text for it in refused]
    )
    high["traps_unharmed"] = percent([all(it.present) and not it.false_flags for it in traps])
    low["trap_flags"] = float(sum(len(it.false_flags) for it in traps))
    return high, low


def floors() -> dict[str, dict[str, dict[str, float]]]:
    """Read the floors: half → "least" or "most" → measure → number."""
    return tomllib.loads((HERE / "floors.toml").read_text("utf-8"))


def main() -> int:
    """Print the table, and with -v what failed on each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-v", "--verbose", action="store_true", help="list each failure")
    parser.add_argument(
        "--scorer", type=Path, metavar="FILE", help="run this scorer too, over the sets beside it"
    )
    parser.add_argument("names", nargs="*", help="pages to read (all)")
    arguments = parser.parse_args()
    halves: dict[str, list[Reading]] = {}
    for half in HALVES:
        pages = [page for page in load(half) if not arguments.names or page.name in arguments.names]
        if pages:
            halves[half] = [read(page) for page in pages]
    if arguments.verbose:
        for half, readings in halves.items():
            for reading in filter(lambda it: it.failures, readings):
                print(f"{half}/{reading.page.name}", *reading.failures, sep="\n    ")  # noqa: T201
    for line in table(halves):
        print(line)  # noqa: T201
    return run_scorer(arguments.scorer.resolve()) if arguments.scorer else 0


def run_scorer(scorer: Path) -> int:
    """Let another scorer print what it measures on each set it has; say what is missing."""
    codes = [0]
    for command, folder in SETS.items():
        missing = [str(path) for path in (scorer, scorer.parent / folder) if not path.exists()]
        if missing:
            print(f"\nskipped {command}: there is no {missing[0]}")  # noqa: T201
            continue
        print(f"\n{scorer.name} {command}", flush=True)  # noqa: T201
        run = [sys.executable, scorer, command]
        codes.append(subprocess.run(run, cwd=HERE.parents[1], check=False).returncode)
    return max(codes)


def table(halves: dict[str, list[Reading]]) -> list[str]:
    """The numbers of each half in a column, with the floor or ceiling beside it."""
    limits = floors()
    numbers = {half: measure(readings) for half, readings in halves.items()}
    head = "".join(f"{f'{half} ({len(halves[half])})':>22}" for half in halves)
    rows = [f"{'':18}{head}"]
    for at, kind in enumerate(("least", "most")):
        sign = "≥≤"[at]
        for name in next(iter(numbers.values()))[at]:
            row = f"{name:18}"
            for half, both in numbers.items():
                limit = limits.get(half, {}).get(kind, {}).get(name)
                bound = "" if limit is None else f"({sign} {limit:g})"
                row += f"{both[at][name]:>12.1f} {bound:>9}"
            rows.append(row)
    return rows


if __name__ == "__main__":
    sys.exit(main())
