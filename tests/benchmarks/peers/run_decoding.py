"""Names encodings with one detector, in its own environment: `run_decoding.py DETECTOR PAGES`."""

import base64
import sys
from collections.abc import Callable

from answering import answer, read_pages

Detector = Callable[[bytes], str | None]


def union_archive() -> Detector:
    from crawler.clean.decode import decode

    return lambda body: decode(body).encoding


def charset_normalizer() -> Detector:
    from charset_normalizer import from_bytes

    def detect(body: bytes) -> str | None:
        best = from_bytes(body).best()
        return best.encoding if best else None

    return detect


def chardet() -> Detector:
    import chardet

    return lambda body: chardet.detect(body)["encoding"]


def cchardet() -> Detector:
    import cchardet

    return lambda body: cchardet.detect(body)["encoding"]


DETECTORS = {
    "Union Archive": union_archive,
    "charset-normalizer": charset_normalizer,
    "chardet": chardet,
    "faust-cchardet": cchardet,
}

if __name__ == "__main__":
    detect = DETECTORS[sys.argv[1]]()
    answer(lambda page: detect(base64.b64decode(page["body"])), read_pages(sys.argv[2]))
