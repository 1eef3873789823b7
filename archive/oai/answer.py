"""The answers of OAI-PMH 2.0, as XML."""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from archive.export.citations import cited
from archive.export.format import About
from archive.export.wanted import Row, Wanted
from archive.markup import speakable
from archive.oai import records
from archive.oai.asked import IDENTIFIER, Asked, Refusal, asked, set_of
from archive.oai.metadata import FORMATS, add, root
from archive.oai.records import Header

BATCH = 100
"""Records of one answer."""
NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
_SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
_EMAIL = re.compile(r"\S+@(\S+\.)+\S+")
_UNCLEAR = ("badVerb", "badArgument")
"""Of these the protocol does not want the arguments back."""
NO_EMAIL = "nobody@archive.invalid"
"""The protocol wants an address even where the owner gave none."""


@dataclass(frozen=True, slots=True)
class Repository:
    """What the archive is to harvesters."""

    name: str
    base: str
    """Its OAI-PMH address."""
    address: str
    """Where the archive is read, ending in /: permalinks begin so."""
    contact: str | None
    now: str
    """The time in UTC, to the second: 2026-05-01T00:00:00Z."""


def answer(db: sqlite3.Connection, about: Repository, pairs: Sequence[tuple[str, str]]) -> bytes:
    """Answer a request with these arguments; whatever they are, there is an answer."""
    document = root(NAMESPACE, "OAI-PMH", _SCHEMA)
    add(document, "responseDate", about.now)
    request = add(document, "request", about.base)
    try:
        wanted = asked(pairs)
        said = _VERBS[wanted.verb](db, about, wanted)
    except Refusal as refusal:
        said = etree.Element(f"{{{NAMESPACE}}}error", code=refusal.code)
        said.text = speakable(str(refusal))
    if said.get("code") not in _UNCLEAR:
        for name, value in pairs:
            request.set(name, speakable(value))
    document.append(said)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8")


def _identify(db: sqlite3.Connection, about: Repository, wanted: Asked) -> etree._Element:
    made = _begun(wanted)
    email = about.contact if about.contact and _EMAIL.fullmatch(about.contact) else NO_EMAIL
    for name, value in (
        ("repositoryName", about.name),
        ("baseURL", about.base),
        ("protocolVersion", "2.0"),
        ("adminEmail", email),
        ("earliestDatestamp", records.earliest(db) or about.now),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ):
        add(made, name, value)
    return made


def _formats(db: sqlite3.Connection, _: Repository, wanted: Asked) -> etree._Element:
    if wanted.article is not None:
        _known(db, wanted.article)
    made = _begun(wanted)
    for prefix, each in FORMATS.items():
        one = add(made, "metadataFormat")
        add(one, "metadataPrefix", prefix)
        add(one, "schema", each.schema)
        add(one, "metadataNamespace", each.namespace)
    return made


def _sets(db: sqlite3.Connection, _: Repository, wanted: Asked) -> etree._Element:
    sites = records.sets(db)
    if not sites:
        raise Refusal("noSetHierarchy", "sets are sites, and there are none yet")
    made = _begun(wanted)
    for site, name in sites:
        one = add(made, "set")
        add(one, "setSpec", set_of(site))
        add(one, "setName", name)
    return made


def _record(db: sqlite3.Connection, about: Repository, wanted: Asked) -> etree._Element:
    header = _known(db, wanted.article or "")
    made = _begun(wanted)
    row = records.read(db, [header]).get(header.article)
    _whole(made, header, row, about, wanted.arguments["metadataPrefix"])
    return made


def _list(db: sqlite3.Connection, about: Repository, wanted: Asked) -> etree._Element:
    """List headers or whole records."""
    span = wanted.span
    assert span is not None  # noqa: S101 - `asked` gives each list one
    headers, others = records.listed(db, span, BATCH)
    if not headers:
        raise Refusal("noRecordsMatch", "no record matches")
    made = _begun(wanted)
    if wanted.verb == "ListIdentifiers":
        for each in headers:
            _header(made, each)
    else:
        rows = records.read(db, headers)
        for each in headers:
            _whole(made, each, rows.get(each.article), about, span.prefix)
    if others is not None or span.given:
        add(made, "resumptionToken", others.token() if others else None, cursor=str(span.given))
    return made


_VERBS: Mapping[str, Callable[[sqlite3.Connection, Repository, Asked], etree._Element]] = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "GetRecord": _record,
    "ListIdentifiers": _list,
    "ListRecords": _list,
}


def _begun(wanted: Asked) -> etree._Element:
    return etree.Element(f"{{{NAMESPACE}}}{wanted.verb}")


def _known(db: sqlite3.Connection, article: str) -> Header:
    found = records.header(db, article)
    if found is None:
        raise Refusal("idDoesNotExist", "there is no such record")
    return found


def _whole(
    parent: etree._Element, header: Header, row: Row | None, about: Repository, prefix: str
) -> None:
    """Add a record; one that is gone has a header alone."""
    record = add(parent, "record")
    _header(record, header)
    if row is not None:
        permalinks = About(Wanted(), 1, about.address, about.now)
        add(record, "metadata").append(FORMATS[prefix].write(cited(row, permalinks)))


def _header(parent: etree._Element, header: Header) -> None:
    made = add(parent, "header", **({"status": "deleted"} if header.gone else {}))
    add(made, "identifier", IDENTIFIER + header.article)
    add(made, "datestamp", header.at)
    if header.site is not None:
        add(made, "setSpec", set_of(header.site))
