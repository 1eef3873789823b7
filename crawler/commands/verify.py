"""`union-archive verify`: whether holdings are sound."""

import json
import sys

import click

from archive.holdings import Holdings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def command(holdings: Holdings, *, as_json: bool) -> None:
    """Check every WARC record, every capture's place, the databases and the search index."""
    from archive.verify.holdings import verify  # noqa: PLC0415 - loaded when it is needed

    size = sum(path.stat().st_size for path in holdings.warc.glob("*.warc.gz*"))
    with click.progressbar(
        length=max(size, 1), label="Checking", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        findings = verify(holdings, bar.update)
    if as_json:
        click.echo(json.dumps(findings.as_json(), ensure_ascii=False))
    else:
        for note in findings.notes:
            click.echo(f"note: {note}")
        for fault in findings.faults:
            click.echo(f"fault: {fault}")
        counts = ", ".join(f"{count} {name}" for name, count in findings.counts.items())
        verdict = f"{len(findings.faults)} faults" if findings.faults else "sound"
        click.echo(f"{verdict}: {counts} checked")
    if findings.faults:
        raise click.exceptions.Exit(1)
