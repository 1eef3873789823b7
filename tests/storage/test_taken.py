"""Pages that were hijacked or emptied, and twins, through real crawls, a rebuild and a reclean."""

import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from archived import sound
from decided import check, everything
from loopback import LoopbackSite, article, put_site, rows, union_archive
from web_archive import serving

from archive.addresses.urls import article_id
from archive.store import Store

KEYS = """delay = 0
article = 'html$'
sources = [{list = "/news/"}]
[addresses]
drop = ["from"]
"""
NAMES = ("hijacked", "emptied", "edited", "healed")
ABOUT = ("送清凉", "送法律", "送健康", "送岗位")


def page(number: int, *more: str) -> str:
    text = (
        f"松原省总工会第{number + 3}批志愿者到田间{ABOUT[number]}，受到{number + 50}户人家欢迎。",
        f"工会主席说，{ABOUT[number]}要赶在秋收之前，一个村也不落下，已走了{number + 7}个村。",
        "志愿者大多是退休职工，自带干粮和水，天黑才回城。",
    )
    return article(f"松原工会志愿者{ABOUT[number]}", *text, *more)


def hijacked() -> str:
    lines = [
        f"乐鱼体育app下载第{n}天上新，新老会员登录乐鱼体育官网即可领取，客服全天在线。"
        for n in range(9)
    ]
    text = "".join(f"<p>{line}</p>" for line in lines)
    return (
        "<!doctype html><html><head><meta charset='utf-8'><title>慰问-乐鱼体育app下载</title>"
        f"</head><body><h1>慰问</h1><div>发布时间:2024-03-05</div><div>{text}</div></body></html>"
    )


