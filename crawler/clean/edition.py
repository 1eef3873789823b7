"""Which cleaner this is: its version, and a digest of the rules and code that make a reading."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from archive.version import version

SHOWN = 12  # hexadecimal digits that tell two sets of rules apart


@cache
def rules_digest() -> str:
    """Give the SHA-256, in hexadecimal, of everything in this package that a reading depends on."""
    whole = hashlib.sha256()
    for path in _parts(files("crawler.clean")):
        whole.update(path.read_bytes())
    return whole.hexdigest()


@cache
def edition() -> str:
    """Give what is noted beside each version: 0.1.0+3f2a9c1d70be (PEP 440, local versions)."""
    return f"{version()}+{rules_digest()[:SHOWN]}"


def _parts(folder: Traversable) -> Iterator[Traversable]:
    """Give the files that the cleaner is made of, in order."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_dir():
            yield from _parts(path)
        elif path.name.endswith((".py", ".toml")):
            yield path
