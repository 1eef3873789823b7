"""Citations in each format, of both scripts, of what is hardly known, and of what is hostile."""

import json
import re
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from archive import citation, crosswalk
from archive.citation import Cited

HEAT = Cited(
    id="k7f2m9aaaa",
    title="高温津贴按月发放　省总工会走访二十个工地",
    authors=("沈立言", "何书洲"),
    site="清河省总工会",
    source="清河工人报",
    section="要闻",
    published="2026-08-14T08:31+08:00",
    captured="2026-08-20T05:02:44Z",
    url="http://qinghe.example/particular.aspx?id=1&x=%E5",
    permalink="https://archive.example/a/k7f2m9aaaa?version=2",
    language="zh-Hans",
)
COURIERS = Cited(
    id="couriers22",
    title="Heat “pay” & 50% more: what {the} couriers_want",
    authors=("Mary Ashdown", "Smith and Sons", "R. Roe", "J. Doe"),
    site="Couriers’ Union",
    source=None,
    section=None,
    published="2025-07-19",
    captured="2025-07-20T00:00:00Z",
    url="http://couriers.example/pay",
    permalink="https://archive.example/a/couriers22?version=1",
    language="en",
    press=True,
)
UNKNOWN = Cited(
    *("zzzzzzzzzz", "", (), None, None, None, None, "", "urn:sha256:00"),
    *("https://archive.example/a/zzzzzzzzzz?version=1", None),
)
VERSION = "https://archive.example/a/k7f2m9aaaa?version=2"
HOSTILE = replace(
    HEAT,
    title='</script><b>"x"}\r\nER  - \nTY  - BOOK\u202e\x00' + "长" * 1_000_000,
    authors=("}, title={gotcha}", "a\nAU  - b"),
    source="\\input{/etc/passwd}",
    url="javascript:alert(1)",
)


PAPER = replace(HEAT, site="清河工人报", press=True, section="第03版：要闻", source=None)
ACCESS = f"[2026-08-20]. {VERSION}."


@pytest.mark.parametrize(
    ("cited", "expected"),
    [
        # As in 4.6 and its examples: publisher, year (day)[day of access]. address.
        (
            HEAT,
            (
                "沈立言, 何书洲. 高温津贴按月发放 省总工会走访二十个工地[EB/OL]. 清河省总工会, "
                f"2026(2026-08-14){ACCESS}"
            ),
        ),
        (
            replace(HEAT, title="题", authors=()),
            f"题[EB/OL]. 清河省总工会, 2026(2026-08-14){ACCESS}",
        ),
        (
            replace(HEAT, title="题", authors=("甲",), site=None),
            f"甲. 题[EB/OL]. (2026-08-14){ACCESS}",
        ),
        (
            replace(HEAT, title="题", authors=("甲", "乙", "丙"), published=None),
            f"甲, 乙, 丙. 题[EB/OL]. 清河省总工会{ACCESS}",
        ),
        (
            replace(HEAT, title="题", authors=("甲", "乙", "丙", "丁"), site=None, published=None),
            f"甲, 乙, 丙, 等. 题[EB/OL]. {ACCESS}",
        ),
        # As in 4.4 and its examples: paper, day(page)[day of access]. address.
        (
            replace(PAPER, title="题", authors=("甲",)),
            f"甲. 题[N/OL]. 清河工人报, 2026-08-14(3){ACCESS}",
        ),
        (
            replace(PAPER, title="题", authors=("甲",), section="A03版 要闻"),
            f"甲. 题[N/OL]. 清河工人报, 2026-08-14(A3){ACCESS}",
        ),
        (
            replace(PAPER, title="题", authors=("甲",), section="2010版"),
            f"甲. 题[N/OL]. 清河工人报, 2026-08-14{ACCESS}",
        ),
        (
            replace(PAPER, title="题", authors=("甲",), section="要闻"),
            f"甲. 题[N/OL]. 清河工人报, 2026-08-14{ACCESS}",
        ),
        (
            replace(PAPER, title="题", authors=(), published=None),
            f"题[N/OL]. 清河工人报{ACCESS}",
        ),
        (
            replace(PAPER, title="Pay", authors=("Mary Ashdown", "R. Roe", "J. Doe", "A. Bee")),
            f"Mary Ashdown, R. Roe, J. Doe, et al. Pay[N/OL]. 清河工人报, 2026-08-14(3){ACCESS}",
        ),
    ],
)
def test_gb_t_7714(cited: Cited, expected: str) -> None:
    assert citation.gb_t_7714(cited) == expected


def test_what_is_not_known_is_left_out() -> None:
    assert citation.gb_t_7714(UNKNOWN) == f"无题名[EB/OL]. {UNKNOWN.permalink}."
    assert citation.chicago(UNKNOWN) == f"Untitled. n.d. Archived at {UNKNOWN.permalink}."
    assert set(citation.csl(UNKNOWN)) == {"id", "type", "URL", "archive", "note"}
    assert "date" not in citation.bibtex(UNKNOWN)
    assert "DA  - " not in citation.ris(UNKNOWN)


def test_chicago() -> None:
    assert citation.chicago(HEAT) == (
        "沈立言 and 何书洲. “高温津贴按月发放 省总工会走访二十个工地.” 清河省总工会, "
        f"August 14, 2026. Archived August 20, 2026, at {VERSION}."
    )
    assert citation.chicago(COURIERS).startswith(
        "Mary Ashdown et al. “Heat ‘pay’ & 50% more: what {the} couriers_want.” Couriers’ Union, "
    )
    three = replace(COURIERS, authors=("A. Bee", "C. Dee", "E. Eff"), title="Why?")
    assert citation.chicago(three).startswith("A. Bee, C. Dee and E. Eff. “Why?” ")


