"""What was cut off is kept as such, and never read as an article."""

import sys
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from loopback import Asked, LoopbackSite, article, put_site, rows, run

from archive.warc.reading import captures

BODY = "十月里,宁河市总工会在纺织厂开办夜校,教职工识图纸、学电工,报名的人坐满了食堂。"
KEYS = "delay = 0\narticle = '^/a/'\nsources = [{list = '/news/'}]"
SCRIPT = """
import sys
from pathlib import Path

from archive.holdings import Holdings

if __name__ == "__main__":
    import crawler.settings

    crawler.settings.DOWNLOAD_TIMEOUT = 2
    crawler.settings.DOWNLOAD_MAXSIZE = 100_000
    crawler.settings.RETRY_TIMES = 0
    from crawler.crawls.run import crawl
    from crawler.sitefile.loading import own_sites

    holdings = Holdings(Path(sys.argv[1]))
    for report in crawl(holdings, own_sites(holdings.sites).values()):
        print(report)
"""


class Cutting(LoopbackSite):
    """A site some of whose pages never come whole."""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        name = handler.path.removeprefix("/a/")
        if name not in ("cut", "slow", "long", "announced", "silent"):
            super().answer(handler)
            return
        self.log.append(Asked(time.monotonic(), handler.path, {}, 200))
        whole = article("夜校", *[BODY] * (2000 if name in ("long", "announced") else 20)).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        if name != "long":
            handler.send_header("Content-Length", str(len(whole)))
        handler.end_headers()
        handler.close_connection = True
        try:
            if name == "slow":
                for place in range(0, len(whole), 10):
                    handler.wfile.write(whole[place : place + 10])
                    time.sleep(0.05)
            elif name == "silent":
                handler.wfile.write(whole[:1000])
                time.sleep(4)
            else:
                handler.wfile.write(whole[: 1000 if name == "cut" else None])
        except OSError:
            pass  # the crawler went away, as it should


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    holdings = tmp_path_factory.mktemp("h")
    script = tmp_path_factory.mktemp("script") / "script.py"
    script.write_text(SCRIPT)
    names = ("cut", "slow", "long", "announced", "silent", "whole")
    with Cutting() as site:
        site.pages["/news/"] = "".join(f'<a href="/a/{name}">x</a>' for name in names)
        site.pages["/a/whole"] = article("夜校", *[BODY] * 20)
        put_site(holdings, site, KEYS)
        done = run(sys.executable, str(script), str(holdings))
    return holdings, done.stdout, done.stderr


def test_what_came_is_kept_and_not_read(crawled: tuple[Path, str, str]) -> None:
    holdings, out, err = crawled
    assert out.startswith("songyuan: 1 new, 0 changed, 0 unchanged, 5 errors"), err
    assert "Traceback" not in err
    found = rows(
        holdings,
        "SELECT DISTINCT substr(url, instr(url, '/a/') + 3), outcome, truncated, article"
        " FROM captures WHERE url LIKE '%/a/%' ORDER BY 1",
    )
    assert found[:4] == [
        ("announced", "error", "length", None),
        ("cut", "error", "disconnect", None),
        ("long", "error", "length", None),
        ("slow", "error", "time", None),
    ]
    assert [(row[0], row[1], row[2]) for row in found[4:]] == [("whole", "article", None)]
    (path,) = (holdings / "warc").iterdir()
    sizes = {
        stored.capture.url.rpartition("/")[2]: stored.capture.truncated for stored in captures(path)
    }
    assert sizes["cut"] == "disconnect"
    assert run("warcio", "check", str(path)).returncode == 0


def test_what_came_of_it_is_what_was_sent(crawled: tuple[Path, str, str]) -> None:
    from archive.warc.reading import locate, read_payload

    holdings, _, _ = crawled
    whole = article("夜校", *[BODY] * 20).encode()
    for name, warc, offset in rows(
        holdings, "SELECT truncated, warc, offset FROM captures WHERE truncated <> 'length'"
    ):
        payload = read_payload(locate(holdings / "warc", warc), offset)
        assert whole.startswith(payload), name
        assert 0 < len(payload) < len(whole)


def test_it_is_taken_in_elsewhere_as_what_it_is(
    crawled: tuple[Path, str, str], tmp_path: Path
) -> None:
    from loopback import union_archive

    holdings, _, _ = crawled
    done = union_archive(tmp_path, "ingest", str(holdings / "warc"))
    assert done.returncode == 0, done.stderr
    same = "SELECT record_id, outcome, truncated, digest FROM captures ORDER BY 1"
    assert rows(tmp_path, same) == rows(holdings, same)
