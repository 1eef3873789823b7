"""A month of `crawl --due` with only the clock set: nothing is missed, each illness is told.

    pytest -n 0 -s tests/faults/test_month.py --full

has 30 sites for 30 days, four runs a day; without --full it is five sites and fewer runs.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clocked import NEEDED, union_archive_at
from loopback import Answer, OneByOne, article, put_site, rows, union_archive

pytestmark = NEEDED

BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
FEW_RUNS = (0, 2.2, 4, 5.1, 7.2, 8.3, 15.5, 17, 23.5, 29.9)
MANY_RUNS = tuple(quarter / 4 for quarter in range(121))
EVERY = 2
"""Days between two articles of a site."""
WITHIN = 7
"""Days after which at the latest an article is held."""
BODY = "宁河市总工会在纺织厂开办夜校，教职工识图纸、学电工，报名的人坐满了食堂，灯亮到十点。" * 3
KEYS = "delay = 0.01\narticle = '^/a/'\nsources = [{list = '/news/'}]"
HIJACKED = """<html><head><title>{0}娱乐-{0}娱乐官网app下载</title>
<meta name=keywords content="{0}娱乐,{0}娱乐官网,{0}娱乐app"></head><body><h1>夜校开班</h1>
<p>{0}娱乐总工会近日在纺织厂开办夜校，教职工识图纸、学电工，{0}娱乐的人坐满了食堂。</p>
<p>十月里，{0}娱乐总工会在纺织厂开办夜校，报名的人坐满了食堂，灯一直亮到十点。</p></body></html>"""

Pages = dict[str, Answer | str]


def published(day: float) -> range:
    """The articles of a site up to a day; five of them were there before."""
    return range(int(day // EVERY) + 5)


def sound(day: float) -> Pages:
    """A site that does nothing but publish."""
    numbers = published(day)
    pages: Pages = {f"/a/{n}": article(f"夜校第{n}期开班", f"第{n}期。{BODY}") for n in numbers}
    pages["/news/"] = "".join(f'<a href="/a/{n}">夜校第{n}期开班</a>' for n in reversed(numbers))
    return pages


def changing(day: float) -> Pages:
    """One article is changed on the third day, another is taken away on the fourth."""
    pages = sound(day)
    if day >= 3:
        pages["/a/0"] = article(
            "夜校第0期开班", f"第0期。{BODY}", "更正：报名延长至月底，请相互转告。"
        )
    if day >= 4:
        pages["/a/1"] = Answer(b"gone", 404)
    return pages


def refusing(day: float) -> Pages:
    """All is refused from the seventh day to the fifteenth."""
    pages = sound(day)
    if 7 <= day < 15:
        pages |= {path: Answer(b"no", 403) for path in pages if path != "/news/"}
    return pages


def hidden(day: float) -> Pages:
    """robots.txt cannot be read on the fourth and fifth day."""
    return sound(day) | ({"/robots.txt": Answer(b"", 503)} if 4 <= day < 6 else {})


def hijacked(day: float) -> Pages:
    """Somebody else has the host from the seventh day on."""
    pages = sound(day)
    if day >= 7:
        pages |= {path: HIJACKED.format("傲天") for path in pages if path != "/news/"}
    return pages


KINDS: tuple[Callable[[float], Pages], ...] = (sound, changing, refusing, hidden, hijacked)


@pytest.fixture
def sites(*, full: bool) -> Iterator[dict[str, OneByOne]]:
    with ExitStack() as stack:
        yield {
            f"{kind.__name__}{number}": stack.enter_context(OneByOne())
            for number in range(6 if full else 1)
            for kind in KINDS
        }


def kind_of(name: str) -> Callable[[float], Pages]:
    return next(kind for kind in KINDS if name.startswith(kind.__name__))


def test_a_month(
    tmp_path: Path,
    sites: dict[str, OneByOne],
    *,
    full: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = json.dumps(["sh", "-c", f"cat >> {tmp_path / 'told'}"])
    tmp_path.joinpath("config.toml").write_text(f"notify = {lines}\n")
    for name, site in sites.items():
        put_site(tmp_path, site, KEYS, name)
    runs = MANY_RUNS if full else FEW_RUNS
    for day in runs:
        for name, site in sites.items():
            site.pages = dict(kind_of(name)(day))
        moment = BEGIN + timedelta(days=day)
        done = union_archive_at(f"{moment:%Y-%m-%d %H:%M:%S}", tmp_path, "crawl", "--due")
        assert done.returncode in (0, 1), done.stderr

    held = set(rows(tmp_path, "SELECT site, substr(url, instr(url, '/a/') + 3) FROM articles"))
    for name in sites:
        for number in published(6 if "hijacked" in name else runs[-1] - WITHIN):
            assert (name, str(number)) in held

    for name in (name for name in sites if "changing" in name):
        changed = f"SELECT url FROM articles WHERE site = '{name}' AND version = 2"
        assert rows(tmp_path, changed) == [(f"{sites[name].url}/a/0",)]
        gone = f"SELECT url FROM captures WHERE site = '{name}' AND outcome = 'gone'"
        assert (f"{sites[name].url}/a/1",) in rows(tmp_path, gone)

    assert all(site.most == 1 for site in sites.values())
    told = (tmp_path / "told").read_text(encoding="utf-8").splitlines()
    heard: dict[str, list[str]] = {name: [] for name in sites}
    for line in told:
        heard[line.partition(":")[0]].append("over" if line.endswith("(over)") else "ill")
    for name, said in heard.items():
        expected = {"sound": [], "changing": [], "hijacked": ["ill"]}
        assert said == expected.get(kind_of(name).__name__, ["ill", "over"]), (name, told)
    asked = sum(len(site.log) for site in sites.values())
    paused = union_archive(tmp_path, "status").stdout.count("paused since")
    assert paused == sum("hijacked" in name for name in sites)
    with capsys.disabled():
        said = f"{len(runs)} runs of {len(sites)} sites: {len(held)} articles, {asked} requests"
        sys.stdout.write(f"\n{said}\n")