def test_bibtex() -> None:
    assert citation.bibtex(HEAT).splitlines() == [
        "@online{k7f2m9aaaa,",
        "  author = {{沈立言} and {何书洲}},",
        "  title = {{高温津贴按月发放 省总工会走访二十个工地}},",
        "  organization = {清河省总工会},",
        "  date = {2026-08-14},",
        "  year = {2026},",
        f"  url = {{{VERSION}}},",
        "  urldate = {2026-08-20},",
        "  langid = {chinese},",
        r"  note = {来源: 清河工人报; Original: http://qinghe.example/particular.aspx?id=1\&x=\%E5},",
        "}",
    ]
    assert r"50\% more: what \textbraceleft{}the\textbraceright{} couriers\_want" in (
        citation.bibtex(COURIERS)
    )


def test_ris() -> None:
    lines = citation.ris(HEAT).split("\r\n")
    assert lines[:6] == [
        *("TY  - ELEC", "ID  - k7f2m9aaaa", "AU  - 沈立言", "AU  - 何书洲"),
        *("TI  - 高温津贴按月发放 省总工会走访二十个工地", "T2  - 清河省总工会"),
    ]
    assert lines[6:11] == [
        *("KW  - 要闻", "PY  - 2026", "DA  - 2026/08/14", "Y2  - 2026/08/20", f"UR  - {VERSION}"),
    ]
    assert lines[-2:] == ["ER  - ", ""]
    assert citation.ris(COURIERS).startswith("TY  - NEWS\r\n")


# What Zotero's import has a field for in each type of RIS, and ID, which it passes over.
ZOTERO_RIS = {
    "ELEC": {"AU", "TI", "T2", "KW", "DA", "PY", "Y2", "UR", "LA", "N1", "ID"},
    "NEWS": {"AU", "TI", "T2", "SE", "SP", "KW", "DA", "PY", "Y2", "UR", "LA", "N1", "ID"},
}


@pytest.mark.parametrize("cited", [HEAT, PAPER, COURIERS, UNKNOWN])
def test_zotero_has_a_field_for_each_tag_of_ris(cited: Cited) -> None:
    (entry,) = rispy.loads(citation.ris(cited))
    kind = entry["type_of_reference"]
    tags = [line[:2] for line in citation.ris(cited).split("\r\n")[:-1]]
    assert (tags[0], tags[-1]) == ("TY", "ER")
    assert set(tags[1:-1]) <= ZOTERO_RIS[kind]
    assert "unknown_tag" not in entry
    if cited is PAPER:
        assert (entry["section"], entry["start_page"]) == ("第03版：要闻", "3")
        assert citation.csl(cited)["page"] == "3"


def test_csl() -> None:
    item = citation.csl(HEAT)
    assert item["author"] == [{"literal": "沈立言"}, {"literal": "何书洲"}]
    assert item["issued"] == {"date-parts": [[2026, 8, 14]]}
    assert item["accessed"] == {"date-parts": [[2026, 8, 20]]}
    assert (item["type"], item["URL"]) == ("webpage", VERSION)


def test_machines_read_the_head_of_a_page() -> None:
    assert ("citation_author", "何书洲") in crosswalk.metas(HEAT)
    # Names that Zotero's embedded metadata has fields for; what else there is it would pass over.
    assert {name for name, _ in crosswalk.metas(PAPER)} <= {
        *("z:itemType", "citation_title", "citation_author", "citation_publication_date"),
        *("citation_publisher", "citation_language", "citation_public_url"),
    }
    assert ("z:itemType", "newspaperArticle") in crosswalk.metas(PAPER)
    assert ("z:itemType", "webpage") in crosswalk.metas(HEAT)
    assert ("citation_publication_date", "2026/08/14") in crosswalk.metas(HEAT)
    found = parse_qs(crosswalk.coins(HEAT))
    assert found["rft.creator"] == ["沈立言", "何书洲"]
    assert found["rft.identifier"] == [VERSION]
    schema = crosswalk.schema_org(HEAT)
    assert schema["@type"] == "NewsArticle"
    assert schema["datePublished"] == "2026-08-14T08:31+08:00"


def test_a_hostile_article_ends_no_field_early() -> None:
    lines = citation.ris(HOSTILE).split("\r\n")
    assert len([line for line in lines if line.startswith("TY  - ")]) == 1
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])
    entry = citation.bibtex(HOSTILE)
    assert "\\input{" not in entry
    assert len(re.findall(r"^  title = ", entry, re.MULTILINE)) == 1
    for text in (citation.gb_t_7714(HOSTILE), citation.chicago(HOSTILE), entry):
        assert "\u202e" not in text
        assert "\x00" not in text
        assert len(text) < 2000


def balanced(entry: str) -> bool:
    depth = 0
    for sign in entry:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


anything = st.text(max_size=40)


@given(title=anything, author=anything, site=anything | st.none(), day=anything | st.none())
def test_whatever_an_article_says_every_format_holds(
    title: str, author: str, site: str | None, day: str | None
) -> None:
    cited = replace(HEAT, title=title, authors=(author,), site=site, source=site, published=day)
    entry = citation.bibtex(cited)
    assert balanced(entry)
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", x) for x in citation.ris(cited).split("\r\n")[:-1])
    assert json.loads(json.dumps(citation.csl(cited)))["id"] == HEAT.id
    assert "\n" not in citation.gb_t_7714(cited) + citation.chicago(cited) + crosswalk.coins(cited)


@pytest.mark.parametrize("text", ["a\u2028b", "a\r\nb", "a\x1b b", "  a\u3000 b "])
def test_text_becomes_one_line(text: str) -> None:
    assert citation.plain(text) == "a b"
