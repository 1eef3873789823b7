"""`union-archive export`: take articles out as a file."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.errors import UnionArchiveError, UsageError
from archive.holdings import Holdings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from archive.reader import Kept


@click.command("export")
@click.argument("out")
@click.option("--query", metavar="Q", help="Only what `union-archive search Q` finds.")
@click.option("--site", metavar="ID", help="Only articles of this site.")
@click.option("--from", "since", metavar="DATE", help="Published on this day or later.")
@click.option("--to", "until", metavar="DATE", help="Published on this day or earlier.")
@click.option("--format", "format_", metavar="F", help="csv or jsonl; else as OUT's name ends.")
@click.option("--removed", is_flag=True, help="Add what cleaning took out.")
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    holdings: Holdings,
    *,
    out: str,
    query: str | None,
    site: str | None,
    since: str | None,
    until: str | None,
    format_: str | None,
    removed: bool,
) -> None:
    """Write articles to OUT, newest first, all of them; - is standard output.

    OUT is replaced in one step when everything is written. DATE is 2009-05-01, 2009-05 or 2009.
    """
    from archive.database import explained, open_readonly  # noqa: PLC0415
    from archive.export import FORMATS, as_row, format_of, replacing  # noqa: PLC0415
    from archive.reader import check_site, select  # noqa: PLC0415
    from archive.search import count  # noqa: PLC0415
    from archive.selection import Selection  # noqa: PLC0415

    name = format_of(out, format_)
    selection = Selection(query, site, since, until)
    path = holdings.archive_db
    if Path(out).resolve() == path.resolve():
        raise UsageError(f"{out} is the archive itself; name another file")
    with closing(open_readonly(path)) as db, explained(path):
        check_site(db, site)
        db.execute("BEGIN")  # one state of the archive throughout
        total = count(db, selection)
        if not total:
            raise UnionArchiveError("0 articles: nothing to export; ask for more")
        with (
            replacing(out) as file,
            _progress(select(db, selection, removals=removed), total) as articles,
        ):
            FORMATS[name]((as_row(kept, removals=removed) for kept in articles), file)
    click.echo(f"{total} {'article' if total == 1 else 'articles'} exported to {out}", err=True)


def _progress(articles: "Iterator[Kept]", total: int) -> "AbstractContextManager[Iterable[Kept]]":
    """Show a bar on a terminal while the articles are taken."""
    return click.progressbar(
        articles, length=total, file=sys.stderr, hidden=not sys.stderr.isatty()
    )
