import asyncio
import multiprocessing
import os
import signal
import time
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from archive.errors import UsageError
from archive.records import Article, Flag
from crawler import cleaning, pipelines
from crawler.cleaning import Cleaner, explain, readable, with_section


def odd(body: bytes, url: str, content_type: str, site: object) -> Article:
    """Stands for clean_page with pages that break it."""
    if body == b"hang":
        time.sleep(60)
    if body == b"die":
        os._exit(9)
    if body == b"raise":
        raise ValueError(body)
    return Article(url=url, title=f"{content_type} {site}")


def test_a_page_that_breaks_its_worker_breaks_nothing_else() -> None:
    cleaner = Cleaner(odd, workers=2, timeout=1)
    try:
        bodies = [b"hang", b"die", b"raise", b"fine"]
        futures = [cleaner.submit(body, "http://a.example/", "text/html", None) for body in bodies]
        errors = [future.exception() for future in futures]
        assert futures[3].result() == Article(url="http://a.example/", title="text/html None")
    finally:
        cleaner.close()
    said = [explain(error, 1) for error in errors[:3]]
    assert said[0] == "cleaning took over 1 s and was stopped"
    assert said[1].startswith("the cleaning process died")
    assert said[2].startswith("cleaning failed: ValueError")
    assert errors[3] is None


def test_killed_workers_lose_no_page_whatever_they_were_doing() -> None:
    cleaner, page = Cleaner(odd, workers=2), (b"fine", "http://a.example/", "text/html", None)
    try:
        assert cleaner.submit(*page).result(60)
        for worker in multiprocessing.active_children():  # they wait for pages
            os.kill(cast("int", worker.pid), signal.SIGKILL)
        futures = [cleaner.submit(*page) for _ in range(8)]
        titles = {future.result(60).title for future in futures}
    finally:
        cleaner.close()
    assert titles == {"text/html None"}


def test_the_environment_says_how_many_workers_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNION_ARCHIVE_WORKERS", "3")
    assert (Cleaner().workers, Cleaner(workers=2).workers) == (3, 2)
    monkeypatch.delenv("UNION_ARCHIVE_WORKERS")
    assert 1 <= Cleaner().workers <= 8
    for wrong in ("0", "two", "-1"):
        monkeypatch.setenv("UNION_ARCHIVE_WORKERS", wrong)
        with pytest.raises(UsageError, match=f"UNION_ARCHIVE_WORKERS: got '{wrong}'"):
            Cleaner()


def test_a_cleaner_that_cannot_be_loaded_is_told_of_each_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trafilatura.py").write_text("raise ImportError('out of order')")
    monkeypatch.syspath_prepend(tmp_path)
    cleaner = Cleaner(workers=2)
    try:
        body = b"<p>" + b"x" * 20_000  # more than a pipe holds, all in all
        futures = [cleaner.submit(body, "http://a.example/", "", None) for _ in range(8)]
        errors = [future.exception(timeout=60) for future in futures]
    finally:
        cleaner.close()
    assert {explain(error) for error in errors if error} == {
        "cleaning failed: ImportError: out of order"
    }
    assert None not in errors


def test_workers_that_were_never_needed_are_never_started() -> None:
    cleaner = Cleaner(odd)
    cleaner.close()
    assert cleaner._pool._pool is None  # noqa: SLF001


def test_a_lists_section_is_the_articles_where_the_page_names_none() -> None:
    plain = Article(url="u")
    assert with_section(plain, "要闻").section == "要闻"
    assert with_section(plain, None) is plain
    own = Article(url="u", section="维权")
    assert with_section(own, "要闻") is own
    none = Article(url="u", flags=(Flag("soft_404", 90, "x"),))
    assert with_section(none, "要闻") is none


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/html; charset=gb2312", True),
        ("TEXT/HTML", True),
        ("", True),
        ("application/xhtml+xml", True),
        ("text/css", False),
        ("application/pdf", False),
    ],
)
def test_readable(content_type: str, *, expected: bool) -> None:
    assert readable(content_type) is expected


def test_a_page_that_was_lost_with_its_worker_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cleaning, "LOST", 0.01)
    assert cleaning.document_of(Future(), b"x").why == "reading took over 30 s and was stopped"
    site = SimpleNamespace(id="s", rules=None)
    monkeypatch.setattr(pipelines, "site_of", lambda _: site)
    pipeline = object.__new__(pipelines.Archiver)
    pipeline._crawler = None
    pipeline._accession = SimpleNamespace(
        boilerplate=lambda _: (), cleaner=SimpleNamespace(submit=lambda *_, **__: Future())
    )
    capture = SimpleNamespace(content_type="text/html", url="http://a.example/")
    page = SimpleNamespace(capture=capture, body=b"")
    assert asyncio.run(asyncio.wait_for(pipeline._clean(page), 5)) is None
