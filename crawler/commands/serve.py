"""`union-archive serve`: show the archive in a browser."""

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
@click.pass_obj
def command(holdings: Holdings, host: str, port: int) -> None:
    """Serve the archive in Datasette until stopped with Ctrl-C."""
    from archive.web.server import serve  # noqa: PLC0415 - heavy

    def ready(address: str) -> None:
        click.echo(f"Serving {holdings.archive_db} at {address} (Ctrl-C stops it)")

    serve(holdings, host, port, ready)
