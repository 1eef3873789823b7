"""`union-archive serve`: show the archive in a browser."""

from pathlib import Path

import click

from archive.holdings import Holdings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--also",
    metavar="HOLDINGS",
    multiple=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Holdings that are served as well, as if merged; may be given again.",
)
@click.pass_obj
def command(holdings: Holdings, also: tuple[Path, ...], host: str, port: int) -> None:
    """Serve the archive in Datasette until stopped with Ctrl-C."""
    from archive.web.server import serve  # noqa: PLC0415 - heavy

    shelf = [holdings, *map(Holdings, also)]

    def ready(address: str) -> None:
        named = ", ".join(str(each.archive_db) for each in shelf)
        click.echo(f"Serving {named} at {address} (Ctrl-C stops it)")

    serve(shelf, host, port, ready)
