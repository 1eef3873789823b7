"""`union-archive reclean`: read every capture again with today's rules."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING

import click

from archive.holdings import Holdings

if TYPE_CHECKING:
    from crawler.intake import Recall
    from crawler.reclean.changes import Change, Reading

EVERY = 10.0
"""Seconds between two lines of progress."""


@click.command("reclean")
@click.option("--dry-run", is_flag=True, help="Write nothing; read current versions alone.")
@click.option("--site", metavar="ID", help="Only articles of this site.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def command(holdings: Holdings, *, dry_run: bool, site: str | None, as_json: bool) -> None:
    """Read all captures again with today's rules; list what changes, and sum it by rule.

    Lines that a site repeats on many of its articles are learned and taken out too. The archive is
    changed in one step at the end; a reclean that is stopped goes on when it is run again. A
    capture that cannot be read keeps its old reading, and the exit code is 1.
    """
    opened = _readings(holdings, site) if dry_run else _written(holdings, site)
    _tell(opened, dry_run=dry_run, as_json=as_json)


def write(holdings: Holdings, recall: "Recall") -> None:
    """Do what the command does without options; `recall` has what was read elsewhere."""
    _tell(_written(holdings, None, recall))


def _tell(
    opened: "AbstractContextManager[Found]", *, dry_run: bool = False, as_json: bool = False
) -> None:
    """List what changes and sum it up. Exits with 1 where a capture could not be read."""
    from crawler.reclean.changes import Tally, compare  # noqa: PLC0415 - loaded when it is needed
    from crawler.reclean.report import print_lines, write_json  # noqa: PLC0415

    tally = Tally()
    with opened as (found, total, learned), _progress(total) as step:

        def entries() -> "Iterator[tuple[Reading, Change | None]]":
            for reading in found:
                new = reading.article
                change = compare(reading.kept.article, new) if new is not None else None
                tally.add(reading, change)
                if new is None or change is not None:
                    yield reading, change
                if dry_run:
                    step(tally.counts["read"] + tally.counts["errors"])

        if as_json:
            write_json(entries(), tally, learned)
        else:
            print_lines(entries(), tally, learned, dry=dry_run)
    if tally.counts["errors"]:
        raise click.exceptions.Exit(1)


Found = tuple["Iterator[Reading]", int, "Mapping[str, frozenset[str]]"]


@contextmanager
def _readings(holdings: Holdings, site: str | None) -> Iterator[Found]:
    """Read the articles' captures again, as they are asked for."""
    from archive.database import explained, open_readonly  # noqa: PLC0415
    from archive.reader import check_site  # noqa: PLC0415
    from crawler.cleaning import Cleaner  # noqa: PLC0415
    from crawler.reclean.changes import Readings  # noqa: PLC0415
    from crawler.sitefile.loading import load_sites  # noqa: PLC0415

    path = holdings.archive_db
    with closing(open_readonly(path)) as db, explained(path), closing(Cleaner()) as cleaner:
        check_site(db, site)
        readings = Readings(db, holdings.warc, load_sites(holdings.sites), cleaner)
        yield readings.all(site), readings.total(site), readings.learned


@contextmanager
def _written(
    holdings: Holdings, site: str | None, recall: "Recall | None" = None
) -> Iterator[Found]:
    """Read all captures again, and put the new readings in place when they have been compared."""
    from archive.reader import check_site  # noqa: PLC0415
    from crawler.accession import Accession  # noqa: PLC0415
    from crawler.intake import nothing_read  # noqa: PLC0415
    from crawler.reclean.work import Recleaning  # noqa: PLC0415
    from crawler.sitefile.loading import load_sites  # noqa: PLC0415

    holdings.expect_archive()
    failed = False

    def tell(what: str, why: str) -> None:
        nonlocal failed
        failed = True
        click.echo(f"union-archive: {what}: {why}", err=True)

    with Accession.open(holdings, alone=True) as accession:
        check_site(accession.store.db, site)
        sites = load_sites(holdings.sites)
        work = Recleaning(accession, sites, tell, site, recall or nothing_read)
        with closing(work):
            with ExitStack() as shown:
                numbers = count(1)

                def start(total: int) -> Callable[[], None]:
                    if work.done and site is None:
                        said = f"going on: {work.done} of {total} captures were read before"
                        click.echo(said, err=True)
                    step = shown.enter_context(_progress(total, "captures"))
                    return lambda: step(next(numbers))

                work.run(start)
            yield work.all(), 0, work.learned
            work.finish()
    if failed:
        raise click.exceptions.Exit(1)


@contextmanager
def _progress(total: int, what: str = "articles") -> "Iterator[Callable[[int], None]]":
    """Tell on standard error how far it is.

    A bar on a terminal, but where the list goes to the terminal too, and elsewhere, plain lines.
    """
    said = monotonic()
    bar_fits = sys.stderr.isatty() and not sys.stdout.isatty()

    def step(done: int) -> None:
        nonlocal said
        bar.update(1)
        if not bar_fits and monotonic() - said >= EVERY:
            said = monotonic()
            click.echo(f"{done} of {total} {what} read again …", err=True)

    with click.progressbar(length=total, file=sys.stderr, hidden=not bar_fits) as bar:
        yield step
