"""`union-archive show`: read one article."""

import json
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from archive.holdings import Holdings
from archive.records import Article

if TYPE_CHECKING:
    from archive.corrections import Correction
    from archive.reader import Kept
    from archive.statuses import Status
    from archive.versions import Version


@click.command("show")
@click.argument("article")
@click.option("--removed", is_flag=True, help="Show what cleaning took out, in its place.")
@click.option("--versions", "with_versions", is_flag=True, help="List its versions and changes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def command(
    holdings: Holdings,
    *,
    article: str,
    removed: bool,
    with_versions: bool,
    as_json: bool,
) -> None:
    """Show ARTICLE: an id, the beginning of one, or an address.

    With --removed, what cleaning took out stands in its place as ⟦piece⟧⟨kind, rule⟩, and what was
    put there instead as ⟦piece → instead⟧. With --versions, what a version changed is shown with
    what went as [-piece-] and what came as {+piece+}.
    """
    from archive.corrections import corrections  # noqa: PLC0415
    from archive.database import explained, open_readonly  # noqa: PLC0415
    from archive.reader import find, read  # noqa: PLC0415
    from archive.statuses import statuses  # noqa: PLC0415
    from archive.versions import versions  # noqa: PLC0415

    path = holdings.archive_db
    with closing(open_readonly(path)) as db, explained(path):
        kept = read(db, find(db, article))
        line = versions(db, kept.id) if with_versions else None
        by_hand = corrections(db, kept.id)
        befell = statuses(db, kept.id)
    if as_json:
        click.echo(_json(kept, line, by_hand, befell, removed=removed))
    else:
        _print(kept, line, by_hand, befell, removed=removed)


def _json(
    kept: "Kept",
    line: "list[Version] | None",
    by_hand: "list[Correction]",
    befell: "list[Status]",
    *,
    removed: bool,
) -> str:
    """Give an article as an export does, with what is known of its captures."""
    from archive.export import as_row  # noqa: PLC0415

    row = as_row(kept, removals=removed)
    row |= {"version": kept.version, "capture": kept.capture}
    row |= {"first_captured": kept.first_captured, "last_captured": kept.last_captured}
    row["corrections"] = [
        {"field": c.field, "value": c.value, "read": c.read, "reason": c.reason, "at": c.at}
        for c in by_hand
    ]
    row["statuses"] = [asdict(status) for status in befell]
    row["reprints"] = [asdict(sibling) for sibling in kept.siblings]
    if line is not None:
        row["versions"] = [{"number": n, **asdict(v)} for n, v in enumerate(line, 1)]
    return json.dumps(row, ensure_ascii=False)


def _print(
    kept: "Kept",
    line: "list[Version] | None",
    by_hand: "list[Correction]",
    befell: "list[Status]",
    *,
    removed: bool,
) -> None:
    """Print an article to be read by people."""
    from crawler.printing import one_line, printable  # noqa: PLC0415

    article = kept.article
    click.secho(one_line(article.title) or "no title", bold=True)
    for name, value in _heading(kept):
        if value:
            click.echo(f"{name + ':':<10} {one_line(value)}")
    for flag in article.flags:
        click.echo(f"{'flag:':<10} {flag.name} ({flag.score}) {one_line(flag.evidence)}")
    for c in by_hand:
        read = f" (read: {one_line(c.read_words)})" if c.field != "note" else ""
        click.echo(f"corrected: {c.name}: {one_line(c.words)}{read}; {one_line(c.reason)}")
    for s in befell:
        believed = f"confirmed {s.confirmed}" if s.confirmed else "seen once, not confirmed"
        ended = f", ended {s.ended}" if s.ended else ""
        click.echo(f"{'status:':<10} {s.status} since {s.since}, {believed}{ended}")
    for number, version in enumerate(line or (), 1):
        current = ", current" if number == kept.version else ""
        title = one_line(version.title) or "no title"
        click.echo(f"{'version:':<10} {number}{current}: {version.captured}  {title}")
    for sibling in kept.siblings:
        if sibling.article != kept.id:
            about = f"{sibling.kind}, {sibling.site or 'no site'}, {sibling.published or 'undated'}"
            click.echo(f"{'reprint:':<10} {sibling.article} ({about}) {one_line(sibling.title)}")
    click.echo(f"\n{printable(marked(article) if removed else article.text)}")
    for number in range(len(line or ()), 1, -1):
        click.echo(f"\nversion {number}, against version {number - 1}:")
        click.echo(printable(_changes(line or [], number)))


def _changes(line: "list[Version]", number: int) -> str:
    """Show what a version has otherwise than the one before it."""
    from archive.difference import around, difference  # noqa: PLC0415

    before, now = line[number - 2], line[number - 1]
    signs = {"out": "[-{}-]", "in": "{{+{}+}}", "same": "{}"}
    return "\n".join(
        "".join(signs[run.kind].format(run.text) if run else " … " for run in around(runs))
        for old, new in ((before.title, now.title), (before.text, now.text))
        if old != new
        for runs in (difference(old, new),)
    )


def _heading(kept: "Kept") -> list[tuple[str, str | None]]:
    article = kept.article
    return [
        ("id", kept.id),
        ("address", article.url),
        ("site", kept.site),
        ("published", article.published or "not known"),
        ("authors", "、".join(article.authors)),
        ("source", article.source),
        ("editor", article.editor),
        ("credits", "，".join(f"{credit.role} {credit.name}" for credit in article.credits)),
        ("section", article.section),
        ("captured", " to ".join(dict.fromkeys((kept.first_captured, kept.last_captured)))),
    ]


def marked(article: Article) -> str:
    """Give the extracted text, what was taken out in its place and marked with kind and rule."""
    pieces: list[str] = []
    taken = given = 0  # of the text, of the extracted text
    for cut in article.removals:
        upto = taken + cut.position - given
        instead = f" → {cut.replacement}" if cut.replacement else ""
        pieces += (article.text[taken:upto], f"⟦{cut.text}{instead}⟧⟨{cut.kind}, {cut.rule}⟩")
        taken = upto + len(cut.replacement)
        given = cut.position + len(cut.text)
    return "".join([*pieces, article.text[taken:]])
