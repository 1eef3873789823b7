"""`union-archive show`: read one article."""

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from archive.holdings import Holdings
from archive.records import Article, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.addresses.joining import Address
    from archive.attachments import Attached
    from archive.reader import Kept
    from archive.register.corrections import Correction
    from archive.versions.listing import Version
    from archive.versions.readings import HeldBack
    from archive.versions.statuses import Status


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
    what went as [-piece-] and what came as {+piece+}; what a page that was emptied or hijacked
    read as comes last.
    """
    from archive.database import explained, open_readonly  # noqa: PLC0415

    path = holdings.archive_db
    with closing(open_readonly(path)) as db, explained(path):
        shown = _shown(db, article, with_versions=with_versions)
    click.echo(_json(shown, removed=removed) if as_json else _text(shown, removed=removed))


@dataclass(frozen=True)
class Shown:
    """All that is shown of an article."""

    kept: "Kept"
    aliases: "list[Address]"
    """Its addresses but for its own."""
    corrections: "list[Correction]"
    statuses: "list[Status]"
    versions: "list[Version] | None"
    """None where they are not asked for."""
    held_back: "list[HeldBack]"
    files: "list[Attached]"


def _shown(db: sqlite3.Connection, wanted: str, *, with_versions: bool) -> Shown:
    """Read an article."""
    from archive.addresses.joining import addresses  # noqa: PLC0415
    from archive.attachments import attached  # noqa: PLC0415
    from archive.reader import find, read  # noqa: PLC0415
    from archive.register.corrections import corrections  # noqa: PLC0415
    from archive.versions.listing import versions  # noqa: PLC0415
    from archive.versions.readings import held_back  # noqa: PLC0415
    from archive.versions.statuses import statuses  # noqa: PLC0415

    kept = read(db, find(db, wanted))
    return Shown(
        kept,
        [each for each in addresses(db, kept.id) if each.id != kept.id],
        corrections(db, kept.id),
        statuses(db, kept.id),
        versions(db, kept.id) if with_versions else None,
        held_back(db, kept.id) if with_versions else [],
        attached(db, kept.id),
    )


def _json(shown: Shown, *, removed: bool) -> str:
    """Give an article as an export does, with what is known of its captures."""
    from archive.reader import as_row  # noqa: PLC0415

    kept = shown.kept
    row = as_row(kept, removals=removed)
    row |= {"version": kept.version, "capture": kept.capture}
    row |= {"first_captured": kept.first_captured, "last_captured": kept.last_captured}
    row["corrections"] = [
        {"field": c.field, "value": c.value, "read": c.read, "reason": c.reason, "at": c.at}
        for c in shown.corrections
    ]
    row["aliases"] = [{"id": each.id, "url": each.url} for each in shown.aliases]
    row["statuses"] = [asdict(status) for status in shown.statuses]
    row["attachments"] = [file._asdict() for file in shown.files]
    row["reprints"] = [asdict(sibling) for sibling in kept.siblings]
    if shown.versions is not None:
        row["versions"] = [{"number": n, **asdict(v)} for n, v in enumerate(shown.versions, 1)]
        row["held_back"] = [asdict(each) for each in shown.held_back]
    return json.dumps(row, ensure_ascii=False)


def _text(shown: Shown, *, removed: bool) -> str:
    """Give an article to be read by people."""
    from crawler.printing import one_line, printable  # noqa: PLC0415

    article, line = shown.kept.article, shown.versions or []
    lines = [click.style(one_line(article.title) or "no title", bold=True), *_record(shown)]
    lines += ["", printable(marked(article) if removed else article.text)]
    for number in range(len(line), 1, -1):
        lines += ["", f"version {number}, against version {number - 1}:"]
        lines.append(printable(_changes(line, number)))
    for each in shown.held_back:
        lines += ["", f"no version, {each.outcome} on {each.captured}: {one_line(each.title)}"]
        lines.append(printable(each.text))
    return "\n".join(lines)


def _record(shown: Shown) -> "Iterator[str]":
    """Give the lines above an article's text."""
    from crawler.printing import one_line  # noqa: PLC0415

    kept = shown.kept
    for name, value in _heading(kept):
        if value:
            yield f"{name + ':':<10} {one_line(value)}"
    for alias in shown.aliases:
        yield f"{'alias:':<10} {one_line(alias.url)} ({alias.id})"
    for flag in kept.article.flags:
        yield f"{'flag:':<10} {flag.name} ({flag.score}) {one_line(flag.evidence)}"
    for c in shown.corrections:
        read = f" (read: {one_line(c.read_words)})" if c.field != "note" else ""
        yield f"corrected: {c.name}: {one_line(c.words)}{read}; {one_line(c.reason)}"
    for s in shown.statuses:
        believed = f"confirmed {s.confirmed}" if s.confirmed else "seen once, not confirmed"
        ended = f", ended {s.ended}" if s.ended else ""
        yield f"{'status:':<10} {s.status} since {s.since}, {believed}{ended}"
    yield from map(_file, shown.files)
    for number, version in enumerate(shown.versions or (), 1):
        current = ", current" if number == kept.version else ""
        title = one_line(version.title) or "no title"
        yield f"{'version:':<10} {number}{current}: {version.captured}  {title}"
    for sibling in kept.siblings:
        if sibling.article != kept.id:
            about = f"{sibling.kind}, {sibling.site or 'no site'}, {sibling.published or 'undated'}"
            yield f"{'reprint:':<10} {sibling.article} ({about}) {one_line(sibling.title)}"


def _file(file: "Attached") -> str:
    """Say what a file is, and how much of it can be searched."""
    from crawler.printing import one_line  # noqa: PLC0415

    what = "not captured"
    if file.kind is not None:
        why = f"; {file.why}" if file.why else ""
        what = f"{file.kind}, {file.size} bytes, {file.characters} characters of text{why}"
    return f"{'file:':<10} {one_line(file.name)} ({what}) {one_line(file.url)}"


def _changes(line: "list[Version]", number: int) -> str:
    """Show what a version has otherwise than the one before it."""
    from archive.versions.difference import around, difference  # noqa: PLC0415

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
    shown = []
    for piece, cut in pieces(article.text, article.removals):
        if cut is None:
            shown.append(piece)
        else:
            instead = f" → {cut.replacement}" if cut.replacement else ""
            shown.append(f"⟦{piece}{instead}⟧⟨{cut.kind}, {cut.rule}⟩")
    return "".join(shown)
