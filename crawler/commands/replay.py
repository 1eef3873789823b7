"""`union-archive replay`: play captured pages as they were, with pywb."""

import signal

import click

from archive.holdings import Holdings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8002,
    show_default=True,
    help="The port to listen on.",
)
@click.pass_obj
def command(holdings: Holdings, host: str, port: int) -> None:
    """Play the captured pages until stopped with Ctrl-C; what was withdrawn is refused."""
    from archive.replay import run  # noqa: PLC0415 - loaded when it is needed

    def ready(address: str) -> None:
        click.echo(f"Replaying {holdings.warc} at {address} (Ctrl-C stops it)")
        if holdings.replay() is None:
            click.echo(
                f'replay = "{address}" in {holdings.root / "config.toml"} links to it', err=True
            )

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # pywb is to end with us
    run(holdings, host, port, ready)
