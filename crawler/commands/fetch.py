"""`union-archive fetch`: save single pages, the same way as a crawl."""

import click

from archive.holdings import Holdings


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.pass_obj
def command(holdings: Holdings, urls: tuple[str, ...]) -> None:
    """Save these pages, whatever site they belong to.

    robots.txt is obeyed, and one page after another is asked for, as in a crawl. A private address
    is fetched only where it is typed here.
    """
    from crawler.crawls.single import fetch  # noqa: PLC0415 - Scrapy is loaded when it is needed
    from crawler.printing import one_line  # noqa: PLC0415
    from crawler.sitefile.loading import load_sites  # noqa: PLC0415

    pages = fetch(holdings, urls, load_sites(holdings.sites))
    for page in pages:
        if page.article is not None:
            click.echo(f"{page.outcome}: {page.article} {one_line(page.title)}")
        elif page.came:
            click.echo(f"kept, but no article ({page.outcome}): {page.url}")
        else:
            click.echo(f"union-archive: {page.url}: {one_line(page.why)}", err=True)
    if not all(page.came for page in pages):
        raise click.exceptions.Exit(1)
