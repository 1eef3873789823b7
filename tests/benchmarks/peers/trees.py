"""What a command takes together with all processes that it begins."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread, Timer

from environments import MissingError

EVERY = 0.1
"""Seconds between two looks at the memory."""
LONGEST = 300
"""Seconds that a command may take."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a command took."""

    cpu: float
    """Seconds of CPU, of all processes together."""
    wall: float
    """Seconds on the wall, which others on the machine spoil."""
    memory: float
    """The most MB that all processes had at once, what they share being counted once (PSS)."""
    said: str
    """Its standard output."""


def taken(command: Sequence[str], **environment: str) -> Taken:
    """Run a command to its end. Raises MissingError with the last line it said where it fails."""
    most, over = [0], Event()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=errors,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        watch = Thread(target=_watch, args=(process.pid, most, over))
        watch.start()
        stop = Timer(LONGEST, os.killpg, (process.pid, signal.SIGKILL))
        stop.start()
        # Unlike Popen.wait this tells of the process and of all those it has waited for.
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        over.set()
        watch.join()
        stop.cancel()
        out.seek(0)
        errors.seek(0)
        if process.returncode == -signal.SIGKILL:
            raise MissingError(f"not done after {wall:.0f} seconds")
        if process.returncode:
            lines = errors.read().decode("utf-8", "replace").splitlines() or ["silently"]
            raise MissingError(f"fails here: {lines[-1]}")
        said = out.read().decode("utf-8", "replace")
    return Taken(used.ru_utime + used.ru_stime, wall, most[0] / 1024, said)


def _watch(session: int, most: list[int], over: Event) -> None:
    """Keep the most KB that the processes of a session had together."""
    while not over.wait(EVERY):
        most[0] = max(most[0], sum(map(_proportional, _members(session))))


def _members(session: int) -> list[Path]:
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[3]) == session:
            found.append(place)
    return found


def _proportional(place: Path) -> int:
    """Give the KB of a process, with its share of what it has in common with others."""
    try:
        lines = (place / "smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0  # it has ended
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
