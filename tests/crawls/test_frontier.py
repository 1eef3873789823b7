import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import UnionArchiveError
from crawler.fetch import frontier as module
from crawler.fetch.crawldb import CrawlDatabase
from crawler.fetch.frontier import ARTICLE, ATTACHMENT, IMAGE, LIST, Entry, Frontier


@pytest.fixture
def database(tmp_path: Path) -> Iterator[CrawlDatabase]:
    opened = CrawlDatabase(tmp_path / "crawl.db")
    yield opened
    opened.close()


def begun(database: CrawlDatabase, site: str = "songyuan", **bounds: object) -> Frontier:
    made = Frontier(database, site, **bounds)  # type: ignore[arg-type]
    made.begin()
    return made


def entry(name: str, day: str | None = None, role: module.Role = ARTICLE) -> Entry:
    return Entry(f"http://songyuan.example/{name}", role, "/news/", day)


def drain(frontier: Frontier) -> list[str]:
    names = []
    while (taken := frontier.take()) is not None:
        names.append(taken.url.rpartition("/")[2])
    return names


def test_lists_come_first_then_the_newest_and_of_a_day_the_first_found(
    database: CrawlDatabase,
) -> None:
    frontier = begun(database)
    for name, day in (("old", "2009-01-01"), ("a", None), ("new", "2024-01-01"), ("b", None)):
        assert frontier.add(entry(name, day))
    assert frontier.add(entry("list", role=LIST))
    assert not frontier.add(entry("a"))
    assert drain(frontier) == ["list", "a", "b", "new", "old"]


def test_a_bound_on_articles_keeps_nothing_back_that_they_lead_to(database: CrawlDatabase) -> None:
    frontier = begun(database, max_articles=1)
    for name in "ab":
        frontier.add(entry(name))
    assert drain(frontier) == ["a"]
    frontier.add(entry("form", role=ATTACHMENT))
    frontier.add(entry("picture", role=IMAGE))
    frontier.add(entry("list", role=LIST))
    assert drain(frontier) == ["list", "form", "picture"]
    assert not frontier.pending


def test_what_was_not_done_is_asked_again_after_a_crash(database: CrawlDatabase) -> None:
    frontier = begun(database)
    for name in "abcd":
        frontier.add(entry(name))
    for _ in "abc":
        frontier.take()
    frontier.done(entry("a").url, "urn:uuid:1")
    frontier.fail(entry("b").url)
    database.flush()
    again = begun(database)
    assert again.last_capture == "urn:uuid:1"
    assert drain(again) == ["c", "d"]
    assert not again.add(entry("a"))
    assert again.add(entry("b"))  # a list leads to it: that is reason enough


def test_a_pass_that_ended_is_followed_by_one_that_asks_all_again(database: CrawlDatabase) -> None:
    frontier = begun(database)
    frontier.add(entry("a"))
    frontier.add(entry("list", role=LIST))
    for taken in (frontier.take(), frontier.take()):
        assert taken is not None
        frontier.done(taken.url)
    assert not frontier.pending
    frontier.finish()
    again = begun(database)
    assert again.walked == frozenset()
    assert again.add(entry("a"))
    assert database.ask("SELECT count(*) FROM requests WHERE state = 'done'") == [(0,)]


def test_lists_read_in_an_unfinished_pass_are_looked_at_again(database: CrawlDatabase) -> None:
    frontier = begun(database)
    frontier.add(entry("list", role=LIST))
    frontier.add(entry("a"))
    frontier.take()
    frontier.done(entry("list").url)
    database.flush()
    again = begun(database)
    assert again.walked == {entry("list").url}
    assert again.add(entry("list", role=LIST))
    # A bounded run may have left a list's tail out: then all lists are followed again.
    begun(database, max_articles=1)
    assert begun(database).walked == frozenset()


