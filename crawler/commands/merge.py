"""`union-archive merge`: fold another holdings in."""

from pathlib import Path

import click

from archive.holdings import Holdings


@click.command("merge")
@click.argument("other_holdings", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def command(holdings: Holdings, other_holdings: Path) -> None:
    """Fold OTHER_HOLDINGS in: WARC files, site files, what its register says, and its runs.

    Doing it again changes nothing. What both decided differently stays as it is here and is
    listed as a conflict; the exit code is 0 nevertheless, and 1 where a file could not be read.
    """
    from crawler.merging import Merge  # noqa: PLC0415 - loaded when it is needed

    failed = 0

    def complain(path: Path, why: str) -> None:
        nonlocal failed
        failed += 1
        click.echo(f"union-archive: {path}: {why}", err=True)

    merge = Merge(holdings, Holdings(other_holdings), complain)
    counts = dict.fromkeys(("files", "new", "changed", "unchanged", "no_article"), 0) | merge.counts
    for conflict in merge.conflicts:
        click.echo(f"conflict: {conflict}")
    click.echo(
        f"{counts['files']} files: {counts['new']} new, {counts['changed']} changed, "
        f"{counts['unchanged']} unchanged, {counts['no_article']} without an article, "
        f"{len(merge.conflicts)} conflicts, {failed} failed"
    )
    if failed:
        raise click.exceptions.Exit(1)
