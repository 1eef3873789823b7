"""`union-archive ingest`: take in files that were saved or crawled elsewhere."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.errors import UsageError
from archive.holdings import Holdings

if TYPE_CHECKING:
    from crawler.deposits.forecast import Forecast
    from crawler.deposits.ingest import Ingest

SINGLE = (".html", ".htm", ".xhtml", ".shtml", ".txt")
"""Endings of files that are one page or text."""
DONE = {
    "new": "new",
    "changed": "changed",
    "unchanged": "unchanged",
    "no_article": "without an article",
    "left_out": "left out",
    "attachments": "attached",
}
"""What is counted, and what it is called."""
FORESEEN = {
    "to_read": "to read",
    "no_article": "without an article",
    "unchanged": "here already",
    "left_out": "left out",
    "attachments": "attached",
}
"""The same of what would come."""


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--url", help="The address of the one saved page given.")
@click.option("--time", "time_", metavar="T", help="When the one page or text given was saved.")
@click.option(
    "--cdx",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Of the WARC files given, only the records that this CDXJ index names.",
)
@click.option("--site", metavar="HOST", help="Of the index, only this host and those below it.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would come in.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def command(  # noqa: PLR0913, PLR0917 - an option each
    holdings: Holdings,
    paths: tuple[Path, ...],
    url: str | None,
    time_: str | None,
    cdx: Path | None,
    site: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take in what was saved or crawled elsewhere, also whole folders of it.

    WARC and WACZ files; saved HTML pages, with a CSV of their addresses or without; snapshots of
    ArchiveBox; bare texts, each one article; JSON Lines of texts that are clean already. A page's
    address is read from the page or given with --url. When it was saved is read from the page, else
    from the file's name, else it is when the file was written; --time says otherwise, such as
    2024-03-05T09:30:00+08:00. What is here already is not taken in again; an ingest that was
    stopped goes on when it is run again. The exit code is 1 where something could not be taken in.
    """
    _expect_matching(paths, url, time_, cdx, site)
    time = None if time_ is None else _time(time_)
    report = Report(FORESEEN if dry_run else DONE, as_json=as_json)
    with (_foreseen if dry_run else _ingested)(holdings, report) as taker:
        if cdx is None:
            _feed(taker, paths, report, url, time)
        else:
            _select(taker, paths, report, cdx, site)
        taker.finish()
    report.end(taker.counts)
    if report.failed:
        raise click.exceptions.Exit(1)


def _expect_matching(
    paths: tuple[Path, ...], url: str | None, time_: str | None, cdx: Path | None, site: str | None
) -> None:
    """Raise UsageError where an option says something of what is not given."""
    from crawler.deposits.item import is_web  # noqa: PLC0415 - loaded when it is needed

    single = len(paths) == 1 and paths[0].name.lower().endswith(SINGLE)
    if url is not None and not (single and is_web(url)):
        raise UsageError(
            f"--url: got {url} for {len(paths)} paths, expected one page's address on the web"
        )
    if time_ is not None and not single:
        raise UsageError(f"--time: got {len(paths)} paths or no page, expected one page or text")
    if cdx is not None and not cdx.is_file():
        raise UsageError(f"--cdx: got {cdx}, expected a file with a CDXJ index")
    if site is not None and cdx is None:
        raise UsageError("--site: got no index, expected --cdx with it")


class Report:
    """What is said of an ingest, in words or as JSON at its end; `words` names what is counted."""

    def __init__(self, words: dict[str, str], *, as_json: bool) -> None:
        self._words, self._as_json = words, as_json
        self.failed: list[dict[str, str]] = []
        self._sources: list[dict[str, object]] = []

    def complain(self, path: Path, why: str) -> None:
        """Tell what is wrong with a file, in one line."""
        name, why = _shown(str(path)), _shown(why)
        self.failed.append({"path": name, "why": why})
        click.echo(f"union-archive: {name}: {why}", err=True)

    def source(self, path: Path, kind: str, counts: Mapping[str, int]) -> None:
        """Tell what one source would bring."""
        name = _shown(str(path))
        self._sources.append({"path": name, "kind": kind, **self._sums(counts)})
        if not self._as_json:
            click.echo(f"{name} ({kind}): {self._said(counts)}")

    def end(self, counts: Mapping[str, int]) -> None:
        """Sum up."""
        if self._as_json:
            sums: dict[str, object] = {"files": counts["files"], **self._sums(counts)}
            sums["failed"] = self.failed
            if self._words is FORESEEN:
                sums["sources"] = self._sources
            click.echo(json.dumps(sums, ensure_ascii=False))
            return
        click.echo(f"{counts['files']} files: {self._said(counts)}, {len(self.failed)} failed")

    def _sums(self, counts: Mapping[str, int]) -> dict[str, int]:
        return {name: counts.get(name, 0) for name in self._words}

    def _said(self, counts: Mapping[str, int]) -> str:
        return ", ".join(f"{counts.get(name, 0)} {word}" for name, word in self._words.items())


def _feed(
    taker: "Ingest | Forecast",
    paths: Iterable[Path],
    report: Report,
    url: str | None,
    time: datetime | None,
) -> None:
    """Hand over all that the paths have."""
    from crawler.deposits.sources import sources  # noqa: PLC0415 - loaded when it is needed

    for source in sources(paths, report.complain):
        taker.take(source, url, time)


def _select(
    taker: "Ingest | Forecast", paths: Iterable[Path], report: Report, cdx: Path, host: str | None
) -> None:
    """Hand over what an index names of the WARC files that the paths have."""
    from crawler.deposits.cdx import on_host, selected  # noqa: PLC0415
    from crawler.deposits.sources import sources  # noqa: PLC0415

    found = sources(paths, report.complain)
    warcs = [source.path for source in found if source.kind == "warc"]
    with selected(cdx, warcs, on_host(host), report.complain) as warc:
        if warc is not None:
            taker.warc(warc, cdx)
        elif not report.failed:
            of_host = f" of {host}" if host else ""
            report.complain(cdx, f"got no record{of_host} in it, expected some")


@contextmanager
def _ingested(holdings: Holdings, report: Report) -> "Iterator[Ingest]":
    """Open the holdings, to take in what comes."""
    from crawler.accession import Accession  # noqa: PLC0415
    from crawler.deposits.ingest import Ingest  # noqa: PLC0415
    from crawler.sitefile.loading import load_sites  # noqa: PLC0415

    sites = load_sites(holdings.sites)
    with Accession.open(holdings) as accession:
        accession.lock_ingest()
        ingest = Ingest(accession, sites, report.complain)
        ingest.go_on()
        yield ingest


@contextmanager
def _foreseen(holdings: Holdings, report: Report) -> "Iterator[Forecast]":
    """Look into the holdings, to compare with what comes."""
    from crawler.deposits.forecast import Forecast, held  # noqa: PLC0415
    from crawler.sitefile.loading import load_sites  # noqa: PLC0415

    with held(holdings) as holds:
        yield Forecast(holds, load_sites(holdings.sites), report.complain, report.source)


def _shown(text: str) -> str:
    """Give a text in one line, with escapes for what a terminal would obey or cannot show."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _time(text: str) -> datetime:
    """Read a moment. Raises UsageError."""
    expected = "expected a time of the past with its offset, such as 2024-03-05T09:30:00+08:00"
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(f"--time: got {text!r}, {expected}") from error
    if moment.tzinfo is None or moment > datetime.now(UTC):
        raise UsageError(f"--time: got {text!r}, {expected}")
    return moment
