"""What was asked of a cluster, kept in the store, so that the same command goes on with it."""

import json
from dataclasses import asdict, dataclass

from crawler.cluster.store import Store


@dataclass(frozen=True)
class Job:
    """A command given to a cluster. It is open until all its tasks have been done or given up."""

    id: str
    kind: str
    """crawl, ingest or reclean."""
    words: tuple[str, ...]
    """What tells it from others of its kind: options, sites, files."""
    tasks: tuple[str, ...]


def jobs(store: Store) -> list[tuple[Job, bool]]:
    """Give all jobs, the oldest first, each with whether it is done."""
    names = store.names("jobs")
    found = []
    for name in names:
        content = store.read(f"jobs/{name}") if name.endswith(".json") else None
        if content is not None:
            fields = json.loads(content)
            job = Job(fields["id"], fields["kind"], tuple(fields["words"]), tuple(fields["tasks"]))
            found.append((job, f"{job.id}.done" in names))
    return found


def begin(store: Store, kind: str, words: tuple[str, ...], tasks: tuple[str, ...]) -> Job:
    """Go on with the open job that was asked for in these words, or begin one."""
    while True:
        known = jobs(store)
        for job, done in known:
            if not done and (job.kind, job.words) == (kind, words):
                return job
        number = max((int(job.id) for job, _ in known), default=0) + 1
        job = Job(f"{number:06d}", kind, words, tasks)
        if store.create(f"jobs/{job.id}.json", json.dumps(asdict(job)).encode()):
            return job


def finish(store: Store, job: Job) -> None:
    """Note that a job is done."""
    store.create(f"jobs/{job.id}.done", b"")
