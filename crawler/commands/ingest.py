"""`union-archive ingest`: take in files that were saved or crawled elsewhere."""

from datetime import UTC, datetime
from pathlib import Path

import click

from archive.errors import UsageError
from archive.holdings import Holdings

SINGLE = (".html", ".htm", ".xhtml", ".shtml", ".txt")
"""Endings of files that are one page or text."""


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--url", help="The address of the one saved page given.")
@click.option("--time", "time_", metavar="T", help="When the one page or text given was saved.")
@click.pass_obj
def command(
    holdings: Holdings, paths: tuple[Path, ...], url: str | None, time_: str | None
) -> None:
    """Take in WARC and WACZ files, saved HTML pages and bare texts, also whole folders of them.

    A text is one article; a saved page's address is read from the page or given with --url. When
    it was saved is read from the page, else from the file's name, else it is when the file was
    written; --time says otherwise, such as 2024-03-05T09:30:00+08:00.
    """
    single = len(paths) == 1 and paths[0].name.lower().endswith(SINGLE)
    if url is not None and (not single or "://" not in url):
        raise UsageError(f"--url: got {url} for {len(paths)} paths, expected one page's address")
    if time_ is not None and not single:
        raise UsageError(f"--time: got {len(paths)} paths or no page, expected one page or text")
    time = None if time_ is None else _time(time_)
    from crawler.accession import Accession  # noqa: PLC0415 - loaded when it is needed
    from crawler.ingest import Ingest, files  # noqa: PLC0415
    from crawler.site import load_sites  # noqa: PLC0415

    failed: list[Path] = []

    def complain(path: Path, why: str) -> None:
        failed.append(path)
        click.echo(f"union-archive: {path}: {why}", err=True)

    sites = load_sites(holdings.sites)
    with Accession.open(holdings) as accession:
        accession.lock_ingest()
        ingest = Ingest(accession, sites, complain)
        for path in files(paths, complain):
            ingest.take(path, url, time)
        ingest.finish()
    counts = ingest.counts
    click.echo(
        f"{counts['files']} files: {counts['new']} new, {counts['changed']} changed, "
        f"{counts['unchanged']} unchanged, {counts['no_article']} without an article, "
        f"{len(failed)} failed"
    )
    if failed:
        raise click.exceptions.Exit(1)


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
