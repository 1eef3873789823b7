"""What all tests share: no way out of this machine, and one run of the demo."""

import fcntl
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from loopback import run

PYWB = "pywb==2.10.0"


def _stay_here(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to connect to any address but loopback."""
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = arguments[1][0]
    if host != "localhost" and not ip_address(host).is_loopback:
        raise RuntimeError(f"got a connection to {host}, expected tests to stay on this machine")


sys.addaudithook(_stay_here)
# Tests begin hundreds of processes. A second worker is one more to begin, while both processors
# are busy; and without compiled modules each compiles all of them again.
os.environ.setdefault("UNION_ARCHIVE_WORKERS", "1")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# What an example takes depends on what else this machine does.
settings.register_profile("unhurried", settings.default, deadline=None)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="Long proofs in their full length.")


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--full"))


class Demo(NamedTuple):
    """A run of `union-archive demo --no-serve`."""

    folder: Path
    """Where it was run; ./demo-holdings is in it."""
    said: str

    @property
    def holdings(self) -> Path:
        return self.folder / "demo-holdings"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder for what is made once and read by all workers of this run."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if hasattr(request.config, "workerinput") else folder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for a lock that one process holds at a time."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def _demo(shared: Path) -> Demo:
    folder, said = shared / "demo", shared / "demo.txt"
    with locked(shared / "sites.lock"):
        if not said.exists():
            folder.mkdir()
            done = run(sys.executable, "-m", "crawler.cli", "demo", "--no-serve", cwd=folder)
            assert done.returncode == 0, done.stdout + done.stderr
            said.write_text(done.stdout, encoding="utf-8")
    return Demo(folder, said.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demo(_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo's outcome; a copy that a module may do with as it likes."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(_demo.folder, folder, dirs_exist_ok=True)
    return Demo(folder, _demo.said)


@pytest.fixture
def alone(shared: Path) -> Iterator[None]:
    """Nobody else serves the sample sites: their usual port is ours."""
    with locked(shared / "sites.lock"):
        yield


def commands_of(name: str, *packages: str) -> Path:
    """Where the commands of packages are, in an environment of their own, made once on a machine.

    Beside ours they would ask for other versions, or make every command of ours begin more slowly.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "union-archive-tests" / name
    commands = folder / "bin"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.parent / f"{name}.lock"):
        if not (commands / "installed").exists():
            venv.create(folder, with_pip=True, clear=True)
            install = [commands / "pip", "install", "--quiet", *packages]
            done = subprocess.run(install, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                pytest.skip(f"{name} cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
            (commands / "installed").touch()
    return commands


@pytest.fixture(scope="session")
def pywb() -> Path:
    """Where pywb's commands are."""
    return commands_of(PYWB, PYWB)
