"""`union-archive sites`: which sites there are, and what their files say."""

import json
from typing import TYPE_CHECKING

import click

from archive.errors import UnionArchiveError
from archive.holdings import Holdings

if TYPE_CHECKING:
    from crawler.site import Site


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
    """List the sites: the catalogue's, and those in HOLDINGS/sites/."""
    _list(holdings, as_json=as_json)


@command.command()
@click.argument("site")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def show(holdings: Holdings, site: str, *, as_json: bool) -> None:
    """Show what the file of SITE says."""
    from crawler.commands.crawl import choose  # noqa: PLC0415

    (found,) = choose(_sites(holdings), (site,))
    record = found.model_dump(mode="json")
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
    from archive.pauses import pause as pause_site  # noqa: PLC0415
    from archive.register import Decision, Register  # noqa: PLC0415
    from archive.warc import now  # noqa: PLC0415
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
    from archive.pauses import resume as resume_site  # noqa: PLC0415
    from archive.register import Register  # noqa: PLC0415
    from archive.warc import now  # noqa: PLC0415

    holdings.ensure()
    with Register(holdings.register_db) as register:
        if not resume_site(register, site, now()):
            raise UnionArchiveError(f"{site}: is not paused; `union-archive status` shows who is")
    click.echo(f"{site} is crawled again")


def _readable(value: object) -> str:
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(f"{key} {item}" for key, item in value.items() if item is not None)


def _list(holdings: Holdings, *, as_json: bool) -> None:
    sites = _sites(holdings)
    if as_json:
        records = [site.model_dump(mode="json") for site in sites.values()]
        click.echo(json.dumps(records, ensure_ascii=False, indent=2))
        return
    width = max((len(id_) for id_ in sites), default=0)
    for id_, site in sites.items():
        click.echo(f"{id_:<{width}}  {site.kind or '-':<5}  {site.name}  {site.home}")


def _sites(holdings: Holdings) -> dict[str, "Site"]:
    from crawler.site import load_sites  # noqa: PLC0415 - pydantic is loaded when it is needed

    return load_sites(holdings.sites)