def shown(holdings: Path, address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(check(holdings, "show", address, "--versions", "--json"))
    return found


def rebuilt(holdings: Path, new: Path) -> None:
    """A rebuild and a reclean give what the crawls gave."""
    before = everything(holdings)
    check(holdings, "rebuild", str(new))
    for table, expected in everything(new).items():
        assert expected == before[table], table
    check(holdings, "reclean")
    assert everything(holdings) == before
    for each in (holdings, new):
        with Store(each / "archive.db") as store:
            sound(store.db)
    assert union_archive(holdings, "verify").returncode == 0


def test_what_was_taken_from_its_article_keeps_the_last_good_version(tmp_path: Path) -> None:
    holdings = tmp_path / "h"
    with LoopbackSite() as site:
        good = {f"/{name}.html": page(number) for number, name in enumerate(NAMES)}
        site.pages |= good
        site.pages["/news/"] = "".join(f'<a href="{path}">{path}</a>' for path in good)
        put_site(holdings, site, KEYS)
        assert check(holdings, "crawl").startswith("songyuan: 4 new")
        empty = article(f"松原工会志愿者{ABOUT[1]}", "本页正在整理。")
        bad = {"/hijacked.html": hijacked(), "/emptied.html": empty, "/healed.html": hijacked()}
        site.pages |= {**bad, "/edited.html": page(2, "领队的工会主席是赵六。")}
        assert check(holdings, "crawl").startswith("songyuan: 0 new, 1 changed, 0 unchanged")
        once = shown(holdings, f"{site.url}/hijacked.html")
        assert [s["status"] for s in once["statuses"]] == ["hijacked"]
        assert once["statuses"][0]["confirmed"] is None
        assert rows(holdings, "SELECT status FROM articles WHERE status IS NOT NULL") == []
        site.pages["/healed.html"] = good["/healed.html"]
        check(holdings, "crawl")
        found = {name: shown(holdings, f"{site.url}/{name}.html") for name in NAMES}
    expected = {"hijacked": "hijacked", "emptied": "emptied", "healed": "hijacked", "edited": None}
    for name, each in found.items():
        befell = [status["status"] for status in each["statuses"]]
        assert befell == ([expected[name]] if expected[name] else []), name
        assert each["version"] == len(each["versions"]) == (2 if name == "edited" else 1), name
        assert each["flags"] == []
        assert "志愿者" in each["text"]
    assert found["hijacked"]["statuses"][0]["confirmed"]
    assert found["emptied"]["statuses"][0]["ended"] is None
    assert found["healed"]["statuses"][0]["ended"]
    assert "乐鱼体育" in found["hijacked"]["held_back"][0]["text"]
    assert [each["text"] for each in found["emptied"]["held_back"]] == ["本页正在整理。"] * 2
    marked = "SELECT url, status FROM articles WHERE status IS NOT NULL ORDER BY url"
    assert [status for _, status in rows(holdings, marked)] == ["emptied", "hijacked"]
    assert "乐鱼" not in check(holdings, "search", "乐鱼", "--json")
    (hit,) = json.loads(check(holdings, "search", ABOUT[1], "--json"))["results"]
    assert [status["status"] for status in hit["statuses"]] == ["emptied"]
    assert "no version, hijacked on" in check(holdings, "show", found["healed"]["id"], "--versions")
    rebuilt(holdings, tmp_path / "new")


@pytest.fixture(scope="module")
def _twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Holdings with an article that has been crawled at three addresses."""
    holdings = tmp_path_factory.mktemp("twins") / "h"
    with LoopbackSite() as site:
        paths = ["/m/a/7.html", "/a/7.html", "/a/7.html?from=app", "/a/8.html", "/m/a/8.html"]
        site.pages |= dict.fromkeys(paths[:3], page(0)) | {paths[3]: page(1), paths[4]: page(2)}
        site.pages["/news/"] = "".join(f'<a href="{path}">{path}</a>' for path in paths)
        put_site(holdings, site, KEYS.replace("html$", "html(.from=app)?$"))
        check(holdings, "crawl")
        # A crawl asks for one of the addresses that the rules make one; by hand any may be taken.
        assert not any("from=app" in asked.path for asked in site.log)
        check(holdings, "fetch", f"{site.url}/a/7.html?from=app")
    return holdings, site.url


@pytest.fixture
def twins(_twins: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """A copy to change."""
    return Path(shutil.copytree(_twins[0], tmp_path / "h")), _twins[1]


def test_twins_are_one_article_and_others_stay_apart(
    twins: tuple[Path, str], tmp_path: Path
) -> None:
    holdings, url = twins
    assert rows(holdings, "SELECT count(*) FROM articles") == [(3,)]
    found = shown(holdings, f"{url}/m/a/7.html")
    assert (found["id"], found["url"]) == (article_id(f"{url}/a/7.html"), f"{url}/a/7.html")
    assert {alias["url"] for alias in found["aliases"]} == {
        f"{url}/m/a/7.html",
        f"{url}/a/7.html?from=app",
    }
    told = check(holdings, "show", found["id"])
    for alias in found["aliases"]:
        assert shown(holdings, alias["id"])["id"] == found["id"]
        assert f"{alias['url']} ({alias['id']})" in told
    with serving("serve", holdings) as address:
        for alias in found["aliases"]:
            page = httpx.get(f"{address}/a/{alias['id']}")
            assert (page.status_code, page.headers["location"]) == (301, f"/a/{found['id']}")
        assert "/m/a/7.html" in httpx.get(f"{address}/a/{found['id']}").text
    rebuilt(holdings, tmp_path / "new")


def test_what_is_decided_reaches_an_article_by_any_address(
    twins: tuple[Path, str], tmp_path: Path
) -> None:
    holdings, url = twins
    mobile, id_ = f"{url}/m/a/7.html", article_id(f"{url}/a/7.html")
    check(holdings, "correct", article_id(mobile), "--source", "甲报", "--reason", "x")
    assert rows(holdings, f"SELECT source FROM articles WHERE id = '{id_}'") == [("甲报",)]
    check(holdings, "rebuild", str(tmp_path / "new"))
    assert everything(tmp_path / "new") == everything(holdings)
    assert json.loads(check(holdings, "correct", mobile, "--list", "--json"))[0]["article"] == id_
    before = everything(holdings)
    check(holdings, "withdraw", mobile, "--reason", "y")
    for address in (mobile, f"{url}/a/7.html", article_id(mobile), id_):
        assert f"{id_}: withdrawn on" in check(holdings, "show", address, code=1)
    assert b"\xe9\x80\x81\xe6\xb8\x85\xe5\x87\x89" not in (holdings / "archive.db").read_bytes()
    again = check(holdings, "ingest", str(holdings / "warc"))
    assert "0 new, 0 changed" in again
    check(holdings, "rebuild", str(tmp_path / "without"))
    assert everything(tmp_path / "without") == everything(holdings)
    check(holdings, "withdraw", "--undo", article_id(mobile))
    assert everything(holdings) == before


def test_a_twin_of_what_is_withdrawn_is_refused(twins: tuple[Path, str], tmp_path: Path) -> None:
    holdings, url = twins
    check(holdings, "withdraw", f"{url}/a/7.html", "--reason", "y")
    saved = tmp_path / "saved.html"
    for path, code in (("/wap/a/7.html", "0 new"), ("/wap/a/9.html", "1 new")):
        saved.write_text(page(0 if "7" in path else 3), encoding="utf-8")
        assert code in check(holdings, "ingest", "--url", url + path, str(saved))
    check(holdings, "withdraw", "--undo", article_id(f"{url}/wap/a/7.html"))
    aliases = {alias["url"] for alias in shown(holdings, f"{url}/a/7.html")["aliases"]}
    assert f"{url}/wap/a/7.html" in aliases
