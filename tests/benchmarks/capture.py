"""CPU of capturing a page that came gzipped, beside warcio alone.

    python tests/benchmarks/capture.py


Both write the same 42 KB pages, response and request, into a file on this disk.
"""

import gzip
import random
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.warc.exchange import Exchange
from archive.warc.writing import Writer

PAGES = 2000
ROUNDS = 5
GOAL = 0.5
"""Milliseconds a page."""
URL = "http://www.ninghe.example/a/{}.html"
HEADERS = [(b"Content-Type", b"text/html; charset=utf-8"), (b"Content-Encoding", b"gzip")]
ASKED = [(b"Host", b"www.ninghe.example"), (b"User-Agent", b"union-archive/0")]


def pages() -> list[bytes]:
    chosen = random.Random(1)
    characters = [chr(code) for code in range(0x4E00, 0x5200)]
    return [
        gzip.compress("".join(chosen.choices(characters, k=14_000)).encode()) for _ in range(50)
    ]


def ours(folder: Path, bodies: list[bytes]) -> None:
    writer = Writer(folder, "ours", "benchmark/0")
    for number in range(PAGES):
        body = bodies[number % len(bodies)]
        writer.write_exchange(Exchange(URL.format(number), "GET", ASKED, 200, "OK", HEADERS, body))
    writer.close()


def bare(folder: Path, bodies: list[bytes]) -> None:
    with (folder / "bare.warc.gz").open("wb", buffering=0) as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for number in range(PAGES):
            for kind, first, headers, body in (
                ("response", "HTTP/1.1 200 OK", HEADERS, bodies[number % len(bodies)]),
                ("request", f"GET /a/{number}.html HTTP/1.1", ASKED, b""),
            ):
                pairs = [(name.decode(), value.decode()) for name, value in headers]
                writer.write_record(
                    writer.create_warc_record(
                        URL.format(number),
                        kind,
                        payload=BytesIO(body),
                        length=len(body),
                        http_headers=StatusAndHeaders(first, pairs, protocol="HTTP/1.1"),
                    )
                )


def measure(function: Callable[[Path, list[bytes]], None], bodies: list[bytes]) -> float:
    """Give the least milliseconds of CPU a page."""
    times = []
    for _ in range(ROUNDS):
        with TemporaryDirectory() as folder:
            begun = process_time()
            function(Path(folder), bodies)
            times.append((process_time() - begun) * 1000 / PAGES)
    return min(times)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> int:
    bodies = pages()
    mine, theirs = measure(ours, bodies), measure(bare, bodies)
    size = sum(map(len, bodies)) // len(bodies)
    say(f"{PAGES} pages of {size} bytes gzipped, best of {ROUNDS} rounds")
    say(f"ours {mine:.3f} ms/page, warcio alone {theirs:.3f} ms/page, ratio {mine / theirs:.2f}")
    say(f"goal {GOAL} ms: {'met' if mine <= GOAL else 'missed'}")
    return int(mine > GOAL)


if __name__ == "__main__":
    sys.exit(main())
