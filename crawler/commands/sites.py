"""`union-archive sites`: which sites there are, and what their files say."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.errors import UnionArchiveError, UsageError
from archive.holdings import Holdings
from crawler.printing import one_line

if TYPE_CHECKING:
    from archive.records import Article
    from crawler.site import Site
    from crawler.survey.checkup import Checkup
    from crawler.survey.looking import Looked


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """List the sites, or show one."""
    if ctx.invoked_subcommand is None:
        _list(ctx.obj, as_json=as_json)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def list_(holdings: Holdings, *, as_json: bool) -> None:
    """List the sites: the catalogue's, and those in HOLDINGS/sites/.

    Yours are those that a crawl without names visits. Of the others it is said how much is known:
    verified on a day, seen in a stored page, or unverified.
    """
    _list(holdings, as_json=as_json)


@command.command()
@click.argument("site")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def show(holdings: Holdings, site: str, *, as_json: bool) -> None:
    """Show what the file of SITE says."""
    from crawler.commands.crawl import choose  # noqa: PLC0415

    (found,) = choose(_sites(holdings), (site,))
    record = _record(found, _own(holdings))
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
        return
    for key, value in record.items():
        if value is None or (isinstance(value, dict) and not any(value.values())):
            continue
        for line in value if isinstance(value, list) else [value]:
            click.echo(f"{key:<12}{_readable(line)}")


@command.command()
@click.argument("site")
@click.option("--reason", required=True, metavar="R", help="Why; kept in the register.")
@click.option("--by", metavar="B", help="Who decided it.")
@click.pass_obj
def pause(holdings: Holdings, site: str, reason: str, by: str | None) -> None:
    """Leave SITE out of all crawls until it is resumed."""
    from archive.register.pauses import pause as pause_site  # noqa: PLC0415
    from archive.register.register import Decision, Register  # noqa: PLC0415
    from archive.warc.naming import now  # noqa: PLC0415
    from crawler.commands.crawl import choose  # noqa: PLC0415

    choose(_sites(holdings), (site,))
    holdings.ensure()
    with Register(holdings.register_db) as register:
        if not pause_site(register, site, Decision(reason, by, now())):
            raise UnionArchiveError(f"{site}: is paused already; `union-archive status` tells why")
    click.echo(f"{site} is paused; `union-archive sites resume {site}` lets it be crawled again")


@command.command()
@click.argument("site")
@click.pass_obj
def resume(holdings: Holdings, site: str) -> None:
    """Let SITE be crawled again."""
    from archive.register.pauses import resume as resume_site  # noqa: PLC0415
    from archive.register.register import Register  # noqa: PLC0415
    from archive.warc.naming import now  # noqa: PLC0415

    holdings.ensure()
    with Register(holdings.register_db) as register:
        if not resume_site(register, site, now()):
            raise UnionArchiveError(f"{site}: is not paused; `union-archive status` shows who is")
    click.echo(f"{site} is crawled again")


@command.command()
@click.argument("url")
@click.option("--id", "id_", metavar="ID", help="The site's id, instead of its host's name.")
@click.pass_obj
def add(holdings: Holdings, url: str, id_: str | None) -> None:
    """Look at the home page URL, and write a file for its site.

    Its content management system, feeds, sitemap and lists are found, the shape of its articles is
    guessed, and three of them are read and shown. The file is yours to better.
    """
    from crawler.crawls.single import address, site_at  # noqa: PLC0415
    from crawler.sitefile.loading import ID  # noqa: PLC0415
    from crawler.survey.looking import look  # noqa: PLC0415 - Scrapy is loaded when it is needed
    from crawler.survey.proposal import propose  # noqa: PLC0415

    host = site_at(address(url), {})
    stem = id_ or host.id.removeprefix("www.").replace(":", "-")
    if not ID.fullmatch(stem):
        raise UsageError(f"got {stem!r}, expected an id of letters, digits, '-', '_' and '.'")
    known = _sites(holdings).get(stem)
    path = holdings.sites / f"{stem}.toml"
    if path.exists() or known is not None:
        raise UsageError(f"{stem}: there is such a site already; --id gives another id")
    (found,) = look(holdings, [(host.model_copy(update={"home": address(url)}), propose)])
    for article in found.articles:
        _show_article(article)
    if found.why:
        raise UnionArchiveError(f"{url}: {found.why}")
    _write(path, found.toml())
    click.echo(f"{path} is written; `union-archive crawl {stem} --max-articles 20` tries it")


@command.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--offline", is_flag=True, help="Only check that the files are valid.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def check(holdings: Holdings, ids: tuple[str, ...], *, offline: bool, as_json: bool) -> None:
    """Check that all site files are valid, and that IDs, or your sites, are as their files say.

    Sources are asked and three articles of each site are read; nothing of that is kept. Exits with
    1 where anything is wrong.
    """
    from crawler.commands.crawl import to_crawl  # noqa: PLC0415

    faults = _faults(holdings)
    found: list[Checkup] = []
    if not faults:
        sites = to_crawl(holdings, ids) if ids or _own(holdings) else []
        found = [] if offline or not sites else _checked(holdings, sites)
    if as_json:
        record = {"faults": faults, "sites": [one.record() for one in found]}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
    else:
        for line in [*faults, *_table(found)]:
            click.echo(line)
    if faults or any(one.problems for one in found):
        raise click.exceptions.Exit(1)


@command.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.pass_obj
def fixture(holdings: Holdings, folder: Path, urls: tuple[str, ...]) -> None:
    """Make tests of your own in FOLDER: keep the pages at URLs and what is read of them.

    Without URLs the pages that are there are read again; exits with 1 where one reads otherwise.
    """
    from crawler.survey.fixture import differences, keep  # noqa: PLC0415

    sites = _sites(holdings)
    if urls:
        for page in _looked_at(holdings, urls, sites):
            _show_article(page.article)
            click.echo(f"    {keep(folder, page)}")
        return
    differing = 0
    for path, lines in differences(folder, sites):
        differing += bool(lines)
        click.echo(f"{path.name}: {'otherwise' if lines else 'as before'}")
        for line in lines:
            click.echo(f"    {one_line(line)}")
    if differing:
        raise click.exceptions.Exit(1)


def _looked_at(
    holdings: Holdings, urls: tuple[str, ...], sites: "dict[str, Site]"
) -> "list[Looked]":
    """Look at pages and read them. Raises UnionArchiveError for one that does not come."""
    from crawler.crawls.single import by_site  # noqa: PLC0415
    from crawler.survey.looking import look, read_all  # noqa: PLC0415 - Scrapy is loaded when needed

    groups = by_site(urls, sites)
    found = look(holdings, [(site, read_all(pages)) for site, pages in groups])
    return [page for pages in found for page in pages]


def _checked(holdings: Holdings, sites: "list[Site]") -> "list[Checkup]":
    """Check live sites, and what the archive holds of those that have been crawled."""
    from crawler.commands.crawl import shortfall  # noqa: PLC0415
    from crawler.survey.checkup import check as check_site  # noqa: PLC0415
    from crawler.survey.looking import look  # noqa: PLC0415

    found: list[Checkup] = look(holdings, [(site, check_site) for site in sites])
    for one, site in zip(found, sites, strict=True):
        short = shortfall(holdings, site, crawled=True)
        one.problems += [short] if short else []
    return found


def _table(found: "list[Checkup]") -> list[str]:
    """Say what was found of each site, a line each, and below it what is wrong."""
    width = max((len(one.site) for one in found), default=0)
    lines: list[str] = []
    for one in found:
        said = f"{one.sources} sources, {one.articles} articles, {len(one.read)} read"
        lines.append(f"{one.site:<{width}}  {'ill' if one.problems else 'well':<4}  {said}")
        lines += [f"    {one_line(problem)}" for problem in one.problems]
    return lines


def _faults(holdings: Holdings) -> list[str]:
    """Name what is wrong with site files, a line for each that is not valid."""
    from crawler.sitefile.loading import CATALOGUE, load_site  # noqa: PLC0415

    faults: list[str] = []
    for path in [*sorted(CATALOGUE.rglob("*.toml")), *sorted(holdings.sites.glob("*.toml"))]:
        try:
            load_site(path)
        except UsageError as error:
            faults.append(str(error))
    return faults


def _show_article(article: "Article") -> None:
    click.echo(f"{one_line(article.title) or 'no title'}")
    click.echo(f"    {article.published or 'no date'}  {len(article.text)} characters")
    click.echo(f"    {one_line(article.text)[:60]}")


def _write(path: Path, text: str) -> None:
    """Write a new file. Raises UsageError where there is one, or none may be written."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error


