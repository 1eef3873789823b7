"""`union-archive rebuild`: derive the archive anew."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from archive.holdings import Holdings


@click.command("rebuild")
@click.argument("new_holdings", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def command(holdings: Holdings, new_holdings: Path) -> None:
    """Derive an archive in NEW_HOLDINGS from WARC files, site files and register alone.

    Ids, texts and versions are those of the archive as `reclean` leaves it; only runs are missing.
    NEW_HOLDINGS are complete: WARC files are linked there, or copied. The exit code is 1 where a
    capture or a file could not be read whole.
    """
    from crawler.rebuild import rebuild  # noqa: PLC0415 - loaded when it is needed

    failed = False

    def tell(what: str, why: str) -> None:
        nonlocal failed
        failed = True
        click.echo(f"union-archive: {what}: {why}", err=True)

    with click.progressbar(length=0, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def start(total: int) -> Callable[[], None]:
            bar.length = total
            return lambda: bar.update(1)

        counts = rebuild(holdings, Holdings(new_holdings), tell, start)
    click.echo(
        f"{new_holdings}: {counts['new']} articles, {counts['changed']} changes,"
        f" {counts['unchanged']} seen again, {counts['no_article']} captures without an article,"
        f" {counts['errors']} not readable"
    )
    if failed:
        raise click.exceptions.Exit(1)
