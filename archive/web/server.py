"""Serve archives on this machine: what `datasette archive.db -m …` does, with clearer errors."""

import contextlib
import json
import socket
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.database import open_readonly
from archive.errors import UnionArchiveError
from archive.holdings import Holdings
from archive.readonly import is_frozen
from archive.shelf import expect_others

if TYPE_CHECKING:
    from datasette.app import Datasette

METADATA = "datasette_metadata.json"


def metadata() -> dict[str, Any]:
    """Give the metadata that travels in the wheel, or that of the checkout."""
    packaged = resources.files("archive.web") / METADATA
    checkout = Path(__file__).parents[2] / METADATA
    text = (packaged if packaged.is_file() else checkout).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def application(*paths: Path) -> "Datasette":
    """Give Datasette over the archives in these files; several are read as one."""
    from datasette.app import Datasette

    frozen = [str(path) for path in paths if is_frozen(path)]
    return Datasette(
        [str(path) for path in paths if str(path) not in frozen],
        immutables=frozen,
        metadata=metadata(),
        settings={"suggest_facets": False},
    )


def serve(
    shelf: Sequence[Holdings], host: str, port: int, ready: Callable[[str], None] | None = None
) -> None:
    """Serve an archive, or several as one, until interrupted.

    `ready` is handed the address once it answers. Port 0 takes a free one. Raises
    UnionArchiveError where there is no archive, or the port is taken; UsageError for one that is
    named twice.
    """
    import uvicorn

    paths = [holdings.archive_db for holdings in shelf]
    expect_others(paths)
    for path in paths:
        open_readonly(path).close()  # says in one line what is wrong with it
    with _listen(host, port) as listener:
        address = _address(host, listener.getsockname()[1])

        class Server(uvicorn.Server):
            """Uvicorn that says when it answers."""

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                if ready is not None and self.started:
                    ready(address)

        app = application(*paths).app()
        config = uvicorn.Config(app, log_level="warning", lifespan="on", ws="none")
        with contextlib.suppress(KeyboardInterrupt):
            Server(config).run(sockets=[listener])


def _address(host: str, port: int) -> str:
    """Write the address a browser on this machine can open."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"http://[{shown}]:{port}/" if ":" in shown.strip("[]") else f"http://{shown}:{port}/"


def _listen(host: str, port: int) -> socket.socket:
    """Take the port, so that a taken one is known before anything else is done."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(where)
        except OSError:
            listener.close()
            raise
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnionArchiveError(
            f"cannot listen on {host}, port {port} ({reason}); choose another with --port or --host"
        ) from error
    return listener
