"""`union-archive reclean`: read every capture again with today's rules."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from archive.holdings import Holdings
from archive.records import Article

if TYPE_CHECKING:
    from crawler.intake import Recall
    from crawler.reclean import Change, Reading, Tally

EVERY = 10.0
"""Seconds between two lines of progress."""
WIDTH = 60
"""Characters shown of a value or line."""
LEAD = 20
"""Characters shown before the first that differs."""
SHOWN = 5
"""Learned lines shown of a site."""


@click.command("reclean")
@click.option("--dry-run", is_flag=True, help="Write nothing; read current versions alone.")
@click.option("--site", metavar="ID", help="Only articles of this site.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def command(holdings: Holdings, *, dry_run: bool, site: str | None, as_json: bool) -> None:
    """Read all captures again with today's rules; list what changes, and sum it by rule.

    Lines that a site repeats on many of its articles are learned and taken out too. The archive is
    changed in one step at the end; a reclean that is stopped goes on when it is run again. A
    capture that cannot be read keeps its old reading, and the exit code is 1.
    """
    opened = _readings(holdings, site) if dry_run else _written(holdings, site)
    _tell(opened, dry_run=dry_run, as_json=as_json)


def write(holdings: Holdings, recall: "Recall") -> None:
    """Do what the command does without options; `recall` has what was read elsewhere."""
    _tell(_written(holdings, None, recall))


def _tell(
    opened: "AbstractContextManager[Found]", *, dry_run: bool = False, as_json: bool = False
) -> None:
    """List what changes and sum it up. Exits with 1 where a capture could not be read."""
    from crawler.reclean import Tally, compare  # noqa: PLC0415 - loaded when it is needed

    tally = Tally()
    with opened as (found, total, learned), _progress(total) as step:

        def entries() -> "Iterator[tuple[Reading, Change | None]]":
            for reading in found:
                new = reading.article
                change = compare(reading.kept.article, new) if new is not None else None
                tally.add(reading, change)
                if new is None or change is not None:
                    yield reading, change
                if dry_run:
                    step(tally.counts["read"] + tally.counts["errors"])

        if as_json:
            _write_json(entries(), tally, learned)
        else:
            _print(entries(), tally, learned, dry=dry_run)
    if tally.counts["errors"]:
        raise click.exceptions.Exit(1)


Found = tuple["Iterator[Reading]", int, "Mapping[str, frozenset[str]]"]


@contextmanager
def _readings(holdings: Holdings, site: str | None) -> Iterator[Found]:
    """Read the articles' captures again, as they are asked for."""
    from archive.database import explained, open_readonly  # noqa: PLC0415
    from archive.reader import check_site  # noqa: PLC0415
    from crawler.cleaning import Cleaner  # noqa: PLC0415
    from crawler.reclean import Readings  # noqa: PLC0415
    from crawler.site import load_sites  # noqa: PLC0415

    path = holdings.archive_db
    with closing(open_readonly(path)) as db, explained(path), closing(Cleaner()) as cleaner:
        check_site(db, site)
        readings = Readings(db, holdings.warc, load_sites(holdings.sites), cleaner)
        yield readings.all(site), readings.total(site), readings.learned


@contextmanager
def _written(
    holdings: Holdings, site: str | None, recall: "Recall | None" = None
) -> Iterator[Found]:
    """Read all captures again, and put the new readings in place when they have been compared."""
    from archive.reader import check_site  # noqa: PLC0415
    from crawler.accession import Accession  # noqa: PLC0415
    from crawler.intake import nothing_read  # noqa: PLC0415
    from crawler.recleaning import Recleaning  # noqa: PLC0415
    from crawler.site import load_sites  # noqa: PLC0415

    holdings.expect_archive()
    failed = False

    def tell(what: str, why: str) -> None:
        nonlocal failed
        failed = True
        click.echo(f"union-archive: {what}: {why}", err=True)

    with Accession.open(holdings, alone=True) as accession:
        check_site(accession.store.db, site)
        sites = load_sites(holdings.sites)
        work = Recleaning(accession, sites, tell, site, recall or nothing_read)
        with closing(work):
            with ExitStack() as shown:
                done = 0

                def start(total: int) -> Callable[[], None]:
                    if work.done and site is None:
                        said = f"going on: {work.done} of {total} captures were read before"
                        click.echo(said, err=True)
                    step = shown.enter_context(_progress(total, "captures"))

                    def one() -> None:
                        nonlocal done
                        done += 1
                        step(done)

                    return one

                work.run(start)
            yield work.all(), 0, work.learned
            work.finish()
    if failed:
        raise click.exceptions.Exit(1)


@contextmanager
def _progress(total: int, what: str = "articles") -> "Iterator[Callable[[int], None]]":
    """Tell on standard error how far it is.

    A bar on a terminal, but where the list goes to the terminal too, and elsewhere, plain lines.
    """
    said = monotonic()
    bar_fits = sys.stderr.isatty() and not sys.stdout.isatty()

    def step(done: int) -> None:
        nonlocal said
        bar.update(1)
        if not bar_fits and monotonic() - said >= EVERY:
            said = monotonic()
            click.echo(f"{done} of {total} {what} read again …", err=True)

    with click.progressbar(length=total, file=sys.stderr, hidden=not bar_fits) as bar:
        yield step


def _write_json(
    entries: "Iterable[tuple[Reading, Change | None]]",
    tally: "Tally",
    learned: "Mapping[str, frozenset[str]]",
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


def _entry(reading: "Reading", change: "Change | None") -> dict[str, Any]:
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
    from crawler.reclean import value  # noqa: PLC0415

    found = value(article, name)
    return [asdict(image) for image in article.images] if name == "images" else found


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _print(
    entries: "Iterable[tuple[Reading, Change | None]]",
    tally: "Tally",
    learned: "Mapping[str, frozenset[str]]",
    *,
    dry: bool,
) -> None:
    """Print what changes, or would in a dry run, to be read by people."""
    from crawler.printing import one_line  # noqa: PLC0415

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


def _lines(reading: "Reading", change: "Change", new: Article, *, dry: bool) -> Iterator[str]:
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
    value = _value(article, name)
    if name == "flags":
        value = ", ".join(f"{flag.name} ({flag.score})" for flag in article.flags)
    elif name == "authors":
        value = "、".join(article.authors)
    elif name == "images":
        value = f"{len(article.images)}: {' '.join(image.url for image in article.images)}"
    return _short(str(value)) if value else "none"


def _about(line: str, other: str | None) -> str:
    """Give the part of a line that begins a little before it differs from another."""
    from crawler.difference import alike  # noqa: PLC0415

    begin = alike(line, other or "") - LEAD
    return f"…{_short(line[begin:])}" if begin > 0 and len(line) > WIDTH else _short(line)


def _articles(count: int) -> str:
    return f"{count} {'article' if count == 1 else 'articles'}"


def _short(text: str) -> str:
    from crawler.printing import one_line  # noqa: PLC0415

    line = one_line(text)
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}…"
