"""pywb over some files, for tests of whether another archive's player replays them."""

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx


@contextmanager
def playing(
    pywb: Path, folder: Path, files: Sequence[Path], options: Sequence[str] = ()
) -> Iterator[httpx.Client]:
    """A client of pywb, which has indexed the files."""
    for arguments in (["init", "ours"], ["add", *options, "ours", *files]):
        manage = [pywb / "wb-manager", *arguments]
        done = subprocess.run(manage, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [pywb / "wayback", "-b", "127.0.0.1", "-p", str(port), "-t", "2"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/ours/", timeout=30) as client:
            for _ in range(300):
                try:
                    client.get("/")
                    break
                except httpx.TransportError:
                    assert server.poll() is None, (folder / "log").read_text()
                    time.sleep(0.1)
            yield client
    finally:
        server.terminate()
        server.wait()
