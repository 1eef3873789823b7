"""What a verification found: faults, and what is worth knowing but no fault."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found, and where."""

    file: str
    """Its path below the holdings folder."""
    what: str
    record: str | None = None
    """WARC-Record-ID, where it is a record's."""
    offset: int | None = None
    """Where the record begins in the file."""

    def __str__(self) -> str:
        """Say it in one line."""
        place = "" if self.offset is None else f", record at byte {self.offset}"
        name = f" ({self.record})" if self.record else ""
        return f"{self.file}{place}{name}: {self.what}"


@dataclass
class Findings:
    """All that was found. `counts` says how much was looked at."""

    faults: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("files", "records", "captures", "articles"), 0)
    )

    @contextmanager
    def readable(self, name: str) -> Iterator[None]:
        """Make a fault of a database that is too damaged for what is done within."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            self.faults.append(Finding(name, f"damaged: {error}"))

    def as_json(self) -> dict[str, object]:
        """Give it for printing as JSON."""
        faults, notes = (
            [asdict(finding) for finding in each] for each in (self.faults, self.notes)
        )
        return {"sound": not self.faults, "checked": self.counts, "faults": faults, "notes": notes}
