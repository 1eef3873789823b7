"""A file of its own for libraries that leave their output open where writing to it fails."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


@contextmanager
def spooled(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give a temporary file whose bytes are copied to `file` when all is written."""
    with tempfile.TemporaryFile(prefix="union-archive-") as made:
        yield made
        made.seek(0)
        shutil.copyfileobj(made, file, 1 << 20)
