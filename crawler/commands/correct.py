"""`union-archive correct`: set by hand what was read wrongly."""

import json
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from archive.errors import UsageError
from archive.holdings import Holdings

if TYPE_CHECKING:
    from archive.register.corrections import Value


@click.command("correct")
@click.argument("article", required=False)
@click.option(
    "--published", metavar="D", help="Date, or date and time with its offset; '' for none."
)
@click.option("--authors", metavar="A", help="Names with 、 or a comma between; '' for none.")
@click.option("--source", metavar="S", help="Who published it first; '' for not known.")
@click.option("--flag", "flags", metavar="F", multiple=True, help="Raise this flag.")
@click.option("--no-flag", "no_flags", metavar="F", multiple=True, help="Take this flag away.")
@click.option("--note", metavar="N", help="Say something beside the text.")
@click.option("--reason", metavar="R", help="Why; shown beside the correction.")
@click.option("--by", metavar="B", help="Who decided it; not shown to readers.")
@click.option("--undo", is_flag=True, help="Take back all corrections of the article.")
@click.option("--list", "list_", is_flag=True, help="List all corrections, of ARTICLE or any.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    holdings: Holdings,
    /,
    *,
    article: str | None,
    reason: str | None,
    by: str | None,
    undo: bool,
    list_: bool,
    as_json: bool,
    **fields: "str | tuple[str, ...] | None",
) -> None:
    """Correct ARTICLE: an id, the beginning of one, or an address.

    A correction stands over what is read from the page, today and later, and is shown as one
    beside what was read. Setting a field again replaces its correction.
    """
    values = _values(fields)
    if list_ and not (values or reason or by or undo):
        _list(holdings, article, as_json=as_json)
    elif list_ or article is None:
        raise UsageError("got no ARTICLE, or changes beside --list; expected one of the two")
    elif undo and not (values or reason or by):
        _apply(holdings, article, {}, None, None)
    elif values and reason and reason.strip() and not undo:
        _apply(holdings, article, values, reason.strip(), by)
    else:
        raise UsageError(
            "expected --reason and one or more of --published --authors --source --flag"
            " --no-flag --note; or --undo alone"
        )


def _values(fields: "dict[str, str | tuple[str, ...] | None]") -> "dict[str, Value]":
    """Check what was given, and give it by field. Raises UsageError."""
    values: dict[str, Value] = {}
    if isinstance(day := fields["published"], str):
        values["published"] = _day(day.strip())
    if isinstance(names := fields["authors"], str):
        split = names.replace(",", "、").replace("，", "、").split("、")
        values["authors"] = [name.strip() for name in split if name.strip()]
    for name in ("source", "note"):
        if isinstance(text := fields[name], str):
            values[name] = text.strip() or None
    for option, raised in (("flags", True), ("no_flags", False)):
        for flag in fields[option] or ():
            values[_flag(flag)] = raised
    return values


def _day(text: str) -> str | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--published: {text!r}: expected a date such as 2009-05-01") from error
    if len(text) > len("2009-05-01") and moment.tzinfo is None:
        raise UsageError(f"--published: {text!r}: expected an offset too, such as +08:00")
    return moment.isoformat() if moment.tzinfo else moment.date().isoformat()


def _flag(name: str) -> str:
    from archive.records import NO_ARTICLE  # noqa: PLC0415
    from archive.register.corrections import FLAG  # noqa: PLC0415
    from archive.web.words import FLAGS  # noqa: PLC0415

    known = sorted(FLAGS.keys() - NO_ARTICLE)
    if name not in known:
        raise UsageError(f"got flag {name!r}, expected one of {', '.join(known)}")
    return FLAG + name


def _apply(
    holdings: Holdings,
    wanted: str,
    values: "dict[str, Value]",
    reason: str | None,
    by: str | None,
) -> None:
    """Set fields; or, without a reason, take all corrections back."""
    from archive.addresses.joining import ids  # noqa: PLC0415
    from archive.reader import find  # noqa: PLC0415
    from archive.register import corrections  # noqa: PLC0415 - loaded when it is needed
    from archive.register.register import Decision, Register  # noqa: PLC0415
    from archive.store import Store  # noqa: PLC0415
    from archive.warc.naming import now  # noqa: PLC0415

    holdings.expect_archive()
    with Store(holdings.archive_db) as store, closing(Register(holdings.register_db)) as register:
        article = find(store.db, wanted)
        query = "SELECT url FROM articles WHERE id = ?"
        url = store.db.execute(query, [article]).fetchone()["url"]
        if reason is None:
            count = corrections.take_back(register, ids(store.db, article), now())
        else:
            decision = Decision(reason, by, now())
            corrections.correct(register, ids(store.db, article), url, values, decision)
            count = len(values)
        store.catch_up()
    many = f"{count} {'correction' if count == 1 else 'corrections'}"
    click.echo(f"{article}: {many} {'taken back' if reason is None else 'made'}")


def _list(holdings: Holdings, wanted: str | None, *, as_json: bool) -> None:
    from archive.addresses.joining import ids  # noqa: PLC0415
    from archive.database import open_readonly  # noqa: PLC0415
    from archive.reader import find  # noqa: PLC0415
    from archive.register.corrections import decided  # noqa: PLC0415
    from archive.register.register import Register  # noqa: PLC0415
    from crawler.printing import one_line  # noqa: PLC0415

    holdings.expect_archive()
    of = None
    if wanted is not None:
        with closing(open_readonly(holdings.archive_db)) as db:
            of = ids(db, find(db, wanted))
    with closing(Register(holdings.register_db)) as register:
        found = decided(register, of)
    if as_json:
        said = [{k: v for k, v in asdict(one).items() if k != "read"} for one in found]
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for one in found:
        by = f", by {one.by}" if one.by else ""
        undone = f"; ended {one.undone}" if one.undone else ""
        line = f"{one.article} {one.at}{by}: {one.name}: {one.words}; {one.reason}{undone}"
        click.echo(one_line(line))
