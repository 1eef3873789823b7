"""What a reclean changed, or would: told in lines, or as JSON."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import click

from archive.records import Article
from archive.versions.difference import alike
from crawler.printing import one_line
from crawler.reclean.changes import Change, Reading, Tally, value

WIDTH = 60
"""Characters shown of a value or line."""
LEAD = 20
"""Characters shown before the first that differs."""
SHOWN = 5
"""Learned lines shown of a site."""


def write_json(
    entries: Iterable[tuple[Reading, Change | None]],
    tally: Tally,
    learned: Mapping[str, frozenset[str]],
) -> None:
    """Write one JSON document, an article at a time."""
    comma = ""
    click.echo('{"articles": [', nl=False)
    for reading, change in entries:
        click.echo(f"{comma}\n{_json(_entry(reading, change))}", nl=False)
        comma = ","
    rules = [
        {"kind": kind, "rule": rule, "before": asdict(before), "after": asdict(after)}
        for (kind, rule), (before, after) in tally.rules.items()
    ]
    sums = {
        "counts": tally.counts,
        "fields": dict(tally.fields.most_common()),
        "rules": rules,
        "learned": {site: sorted(lines) for site, lines in learned.items()},
    }
    click.echo(f"\n], {_json(sums)[1:]}")


def _entry(reading: Reading, change: Change | None) -> dict[str, Any]:
    """Say in a form for JSON what would become of an article."""
    kept = reading.kept
    entry: dict[str, Any] = {"id": kept.id, "url": kept.article.url, "site": kept.site}
    entry["title"] = kept.article.title
    if change is None or reading.article is None:
        return entry | {"error": reading.error}
    if change.no_article:
        return entry | {"no_article": change.no_article}
    entry["fields"] = {
        name: {"before": _value(kept.article, name), "after": _value(reading.article, name)}
        for name in change.fields
        if name not in ("text", "removals")
    }
    if change.text is not None:
        entry["fields"]["text"] = asdict(change.text)
    if "removals" in change.fields:
        entry["fields"]["removals"] = [
            {"kind": kind, "rule": rule, "before": asdict(before), "after": asdict(after)}
            for (kind, rule), (before, after) in change.rules.items()
        ]
    return entry


def _value(article: Article, name: str) -> object:
    if name == "images":
        return [asdict(image) for image in article.images]
    return value(article, name)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def print_lines(
    entries: Iterable[tuple[Reading, Change | None]],
    tally: Tally,
    learned: Mapping[str, frozenset[str]],
    *,
    dry: bool,
) -> None:
    """Print what changes, or would in a dry run, to be read by people."""
    for reading, change in entries:
        kept = reading.kept
        if change is None or reading.article is None:
            why = one_line(f"{kept.id} {kept.article.url}: {reading.error}")
            click.echo(f"union-archive: {why}", err=True)
            continue
        click.echo(f"{kept.id}  {one_line(kept.article.title) or 'no title'}")
        for line in _lines(reading, change, reading.article, dry=dry):
            click.echo(f"    {line}")
    counts = tally.counts
    click.echo(
        f"{_articles(counts['read'])} read again: {counts['change']}"
        f" {'would change' if dry else 'changed'}, {counts['no_article']}"
        f" {'would be' if dry else 'are'} no article; {counts['errors']} could not be read"
    )
    for name, times in tally.fields.most_common():
        click.echo(f"field {name}: {_articles(times)}")
    for (kind, rule), (before, after) in tally.rules.items():
        click.echo(
            f"rule {kind}/{one_line(rule)}: {before.times} → {after.times} times,"
            f" {before.characters} → {after.characters} characters"
        )
    for site, lines in learned.items():
        some = "、".join(_short(line) for line in sorted(lines)[:SHOWN])
        more = " …" if len(lines) > SHOWN else ""
        click.echo(f"learned of {site}: {len(lines)} lines: {some}{more}")


def _lines(reading: Reading, change: Change, new: Article, *, dry: bool) -> Iterator[str]:
    """Say how one article changes, a line for each field."""
    old = reading.kept.article
    if change.no_article:
        yield f"{'would be' if dry else 'is'} no article: {change.no_article}"
    for name in change.fields:
        if name == "text" and change.text is not None:
            yield f"text: {change.text.lost} characters lost, {change.text.gained} gained"
            before, after = change.text.before, change.text.after
            yield from (
                f"{sign} {_about(line, other)}"
                for sign, line, other in (("-", before, after), ("+", after, before))
                if line is not None
            )
        elif name == "removals":
            took = (
                f"{kind}/{rule} {before.times} → {after.times}"
                f" ({before.characters} → {after.characters} characters)"
                for (kind, rule), (before, after) in change.rules.items()
            )
            yield f"removals: {', '.join(took) or 'the same rules, other pieces'}"
        else:
            yield f"{name}: {_shown(old, name)} → {_shown(new, name)}"


def _shown(article: Article, name: str) -> str:
    """Give a field's value for people, cut short."""
    shown = _value(article, name)
    if name == "flags":
        shown = ", ".join(f"{flag.name} ({flag.score})" for flag in article.flags)
    elif name == "authors":
        shown = "、".join(article.authors)
    elif name == "images":
        shown = f"{len(article.images)}: {' '.join(image.url for image in article.images)}"
    return _short(str(shown)) if shown else "none"


def _about(line: str, other: str | None) -> str:
    """Give the part of a line that begins a little before it differs from another."""
    begin = alike(line, other or "") - LEAD
    return f"…{_short(line[begin:])}" if begin > 0 and len(line) > WIDTH else _short(line)


def _articles(count: int) -> str:
    return f"{count} {'article' if count == 1 else 'articles'}"


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}…"
