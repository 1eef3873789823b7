"""From pages at hand to texts: `ingest` beside trafilatura's own command on the same pages.

Both are run as users run them, on few pages and on many; the difference is the pages'. Ingest is
given a WARC file, and makes a searchable archive of it with WARC files of its own; trafilatura,
which reads no WARC, is given the pages as files, and writes a JSON file for each.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

import ingest
from crawling import archived, row
from environments import MissingError, environment, version
from reading import BASE, PACKAGES, Truth, put
from sides import OURS, Row, begun, costs, table
from trees import Taken, taken

FEW, MANY = 50, 450
COMMAND = "trafilatura's command"


def ours(folder: Path, bodies: list[bytes]) -> Taken:
    """Take a WARC file in."""
    folder.mkdir()
    ingest.write(folder / "pages.warc.gz", bodies)
    command = ["-m", "crawler.cli", "-C", str(folder / "h"), "ingest", str(folder)]
    return archived(folder / "h", taken([sys.executable, *command]))


def theirs(python: Path, folder: Path, bodies: list[bytes], *options: str) -> Taken:
    """Read a folder of pages; give how many files were written as what was said."""
    saved, out = folder / "pages", folder / "out"
    saved.mkdir(parents=True)
    for number, body in enumerate(bodies):
        (saved / f"{number}.html").write_bytes(body)
    command = [str(python.with_name("trafilatura")), "--input-dir", str(saved)]
    command += ["--output-dir", str(out), "--json", "--with-metadata", "--no-comments"]
    took = taken([*command, *options])
    return Taken(took.cpu, took.wall, took.memory, str(len(list(out.glob("*.json")))))


def bare(bodies: list[bytes], envs: Path, folder: Path, turns: int) -> list[Row]:
    """Read the pages with trafilatura in a process of its own, and do nothing with the texts."""
    path = folder / "pages.jsonl"
    put([Truth(ingest.URL.format(n), body, "") for n, body in enumerate(bodies)], path)
    with ExitStack() as stack:
        sides, missing = begun(stack, "run_reading.py", path, {BASE: PACKAGES[BASE]}, envs)
        took = costs(sides, len(bodies), turns)
        return [Row(side.name, cost) for side, cost in zip(sides, took, strict=True)] + missing


def run(envs: Path, folder: Path, turns: int) -> None:
    """Measure, and print a table."""
    bodies = ingest.pages(MANY)
    rows = [row(OURS, ours(folder / "few", bodies[:FEW]), ours(folder / "many", bodies))]
    for name, options in ((f"{COMMAND}, fast", ["--fast"]), (COMMAND, [])):
        try:
            python = environment("trafilatura", envs)
            both = (
                theirs(python, folder / f"{name} {len(part)}", part, *options)
                for part in (bodies[:FEW], bodies)
            )
            rows.append(row(f"{name} ({version(python, 'trafilatura')})", *both))
        except MissingError as error:
            rows.append(Row(name, told=str(error)))
    rows += bare(bodies, envs, folder, turns)
    table(f"From a WARC file to an archive: {MANY} pages of 40 KB", rows, BASE)
