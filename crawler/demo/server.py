"""Serves the sample sites over loopback, each on an address of its own, from threads."""

import errno
import gzip
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self

from archive.errors import UnionArchiveError
from crawler.demo.content import PORT, SampleSite, sample_sites
from crawler.demo.pages import Answer, answer

_TRIES = 20


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the access log."""

    site: str
    method: str
    path: str
    status: int
    user_agent: str


class SampleSites:
    """The sample sites, served while the `with` block lasts.

    `port` is shared by all of them: None takes the one that the site files name, or a free one
    where that is taken; 0 takes any free one; any other number must be free.
    """

    def __init__(self, port: int | None = None) -> None:
        self.edition = 1
        """1 or 2: what the second crawl finds changed is told by the second."""
        self.log: list[Access] = []
        """Every request, in the order of their answers."""
        self._wanted = port
        self._servers: list[_Server] = []

    @property
    def port(self) -> int:
        """The port that all sites share."""
        return self._servers[0].server_port

    def __enter__(self) -> Self:
        """Bind all addresses and begin to answer."""
        self._servers = self._bind_somewhere()
        for server in self._servers:
            Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop answering and free the port."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def base(self, site: str) -> str:
        """Give a site's address, without a slash at its end."""
        return f"http://{sample_sites()[site].address}:{self.port}"

    def url(self, site: str, path: str) -> str:
        """Give the address of a page, of a site by its id and a path."""
        return self.base(site) + path

    def site_files(self) -> dict[str, str]:
        """Give the sites' TOML files by id, with the addresses that they have now."""
        return {
            name: site.file.replace(site.home, f"{self.base(name)}/")
            for name, site in sample_sites().items()
        }

    def _bind_somewhere(self) -> list["_Server"]:
        if self._wanted:
            return self._bind(self._wanted)
        for attempt in range(_TRIES):
            try:
                return self._bind(PORT if self._wanted is None and not attempt else 0)
            except UnionArchiveError as error:
                taken = error
        raise taken

    def _bind(self, port: int) -> list["_Server"]:
        """Bind every site's address on one port, 0 for any; raises UnionArchiveError."""
        bound: list[_Server] = []
        for site in sample_sites().values():
            try:
                bound.append(_Server(site, bound[0].server_port if bound else port, self))
            except OSError as error:
                for server in bound:
                    server.server_close()
                raise UnionArchiveError(_complaint(site.address, port, error)) from error
        return bound


def _complaint(address: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return (
            f"{address} is no address of this machine, the sample sites need it; "
            f"on macOS run: sudo ifconfig lo0 alias {address}"
        )
    return f"{address}:{port} cannot be used ({error.strerror}); try another port"


class _Server(ThreadingHTTPServer):
    """One site's server."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, site: SampleSite, port: int, sites: SampleSites) -> None:
        super().__init__((site.address, port), _Handler)
        self.site = site
        self.sites = sites


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the site of its server."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms for the ACK of its headers
    server: _Server

    def version_string(self) -> str:
        """Name no versions: the bytes of a page are the same on every machine."""
        return "SampleSites"

    def do_GET(self) -> None:
        """Answer, or say 304 where the asker has the same already."""
        site, sites = self.server.site, self.server.sites
        found = answer(site, self.path, sites.edition, sites.base(site.id))
        if found.status == 200 and self._has(found):  # noqa: PLR2004
            kept = {"ETag", "Last-Modified"} & found.headers.keys()
            found = Answer(304, b"", {name: found.headers[name] for name in kept})
        body = found.body
        packs = site.gzip and "gzip" in self.headers.get("Accept-Encoding", "")
        if packs and found.headers.get("Content-Type", "").startswith("text/"):
            body = gzip.compress(body, mtime=0)
            found.headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        agent = self.headers.get("User-Agent", "")
        sites.log.append(Access(site.id, self.command, self.path, found.status, agent))
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        if found.status != 304:  # noqa: PLR2004
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815

    def _has(self, found: Answer) -> bool:
        """Whether the request's conditions say that the asker has this answer already."""
        wanted = self.headers.get("If-None-Match")
        if wanted is not None:
            return found.headers.get("ETag", "") in [tag.strip() for tag in wanted.split(",")]
        since, stamp = self.headers.get("If-Modified-Since"), found.headers.get("Last-Modified")
        if since is None or stamp is None:
            return False
        try:
            return parsedate_to_datetime(stamp) <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: `SampleSites.log` tells it better."""
