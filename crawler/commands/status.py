"""`union-archive status`: how the sites are, and what is wrong."""

import json
from typing import TYPE_CHECKING

import click

from archive.holdings import Holdings

if TYPE_CHECKING:
    from crawler.crawls.watch import Patient
    from crawler.site import Site


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.option("--prometheus", is_flag=True, help="Print gauges for node_exporter's textfile.")
@click.pass_obj
def command(holdings: Holdings, *, as_json: bool, prometheus: bool) -> None:
    """Tell of each site when it was last crawled, and what is wrong with it.

    Exits with 1 where a site is ill, or the disk is nearly full.
    """
    from crawler.crawls.watch import examine, short_of_disk  # noqa: PLC0415

    holdings.expect_archive()
    holdings.notify()  # one that is wrong would be found out when it is needed
    patients = examine(holdings, _watched(holdings))
    disk = short_of_disk(holdings)
    if as_json:
        record = {"sites": [_record(one) for one in patients], "disk": disk and disk.words}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
    elif prometheus:
        click.echo(_gauges(patients), nl=False)
    else:
        for line in _table(patients):
            click.echo(line)
        if disk:
            click.echo(f"disk: {disk.words}")
    if disk or any(one.illnesses for one in patients):
        raise click.exceptions.Exit(1)


def _watched(holdings: Holdings) -> list["Site"]:
    """Give the owner's own sites, and those of the catalogue that have been crawled."""
    from contextlib import closing  # noqa: PLC0415

    from archive.store import open_readonly  # noqa: PLC0415
    from crawler.sitefile.loading import load_sites, own_sites  # noqa: PLC0415 - pydantic, when it is needed

    with closing(open_readonly(holdings.archive_db)) as db:
        crawled = {row[0] for row in db.execute("SELECT DISTINCT site FROM runs")}
    own = {*own_sites(holdings.sites), *holdings.chosen(), *crawled}
    return [site for site in load_sites(holdings.sites).values() if site.id in own]


def _record(one: "Patient") -> dict[str, object]:
    from archive.health import last_success  # noqa: PLC0415

    success = last_success(one.facts)
    last = next(iter(one.facts.runs), None)
    return {
        "site": one.site,
        "name": one.name,
        "paused": one.pause and {"since": one.pause.at, "reason": one.pause.reason},
        "last_success": success and success.isoformat(),
        "last_run": last
        and {
            "started": last.started.isoformat(),
            "outcome": last.outcome,
            "new": last.new,
            "answers": last.answers,
            "why": last.why,
        },
        "illnesses": [{"name": ill.name, "words": ill.words} for ill in one.illnesses],
    }


def _table(patients: list["Patient"]) -> list[str]:
    from archive.health import last_success  # noqa: PLC0415

    width = max((len(one.site) for one in patients), default=0)
    lines = [f"{'site':<{width}}  last success      new  state"]
    for one in patients:
        success = last_success(one.facts)
        when = f"{success:%Y-%m-%d %H:%M}" if success else "never"
        new = one.facts.runs[0].new if one.facts.runs else 0
        state = "; ".join(ill.words for ill in one.illnesses) or "well"
        if one.pause:
            state = f"paused since {one.pause.at[:10]}: {one.pause.reason}"
        lines.append(f"{one.site:<{width}}  {when:<16}  {new:>3}  {state}")
    return lines


def _gauges(patients: list["Patient"]) -> str:
    """Write the text format that Prometheus reads, version 0.0.4; ids need no escapes."""
    from archive.health import last_success  # noqa: PLC0415

    ill = "union_archive_illnesses"
    ran = "union_archive_last_success_timestamp_seconds"
    lines = [f"# HELP {ill} What is wrong with a site.", f"# TYPE {ill} gauge"]
    lines += [f'{ill}{{site="{one.site}"}} {len(one.illnesses)}' for one in patients]
    lines += [f"# HELP {ran} When a site's last good run began.", f"# TYPE {ran} gauge"]
    for one in patients:
        if success := last_success(one.facts):
            lines.append(f'{ran}{{site="{one.site}"}} {success.timestamp():.0f}')
    return "\n".join(lines) + "\n"
