"""Where a task is at work: a worker of Dask, or a process of its own as in tests."""

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed import Worker


def name() -> str:
    """Give the address of the worker, else of this machine, for people."""
    worker = _worker()
    return str(worker.address) if worker else socket.gethostname()


def scratch() -> str | None:
    """Give the worker's own folder: when it was killed, Dask's next one there clears it away.

    None, for the system's, where there is no worker.
    """
    worker = _worker()
    return str(worker.local_directory) if worker else None


def _worker() -> "Worker | None":
    try:
        from distributed import get_worker  # noqa: PLC0415 - a folder's store needs no Dask

        return get_worker()
    except (ImportError, ValueError):
        return None