def test_a_retry_waits_and_its_attempts_are_kept(
    database: CrawlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    frontier = begun(database)
    frontier.add(entry("a"))
    frontier.take()
    frontier.postpone(entry("a").url, 60)
    assert frontier.take() is None
    assert frontier.pending
    database.flush()
    clock = [1_000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    again = begun(database)
    assert again.take() is None
    clock[0] += 61
    taken = again.take()
    assert taken is not None
    assert taken.attempts == 1


def test_a_failed_request_is_tried_by_itself_when_its_time_has_come(
    database: CrawlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    frontier = begun(database)
    frontier.add(entry("a"))
    frontier.take()
    frontier.fail(entry("a").url)
    frontier.finish()
    assert drain(begun(database)) == []
    late = module.time.time() + 2 * 3600
    monkeypatch.setattr(module.time, "time", lambda: late)
    assert drain(begun(database)) == ["a"]


def test_a_clock_put_back_makes_no_run_wait(
    database: CrawlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    frontier = begun(database)
    for name in "ab":
        frontier.add(entry(name))
        frontier.take()
    frontier.postpone(entry("a").url, 5)
    frontier.fail(entry("b").url)
    database.flush()
    year_ago = module.time.time() - 365 * 86400
    monkeypatch.setattr(module.time, "time", lambda: year_ago)
    clock = [1_000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    again = begun(database)
    assert drain(again) == ["b"]
    clock[0] += module.MAX_WAIT + 1
    assert drain(again) == ["a"]


def test_bounds_leave_the_rest_queued(database: CrawlDatabase) -> None:
    frontier = begun(database)
    for name, day in (("a", "2024-03-01"), ("b", "2024-02-01"), ("c", "2010-01-01")):
        frontier.add(entry(name, day))
    database.flush()
    assert drain(begun(database, max_articles=1)) == ["a"]
    bounded = begun(database, since="2024-01-01")
    assert drain(bounded) == ["a", "b"]
    assert not bounded.pending
    assert drain(begun(database)) == ["a", "b", "c"]


def test_a_queue_longer_than_memory_keeps_its_order(
    database: CrawlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 7)
    frontier = begun(database)
    for number in range(100):
        frontier.add(entry(f"{number:03}", f"2{number * 37 % 100:03}-01-01"))
    found = drain(frontier)
    assert len(found) == 100
    ages = [int(name) * 37 % 100 for name in found]
    assert ages == sorted(ages, reverse=True)


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["add", "take", "done", "fail", "crash"]), st.integers(0, 12)),
    max_size=60,
)


@settings(max_examples=60)
@given(OPERATIONS)
def test_whatever_happens_nothing_is_lost_and_nothing_done_is_repeated(
    tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[str, int]]
) -> None:
    path = tmp_path_factory.mktemp("frontier") / "crawl.db"
    database = CrawlDatabase(path)
    frontier = begun(database)
    added, done, failed = set[str](), set[str](), set[str]()
    for operation, number in operations:
        url = entry(str(number)).url
        if operation == "add" and frontier.add(entry(str(number))):
            added.add(url)
            failed.discard(url)
        elif operation == "take" and (taken := frontier.take()):
            assert taken.url not in done
        elif operation in ("done", "fail") and frontier.taken:
            url = min(frontier.taken)
            getattr(frontier, operation)(url)
            (done if operation == "done" else failed).add(url)
        elif operation == "crash":
            database.flush()
            database.db.close()
            database = CrawlDatabase(path)
            frontier = begun(database)
    database.flush()
    database.db.close()
    database = CrawlDatabase(path)
    left = {f"http://songyuan.example/{name}" for name in drain(begun(database))}
    assert left == added - done - failed
    database.close()


def test_two_sites_do_not_meet(database: CrawlDatabase) -> None:
    one, two = begun(database, "one"), begun(database, "two")
    one.add(entry("a"))
    assert drain(two) == []
    assert two.add(entry("a"))
    assert drain(one) == ["a"]


@pytest.mark.parametrize("at", [0, 4096 * 3 + 8])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, at: int) -> None:
    database = CrawlDatabase(tmp_path / "crawl.db")
    frontier = begun(database)
    for number in range(2_000):
        frontier.add(entry(str(number)))
    database.close()
    with (tmp_path / "crawl.db").open("r+b") as file:
        file.seek(at)
        file.write(b"\x5a" * 2048)
    database = CrawlDatabase(tmp_path / "crawl.db")
    assert drain(begun(database)) == []
    database.close()


def test_what_cannot_be_written_is_said_in_one_line_and_kept(database: CrawlDatabase) -> None:
    frontier = begun(database)
    frontier.add(entry("a"))
    database.flush()
    database.db.execute("PRAGMA query_only = 1")
    frontier.add(entry("b"))
    with pytest.raises(UnionArchiveError, match=r"crawl\.db: it may not be written here"):
        database.flush()
    database.db.execute("PRAGMA query_only = 0")
    database.flush()
    with sqlite3.connect(database.path) as reader:
        assert reader.execute("SELECT count(*) FROM requests").fetchone() == (2,)
