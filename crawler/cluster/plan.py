"""Which tasks a job has: a host with all its sites, or a file."""

import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from archive.backup import copy_database
from archive.errors import UsageError
from archive.holdings import Holdings
from crawler.accession import Accession
from crawler.clean.edition import edition
from crawler.cluster.folding import READINGS
from crawler.cluster.job import Job, begin
from crawler.cluster.store import Store, name_of
from crawler.cluster.task import Task
from crawler.deposits.sources import ENDINGS
from crawler.site import Site
from crawler.sitefile.loading import own_sites

Planned = tuple[Job, list[Task]]


def crawl(holdings: Holdings, store: Store, sites: Sequence[Site], options: list[str]) -> Planned:
    """Plan a crawl. Sites on one host are one task, so that nobody else is on it meanwhile.

    Raises UsageError where a site needs a contact and there is none.
    """
    if holdings.contact() is None and (far := [site.id for site in sites if not site.loopback]):
        raise UsageError(
            f"{holdings.root / 'config.toml'}: got no contact, expected one, since {far[0]} is not"
            " on this machine"
        )
    hosts = by_host(sites)
    own = _own(holdings)
    work = {host: ("crawl", *options, *ids) for host, ids in hosts.items()}
    job = begin(store, "crawl", tuple(w for c in work.values() for w in c), tuple(work))
    files = {"config.toml": _config(holdings)}
    return job, [
        _task(store, job, host, words, files | _of(own, hosts[host]))
        for host, words in work.items()
    ]


def by_host(sites: Iterable[Site]) -> dict[str, list[str]]:
    """Give the ids of the sites of each host, all sorted."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for site in sites:
        hosts[_host(site)].append(site.id)
    return {host: sorted(ids) for host, ids in sorted(hosts.items())}


def ingest(holdings: Holdings, store: Store, paths: Iterable[str]) -> Planned:
    """Plan an ingest of WARC and WACZ files: paths that all workers have, or fsspec addresses."""
    named = {}
    for path in paths:
        if not path.lower().endswith(ENDINGS["warc"] + ENDINGS["wacz"]):
            raise UsageError(
                f"{path}: got {Path(path).suffix or 'no'} ending, expected .warc.gz or .wacz;"
                " `union-archive ingest` takes the other kinds"
            )
        whole = path if "://" in path else str(Path(path).resolve())
        named[f"file-{_short(whole)}"] = whole
    files = {"config.toml": _config(holdings), **_own(holdings), **_register(holdings)}
    job = begin(store, "ingest", tuple(sorted(named.values())), tuple(sorted(named)))
    words = ("ingest", "{input}")
    return job, [_task(store, job, n, words, files, path) for n, path in sorted(named.items())]


def reclean(holdings: Holdings, store: Store) -> Planned:
    """Plan a reading of all WARC files again; lines that sites repeat are learned first."""
    holdings.expect_archive()
    with Accession.open(holdings, alone=True) as accession:
        found = accession.store.db.execute(
            "SELECT DISTINCT site FROM articles WHERE site IS NOT NULL"
        ).fetchall()
        for (site,) in found:
            accession.boilerplate(site)
    named = {
        f"{READINGS}{_short(path.name)}": str(path.resolve())
        for path in sorted(holdings.warc.glob("*.warc.gz"))
    }
    files = {"config.toml": _config(holdings), **_own(holdings), **_register(holdings)}
    rules = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    job = begin(store, "reclean", (edition(), rules, *named.values()), tuple(named))
    words = ("ingest", "{input}")
    return job, [
        _task(store, job, n, words, files, path, keeps_warc=False) for n, path in named.items()
    ]


def _task(  # noqa: PLR0913, PLR0917 - what a task is made of
    store: Store,
    job: Job,
    name: str,
    words: tuple[str, ...],
    files: dict[str, bytes],
    source: str | None = None,
    *,
    keeps_warc: bool = True,
) -> Task:
    return Task(
        name=name_of(name),
        job=job.id,
        command=words,
        store=store.url,
        store_id=store.about().id,
        cleaner=edition(),
        files=files,
        input=source,
        keeps_warc=keeps_warc,
    )


def _host(site: Site) -> str:
    """Give a site's host, whatever the port: politeness is owed to the machine."""
    host = urlsplit(site.home).hostname or ""
    return host.rstrip(".").removeprefix("www.")


def _own(holdings: Holdings) -> dict[str, bytes]:
    return {
        f"sites/{id_}.toml": (holdings.sites / f"{id_}.toml").read_bytes()
        for id_ in own_sites(holdings.sites)
    }


def _of(own: dict[str, bytes], ids: list[str]) -> dict[str, bytes]:
    return {path: own[path] for id_ in ids if (path := f"sites/{id_}.toml") in own}


def _config(holdings: Holdings) -> bytes:
    path = holdings.root / "config.toml"
    contact = holdings.contact()
    return (
        b""
        if contact is None or not path.exists()
        else f"contact = {json.dumps(contact)}\n".encode()
    )


def _register(holdings: Holdings) -> dict[str, bytes]:
    if not holdings.register_db.exists():
        return {}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / holdings.register_db.name
        copy_database(holdings.register_db, copy)
        return {copy.name: copy.read_bytes()}


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
