"""The command line at another time: Debian's faketime sets the clock of a process and its own."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from loopback import run

if TYPE_CHECKING:
    import subprocess

NEEDED = pytest.mark.skipif(
    shutil.which("faketime") is None, reason="faketime is not installed: apt-get install faketime"
)


def union_archive_at(
    moment: str, holdings: Path, *arguments: str
) -> "subprocess.CompletedProcess[str]":
    """Run the command line with a clock that begins at `moment` (UTC) and goes on from there."""
    command = [sys.executable, "-m", "crawler.cli", "-C", str(holdings), *arguments]
    return run("faketime", "-f", f"@{moment}", *command, TZ="UTC")
