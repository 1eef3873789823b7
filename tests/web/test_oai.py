"""Harvesting by OAI-PMH: two harvesters of others over real HTTP, and whatever may be asked.

That answers are built as they should be is checked by those harvesters alone: no package of PyPI or
npm that was looked into brings OAI-PMH.xsd and oai_dc.xsd, and one from memory would prove little.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import httpx
import oaipmh_scythe
import pytest
import sickle
import web_archive
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch

from archive.database import open_readonly
from archive.oai import answer, asked
from archive.oai.answer import Repository
from archive.oai.asked import Span, set_of, site_of
from archive.records import Article
from archive.register.register import Decision, Register
from archive.register.withdrawals import admit, take_back, withdraw
from archive.store import Store

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MANY = tuple(
    Article(f"http://harbour.example/many/{n}", f"第{n}號\x0b通告\ufffe", "一段。", "2012-01-01")
    for n in range(150)
)
ALL = 49 + len(MANY)
ABOUT = Repository(
    "甲", "http://a.example/oai", "http://a.example/", "a@b.example", "2026-08-20T00:00:00Z"
)


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("oai")
    web_archive.build(folder)
    (folder / "config.toml").write_text('contact = "keeper@archive.example"\n', encoding="utf-8")
    with Store(folder / "archive.db") as store:
        for number, article in enumerate(MANY, 200):
            web_archive.save(store, number, article, "harbour")
    return folder


@pytest.fixture(scope="module", params=web_archive.SERVERS)
def address(request: pytest.FixtureRequest, holdings: Path) -> Iterator[str]:
    with web_archive.serving(request.param, holdings) as served:
        yield f"{served}/oai"


def test_sickle_harvests(address: str) -> None:
    harvester = sickle.Sickle(address)
    about = harvester.Identify()
    assert (about.baseURL, about.adminEmail) == (address, "keeper@archive.example")
    assert (about.deletedRecord, about.protocolVersion) == ("persistent", "2.0")
    assert [s.setSpec for s in harvester.ListSets()] == ["couriers", "harbour", "qinghe"]
    found = list(harvester.ListRecords(metadataPrefix="oai_dc"))
    assert len({record.header.identifier for record in found}) == ALL
    stamps = [record.header.datestamp for record in found]
    assert stamps == sorted(stamps)
    mine = [r for r in found if r.header.setSpecs == ["couriers"]]
    (couriers,) = (record.metadata for record in mine)
    assert couriers["title"] == ["Heat pay on the table as couriers’ union opens talks"]
    assert (couriers["creator"], couriers["date"]) == (["Mary Ashdown"], ["2025-07-19"])
    assert httpx.get(couriers["identifier"][0]).status_code == 200
    assert len(list(harvester.ListIdentifiers(metadataPrefix="mods", set="qinghe"))) == 47
    again = harvester.GetRecord(identifier=mine[0].header.identifier, metadataPrefix="oai_dc")
    assert again.metadata == couriers
    with pytest.raises(NoRecordsMatch):
        harvester.ListRecords(metadataPrefix="oai_dc", until="1999-12-31")
    with pytest.raises(BadResumptionToken):
        harvester.ListRecords(resumptionToken="x")


def test_scythe_harvests(address: str) -> None:
    with oaipmh_scythe.Scythe(address) as harvester:
        formats = [each.metadataPrefix for each in harvester.list_metadata_formats()]
        assert formats == ["oai_dc", "mods"]
        found = list(harvester.list_records(metadata_prefix="mods", from_="2020-01-01"))
        assert len({record.header.identifier for record in found}) == ALL
        for record in found:
            assert record.metadata["titleInfo"] is not None or record.metadata["title"]
        assert len(list(harvester.list_identifiers(set_="harbour"))) == 1 + len(MANY)


def test_a_harvester_may_post(address: str) -> None:
    form = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    done = httpx.post(address, data=form)
    assert done.status_code == 200
    assert done.headers["content-type"] == "text/xml; charset=utf-8"
    assert len(etree.fromstring(done.content).findall(f"{OAI}ListIdentifiers/{OAI}header")) == 100


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=Steal", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&set=x", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2009-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2009", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2010-01-01&until=2009-01-01", "badArgument"),
        (
            "verb=ListRecords&metadataPrefix=oai_dc&from=2009-01-01&until=2010-01-01T00:00:00Z",
            "badArgument",
        ),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=nobody", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2999-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
        ("verb=ListRecords&resumptionToken=x%00%ff", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=%00", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=oai:union-archive:none", "idDoesNotExist"),
    ],
)
def test_what_cannot_be_answered_is_an_error_of_the_protocol(
    address: str, query: str, code: str
) -> None:
    got = httpx.get(f"{address}?{query}")
    assert got.status_code == 200
    document = etree.fromstring(got.content)
    assert [error.get("code") for error in document.findall(f"{OAI}error")] == [code]
    said = document.find(f"{OAI}request")
    assert said is not None
    assert bool(said.attrib) == (code not in ("badVerb", "badArgument"))


def test_a_set_is_named_in_the_signs_that_are_allowed() -> None:
    for site in ("qinghe", "朔方", "a~b%41", "a b", "~7E"):
        assert set_of(site).isascii()
        assert not set(set_of(site)) & set(" %/:?#")
        assert site_of(set_of(site)) == site


def test_no_sites_no_sets(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        said = answer.answer(store.db, ABOUT, [("verb", "ListSets")])
        assert b'code="noSetHierarchy"' in said
        said = answer.answer(store.db, ABOUT, [("verb", "Identify")])
        assert ABOUT.now.encode() in said


OLD = "UPDATE changes SET at = '2001-01-01T00:00:00Z'"


def moved(store: Store) -> list[str]:
    """The articles whose datestamp is no longer an old one."""
    found = [row[0] for row in store.db.execute("SELECT article FROM changes WHERE at > '2002'")]
    store.db.execute(OLD)
    return found


def test_datestamps_move_when_an_article_changes(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        store.put_site(web_archive.SITES[0])
        before, after = web_archive.HEAT_BEFORE, web_archive.HEAT
        id_ = web_archive.save(store, 0, before, "qinghe")
        web_archive.save(store, 1, web_archive.EVENINGS[0], "qinghe")
        assert len(moved(store)) == 2
        web_archive.save(store, 2, before, "qinghe")
        assert moved(store) == []  # seen again
        store.save(web_archive.capture(3, after.url, "2026-09-01T00:00:00Z"), after, "qinghe")
        assert moved(store) == [id_]
        store.put_site(web_archive.SITES[0])
        assert moved(store) == []
        store.db.execute("UPDATE sites SET name = '甲'")
        assert len(moved(store)) == 2


def test_what_is_withdrawn_is_a_deleted_record_and_can_come_back(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store, closing(Register(store.register)) as register:
        store.put_site(web_archive.SITES[0])
        id_ = web_archive.save(store, 1, web_archive.HEAT, "qinghe")
        store.db.execute(OLD)
        withdraw(store.db, register, id_, Decision("家属的请求", None, ABOUT.now))
        store.catch_up()
        told(store, id_, "deleted")
        with store.transaction():
            admit(store.db, register, id_)
        take_back(register, id_, ABOUT.now)
        web_archive.save(store, 2, web_archive.HEAT, "qinghe")
        told(store, id_, None)


def told(store: Store, id_: str, status: str | None) -> None:
    """One record says so, whether it is asked for or is among what is new."""
    one = ("GetRecord", [("identifier", f"{asked.IDENTIFIER}{id_}")])
    new = ("ListRecords", [("from", "2020-01-01"), ("set", "qinghe")])
    for verb, more in (one, new):
        pairs = [("verb", verb), ("metadataPrefix", "oai_dc"), *more]
        said = answer.answer(store.db, ABOUT, pairs)
        (header,) = etree.fromstring(said).iter(f"{OAI}header")
        assert header.get("status") == status
        assert ("高温津贴".encode() in said) == (status is None)


def test_a_rebuilt_archive_still_tells_what_was_withdrawn(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        values = ["aaaaaaaaaa", "2026-01-01T00:00:00Z", "aaaaaaaaaa"]
        store.db.execute("INSERT INTO withdrawn(id, at, article) VALUES (?, ?, ?)", values)
        pairs = [("verb", "ListIdentifiers"), ("metadataPrefix", "mods")]
        assert b'status="deleted"' in answer.answer(store.db, ABOUT, pairs)


NAMES = st.sampled_from(
    ["verb", "metadataPrefix", "from", "until", "set", "identifier", "resumptionToken", "x"]
)
VALUES = (
    st.sampled_from([*asked.VERBS, "oai_dc", "mods", "qinghe", "2009-01-01", asked.IDENTIFIER])
    | st.text()
    | st.builds(Span, prefix=st.just("mods"), site=st.text(), at=st.text()).map(Span.token)
)


@pytest.fixture(scope="module")
def opened(holdings: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_readonly(holdings / "archive.db")) as db:
        yield db


@settings(max_examples=150)
@given(pairs=st.lists(st.tuples(NAMES, VALUES), max_size=5), verb=st.sampled_from([*asked.VERBS]))
@example(pairs=[("resumptionToken", "W10")], verb="ListRecords")
@example(pairs=[("resumptionToken", "W3t9XQ")], verb="ListRecords")
@example(pairs=[("resumptionToken", "WyJtb2RzIiwxLDIsMyw0LDUsNl0")], verb="ListRecords")
@example(pairs=[("metadataPrefix", "mods")], verb="ListRecords")
def test_whatever_is_asked_there_is_an_answer(
    opened: sqlite3.Connection, pairs: list[tuple[str, str]], verb: str
) -> None:
    document = etree.fromstring(answer.answer(opened, ABOUT, [("verb", verb), *pairs]))
    assert document.tag == f"{OAI}OAI-PMH"
    assert [child.tag for child in document][:2] == [f"{OAI}responseDate", f"{OAI}request"]
    assert len(document) == 3


def test_datasette_answers_whatever_is_in_the_address(address: str) -> None:
    for query in ("verb=%ff%00", "%00=%ff", urlencode({"verb": "乱" * 5000}), "&&=&verb", "verb="):
        assert httpx.get(f"{address}?{query}").status_code == 200
        assert httpx.post(address, content=query.encode()).status_code == 200
