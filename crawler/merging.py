"""Another holdings folded into ours: register, site files and WARC files, read as ingest does."""

import shutil
import tempfile
from contextlib import closing
from pathlib import Path

from archive import readonly
from archive.database import explained, open_readonly
from archive.errors import UsageError
from archive.holdings import Holdings
from archive.merge import merge_registers, merge_runs
from archive.register.register import Register
from archive.warc.naming import OPEN, now
from crawler.accession import Accession
from crawler.deposits.ingest import Ingest
from crawler.deposits.item import Complain
from crawler.deposits.sources import Source
from crawler.intake import Recall, nothing_read
from crawler.sitefile.loading import load_sites


class Merge:
    """Folds `other` into `holdings`; doing it again changes nothing.

    `conflicts` says in words what stayed as it was here though it is otherwise there, `counts`
    what came of the captures. `complain` is called with a file and what is wrong with it;
    `recall` gives what was read of captures elsewhere, so that they are not read again.
    """

    def __init__(
        self,
        holdings: Holdings,
        other: Holdings,
        complain: Complain,
        recall: Recall = nothing_read,
    ) -> None:
        if not other.warc.is_dir():
            raise UsageError(f"{other.root}: no holdings: expected a folder with warc/ in it")
        if other.root.resolve() == holdings.root.resolve():
            raise UsageError(f"{other.root}: got the same holdings twice, expected others")
        self._holdings, self._other, self._complain = holdings, other, complain
        self._recall = recall
        holdings.ensure()
        # Before any capture is taken in: what is withdrawn there is never read here.
        self.conflicts = [*self._register(), *self._sites()]
        self.counts = self._captures()

    def _register(self) -> list[str]:
        path = self._other.register_db
        if not path.exists():
            return []
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / path.name  # it may be of an older schema, and may not be written
            with explained(path):
                readonly.copy(path, copy)
            with Register(copy) as theirs, Register(self._holdings.register_db) as ours:
                return merge_registers(ours, theirs, now())

    def _sites(self) -> list[str]:
        conflicts = []
        for path in sorted(self._other.sites.glob("*.toml")):
            mine = self._holdings.sites / path.name
            if not mine.exists():
                shutil.copy2(path, mine)
            elif mine.read_bytes() != path.read_bytes():
                conflicts.append(f"sites/{path.name}: another one is there; ours stays")
        return conflicts

    def _captures(self) -> dict[str, int]:
        with Accession.open(self._holdings, alone=True) as accession:
            sites = load_sites(self._holdings.sites)
            ingest = Ingest(accession, sites, self._complain, link=True, recall=self._recall)
            for path in sorted(self._other.warc.glob(f"*.warc.gz{OPEN}")):
                self._complain(path, "still being written; merge again when it is finished")
            for path in sorted(self._other.warc.glob("*.warc.gz")):
                ingest.take(Source(path, "warc"))
            ingest.finish()
            if self._other.archive_db.exists():
                with (
                    closing(open_readonly(self._other.archive_db)) as theirs,
                    accession.store.transaction() as db,
                ):
                    merge_runs(db, theirs)
        return dict(ingest.counts)
