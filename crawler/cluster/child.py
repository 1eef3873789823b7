"""Runs `union-archive` so that it never outlives its worker: `python -m crawler.cluster.child`.

Arguments: the worker's process id, the seconds of silence after which to die, and the command's
arguments. The kernel kills it when its worker dies; and where the worker lives but stands still,
so that its lease runs out, no beat comes on standard input and it ends itself.
"""

import ctypes
import os
import select
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1  # prctl(2)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _watch(silence: float) -> None:
    """Die when no beat comes for so long, or never can again."""
    while select.select([0], [], [], silence)[0] and os.read(0, 4096):
        pass
    _die()


def main() -> None:
    """Be the command."""
    parent, silence = int(sys.argv[1]), float(sys.argv[2])
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we could ask
        _die()
    threading.Thread(target=_watch, args=(silence,), daemon=True).start()
    from crawler.cli import main as union_archive  # noqa: PLC0415 - after the watch has begun

    sys.argv[:] = ["union-archive", *sys.argv[3:]]
    union_archive()


if __name__ == "__main__":
    main()
