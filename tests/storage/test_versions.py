from typing import Any

from archived import sound
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Article, Capture
from archive.store import Store
from archive.versions.listing import versions

URL = "http://s.example/1"


def capture(number: int, status: int = 200) -> Capture:
    at = f"2026-01-{number:02}T00:00:00Z"
    return Capture(f"urn:uuid:{number:04}", URL, at, status, "", "", "one", number)


def state(store: Store) -> tuple[Any, ...]:
    row = store.db.execute("SELECT * FROM articles").fetchone()
    line = [(v.captured, v.capture, v.text) for v in versions(store.db, row["id"])]
    return line, {**dict(row), "fts_pk": None}


@settings(max_examples=60)
@given(st.lists(st.sampled_from("甲乙丙-"), min_size=1, max_size=6), st.randoms())
def test_versions_do_not_depend_on_the_order_captures_come_in(
    texts: list[str], random: Any
) -> None:
    pages = [
        (capture(n, 304), None) if text == "-" else (capture(n), Article(URL, "题", text))
        for n, text in enumerate(["甲", *texts], 1)
    ]
    states = []
    for order in (pages, [pages[0], *random.sample(pages[1:], len(pages) - 1)]):
        with Store(":memory:") as store:
            for one, page in order:
                store.save(one, page, None)
            sound(store.db)
            line, row = state(store)
            # Which of several like readings is shown may differ; what it says may not.
            states.append((line, {**row, "capture": None}))
    assert states[0] == states[1]
