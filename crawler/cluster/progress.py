"""How far a job is, told from the store alone, so that it can be asked anywhere."""

import json
from typing import Any

from archive.errors import UnionArchiveError
from crawler.cluster.job import jobs
from crawler.cluster.manifest import newest
from crawler.cluster.store import Store


def progress(store: Store) -> dict[str, Any]:
    """Give the newest job and its tasks: state, worker and counts as of the last checkpoint.

    States are waiting, at work, silent (its worker gives no sign of life), finished and failed.
    Raises UnionArchiveError where no job was.
    """
    lasts = store.about().lease
    known = jobs(store)
    if not known:
        raise UnionArchiveError(
            f"{store.url}: got no job, expected one; `cluster crawl` begins one"
        )
    job, done = known[-1]
    tasks = [_task(store, name, job.id, lasts) for name in job.tasks]
    return {"job": job.id, "kind": job.kind, "done": done, "tasks": tasks}


def _task(store: Store, name: str, job: str, lasts: float) -> dict[str, Any]:
    found = newest(store, name)
    lease, silence = _lease(store, name)
    shard = found[1] if found else None
    state = "waiting" if lease is None else "at work" if silence < lasts else "silent"
    if shard is not None and shard.job == job and shard.finished:
        state = "failed" if shard.code else "finished"
    counts = shard.counts if shard else {"captures": 0, "articles": 0}
    said = shard.said if shard and shard.job == job else ""
    return {"task": name, "state": state, "worker": lease, **counts, "said": said}


def _lease(store: Store, name: str) -> tuple[str | None, float]:
    """Give the worker that has a task, or had it when it died, and how long ago it wrote so."""
    names = store.names(f"leases/{name}")
    path = f"leases/{name}/{names[-1]}" if names else ""
    content = store.read(path) if names else None
    if not content or (lease := json.loads(content))["ended"]:
        return None, 0
    return lease["owner"], store.age(path)
