"""Our index beside tantivy, which is given a token a character, in one script as they come.

What unicode61, trigram and LIKE come to is told by tests/benchmarks/search.py.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from environments import MissingError, environment, version
from search import ours, size, timed
from search_archive import build
from search_quality import Question, Truth, quality, questions
from sides import OURS, Row, table
from trees import taken

from archive.database import open_readonly

ARTICLES = 10_000
NEWEST = 20


def asked() -> list[Question]:
    """Give the questions of one phrase: a language of queries is another matter."""
    return [one for one in questions() if len(one.words) == 1 and not one.known]


def told(recall: float, precision: float, times: list[float], share: float) -> str:
    """Say how well and how quickly an index answers, and how large it is."""
    return (
        f"recall {recall:.3f}, precision {precision:.4f}, {share:.2f} × text,"
        f" newest {NEWEST} in {median(times):.2f} ms"
    )


def measured(truth: Truth, found: dict[str, set[int]], times: list[float], share: float) -> str:
    """Hold what was found for each question against the truth."""
    got = quality(truth, lambda question: found.get(question.query))
    return told(got.recall, got.precision, times, share)


def run(envs: Path, folder: Path, turns: int) -> None:  # noqa: ARG001 - an index is made once
    """Index the same articles with both, and print a table."""
    path = folder / "archive.db"
    rate = build(path, ARTICLES, with_reprints=False)["index"]
    with closing(open_readonly(path)) as db:
        (text,) = db.execute("SELECT sum(length(CAST(text AS BLOB))) FROM articles").fetchone()
        truth = Truth(db)
        share = size(db, "main", "articles_fts") / text
        rows = [Row(OURS, 1000 / rate, measured(truth, *ours_answers(db), share))]
        try:
            python = environment("tantivy", envs)
            rows.append(theirs(db, python, folder, truth, text))
        except MissingError as error:
            rows.append(Row("tantivy", told=str(error)))
    table(f"Indexing: {ARTICLES:,} articles of some 1,345 characters", rows, "tantivy")


def ours_answers(db: sqlite3.Connection) -> tuple[dict[str, set[int]], list[float]]:
    """Ask our index."""
    found, times = {}, []
    for question in asked():
        where, binds = ours(db, question)
        newest = f"SELECT rowid FROM {where} ORDER BY rowid DESC LIMIT {NEWEST}"
        times.append(timed(lambda sql=newest, binds=binds: db.execute(sql, binds).fetchall()))
        rows = db.execute(f"SELECT rowid FROM {where}", binds)
        found[question.query] = {row[0] for row in rows}
    return found, times


def theirs(db: sqlite3.Connection, python: Path, folder: Path, truth: Truth, text: int) -> Row:
    """Ask tantivy. Raises MissingError."""
    rows, where = folder / "rows.jsonl", folder / "tantivy"
    where.mkdir()
    with rows.open("w", encoding="utf-8") as file:
        print(json.dumps([question.words[0] for question in asked()]), file=file)
        for article in articles(db):
            print(json.dumps(article), file=file)
    script = Path(__file__).with_name("run_tantivy.py")
    got = json.loads(taken([str(python), str(script), str(rows), str(where)]).said)
    queries = [question.query for question in asked()]
    found = {query: set(keys) for query, (keys, _) in zip(queries, got["answers"], strict=True)}
    said = measured(truth, found, [took for _, took in got["answers"]], got["bytes"] / text)
    name = f"tantivy ({version(python, 'tantivy')})"
    return Row(name, 1000 * got["seconds"] / ARTICLES, said)


def articles(db: sqlite3.Connection) -> Iterator[dict[str, object]]:
    """Give what is indexed of each article."""
    for key, title, text in db.execute("SELECT fts_pk, title, text FROM articles"):
        yield {"key": key, "title": title, "text": text}
