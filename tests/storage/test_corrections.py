import json
from pathlib import Path

import httpx
import pytest
from archived import sound
from decided import SITE, _ingested, check, decided, everything, save
from loopback import rows
from web_archive import serving

from archive.addresses.urls import article_id
from archive.register import corrections
from archive.register.register import Decision, Register
from archive.store import Store

__all__ = ["_ingested", "decided"]
ADDRESS = f"http://{SITE}/a/3.html"
ID = article_id(ADDRESS)
ALL = [
    *("--published", "2009-05-01", "--authors", "王芳、李雷", "--source", "工人报"),
    *(
        "--flag",
        "spun_text",
        "--note",
        "页首日期是改版日期",
        "--reason",
        "与纸本核对",
        "--by",
        "甲",
    ),
]
ROW = f"""SELECT published, published_rule, authors, source, flags, fts_pk >= 768863502336
FROM articles WHERE id = '{ID}'"""
CORRECTED = ("2009-05-01", "correction", '["王芳", "李雷"]', "工人报", '["spun_text"]', 1)


def show(holdings: Path) -> dict[str, object]:
    shown: dict[str, object] = json.loads(check(holdings, "show", ID, "--json"))
    return shown


def test_it_stands_over_what_was_read_and_goes_again(decided: Path) -> None:
    before = everything(decided)
    assert check(decided, "correct", ADDRESS, *ALL) == f"{ID}: 5 corrections made\n"
    assert rows(decided, ROW) == [CORRECTED]
    with Store(decided / "archive.db") as store:
        sound(store.db)
    check(decided, "correct", ID, "--source", "日报", "--reason", "又一次核对")
    assert rows(decided, f"SELECT source FROM articles WHERE id = '{ID}'") == [("日报",)]
    assert check(decided, "correct", ID, "--undo") == f"{ID}: 5 corrections taken back\n"
    assert everything(decided) == before
    with Store(decided / "archive.db") as store:
        sound(store.db)


def test_the_index_and_its_order_follow(decided: Path) -> None:
    assert ID not in check(decided, "search", "author:王芳")
    assert ID not in check(decided, "search", "工会", "--to", "2009-05-01")
    check(decided, "correct", ID, *ALL)
    assert ID in check(decided, "search", "author:王芳")
    assert ID in check(decided, "search", "工会", "--to", "2009-05-01")
    assert ID not in check(decided, "search", "source:松原工人报")


def test_it_is_shown_beside_what_was_read(decided: Path) -> None:
    check(decided, "correct", ID, *ALL)
    lines = check(decided, "show", ID).splitlines()
    assert "corrected: published: 2009-05-01 (read: 2024-03-05T09:30+08:00); 与纸本核对" in lines
    assert "corrected: note: 页首日期是改版日期; 与纸本核对" in lines
    assert "corrected: flag spun text: yes (read: none); 与纸本核对" in lines
    found = {c["field"]: (c["value"], c["read"]) for c in show(decided)["corrections"]}  # type: ignore[attr-defined]
    assert found == {
        "published": ("2009-05-01", "2024-03-05T09:30+08:00"),
        "authors": (["王芳", "李雷"], []),
        "source": ("工人报", "松原工人报"),
        "flag:spun_text": (True, None),
        "note": ("页首日期是改版日期", None),
    }
    with serving("serve", decided) as address:
        page = httpx.get(f"{address}/a/{ID}").text
        assert "Note by the archive" in page
        assert "Published, corrected by hand" in page
        assert "与纸本核对" in page
        assert "松原工人报" in page


def test_it_outlives_another_capture(decided: Path, tmp_path: Path) -> None:
    check(decided, "correct", ID, *ALL)
    check(decided, "ingest", str(save(tmp_path / "new", 3, turns=6)))
    assert rows(decided, f"SELECT version FROM articles WHERE id = '{ID}'") == [(3,)]
    assert rows(decided, ROW) == [CORRECTED]
    assert "松原工人报" in str(show(decided)["corrections"])
    check(decided, "ingest", str(save(tmp_path / "new", 3, turns=4)))
    assert rows(decided, ROW) == [CORRECTED]


def test_a_flag_can_be_taken_away(decided: Path) -> None:
    check(decided, "correct", ID, "--flag", "spun_text", "--reason", "x")
    check(decided, "correct", ID, "--no-flag", "spun_text", "--reason", "y")
    assert rows(decided, f"SELECT flags FROM articles WHERE id = '{ID}'") == [("[]",)]
    assert rows(decided, f"SELECT 1 FROM flags WHERE article = '{ID}'") == []


def test_a_withdrawn_article_keeps_its_corrections(decided: Path) -> None:
    check(decided, "correct", ID, *ALL)
    before = everything(decided)
    check(decided, "withdraw", ID, "--reason", "x")
    assert rows(decided, "SELECT 1 FROM corrections") == []
    Store(decided / "archive.db").close()
    assert rows(decided, "SELECT 1 FROM corrections") == []
    check(decided, "withdraw", "--undo", ID)
    assert everything(decided) == before


def test_a_crash_between_register_and_archive_is_made_good(decided: Path) -> None:
    with Register(decided / "register.db") as register:
        decision = Decision("x", None, "2026-01-01T00:00:00Z")
        corrections.correct(register, [ID], ADDRESS, {"source": "工人报"}, decision)
    Store(decided / "archive.db").close()
    assert rows(decided, f"SELECT source FROM articles WHERE id = '{ID}'") == [("工人报",)]


def test_they_are_listed(decided: Path) -> None:
    check(decided, "correct", ID, "--source", "甲报", "--reason", "x", "--by", "李雷")
    check(decided, "correct", ID, "--source", "乙报", "--reason", "y")
    first, second = check(decided, "correct", "--list").splitlines()
    assert ", by 李雷: source: 甲报; x; ended " in first
    assert second.endswith(": source: 乙报; y")
    found = json.loads(check(decided, "correct", ID, "--list", "--json"))
    assert [one["value"] for one in found] == ["甲报", "乙报"]


@pytest.mark.parametrize(
    "arguments",
    [
        [ID],
        [ID, "--source", "x"],
        [ID, "--source", "x", "--reason", " "],
        [ID, "--reason", "x"],
        [ID, "--published", "yesterday", "--reason", "x"],
        [ID, "--published", "2009-05-01T10:00", "--reason", "x"],
        [ID, "--flag", "list_page", "--reason", "x"],
        [ID, "--undo", "--note", "x"],
        ["--list", "--note", "x"],
        ["--note", "x", "--reason", "x"],
    ],
)
def test_wrong_usage(decided: Path, arguments: list[str]) -> None:
    before = everything(decided)
    assert len(check(decided, "correct", *arguments, code=2).splitlines()) == 1
    assert everything(decided) == before
