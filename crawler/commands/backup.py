"""`union-archive backup`: copy holdings, also while a crawl writes to them."""

from pathlib import Path

import click

from archive.holdings import Holdings


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.pass_obj
def command(holdings: Holdings, folder: Path) -> None:
    """Copy the holdings into DIR, a new folder, also while a crawl writes to them.

    WARC files are hard links where DIR is on the same file system, and take no room there.
    """
    from archive.backup import back_up  # noqa: PLC0415 - loaded when it is needed

    back_up(holdings, folder)
    click.echo(f"{folder}: holdings to be opened with -C {folder}")
