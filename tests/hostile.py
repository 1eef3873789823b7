"""A hostile server: raw sockets, so that it can say what no honest server would."""

import gzip
import socket
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Self

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd  # Scrapy brings it

Talk = Iterator[bytes]
"""What is sent, piece by piece; the connection is closed at its end."""
CHUNK = b"0" * 65_536
PAGE = "<html><body><h1>夜校</h1><p>报名的人坐满了食堂。</p></body></html>".encode()
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
GIGABYTE = 1 << 30
BOMB = 1 << 27
"""Bytes that a bomb unpacks to."""


def whole(body: bytes, *headers: bytes, start: bytes = OK) -> bytes:
    """An honest answer."""
    fields = b"".join(header + b"\r\n" for header in headers)
    return start + fields + b"Content-Length: %d\r\n\r\n" % len(body) + body


def see(location: bytes) -> Callable[[], Talk]:
    """A redirect."""
    return lambda: iter([whole(b"", b"Location: " + location, start=b"HTTP/1.1 302 Found\r\n")])


def once(answer: bytes) -> Callable[[], Talk]:
    return lambda: iter([answer])


def forever(*pieces: bytes, then: bytes, pause: float = 0) -> Callable[[], Talk]:
    """Some pieces, and then another again and again."""

    def talk() -> Talk:
        yield from pieces
        while True:
            yield then
            time.sleep(pause)

    return talk


def zeros(compressor: "zlib._Compress") -> bytes:
    """A bomb."""
    chunk = bytes(1 << 20)
    parts = [compressor.compress(chunk) for _ in range(BOMB >> 20)]
    return b"".join([*parts, compressor.flush()])


def gzip_bomb() -> bytes:
    return zeros(zlib.compressobj(9, wbits=31))


def brotli_bomb() -> bytes:
    compressor = brotli.Compressor(quality=1)
    parts = [compressor.process(bytes(1 << 20)) for _ in range(BOMB >> 20)]
    return b"".join([*parts, compressor.finish()])


def zstd_bomb(window: int = 23) -> bytes:
    """A bomb; for some windows, 2 to the power of that many bytes, RFC 8878 wants no memory."""
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window})
    parts = [compressor.compress(bytes(1 << 20)) for _ in range(BOMB >> 20)]
    return b"".join([*parts, compressor.flush()])


def bombs() -> dict[str, Callable[[], Talk]]:
    """Pages that unpack to far more than is read, in each encoding alone and in layers."""
    gzipped, zstded = gzip_bomb(), zstd_bomb()
    return {
        "gzip-bomb": packed(b"gzip", gzipped),
        "gzip-bomb-twice": packed(b"gzip, gzip", gzip.compress(gzipped)),
        "x-gzip-bomb": packed(b"x-gzip", gzipped),
        "deflate-bomb": packed(b"deflate", zeros(zlib.compressobj(9))),
        "br-bomb": packed(b"br", brotli_bomb()),
        "zstd-bomb": packed(b"zstd", zstded),
        "zstd-bomb-in-br": packed(b"zstd, br", brotli.compress(zstded)),
        "zstd-window-bomb": packed(b"zstd", zstd_bomb(window=31)),
    }


def missing(_: str) -> Talk:
    return iter([whole(b"nothing here", start=b"HTTP/1.1 404 Not Found\r\n")])


class Hostile:
    """`with Hostile("127.0.0.3") as server`: server.talks maps a path to what is said there."""

    def __init__(self, host: str) -> None:
        self.talks: dict[str, Callable[[], Talk]] = {}
        self.otherwise: Callable[[str], Talk] = missing
        self.asked: list[str] = []
        self._socket = socket.create_server((host, 0), backlog=50)
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed: the test is over
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the crawler went away, as it should
            connection.settimeout(30)
            request = connection.recv(65_536).decode("latin-1")
            path = request.split(" ")[1] if " " in request else ""
            self.asked.append(path)
            talk = self.talks.get(path)
            for piece in talk() if talk else self.otherwise(path):
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(65_536)


def inwards(port: int) -> dict[str, Callable[[], Talk]]:
    """Redirects to a port of this machine, in all notations."""
    hosts = (
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "localhost"),
        *(
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::1]",
            "user@127.0.0.1",
            "127.0.0.1.",
            "①27.0.0.1",
        ),
    )
    return {
        f"inwards-{n}": see(f"http://{host}:{port}/secret".encode()) for n, host in enumerate(hosts)
    }


def packed(name: bytes, body: bytes) -> Callable[[], Talk]:
    return once(whole(body, b"Content-Encoding: " + name))


