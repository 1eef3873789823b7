"""`union-archive crawl`: visit sites and keep what is new."""

from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from archive.errors import UsageError
from archive.holdings import Holdings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.crawls.record import Report
    from crawler.site import Site


def day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Read a day of an option. Raises BadParameter."""
    try:
        return None if value is None else date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise click.BadParameter(f"got {value!r}, expected a day such as 2024-03-05") from error


@click.command()
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option(
    "--max-articles", type=click.IntRange(min=1), help="Ask for at most so many articles a site."
)
@click.option(
    "--since",
    callback=day,
    metavar="DATE",
    help="Leave out what a feed, sitemap or list dates before this day.",
)
@click.option(
    "--due", is_flag=True, help="Ask only for what is due; does nothing where nothing is."
)
@click.option(
    "--backfill",
    is_flag=True,
    help="Follow old list pages to their ends, slowly, for articles that are not held yet.",
)
@click.pass_obj
def command(  # noqa: PLR0913 - one keyword for each option
    holdings: Holdings,
    *,
    sites: tuple[str, ...],
    max_articles: int | None,
    since: str | None,
    due: bool,
    backfill: bool,
) -> None:
    """Visit SITEs, or all of your own, and keep what is new or has changed.

    Your own are those in HOLDINGS/sites/, and those of the catalogue that config.toml names:
    sites = ["workercn"]. Sites that are paused are left out.

    `--due` is for a timer, see `union-archive schedule`: each source is asked as often as it
    brings something, an article again after 1, 7 and 30 days and then once a year.

    `--backfill` is a pass of its own, which the same command goes on with until it is through: it
    takes three times a site's pauses, and leaves out articles that have been looked at. Like
    `--due` it keeps to the hours that a site file names.
    """
    if due and backfill:
        raise UsageError("got both --due and --backfill, expected one of them")
    chosen = due_now(holdings, sites) if due else awake(holdings, sites)
    if backfill:
        chosen = at_this_hour(chosen)
    if not chosen:
        return
    from crawler.crawls.run import crawl  # noqa: PLC0415 - Scrapy is loaded when it is needed

    reports = crawl(
        holdings, chosen, max_articles=max_articles, since=since, due=due, backfill=backfill
    )
    for report in reports:
        click.echo(str(report))
    from crawler.crawls.watch import after_crawl  # noqa: PLC0415

    after_crawl(holdings, chosen)
    partial = due or backfill or max_articles is not None or since is not None
    _conclude(holdings, [] if partial else chosen, reports)


def _conclude(holdings: Holdings, whole: "Sequence[Site]", reports: "Sequence[Report]") -> None:
    """Say what went otherwise than it should, and exit with a code that says so.

    `whole` are the sites that were crawled without bounds.
    """
    left = {report.site for report in reports if report.why is not None}
    kept = (shortfall(holdings, site) for site in whole if site.id not in left)
    short = [line for line in kept if line]
    for line in short:
        click.echo(f"union-archive: {line}", err=True)
    stopped = [report.site for report in reports if report.outcome == "stopped"]
    if stopped:
        again = "the same command goes on where it was stopped"
        click.echo(f"union-archive: {', '.join(stopped)}: {again}", err=True)
    codes = {report.exit_code for report in reports if report.outcome != "finished"}
    if short or codes:
        raise click.exceptions.Exit(codes.pop() if len(codes) == 1 and not short else 1)


def choose(known: dict[str, "Site"], ids: tuple[str, ...]) -> list["Site"]:
    """Give the sites of these ids. Raises UsageError for an id that there is not."""
    for name in ids:
        if name not in known:
            close = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(close)}" if close else "put a file into sites/"
            raise UsageError(f"no site {name}; {hint}; `union-archive sites` lists all there are")
    return [known[name] for name in dict.fromkeys(ids)]


def to_crawl(holdings: Holdings, ids: tuple[str, ...] = ()) -> list["Site"]:
    """Give the sites of these ids, or else the owner's own: nobody crawls a world unasked.

    Raises UsageError for an id that there is not, and where the owner has none.
    """
    from crawler.sitefile.loading import load_sites, own_sites  # noqa: PLC0415

    if ids:
        return choose(load_sites(holdings.sites), ids)
    found = own_sites(holdings.sites)
    if listed := tuple(holdings.chosen()):
        try:
            chosen = choose(load_sites(holdings.sites), listed)
        except UsageError as error:
            raise UsageError(f"{holdings.root / 'config.toml'}: sites: {error}") from error
        found |= {site.id: site for site in chosen}
    if not found:
        raise UsageError(
            "there are no sites of yours yet; put a site file into HOLDINGS/sites/, or name some"
            " that `union-archive sites` lists"
        )
    return list(found.values())


def due_now(holdings: Holdings, ids: tuple[str, ...]) -> list["Site"]:
    """Give those of the sites that have something due. Raises as `awake` does.

    The owner is told what keeps a timer, which names no site, from them all.
    """
    from crawler.fetch.agenda import due  # noqa: PLC0415

    try:
        return due(holdings.crawl_db, awake(holdings, ids))
    except UsageError as error:
        if not ids:
            from crawler.crawls.watch import not_begun  # noqa: PLC0415

            not_begun(holdings, str(error))
        raise


def awake(holdings: Holdings, ids: tuple[str, ...]) -> list["Site"]:
    """Give the sites of these ids, or the owner's own without those that are paused.

    Raises UsageError as `to_crawl` does, and for one that was named and is paused.
    """
    from archive.register.pauses import pauses_of  # noqa: PLC0415

    asleep, sites = pauses_of(holdings.register_db), to_crawl(holdings, ids)
    for site in sites:
        if ids and site.id in asleep:
            why = f"paused since {asleep[site.id].at[:10]}: {asleep[site.id].reason}"
            again = f"`union-archive sites resume {site.id}` lets it be crawled"
            raise UsageError(f"{site.id}: {why}; {again}")
    return [site for site in sites if site.id not in asleep]


def at_this_hour(sites: list["Site"]) -> list["Site"]:
    """Leave out the sites that may not be crawled unattended now, and say so."""
    now = datetime.now(UTC)
    for site in sites:
        if not site.open_for(now):
            click.echo(f"{site.id}: left alone at this hour; hours = {site.hours!r}", err=True)
    return [site for site in sites if site.open_for(now)]


def shortfall(holdings: Holdings, site: "Site", *, crawled: bool = False) -> str | None:
    """Say where the archive has fewer of a site's articles than its file asserts.

    With `crawled` only where it has any, since somebody may not have begun.
    """
    expected = site.assertions.min_articles
    if expected is None:
        return None
    from contextlib import closing  # noqa: PLC0415

    from archive.store import open_readonly  # noqa: PLC0415

    with closing(open_readonly(holdings.archive_db)) as db:
        row = db.execute("SELECT count(*) FROM articles WHERE site = ?", [site.id]).fetchone()
    if row[0] >= expected or (crawled and row[0] == 0):
        return None
    return f"{site.id}: got {row[0]} articles, expected at least {expected} (min_articles)"
