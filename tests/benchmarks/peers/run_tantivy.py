"""Indexes articles with tantivy, a character a token, and asks it: `run_tantivy.py ROWS FOLDER`.

ROWS has a JSON object a line: first the phrases to be asked, then articles. What is printed is
JSON: seconds of CPU, bytes of the index, and for each phrase the keys found and the milliseconds
that the newest twenty took.
"""

import json
import sys
import time
from pathlib import Path

import tantivy

NEWEST = 20
A_CHARACTER = r"\p{Han}|[\p{Latin}\p{N}]+"


def index(path: Path, folder: Path) -> tuple[tantivy.Index, float, list[str], int]:
    """Index all articles; give the index, the seconds, the phrases and the number of articles."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("key", stored=True, indexed=True, fast=True)
    for field in ("title", "text"):
        builder.add_text_field(field, tokenizer_name="character")
    made = tantivy.Index(builder.build(), path=str(folder))
    tokenizer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(A_CHARACTER))
    made.register_tokenizer("character", tokenizer.filter(tantivy.Filter.lowercase()).build())
    with path.open(encoding="utf-8") as file:
        phrases, *articles = (json.loads(line) for line in file)
    begun = time.process_time()
    writer = made.writer(num_threads=1)
    for article in articles:
        writer.add_document(tantivy.Document(**article))
    writer.commit()
    writer.wait_merging_threads()
    return made, time.process_time() - begun, phrases, len(articles)


def main() -> None:
    folder = Path(sys.argv[2])
    made, seconds, phrases, articles = index(Path(sys.argv[1]), folder)
    made.reload()
    searcher, answers = made.searcher(), []
    for phrase in phrases:
        query = made.parse_query(f'"{phrase}"', ["title", "text"])
        begun = time.perf_counter()
        searcher.search(query, NEWEST, order_by_field="key")
        took = 1000 * (time.perf_counter() - begun)
        hits = searcher.search(query, articles).hits
        answers.append([[searcher.doc(place)["key"][0] for _, place in hits], took])
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(json.dumps({"seconds": seconds, "bytes": size, "answers": answers}))


if __name__ == "__main__":
    main()
