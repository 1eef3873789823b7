"""Sites that are not crawled for now: paused by their owner's hand, or since they look hijacked."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive import readonly
from archive.database import explained
from archive.register.register import Decision, Register

_PAUSED = "SELECT site, reason, by, at FROM pauses WHERE resumed IS NULL ORDER BY site, at DESC"


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a site is paused, by whom, and since when."""

    site: str
    reason: str
    by: str | None
    at: str


def pauses_of(path: Path) -> dict[str, Pause]:
    """Give the pauses that hold, by the site's id.

    The register file at `path` need not be there, and is not written.
    """
    if not path.exists():
        return {}
    with explained(path), closing(readonly.connect(path)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'pauses'").fetchone():
            return {}  # of an older schema
        return {row[0]: Pause(*row) for row in db.execute(_PAUSED)}


def pause(register: Register, site: str, decision: Decision) -> bool:
    """Pause a site; False where it is paused already."""
    with register.transaction() as db:
        if db.execute("SELECT 1 FROM pauses WHERE site = ? AND resumed IS NULL", [site]).fetchone():
            return False
        db.execute(
            "INSERT INTO pauses(site, reason, by, at) VALUES (?, ?, ?, ?)",
            [site, decision.reason, decision.by, decision.at],
        )
    return True


def resume(register: Register, site: str, at: str) -> bool:
    """End a site's pause; False where it is not paused."""
    with register.transaction() as db:
        ended = db.execute(
            "UPDATE pauses SET resumed = ? WHERE site = ? AND resumed IS NULL", [at, site]
        )
    return ended.rowcount > 0


def resumed_last(register: Register, site: str) -> str | None:
    """Give when a site's last pause ended; what was seen before has been looked into."""
    row = register.db.execute("SELECT max(resumed) FROM pauses WHERE site = ?", [site]).fetchone()
    return None if row[0] is None else str(row[0])
