"""Records that a CDXJ index names, out of WARC files that are here, as Common Crawl gives both.

A line ends in a JSON object with url, filename, offset and length:
https://github.com/webrecorder/cdxj-indexer, https://index.commoncrawl.org/
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO, NamedTuple
from urllib.parse import urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecordType

from crawler.deposits.adopt import GZIP
from crawler.deposits.item import Complain
from crawler.deposits.texts import LONGEST

LARGEST = 1 << 30
"""Bytes of a record that is read."""


class Line(NamedTuple):
    """Where a record lies."""

    offset: int
    length: int
    url: str
    number: int
    """Of the line in the index."""


def on_host(host: str | None) -> Callable[[str], bool]:
    """Give what tells an address of a host or one below it; of any, where none is given."""
    wanted = (host or "").lower().removeprefix("www.").strip(".")
    return lambda url: not wanted or f".{host_of(url)}".endswith(f".{wanted}")


def host_of(url: str) -> str:
    """Give the host of an address; empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@contextmanager
def selected(
    index: Path, warcs: Iterable[Path], wanted: Callable[[str], bool], complain: Complain
) -> Iterator[Path | None]:
    """Give a WARC file of the records named whose address is wanted; None where there are none.

    It is there as long as the context lasts. Records come as they are in the files of those names,
    in one order whatever that of the lines is, each file's after its warcinfo. Raises OSError.
    """
    here = {path.name: path for path in warcs}
    with TemporaryDirectory(prefix="union-archive-") as folder:
        target = Path(folder) / f"{index.name.partition('.')[0]}.warc.gz"
        with target.open("wb") as out:
            for name, lines in sorted(_lines(index, wanted, complain).items()):
                if path := here.get(PurePosixPath(name).name):
                    _copy(path, sorted(lines), out, lambda why: complain(index, why))
                else:
                    complain(index, f"{name}: {len(lines)} records in it, and the file is not here")
        yield target if target.stat().st_size else None


def _lines(index: Path, wanted: Callable[[str], bool], complain: Complain) -> dict[str, list[Line]]:
    """Read the lines of an index, by the name of the file; complain about those that are none.

    Of a file whose first line is none the others are not read.
    """
    found: defaultdict[str, list[Line]] = defaultdict(list)
    read = 0
    opened = gzip.open if index.name.endswith(".gz") else open
    try:
        with opened(index, "rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST), b""), 1):
                if not line.strip() or line.startswith((b"!", b"#")):
                    continue
                try:
                    name, place = _line(line, number)
                except ValueError as error:
                    complain(index, f"line {number}: {error}")
                    if not read:
                        break  # what begins so is no index
                    continue
                read += 1
                if wanted(place.url):
                    found[name].append(place)
    except (EOFError, gzip.BadGzipFile) as error:
        complain(index, f"not readable: {error}")
    return found


def _line(line: bytes, number: int) -> tuple[str, Line]:
    """Read one line: the name of a WARC file, and a place in it. Raises ValueError."""
    try:
        value = json.loads(line[line.index(b"{") :])
        name, url = value["filename"], value["url"]
        place = Line(int(value["offset"]), int(value["length"]), str(url), number)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(
            "got no CDXJ, expected an object with url, filename, offset and length"
        ) from error
    if place.offset < 0 or not 0 < place.length <= LARGEST:
        raise ValueError(f"got offset {place.offset}, length {place.length}, expected a place")
    return str(name), place


def _copy(path: Path, lines: list[Line], out: BinaryIO, complain: Callable[[str], None]) -> None:
    """Copy the records at some places of a file, after the one that says what the file is."""
    done = -1
    with path.open("rb") as file:
        for line in lines:
            if line.offset == done:
                continue
            file.seek(line.offset)
            body = file.read(line.length)
            if len(body) < line.length or _address(body) != line.url:
                place = f"byte {line.offset} of {path.name}"
                complain(f"line {line.number}: no whole record of {line.url} at {place}")
                continue
            if done < 0:
                out.write(_warcinfo(path))
            out.write(body if body.startswith(GZIP) else gzip.compress(body, mtime=0))
            done = line.offset


def _address(body: bytes) -> str | None:
    """Give the address of the one record in some bytes; None where they are no such record."""
    try:
        (record,) = ArchiveIterator(BytesIO(body), parse_http=False, quirks_mode=True)
    except (ValueError, EOFError, OSError):
        return None
    return str(record.headers.get("WARC-Target-URI") or "").strip("<>") or None


def _warcinfo(path: Path) -> bytes:
    """Give the warcinfo record that a file begins with, as a gzip member; else nothing."""
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=False, quirks_mode=True):
            if record.record_type != WarcRecordType.warcinfo:
                break
            whole = BytesIO()
            record.write(whole)
            return gzip.compress(whole.getvalue(), mtime=0)
    return b""
