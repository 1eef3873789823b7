"""`union-archive search`: find articles."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.holdings import Holdings

if TYPE_CHECKING:
    from archive.search.results import Hit, Hits


@click.command("search")
@click.argument("query")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(0), help="How many to show."
)
@click.option("--site", metavar="ID", help="Only articles of this site.")
@click.option("--from", "since", metavar="DATE", help="Published on this day or later.")
@click.option("--to", "until", metavar="DATE", help="Published on this day or earlier.")
@click.option("--relevance", is_flag=True, help="The most relevant of the newest 2,000 first.")
@click.option(
    "--also",
    metavar="HOLDINGS",
    multiple=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Holdings that are searched as well, as if merged; may be given again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    holdings: Holdings,
    *,
    query: str,
    limit: int,
    site: str | None,
    since: str | None,
    until: str | None,
    relevance: bool,
    also: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Find articles, the newest first, whichever script QUERY or they are in.

    Words must all be there, in title, text or attached files. "…" is a phrase, OR a choice, NOT or
    - leaves out, * goes on, ( ) bind; title: text: author: source: editor: section: attachment:
    look there; site: region: flag: language: before: after: on: ask for what is known of an
    article. A QUERY that begins with - comes after --. DATE is 2009-05-01, 2009-05 or 2009.
    """
    from archive.database import explained  # noqa: PLC0415
    from archive.reader import check_site  # noqa: PLC0415
    from archive.search.results import search  # noqa: PLC0415
    from archive.search.snippets import plain  # noqa: PLC0415
    from archive.shelf import opened  # noqa: PLC0415

    paths = [each.archive_db for each in (holdings, *map(Holdings, also))]
    with opened(paths) as archives, explained(paths[0]):
        check_site(archives[0], site)
        hits = search(
            archives, query, site=site, since=since, until=until, limit=limit, relevance=relevance
        )
    if as_json:
        results = [asdict(hit) | {"snippet": plain(hit.snippet)} for hit in hits.results]
        click.echo(json.dumps({"total": hits.total, "results": results}, ensure_ascii=False))
    else:
        _list(hits, "most relevant" if relevance else "newest")


def _list(hits: "Hits", order: str) -> None:
    """Print what was found to be read by people."""
    from crawler.printing import echo_marked  # noqa: PLC0415

    shown = len(hits.results)
    articles = "article" if hits.total == 1 else "articles"
    more = f"; the {order} {shown}" if shown < hits.total else ""
    click.echo(f"{hits.total} {articles}{more}")
    for hit in hits.results:
        click.echo()
        for indent, line in zip(("", "  ", "  "), _lines(hit), strict=True):
            echo_marked(line, indent)


def _lines(hit: "Hit") -> tuple[str, str, str]:
    """Give title, address and snippet of an article."""
    day = (hit.published or "undated")[:10]
    where = " · ".join(filter(None, (hit.id, hit.site, hit.url)))
    found = f"in the attached file {hit.attachment}: " if hit.attachment else ""
    return f"{day} {hit.title or 'no title'}", where, f"{found}{hit.snippet}"
