"""What a page of a crawl costs, all processes together, beside bare Scrapy and other crawlers.

Two sites on loopback are crawled, few pages and many, with one connection and no pause; the
difference is the pages'. Articles have 1,345 characters in pages of 40 KB. Nobody but we keeps
what the server sent, has it archived and has it searchable when the crawl ends.
"""

import re
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench import KEYS, furnish
from environments import MissingError, environment, version
from ingest import pages
from loopback import Answer, LoopbackSite, put_site
from sides import OURS, Row, table
from trees import Taken, taken

FEW, MANY = 50, 450
BASE = "Scrapy alone"
PACKAGES = {
    BASE: "scrapy",
    "Scrapy, trafilatura inline": "scrapy",
    "Fundus": "fundus",
    "news-please": "news-please",
}


def furnished(site: LoopbackSite, bodies: list[bytes]) -> None:
    """Give a site lists, a sitemap, and pages as sites have them."""
    furnish(site, len(bodies))
    paths = [f"/a/{number}.html" for number in range(len(bodies))]
    site.pages |= dict(zip(paths, bodies, strict=True))
    places = "".join(f"<url><loc>{site.url}{path}</loc></url>" for path in paths)
    xml = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    site.pages["/sitemap.xml"] = Answer(xml.encode(), headers={"Content-Type": "application/xml"})


def ours(holdings: Path, site: LoopbackSite) -> Taken:
    """Crawl as a user does."""
    put_site(holdings, site, KEYS)
    command = [sys.executable, "-m", "crawler.cli", "-C", str(holdings), "crawl"]
    return archived(holdings, taken(command))


def archived(holdings: Path, took: Taken) -> Taken:
    """Give what a command took, with the number of articles that are now archived."""
    with closing(sqlite3.connect(holdings / "archive.db")) as db:
        (found,) = db.execute("SELECT count(*) FROM articles WHERE text <> ''").fetchone()
    return replace(took, said=str(found))


def theirs(name: str, python: Path, site: LoopbackSite, articles: int) -> Taken:
    """Crawl with a peer."""
    script = Path(__file__).with_name("run_crawl.py")
    return taken([str(python), str(script), name, site.url, str(articles)])


def row(name: str, few: Taken, many: Taken) -> Row:
    """Make a row of two crawls."""
    found = re.findall(r"\d+", many.said)[-1]
    wall = 1000 * (many.wall - few.wall) / (MANY - FEW)
    told = f"{wall:6.1f} ms on the wall, {many.memory:4.0f} MB, {found} of {MANY} articles"
    return Row(name, 1000 * (many.cpu - few.cpu) / (MANY - FEW), told)


def run(envs: Path, folder: Path, turns: int) -> None:  # noqa: ARG001 - two crawls are enough
    """Crawl with all, and print a table."""
    bodies, rows = pages(MANY), []
    with LoopbackSite() as small, LoopbackSite() as large:
        furnished(small, bodies[:FEW])
        furnished(large, bodies)
        rows.append(row(OURS, ours(folder / "few", small), ours(folder / "many", large)))
        for name, package in PACKAGES.items():
            try:
                python = environment(package, envs)
                both = theirs(name, python, small, FEW), theirs(name, python, large, MANY)
            except MissingError as error:
                rows.append(Row(name, told=str(error)))
            else:
                rows.append(row(f"{name} ({version(python, package)})", *both))
    table(f"Crawling: {MANY} pages of 40 KB, CPU of all processes", rows, BASE)
