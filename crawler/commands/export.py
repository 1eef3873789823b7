"""`union-archive export`: take articles out as a file or a folder."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.errors import UsageError
from archive.holdings import Holdings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from archive.export.wanted import Row, Wanted


class _Command(click.Command):
    """Lists the formats below the options."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write a line for each format."""
        from archive.export import FORMATS  # noqa: PLC0415 - only help lists them

        with formatter.section("Formats"):
            formatter.write_dl(
                [
                    (f"{each.name} ({each.suffixes[-1]})", each.description)
                    for each in FORMATS.values()
                ]
            )


@click.command("export", cls=_Command)
@click.argument("out")
@click.option("--query", metavar="Q", help="Only what `union-archive search Q` finds.")
@click.option("--site", metavar="ID", help="Only articles of this site.")
@click.option("--from", "since", metavar="DATE", help="Published on this day or later.")
@click.option("--to", "until", metavar="DATE", help="Published on this day or earlier.")
@click.option("--flag", metavar="F", help="Only articles with this flag.")
@click.option("--cluster", metavar="C", help="Of reprints: all (as is), one or origins.")
@click.option("--versions", metavar="V", help="latest (as is), all, or 'as of DAY'.")
@click.option("--script", metavar="S", help="published (as is), simplified or traditional.")
@click.option("--segment", is_flag=True, help="Put spaces between the words of Chinese texts.")
@click.option("--canned", metavar="NAME", help="What exports.toml in the holdings says of NAME.")
@click.option("--format", metavar="F", help="One of those below; else as OUT's name ends.")
@click.option("--bagit", is_flag=True, help="Make OUT a folder that is a BagIt bag.")
@click.option("--removed", is_flag=True, help="Add what cleaning took out.")
@click.pass_obj
def command(
    holdings: Holdings,
    /,
    *,
    out: str,
    bagit: bool,
    removed: bool,
    segment: bool,
    **asked: str | None,
) -> None:
    """Write articles to OUT, newest first, all of them; - is standard output.

    OUT is replaced in one step when everything is written; OUT.manifest.json says what it is. A
    folder has to be a new one. DATE is 2009-05-01, 2009-05 or 2009.
    """
    from archive.database import explained, open_readonly  # noqa: PLC0415
    from archive.export import format_of  # noqa: PLC0415
    from archive.export.canned import canned  # noqa: PLC0415
    from archive.export.delivery import Delivery  # noqa: PLC0415
    from archive.reader import check_site  # noqa: PLC0415

    name = asked.pop("canned")
    if name is not None:
        said = canned(holdings.root / "exports.toml", name)
        asked = {key: said.get(key) if value is None else value for key, value in asked.items()}
    format_ = format_of(out, asked.pop("format"))
    delivery = Delivery(format_, _wanted(asked, removed=removed, segment=segment), bagit)
    path = holdings.archive_db
    if holdings.owns(Path(out)):
        raise UsageError(f"{out} is the holdings' own; name another file")
    with closing(open_readonly(path)) as db, explained(path):
        check_site(db, asked["site"])
        db.execute("BEGIN")  # one state of the archive throughout
        total = delivery.to(out, db, holdings, _progress)
    what = "version" if asked["versions"] == "all" else "article"
    click.echo(f"{total} {what}{'s' * (total != 1)} exported to {out}", err=True)


def _wanted(asked: dict[str, str | None], *, removed: bool, segment: bool) -> "Wanted":
    """Put together what is asked for. Raises UsageError."""
    from archive.export.wanted import Wanted  # noqa: PLC0415
    from archive.search.selection import Selection  # noqa: PLC0415

    return Wanted(
        Selection(
            query=asked["query"],
            site=asked["site"],
            since=asked["since"],
            until=asked["until"],
            flag=asked["flag"],
        ),
        cluster=asked["cluster"] or "all",
        versions=asked["versions"] or "latest",
        script=asked["script"] or "published",
        removals=removed,
        segmented=segment,
    )


def _progress(rows: "Iterable[Row]", total: int) -> "AbstractContextManager[Iterable[Row]]":
    """Show a bar on a terminal while the articles are taken."""
    return click.progressbar(rows, length=total, file=sys.stderr, hidden=not sys.stderr.isatty())
