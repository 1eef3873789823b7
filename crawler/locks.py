"""Who may write to a holdings: crawls and ingests side by side, each site by one, or one alone."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.errors import LockedError, UsageError
from archive.holdings import Holdings

INGEST = ".ingest"
"""Locked like a site by an ingest; no site has a name that begins with a dot."""


@contextmanager
def opening(holdings: Holdings) -> Iterator[None]:
    """Wait until no other process is opening the same holdings; keep others from it meanwhile."""
    with _opened(holdings.root / "open.lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Locks:
    """Locks held until `close`, made while `opening`. Raises LockedError for one that is taken.

    Who `writes` nothing here, since it crawls elsewhere, keeps others from sites and hosts alone.
    Locks of files end with their process, however it ends, and are not passed on to workers.
    """

    def __init__(self, holdings: Holdings, *, alone: bool = False, writes: bool = True) -> None:
        self._folder = holdings.root
        self._held = ExitStack()
        self._names: set[str] = set()
        self._whole = self._open(self._folder / "write.lock")
        kind = "another crawl or ingest" if alone else "a command that rewrites the archive"
        how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        if writes:
            self._lock(self._whole, how, f"{kind} is at work")

    def site(self, name: str) -> None:
        """Hold a site's lock; again does nothing."""
        self._name(name, "another ingest" if name == INGEST else f"{name}: another crawl of it")

    def host(self, name: str) -> None:
        """Hold a host's lock, since sites may share one; again does nothing."""
        self._name(f"@{name}", f"{name}: another crawl of a site on this host")

    def close(self) -> None:
        """Let go of all."""
        self._held.close()

    def _name(self, name: str, other: str) -> None:
        if name in self._names:
            return
        folder = self._folder / "locks"
        folder.mkdir(exist_ok=True)
        self._lock(self._open(folder / f"{name}.lock"), fcntl.LOCK_EX, f"{other} is at work")
        self._names.add(name)

    def _open(self, path: Path) -> BinaryIO:
        return self._held.enter_context(_opened(path))

    def _lock(self, file: BinaryIO, how: int, who: str) -> None:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if file is self._whole:
                self.close()
            raise LockedError(f"{self._folder}: {who}; try again later") from error


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("ab")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error
