"""`union-archive withdraw`: take an article out of the archive, or let it back in."""

import json
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from archive.errors import UnionArchiveError, UsageError
from archive.holdings import Holdings

if TYPE_CHECKING:
    from archive.register.register import Register

BACKUPS = "archive.db.before-*"
"""Copies of the archive that upgrades leave behind."""


@click.command("withdraw")
@click.argument("article", required=False)
@click.option("--reason", metavar="R", help="Why; kept in the register.")
@click.option("--by", metavar="B", help="Who decided it.")
@click.option("--undo", is_flag=True, help="Let the article back in, with all its versions.")
@click.option("--list", "list_", is_flag=True, help="List all withdrawals and their reasons.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_obj
def command(  # noqa: PLR0913 - one for each option
    holdings: Holdings,
    *,
    article: str | None,
    reason: str | None,
    by: str | None,
    undo: bool,
    list_: bool,
    as_json: bool,
) -> None:
    """Withdraw ARTICLE: an id, the beginning of one, or an address.

    Its text leaves archive.db, all pages, the index and later exports at once, and is kept in
    register.db. The WARC record stays as it is, and is not read again while the withdrawal holds.
    """
    if list_ and article is None and not (reason or by or undo):
        _list(holdings, as_json=as_json)
    elif list_ or article is None:
        raise UsageError("got no ARTICLE, or one beside --list; expected one of the two")
    elif undo and not (reason or by):
        _undo(holdings, article)
    elif reason and reason.strip() and not undo:
        _withdraw(holdings, article, reason.strip(), by)
    else:
        raise UsageError("got no --reason, or one beside --undo; expected one of the two")


def _withdraw(holdings: Holdings, wanted: str, reason: str, by: str | None) -> None:
    from archive.reader import find  # noqa: PLC0415 - loaded when it is needed
    from archive.register.register import Decision, Register  # noqa: PLC0415
    from archive.register.withdrawals import withdraw  # noqa: PLC0415
    from archive.store import Store  # noqa: PLC0415
    from archive.warc.naming import now  # noqa: PLC0415

    holdings.expect_archive()
    with Store(holdings.archive_db) as store, closing(Register(holdings.register_db)) as register:
        article = find(store.db, wanted)
        withdraw(store.db, register, article, Decision(reason, by, now()))
        clean = store.catch_up()
    click.echo(f"{article} withdrawn; `union-archive withdraw --undo {article}` lets it back in")
    if not clean:
        raise UnionArchiveError(
            f"{holdings.archive_db}: a reader holds its last state, and the text stays in"
            " archive.db-wal until the next command that writes; stop the reader"
        )
    if copies := sorted(path.name for path in holdings.root.glob(BACKUPS)):
        click.echo(f"union-archive: the text may still be in {', '.join(copies)}", err=True)


def _undo(holdings: Holdings, wanted: str) -> None:
    from archive.register.register import Register  # noqa: PLC0415
    from archive.register.withdrawals import take_back  # noqa: PLC0415
    from archive.store import Store  # noqa: PLC0415
    from archive.warc.naming import now  # noqa: PLC0415
    from crawler.clean.edition import edition  # noqa: PLC0415
    from crawler.cleaning import Cleaner  # noqa: PLC0415
    from crawler.intake import Rules  # noqa: PLC0415
    from crawler.readmission import readmit  # noqa: PLC0415
    from crawler.sitefile.loading import load_sites  # noqa: PLC0415

    holdings.expect_archive()
    with (
        closing(Register(holdings.register_db)) as register,
        closing(Cleaner()) as cleaner,
        Store(holdings.archive_db, edition()) as store,
    ):
        article = _withdrawn(register, wanted)
        rules = Rules(cleaner, load_sites(holdings.sites), register.boilerplate)
        readmit(store, register, article, holdings.warc, rules)
        take_back(register, article, now())
    click.echo(f"{article} is in the archive again")


def _withdrawn(register: "Register", wanted: str) -> str:
    """Give the id of the withdrawn article meant."""
    from archive.addresses.urls import article_id, canonical_url  # noqa: PLC0415
    from archive.register.withdrawals import addresses, withdrawals  # noqa: PLC0415

    address, begins = article_id(canonical_url(wanted)), wanted.strip().lower()
    held = [one for one in withdrawals(register) if one.undone is None]
    found = {
        one.article
        for one in held
        for id_ in addresses(register, one)
        if id_.startswith(begins) or id_ == address
    }
    if len(found) != 1:
        raise UnionArchiveError(
            f"{wanted!r}: {len(found)} withdrawn articles, expected one;"
            " `union-archive withdraw --list` names them"
        )
    return found.pop()


def _list(holdings: Holdings, *, as_json: bool) -> None:
    from archive.register.register import Register  # noqa: PLC0415
    from archive.register.withdrawals import withdrawals  # noqa: PLC0415
    from crawler.printing import one_line  # noqa: PLC0415

    holdings.expect_archive()
    with closing(Register(holdings.register_db)) as register:
        found = withdrawals(register)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        by = f", by {one.by}" if one.by else ""
        undone = f"; taken back {one.undone}" if one.undone else ""
        click.echo(one_line(f"{one.article} {one.at}{by}: {one.reason}{undone} {one.url}"))
    click.echo(f"{sum(one.undone is None for one in found)} withdrawn", err=True)
