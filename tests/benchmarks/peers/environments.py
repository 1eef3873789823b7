"""The peers, each with a virtual environment of its own, made when it is first asked for."""

import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path.home() / ".cache" / "union-archive-peers"


class MissingError(Exception):
    """Why a peer cannot be measured on this machine."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A library that others use, and what it takes to install it."""

    package: str
    """Its name in the index of packages; the environment's folder is called so, too."""
    beside: tuple[str, ...] = ()
    """What it needs and does not ask for, or asks for too loosely."""
    python: str | None = None
    """The version of Python that it needs, where ours will not do: 3.12."""


PEERS = {
    peer.package: peer
    for peer in (
        Peer("trafilatura", ("lxml-html-clean",)),
        Peer("newspaper4k", ("jieba",)),
        Peer("readability-lxml"),
        Peer("gne"),
        Peer("magic-html", python="3.12"),
        Peer("charset-normalizer"),
        Peer("chardet"),
        Peer("faust-cchardet"),
        Peer("scrapy", ("trafilatura", "lxml-html-clean")),
        Peer("news-please", ("jieba",)),
        Peer("fundus", ("curl_cffi<0.14",)),
        Peer("tantivy"),
    )
}


def environment(package: str, folder: Path) -> Path:
    """Give the Python of a peer's environment below `folder`. Raises MissingError."""
    peer, home = PEERS[package], folder / package
    python, done = home / "bin" / "python", home / "installed"
    if done.exists():
        return python
    shutil.rmtree(home, ignore_errors=True)  # half made
    print(f"{package}: installing into {home}", file=sys.stderr, flush=True)
    if peer.python is None:
        venv.create(home, with_pip=True)
    else:
        said(interpreter(peer.python), "-m", "venv", str(home))
    said(str(python), "-m", "pip", "install", "-q", peer.package, *peer.beside)
    done.touch()
    return python


def version(python: Path, package: str) -> str:
    """Give the version of a package that an environment has."""
    code = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    return said(str(python), "-c", code, package)


def interpreter(wanted: str) -> str:
    """Find a Python of a version: on the path, or where pyenv keeps it. Raises MissingError."""
    kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{wanted}.*/bin/python"))
    for candidate in (f"python{wanted}", *map(str, kept)):
        try:
            said(candidate, "--version")
        except MissingError:
            continue  # not here, or pyenv's stand-in for one that is not in use
        return candidate
    raise MissingError(f"needs Python {wanted}, which is not installed here")


def said(*command: str) -> str:
    """Give what a command printed. Raises MissingError with the last line of why it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise MissingError(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise MissingError(f"not installable here: {lines[-1] if lines else done.returncode}")
    return done.stdout.strip()
