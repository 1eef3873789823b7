"""What of a copy of holdings goes into a shard, and what it says of itself."""

import hashlib
from collections.abc import Collection
from contextlib import closing

from archive.database import explained, open_readonly
from archive.holdings import Holdings
from archive.register.register import Register
from crawler.site import Site
from crawler.sitefile.loading import load_sites


def parts_of(holdings: Holdings, *, keeps_warc: bool) -> dict[str, bool]:
    """Give the files of a shard by their paths; says of each whether it only grows."""
    whole = (holdings.archive_db, holdings.crawl_db, holdings.register_db)
    found = {path.name: False for path in whole if path.is_file()}
    found |= {f"sites/{path.name}": False for path in holdings.sites.glob("*.toml")}
    if keeps_warc:
        found |= {f"warc/{path.name}": True for path in sorted(holdings.warc.glob("*.warc.gz"))}
    return found


def counts_of(holdings: Holdings) -> dict[str, int]:
    """Count the captures and articles."""
    if not holdings.archive_db.is_file():
        return {"captures": 0, "articles": 0}
    path = holdings.archive_db
    with explained(path), closing(open_readonly(path)) as db:
        tables = ("captures", "articles")
        return {t: db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}


def rules_of(holdings: Holdings) -> dict[str, str]:
    """Name what the pages of each site are read with: its file and the lines learned of it."""
    if not holdings.archive_db.is_file():
        return {}
    sites = load_sites(holdings.sites)
    with (
        explained(holdings.archive_db),
        closing(open_readonly(holdings.archive_db)) as db,
        closing(Register(holdings.register_db)) as register,
    ):
        ids = [row[0] for row in db.execute("SELECT id FROM sites")]
        return {id_: rules(sites.get(id_), register.boilerplate(id_)) for id_ in ids}


def rules(site: Site | None, lines: Collection[str]) -> str:
    """Name a site file and learned lines by their content."""
    return hashlib.sha256(repr((site, sorted(lines))).encode()).hexdigest()[:16]
