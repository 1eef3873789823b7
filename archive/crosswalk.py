"""What an article is in the words of others: Dublin Core, schema.org, COinS, citation_* metas.

Pages of articles and harvesters are told the same.
"""

from urllib.parse import urlencode

from archive.citation import Cited, notes, plain

AUTHORS = 50
"""So many are named to machines."""
LICENCE = "Texts belong to their publishers and are kept here for research"
"""What datasette_metadata.json says of all; no site has said otherwise."""
_COINS = ("title", "creator", "date", "language", "identifier")


def dublin_core(cited: Cited) -> list[tuple[str, str]]:
    """Give elements of Dublin Core with their values; one may come several times.

    https://www.dublincore.org/specifications/dublin-core/dces/
    """
    pairs = [
        ("title", plain(cited.title)),
        *(("creator", plain(name)) for name in cited.authors[:AUTHORS]),
        ("subject", plain(cited.section)),
        ("description", f"来源: {plain(cited.source)}" if cited.source else ""),
        ("publisher", plain(cited.site)),
        ("date", str(cited.day or "")),
        ("type", "Text"),
        ("identifier", cited.permalink),
        ("source", plain(cited.url, 2000)),
        ("language", plain(cited.language)),
        ("rights", LICENCE),
    ]
    return [(name, value) for name, value in pairs if value]


def _item(cited: Cited) -> str:
    """Name the kind of item that it is in Zotero."""
    return "newspaperArticle" if cited.press else "webpage"


def coins(cited: Cited) -> str:
    """Give the title of a COinS span: OpenURL 1.0 with Dublin Core, as Zotero reads it.

    Zotero takes rft.source for the publication that it was in.
    """
    pairs = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rfr_id", "info:sid/union-archive"),
        ("rft.type", _item(cited)),
        *((f"rft.{name}", value) for name, value in dublin_core(cited) if name in _COINS),
        ("rft.source", plain(cited.site)),
        ("rft.description", "; ".join(notes(cited))),
    ]
    return urlencode([(name, value) for name, value in pairs if value])


def metas(cited: Cited) -> list[tuple[str, str]]:
    """Give the names of a page's head that Google Scholar and Zotero read.

    Without z:itemType Zotero takes whatever has a citation_title for a journal's article.
    """
    day = cited.day
    pairs = [
        ("z:itemType", _item(cited)),
        ("citation_title", plain(cited.title)),
        *(("citation_author", plain(name)) for name in cited.authors[:AUTHORS]),
        ("citation_publication_date", f"{day:%Y/%m/%d}" if day else ""),
        ("citation_publisher", plain(cited.site)),
        ("citation_language", cited.language or ""),
        ("citation_public_url", cited.permalink),
    ]
    return [(name, value) for name, value in pairs if value]


def schema_org(cited: Cited) -> dict[str, object]:
    """Give the article as schema.org has it; to be written into a page with < escaped."""
    source = {"@type": "Organization", "name": plain(cited.source)} if cited.source else None
    site = {"@type": "Organization", "name": plain(cited.site)} if cited.site else None
    item: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": plain(cited.title),
        "author": [{"@type": "Person", "name": plain(name)} for name in cited.authors[:AUTHORS]],
        "datePublished": cited.published or "",
        "publisher": site,
        "sourceOrganization": source,
        "articleSection": plain(cited.section),
        "inLanguage": cited.language or "",
        "url": cited.url,
        "archivedAt": cited.permalink,
        "mainEntityOfPage": cited.permalink,
        "isAccessibleForFree": True,
    }
    return {name: value for name, value in item.items() if value}