def pages() -> dict[str, Callable[[], Talk]]:
    """What may stand where an article is expected."""
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    unended = OK + b"\r\n"
    return {
        "not-gzip": packed(b"gzip", PAGE),
        "not-zstd": packed(b"zstd", PAGE),
        "unknown-encoding": packed(b"rot13", PAGE),
        "endless-body": forever(unended, then=CHUNK),
        "gigabyte": forever(OK + b"Content-Length: %d\r\n\r\n" % GIGABYTE, then=CHUNK),
        "slow-headers": forever(OK, then=b"X", pause=0.1),
        "slow-body": forever(unended, then=b"<p>", pause=0.1),
        "silent": forever(then=b"", pause=0.1),
        "endless-headers": forever(OK, then=b"X-Same: %s\r\n" % (b"x" * 1000)),
        "endless-new-headers": lambda: iter(_many_headers()),
        "endless-line": forever(OK + b"X: ", then=CHUNK),
        "endless-folding": forever(OK + b"X: y\r\n", then=b" z\r\n" * 1000),
        "endless-continue": forever(then=b"HTTP/1.1 100 Continue\r\n\r\n"),
        "cookie": once(whole(PAGE, b"Set-Cookie: a=" + b"x" * (1 << 20))),
        "many-cookies": once(whole(PAGE, *[b"Set-Cookie: a=" + b"x" * 8000] * 120)),
        "nul": once(whole(PAGE, b"X-Nul: a\0b", b"Content-Language: \0")),
        "nul-type": once(whole(PAGE, start=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\0\r\n")),
        "latin": once(whole(PAGE, b"X-\xff\xfe: \xff", b"ETag: \xe4\xb8\x81")),
        "no-colon": once(whole(PAGE, b"nonsense")),
        "no-name": once(whole(PAGE, b": nameless")),
        "status-letters": once(b"HTTP/1.1 OK fine\r\n\r\n" + PAGE),
        "status-giant": once(b"HTTP/1.1 99999 Giant\r\n\r\n" + PAGE),
        "status-zero": once(b"HTTP/1.1 0 Zero\r\n\r\n" + PAGE),
        "status-minus": once(b"HTTP/1.1 -1 Minus\r\n\r\n" + PAGE),
        "no-http": once(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
        "http-9": once(b"HTTP/9.9 200 OK\r\n\r\n" + PAGE),
        "nothing": once(b""),
        "length-too-long": once(OK + b"Content-Length: 9999\r\n\r\n" + PAGE),
        "length-too-short": once(OK + b"Content-Length: 9\r\n\r\n" + PAGE),
        "length-letters": once(OK + b"Content-Length: many\r\n\r\n" + PAGE),
        "length-minus": once(OK + b"Content-Length: -5\r\n\r\n" + PAGE),
        "length-giant": once(OK + b"Content-Length: " + b"9" * 500 + b"\r\n\r\n" + PAGE),
        "two-lengths": once(OK + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\n" + PAGE),
        "chunks-garbage": once(chunked + b"ZZ\r\n" + PAGE),
        "chunks-giant": forever(chunked + b"F" * 16 + b"\r\n", then=CHUNK),
        "chunks-minus": once(chunked + b"-5\r\n" + PAGE),
        "chunks-endless": forever(chunked, then=b"1;%s\r\nx\r\n" % (b"y" * 900)),
        "chunks-trailer": forever(chunked + b"0\r\n", then=b"X: y\r\n" * 1000),
        "chunks-cut": once(chunked + b"50\r\n" + PAGE),
        "loop": see(b"/a/loop"),
        "loop-of-two": see(b"/a/loop-back"),
        "loop-back": see(b"/a/loop-of-two"),
        "nowhere": see(b""),
        "to-giant": see(b"/a/" + b"x" * 10_000),
        "to-nul": see(b"/a/\0"),
        "to-broken": see(b"http://[::1/"),
        "to-port": see(b"http://127.0.0.3:99999/"),
        "to-file": see(b"file:///etc/passwd"),
        "to-script": see(b"javascript:alert(1)"),
        "to-text": see(b"data:text/html,x"),
        "to-ftp": see(b"ftp://127.0.0.1/"),
        "endless-404": forever(b"HTTP/1.1 404 No\r\n\r\n", then=CHUNK),
        "charset": once(
            whole(PAGE, start=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\0x\r\n")
        ),
        "markup": packed(b"gzip", gzip.compress(b"<b>x" * (15 << 18))),
        "paragraphs": packed(b"gzip", gzip.compress(b"<p>" + b"".join([PAGE] * 150_000))),
    }


def _many_headers() -> Talk:
    yield OK
    number = 0
    while True:
        yield b"".join(b"X-%d: y\r\n" % n for n in range(number, number + 1000))
        number += 1000
