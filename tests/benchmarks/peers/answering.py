"""What a peer's process says to the benchmark that began it; needs the standard library alone.

The first line it writes is the results for all pages, as JSON. Each line that comes asks for one
more turn over all pages, and is answered by the seconds of CPU that it took.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence


def answer(work: Callable[[dict[str, str]], str | None], pages: Sequence[dict[str, str]]) -> None:
    """Answer until nobody asks any more; a page on which the work fails has no result."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # libraries print, too
        print(json.dumps([tried(work, page) for page in pages]), file=out, flush=True)
        for _ in sys.stdin:
            begun = time.process_time()
            for page in pages:
                tried(work, page)
            print(time.process_time() - begun, file=out, flush=True)


def tried(work: Callable[[dict[str, str]], str | None], page: dict[str, str]) -> str | None:
    """Give the result for a page; None where the library fails, which the table counts."""
    try:
        return work(page)
    except Exception as error:  # noqa: BLE001 - whatever a library raises on pages such as these
        print(f"{page['url']}: {error!r}", file=sys.stderr)
        return None


def read_pages(path: str) -> list[dict[str, str]]:
    """Read a file of pages: a JSON object a line, with url, body in base64, and the text of it."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - any Python
        return [json.loads(line) for line in file]
