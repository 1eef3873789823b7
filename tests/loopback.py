"""A site on this machine for tests: pages by path, validators, and a log of what was asked."""

import hashlib
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    validators: bool = True


@dataclass(frozen=True)
class Asked:
    at: float
    path: str
    headers: dict[str, str]
    status: int


class LoopbackSite:
    """`with LoopbackSite() as site`: site.pages maps a path to an Answer, bytes, text or a call."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, Answer | bytes | str | Callable[[], Answer]] = {}
        self.log: list[Asked] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else a body waits 40 ms for the ACK of its headers

            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://{host}:{self.server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def paths(self) -> list[str]:
        return [asked.path for asked in self.log]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        at = time.monotonic()
        page = self.pages.get(handler.path, Answer(b"nothing here", 404))
        if callable(page):
            page = page()
        if not isinstance(page, Answer):
            page = Answer(page.encode() if isinstance(page, str) else page)
        headers = {"Content-Type": "text/html; charset=utf-8", **page.headers}
        status, body = page.status, page.body
        if page.validators and status == 200:
            etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
            headers["ETag"] = etag
            if handler.headers.get("If-None-Match") == etag:
                status, body = 304, b""
        self.log.append(Asked(at, handler.path, dict(handler.headers.items()), status))
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if status != 304:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


class OneByOne(LoopbackSite):
    """Notes in `most` how many requests it had at once."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__(host)
        self._lock, self._now, self.most = threading.Lock(), 0, 0

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            super().answer(handler)
        finally:
            with self._lock:
                self._now -= 1


def article(title: str, *paragraphs: str) -> str:
    """Write a page in the manner of a union's site."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title}_总工会</title></head>"
        f"<body><h1>{title}</h1><div>发布时间:2024-03-05 09:30 来源:松原工人报</div>"
        f"<div class='text'>{text}</div></body></html>"
    )


def union_archive(holdings: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    return run(sys.executable, "-m", "crawler.cli", "-C", str(holdings), *arguments)


def run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with this checkout's code, by default in the checkout."""
    return subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def put_site(holdings: Path, site: LoopbackSite, keys: str, name: str = "songyuan") -> None:
    """Write a site file for a loopback site; `keys` are the rest of it."""
    (holdings / "sites").mkdir(parents=True, exist_ok=True)
    text = f'name = "松原省总工会"\nhome = "{site.url}/"\n{keys}\n'
    (holdings / "sites" / f"{name}.toml").write_text(text, encoding="utf-8")


def rows(holdings: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(holdings / "archive.db")) as db:
        return db.execute(query).fetchall()


def children_of(pid: int) -> list[int]:
    """The processes that a process has started, in whatever thread; none where it is gone."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # a thread may end meanwhile
            found += map(int, task.read_text().split())
    return found
