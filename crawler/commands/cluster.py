"""`union-archive cluster`: crawl, ingest and reclean on many machines."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.errors import UnionArchiveError, UsageError
from archive.holdings import Holdings
from crawler.commands.crawl import awake, day

if TYPE_CHECKING:
    from crawler.cluster.plan import Planned
    from crawler.cluster.store import Store
    from crawler.cluster.task import Result


@click.group("cluster")
def command() -> None:
    """Crawl, ingest and reclean on many machines, with Dask.

    Workers leave what they have in a store: a folder that all machines share, or an address such
    as s3://bucket/folder. `merge` folds it into HOLDINGS. A command that was interrupted goes on
    when it is run again.
    """


def _store_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--store", metavar="URL", help="The store; HOLDINGS/cluster unless it is given."
    )(function)


def _engine_options(function: Callable[..., Any]) -> Callable[..., Any]:
    function = click.option(
        "--workers", type=click.IntRange(min=1), metavar="N", help="Begin N workers here."
    )(function)
    function = click.option(
        "--scheduler", metavar="ADDRESS", help="The Dask scheduler to use, such as tcp://host:8786."
    )(function)
    return _store_option(function)


@command.command("crawl")
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option(
    "--max-articles", type=click.IntRange(min=1), help="Ask for at most so many articles a site."
)
@click.option(
    "--since", callback=day, metavar="DATE", help="Leave out what a list dates before this day."
)
@_engine_options
@click.pass_obj
def crawl(  # noqa: PLR0913
    holdings: Holdings,
    *,
    sites: tuple[str, ...],
    max_articles: int | None,
    since: str | None,
    scheduler: str | None,
    workers: int | None,
    store: str | None,
) -> None:
    """Crawl SITEs, or all of your own; a task is a host with its sites.

    Meanwhile no other crawl from HOLDINGS is on these hosts.
    """
    chosen = awake(holdings, sites)
    from crawler.cluster import plan  # noqa: PLC0415 - loaded when it is needed
    from crawler.locks import Locks  # noqa: PLC0415

    holdings.ensure()
    options = [] if max_articles is None else ["--max-articles", str(max_articles)]
    options += [] if since is None else ["--since", since]
    with closing(Locks(holdings, writes=False)) as locks:
        for site in chosen:
            locks.site(site.id)
            locks.host(site.host)
        _work(
            (scheduler, workers),
            _store(holdings, store),
            lambda opened: plan.crawl(holdings, opened, chosen, options),
        )


@command.command("ingest")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@_engine_options
@click.pass_obj
def ingest(
    holdings: Holdings,
    *,
    paths: tuple[str, ...],
    scheduler: str | None,
    workers: int | None,
    store: str | None,
) -> None:
    """Take in WARC and WACZ files, a task each: paths that all workers have, or addresses."""
    from crawler.cluster import plan  # noqa: PLC0415

    _work(
        (scheduler, workers),
        _store(holdings, store),
        lambda opened: plan.ingest(holdings, opened, paths),
    )


@command.command("reclean")
@_engine_options
@click.pass_context
def reclean(
    context: click.Context, *, scheduler: str | None, workers: int | None, store: str | None
) -> None:
    """Read all captures again with today's rules, a task a WARC file, and put them in place.

    HOLDINGS/warc must be where all workers have it. At the end it lists what `union-archive
    reclean` lists.
    """
    from crawler.cluster import plan  # noqa: PLC0415
    from crawler.cluster.recall import recalling  # noqa: PLC0415
    from crawler.commands.reclean import write  # noqa: PLC0415

    holdings: Holdings = context.obj
    opened = _store(holdings, store)
    job = _work((scheduler, workers), opened, lambda at: plan.reclean(holdings, at))
    with recalling(opened, job, holdings.root) as recall:
        write(holdings, recall)


@command.command("merge")
@_store_option
@click.pass_obj
def merge(holdings: Holdings, *, store: str | None) -> None:
    """Fold the finished shards of the store into HOLDINGS.

    Doing it again changes nothing. A shard that is damaged is told of and left out whole, and the
    exit code is 1.
    """
    from crawler.cluster.folding import fold  # noqa: PLC0415

    failed = 0

    def complain(path: Path, why: str) -> None:
        nonlocal failed
        failed += 1
        click.echo(f"union-archive: {path}: {why}", err=True)

    folded = fold(holdings, _store(holdings, store), complain)
    for conflict in folded.conflicts:
        click.echo(f"conflict: {conflict}")
    counts = folded.counts
    click.echo(
        f"{folded.shards} shards: {counts['new']} new, {counts['changed']} changed, "
        f"{counts['unchanged']} unchanged, {counts['no_article']} without an article, "
        f"{len(folded.conflicts)} conflicts, {failed} failed; {folded.known} were here already, "
        f"{folded.unfinished} are not finished"
    )
    if failed:
        raise click.exceptions.Exit(1)


@command.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@_store_option
@click.pass_obj
def status(holdings: Holdings, *, as_json: bool, store: str | None) -> None:
    """Tell how far the newest job is, task by task, from what the store has."""
    from crawler.cluster.progress import progress  # noqa: PLC0415

    found = progress(_store(holdings, store))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for task in found["tasks"]:
        counts = f"{task['articles']} articles, {task['captures']} captures"
        click.echo(f"{task['task']}: {task['state']}, {counts}{_by(task['worker'])}")
        for line in task["said"].splitlines() if task["state"] == "failed" else ():
            click.echo(f"    {line}")
    states = Counter(task["state"] for task in found["tasks"])
    sums = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    click.echo(f"{found['kind']} {found['job']}: {sums}")


def _by(worker: str | None) -> str:
    return f", by {worker}" if worker else ""


def _store(holdings: Holdings, url: str | None) -> "Store":
    from crawler.cluster.store import Store  # noqa: PLC0415

    return Store.at(url or str((holdings.root / "cluster").resolve()))


def _work(
    where: tuple[str | None, int | None], store: "Store", plan: "Callable[[Store], Planned]"
) -> str:
    """Have a job done; give its id. Exits with 1 where some task failed."""
    from crawler.cluster.engine import Dispatch, cluster  # noqa: PLC0415
    from crawler.cluster.job import finish  # noqa: PLC0415

    scheduler, workers = where
    if (scheduler is None) == (workers is None):
        got = "neither" if scheduler is None else "both"
        raise UsageError(f"got {got} of --scheduler and --workers, expected one of them")
    store.make()
    with cluster(scheduler, workers) as client:
        job, tasks = plan(store)
        click.echo(f"{job.kind} {job.id}: {len(tasks)} tasks; {client.dashboard_link}", err=True)
        done = 0

        def tell(result: "Result") -> None:
            nonlocal done
            done += 1
            failed = "" if result.outcome == "done" else f"failed{_by(result.worker)}: "
            *lines, last = result.said.splitlines() or ["nothing said"]
            for line in (*lines, f"{last} ({done} of {len(tasks)})"):
                click.echo(f"{result.task}: {failed}{' '.join(line.split())}", err=bool(failed))

        try:
            results = Dispatch(client, tell).run(tasks)
        except KeyboardInterrupt as error:
            raise UnionArchiveError(
                "stopped; the same command goes on. A scheduler's workers end what they have begun"
            ) from error
    if all(result.kept for result in results):
        finish(store, job)
    if any(result.outcome != "done" or result.code for result in results):
        raise click.exceptions.Exit(1)
    return job.id
