"""Holdings to decide about: saved pages of one site, one of them in two versions."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from loopback import article, union_archive

SITE = "www.songyuan.example"
FOOT = "本站稿件由松原工讯采编组供应，欢迎来信。"
LESSONS = ("织布", "电焊", "算账", "识图", "急救", "摄影", "修车", "编程", "烹饪")
FEW = 7
"""So few articles teach no lines."""
SECRET = "下班后赶来听讲"
"""Words of every page's text."""


def page(number: int, turns: int = 4) -> str:
    lesson = LESSONS[number]
    text = article(
        f"松原工会夜校开设{lesson}班",
        *[
            f"第{turn}讲由老师傅讲{lesson}，{number + 20 + turn}名职工{SECRET}，坐满了教室。"
            for turn in range(1, turns + 1)
        ],
        FOOT,
    )
    link = f'<link rel="canonical" href="http://{SITE}/a/{number}.html">'
    return text.replace("<head>", f"<head>{link}")


def save(folder: Path, number: int, turns: int = 4) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{number}-{turns}.html"
    path.write_text(page(number, turns), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def _ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("decided")
    for number in range(FEW):
        save(folder / "first", number)
    save(folder / "second", 3, turns=5)
    for name in ("first", "second"):
        done = union_archive(folder / "h", "ingest", str(folder / name))
        assert done.returncode == 0, done.stderr
    return folder / "h"


@pytest.fixture
def decided(_ingested: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(_ingested, tmp_path / "h"))


TABLES = (
    *("articles", "versions", "removals", "flags", "captures", "corrections", "withdrawn"),
    *("readings", "addresses", "former_ids", "reprints", "attachments", "documents"),
)


def everything(holdings: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of archive.db but for runs, without the keys that depend on the order of writing."""
    with closing(sqlite3.connect(holdings / "archive.db")) as db:
        db.row_factory = sqlite3.Row
        return {
            table: sorted(
                (
                    tuple(row[name] for name in row.keys() if name != "fts_pk")  # noqa: SIM118
                    for row in db.execute(f"SELECT * FROM {table}")
                ),
                key=repr,
            )
            for table in (*TABLES, "sites")
        }


def check(holdings: Path, *arguments: str, code: int = 0) -> str:
    done = union_archive(holdings, *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr
