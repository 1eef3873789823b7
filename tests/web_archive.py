"""A small archive made by the store, and the two servers over it, for tests of the web pages."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from itertools import chain
from pathlib import Path

import httpx

from archive.records import Article, Capture, Flag, Removal, SiteRecord
from archive.store import Store

ROOT = Path(__file__).parents[1]
SERVERS = ("serve", "datasette")

SITES = (
    SiteRecord(
        "qinghe",
        "清河省总工会",
        "http://qinghe.example/",
        "union",
        "zh-Hans",
        "CN-SX",
        min_articles=1,
    ),
    SiteRecord(
        "harbour",
        "海港工會聯盟",
        "http://harbour.example/",
        "union",
        "zh-Hant",
        "HK",
        min_articles=900,
    ),
    SiteRecord("couriers", "Couriers’ Union", "http://couriers.example/", "union", "en", "GB"),
)
NAVIGATION = "您现在的位置：首页 > 工会动态 > 正文\n"
FARM = "\n某某娱乐平台｜注册送彩金｜某某棋牌下载"
HEAT_TEXT = (
    "清河省总工会近日走访建筑工地，为户外职工送去防暑用品，并当面核对津贴台账。\n"
    "工会干部说，送清凉不能代替发津贴，集体合同写明的要按月发。\n"
    "省总工会提醒职工：如遇拖欠，可以拨打服务热线。"
)
HEAT = Article(
    url="http://qinghe.example/particular.aspx?id=1",
    title="户外职工的高温津贴按月发放　省总工会走访二十个工地",
    text=HEAT_TEXT,
    published="2026-08-14T08:31+08:00",
    published_rule="meta PubDate",
    authors=("沈立言", "何书洲"),
    source="清河工人报",
    editor="罗青禾",
    section="要闻",
    language="zh-Hans",
    script="Hans",
    removals=(
        Removal("navigation", "breadcrumb-chain", NAVIGATION, 0),
        Removal("characters", "zero-width", "\u200b", len(NAVIGATION) + 10),
        Removal("injected", "foreign-hidden-links", FARM, len(NAVIGATION) + 1 + len(HEAT_TEXT)),
    ),
    flags=(Flag("injected_links", 92, "38 links to 4 foreign hosts, hidden off screen"),),
    encoding="gb18030",
    encoding_evidence="header and meta say gb2312; widened",
)
HEAT_BEFORE = Article(
    url=HEAT.url, title="户外职工的高温津贴按月发放", text="旧的一段。", published=HEAT.published
)
TALKS = Article(
    url="http://harbour.example/node/2",
    title="暑熱指引不應止於「建議」　工會促立法訂明停工標準",
    text="【本報訊】海港工會聯盟昨日召開記者會，要求訂明停工標準。\n發言人說，津貼卻寫進了工資單。",
    published="2026-08-02",
    published_rule="url",
    authors=("方思齊",),
    source="本報訊",
    language="zh-Hant",
    script="Hant",
)
COURIERS = Article(
    url="http://couriers.example/heat-pay",
    title="Heat pay on the table as couriers’ union opens talks",
    text="The couriers opened talks on Monday, the first since COVID-19.\n“Nobody asks a favour.”",
    published="2025-07-19T09:00+01:00",
    authors=("Mary Ashdown",),
    language="en",
    script="Latn",
)
HOSTILE = Article(
    url="javascript:alert(document.cookie)//",
    title='<script>window.bad=1</script>"><img src=x onerror=window.bad=1>劳模事迹',
    text='<img src=x onerror="window.bad=1">劳模说：<b>谢谢</b>\n</p><script>window.bad=1</script>',
    authors=("<i>某</i>",),
    source='"><script>window.bad=1</script>',
    language='zh-Hans"><script>window.bad=1</script>',
    removals=(Removal("<b>", "<script>window.bad=1</script>", "<a href='javascript:x'>x</a>", 0),),
    flags=(Flag("hijacked_brand", 98, "<script>window.bad=1</script>"),),
)
EVENINGS = tuple(
    Article(
        url=f"http://qinghe.example/particular.aspx?id={100 + number}",
        title=f"第{number}期职工夜校开班",
        text=f"清河工会夜校第{number}期开班，报名的职工比上期多。\n课程有电工、会计。",
        published=f"{2010 + number % 12}-0{1 + number % 9}-1{number % 9}",
        source="清河工人报" if number % 3 else None,
        language="zh-Hans",
    )
    for number in range(1, 46)
)


def build(holdings: Path) -> dict[str, str]:
    """Make HOLDINGS/archive.db; give the ids of the articles with a name here."""
    holdings.mkdir(parents=True, exist_ok=True)
    with Store(holdings / "archive.db") as store:
        for site in SITES:
            store.put_site(site)
        run = store.start_run("qinghe", "2026-08-20T05:00:00Z")
        store.save(capture(0, HEAT.url, "2026-08-14T01:00:00Z"), HEAT_BEFORE, "qinghe")
        ids = {
            name: save(store, number, article, site)
            for number, (name, article, site) in enumerate(
                (
                    ("heat", HEAT, "qinghe"),
                    ("talks", TALKS, "harbour"),
                    ("couriers", COURIERS, "couriers"),
                    ("hostile", HOSTILE, "qinghe"),
                ),
                1,
            )
        }
        for number, article in enumerate(EVENINGS, 10):
            save(store, number, article, "qinghe")
        gone = capture(99, TALKS.url, "2026-08-21T05:00:00Z", status=404)
        store.save(gone, None, "harbour")
        counts = {"requests": 60, "new": 48, "changed": 1}
        store.finish_run(run, "2026-08-20T05:12:00Z", "finished", counts)
    return ids


def save(store: Store, number: int, article: Article, site: str) -> str:
    saved = store.save(capture(number, article.url, "2026-08-20T05:02:44Z"), article, site)
    assert saved.article is not None
    return saved.article


def capture(number: int, url: str, captured: str, status: int = 200) -> Capture:
    return Capture(
        record_id=f"urn:uuid:{number:08d}-0000-4000-8000-000000000000",
        url=url,
        captured=captured,
        status=status,
        content_type="text/html; charset=gb2312",
        digest="sha1:ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        warc="20260820050000-00001.warc.gz",
        offset=4711 * number,
    )


@contextlib.contextmanager
def serving(
    kind: str,
    holdings: Path,
    python: Path | str = sys.executable,
    metadata: Path = ROOT / "datasette_metadata.json",
    before: Sequence[str] = (),
    *,
    others: Sequence[Path] = (),
) -> Iterator[str]:
    """Run one of SERVERS over the holdings, and others, as its own process; give its address."""
    assert entry_points(group="datasette", name="union_archive"), "pip install -e '.[test]' first"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    commands = {
        "serve": [
            "crawler.cli",
            "-C",
            str(holdings),
            "serve",
            *chain.from_iterable(("--also", str(other)) for other in others),
            "--port",
            str(port),
        ],
        "datasette": [
            *("datasette", "serve", *(str(each / "archive.db") for each in (holdings, *others))),
            *("--port", str(port)),
            *("-m", str(metadata)),
        ],
    }
    process = subprocess.Popen(
        [*before, str(python), "-m", *commands[kind]],
        cwd=metadata.parent,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _await(process, address)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _await(process: subprocess.Popen[str], address: str) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise AssertionError(f"the server stopped: {process.communicate()[1]}")
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{address}/-/versions.json", timeout=5)
            return
        time.sleep(0.1)
    raise AssertionError("the server did not answer")
