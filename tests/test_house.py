"""What the linters, the type checker and the import contracts hold this code to."""

import sys
import sysconfig
from pathlib import Path

import pytest
from loopback import run

SCRIPTS = Path(sysconfig.get_path("scripts"))


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-m", "ruff", "check", "."),
        (sys.executable, "-m", "ruff", "format", "--check", "."),
        (sys.executable, "-m", "mypy"),
        (str(SCRIPTS / "lint-imports"), "--no-cache"),
    ],
    ids=["ruff check", "ruff format", "mypy", "lint-imports"],
)
def test_is_content(command: tuple[str, ...]) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr
