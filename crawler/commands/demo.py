"""`union-archive demo`: crawl the sample sites, say what was found, and show it."""

import json
import shlex
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click
from click.core import ParameterSource

from archive.errors import UnionArchiveError
from archive.holdings import Holdings

if TYPE_CHECKING:
    from crawler.demo.server import SampleSites

DEMO_HOLDINGS = "demo-holdings"
PORT = 8001
COUNTS = """
    SELECT count(*), coalesce(sum(flags != '[]'), 0), (
        SELECT coalesce(sum(length(removals.text)), 0)
        FROM removals JOIN articles ON articles.id = removals.article WHERE articles.site = :site
    ) FROM articles WHERE site = :site"""
FLAGS = """
    SELECT flags.name, count(*) FROM flags JOIN articles ON articles.id = flags.article
    WHERE articles.site IN (SELECT value FROM json_each(:sites))
    GROUP BY flags.name ORDER BY flags.name"""
OTHERS = """
    SELECT outcome, count(DISTINCT url) FROM captures
    WHERE outcome IN ('block_page', 'soft_404', 'parked_domain', 'list_page', 'redirect', 'gone')
    AND site IN (SELECT value FROM json_each(:sites)) GROUP BY outcome ORDER BY outcome"""
CLEANED = """
    SELECT removals.article FROM removals JOIN flags ON flags.article = removals.article
    WHERE flags.name = 'injected_links'
    GROUP BY removals.article ORDER BY sum(length(removals.text)) DESC, removals.article LIMIT 1"""


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop after saying what was found.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"The port to show the archive on; {PORT}, or a free one, unless given.",
)
@click.pass_context
def command(ctx: click.Context, *, no_serve: bool, port: int | None) -> None:
    """Crawl the sample sites, say what was found, and serve it (in ./demo-holdings)."""
    from crawler.demo.server import SampleSites  # noqa: PLC0415 - templates, servers

    holdings: Holdings = ctx.obj
    source = ctx.parent.get_parameter_source("holdings") if ctx.parent else None
    if source is ParameterSource.DEFAULT:
        holdings = Holdings(Path(DEMO_HOLDINGS))
    holdings.ensure()
    with SampleSites() as sites:
        files = sites.site_files()
        for name, text in files.items():
            (holdings.sites / f"{name}.toml").write_text(text, encoding="utf-8")
        click.echo(f"{len(files)} sample sites answer on this machine, port {sites.port}.")
        if not _seen_twice(holdings, sites):
            _crawl(holdings, sites, 1, "First crawl:")
        _crawl(holdings, sites, 2, "Second crawl, after a page changed and another disappeared:")
        click.echo(f"\n{_found(holdings)}\n")
        if not no_serve:
            _serve(holdings, port)  # the originals go on answering beside it
            return
    click.echo(f"The archive is in {holdings.root}; to see it: {_command(holdings)} serve")


def _crawl(holdings: Holdings, sites: "SampleSites", edition: int, heading: str) -> None:
    """Crawl the sample sites with the ordinary command, in a process of its own."""
    sites.edition = edition
    click.echo(f"\n{heading}")
    line = [sys.executable, "-m", "crawler.cli", "-C", str(holdings.root), "crawl"]
    done = subprocess.run([*line, *sites.site_files()], check=False)  # noqa: S603
    if done.returncode:
        raise UnionArchiveError(
            f"the crawl ended with exit code {done.returncode}, expected 0; what it said is above"
        )


def _seen_twice(holdings: Holdings, sites: "SampleSites") -> bool:
    """Whether an earlier demo has already seen that a page disappeared from these addresses."""
    from archive.database import open_readonly  # noqa: PLC0415
    from crawler.demo.content import EDITIONS, sample_sites  # noqa: PLC0415

    if not holdings.archive_db.exists():
        return False
    gone = [
        sites.url(site.id, page.path)
        for site in sample_sites().values()
        for page in site.pages
        if page.editions != EDITIONS
    ]
    marks = ",".join("?" * len(gone))
    query = f"SELECT count(DISTINCT url) FROM captures WHERE status = 404 AND url IN ({marks})"
    with closing(open_readonly(holdings.archive_db)) as db:
        return bool(db.execute(query, gone).fetchone()[0] == len(gone))


def _found(holdings: Holdings) -> str:
    """Tell in a small table what the archive holds of the sample sites."""
    from archive.database import open_readonly  # noqa: PLC0415
    from crawler.demo.content import sample_sites  # noqa: PLC0415

    lines = [f"{'site':<14}{'articles':>9}{'flagged':>9}{'characters removed':>20}   name"]
    with closing(open_readonly(holdings.archive_db)) as db:
        for name, site in sample_sites().items():
            counts = db.execute(COUNTS, {"site": name}).fetchone()
            lines.append("{:<14}{:>9}{:>9}{:>20}   {}".format(name, *counts, site.name))
        flags = db.execute(FLAGS, {"sites": json.dumps(list(sample_sites()))}).fetchall()
        others = db.execute(OTHERS, {"sites": json.dumps(list(sample_sites()))}).fetchall()
    for heading, rows in (("Flags:", flags), ("Pages that are no article:", others)):
        lines.append(f"{heading} {', '.join(f'{name} {count}' for name, count in rows) or 'none'}")
    return "\n".join(lines)


def _serve(holdings: Holdings, port: int | None) -> None:
    """Serve the archive until stopped, and suggest what to do with it."""
    from archive.web.server import serve  # noqa: PLC0415 - Datasette

    with closing(socket.socket()) as probe:
        free = probe.connect_ex(("127.0.0.1", PORT)) != 0
    if port is None:
        port = PORT if free else 0

    def ready(address: str) -> None:
        click.echo(f"Serving {holdings.archive_db} at {address} (Ctrl-C stops it and the sites)")
        click.echo(_suggestions(holdings, address))

    serve([holdings], "127.0.0.1", port, ready)


def _suggestions(holdings: Holdings, address: str) -> str:
    """Name three things to try."""
    from archive.database import open_readonly  # noqa: PLC0415

    with closing(open_readonly(holdings.archive_db)) as db:
        row = db.execute(CLEANED).fetchone()
    cleaned = f"{address}a/{row[0]}" if row else address
    return f"""
Three things to try:
  1. Search in either script; 勞動 finds 劳动 too:
     {address}search?{urlencode({"q": "勞動"})}
  2. Read an article that somebody had put spam into, and see what was cleaned out:
     {cleaned}
     {_command(holdings)} show {row[0] if row else "ID"} --removed
  3. Take a selection away as a table:
     {_command(holdings)} export wages.csv --query 工資
"""


def _command(holdings: Holdings) -> str:
    """How to call the command line on these holdings, as one would type it."""
    return f"union-archive -C {shlex.quote(str(holdings.root))}"