def _readable(value: object) -> str:
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(f"{key} {item}" for key, item in value.items() if item is not None)


def _list(holdings: Holdings, *, as_json: bool) -> None:
    sites = _sites(holdings)
    if as_json:
        own = _own(holdings)
        records = [_record(site, own) for site in sites.values()]
        click.echo(json.dumps(records, ensure_ascii=False, indent=2))
        return
    width = max((len(id_) for id_ in sites), default=0)
    own = _own(holdings)
    for id_, site in sites.items():
        standing = "yours" if id_ in own else site.standing
        click.echo(f"{id_:<{width}}  {site.kind or '-':<5}  {standing:<19}  {_named(site)}")


def _record(site: "Site", own: set[str]) -> dict[str, object]:
    """Give what a site's file says, what is known of it, and whether it is the owner's."""
    said = site.model_dump(mode="json")
    return {**said, "standing": site.standing, "yours": site.id in own}


def _named(site: "Site") -> str:
    english = f" ({site.english})" if site.english not in (None, site.name) else ""
    return f"{site.name}{english}  {site.home}"


def _own(holdings: Holdings) -> set[str]:
    from crawler.sitefile.loading import own_sites  # noqa: PLC0415

    return {*own_sites(holdings.sites), *holdings.chosen()}


def _sites(holdings: Holdings) -> dict[str, "Site"]:
    from crawler.sitefile.loading import load_sites  # noqa: PLC0415 - pydantic is loaded when it is needed

    return load_sites(holdings.sites)
