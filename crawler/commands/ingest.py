"""`union-archive ingest`: take in files that were saved or crawled elsewhere."""

from pathlib import Path

import click

from archive.errors import UsageError
from archive.holdings import Holdings


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--url", help="The address of the one saved page given.")
@click.pass_obj
def command(holdings: Holdings, paths: tuple[Path, ...], url: str | None) -> None:
    """Take in WARC and WACZ files, saved HTML pages and bare texts, also whole folders of them.

    A text is one article; a saved page's address is read from the page or given with --url.
    """
    if url is not None and (len(paths) > 1 or paths[0].is_dir() or "://" not in url):
        raise UsageError(f"--url: got {url} for {len(paths)} paths, expected one page's address")
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
            ingest.take(path, url)
        ingest.finish()
    counts = ingest.counts
    click.echo(
        f"{counts['files']} files: {counts['new']} new, {counts['changed']} changed, "
        f"{counts['unchanged']} unchanged, {counts['no_article']} without an article, "
        f"{len(failed)} failed"
    )
    if failed:
        raise click.exceptions.Exit(1)
