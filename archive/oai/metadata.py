"""What records are given as: Dublin Core, and MODS for those who read more.

https://www.openarchives.org/OAI/2.0/guidelines-oai_dc.htm, https://www.loc.gov/standards/mods/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from archive.citation import Cited, plain
from archive.crosswalk import AUTHORS, LICENCE, dublin_core
from archive.markup import speakable

_DC = "http://purl.org/dc/elements/1.1/"
_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_MODS = "http://www.loc.gov/mods/v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class Metadata:
    """A form of metadata."""

    namespace: str
    schema: str
    """Where its XML schema is."""
    write: Callable[[Cited], etree._Element]


def add(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    """Add an element of the parent's namespace, or of the one that the name has; give it."""
    tag = name if name.startswith("{") else f"{{{etree.QName(parent).namespace}}}{name}"
    child = etree.SubElement(parent, tag, {k: speakable(v) for k, v in attributes.items()})
    child.text = None if text is None else speakable(text)
    return child


def root(
    namespace: str, name: str, schema: str, prefix: str | None = None, **more: str
) -> etree._Element:
    """Begin a document or a part of one that says where its schema is.

    `more` has other namespaces by their prefix.
    """
    names: Any = {prefix: namespace, "xsi": XSI, **more}  # its types know of no default namespace
    made = etree.Element(f"{{{namespace}}}{name}", nsmap=names)
    made.set(f"{{{XSI}}}schemaLocation", f"{namespace} {schema}")
    return made


def oai_dc(cited: Cited) -> etree._Element:
    """Write Dublin Core."""
    made = root(_OAI_DC, "dc", FORMATS["oai_dc"].schema, "oai_dc", dc=_DC)
    for name, value in dublin_core(cited):
        add(made, f"{{{_DC}}}{name}", value)
    return made


def mods(cited: Cited) -> etree._Element:
    """Write MODS 3.8; what is not known is left out."""
    made = root(_MODS, "mods", FORMATS["mods"].schema, "mods")
    made.set("version", "3.8")
    add(add(made, "titleInfo"), "title", plain(cited.title))
    for author in cited.authors[:AUTHORS]:
        name = add(made, "name", type="personal")
        add(name, "namePart", plain(author))
        add(add(name, "role"), "roleTerm", "aut", type="code", authority="marcrelator")
    add(made, "typeOfResource", "text")
    add(made, "genre", "article", authority="marcgt")
    origin = add(made, "originInfo")
    if cited.site:
        add(origin, "publisher", plain(cited.site))
    for element, day in (("dateIssued", cited.day), ("dateCaptured", cited.accessed)):
        if day:
            add(origin, element, day.isoformat(), encoding="w3cdtf")
    if cited.language:
        language = add(made, "language")
        add(language, "languageTerm", plain(cited.language), type="code", authority="rfc5646")
    if cited.source:
        add(made, "note", plain(cited.source), type="original publisher", displayLabel="来源")
    _host(made, cited)
    original = add(made, "relatedItem", type="original")
    add(original, "identifier", plain(cited.url, 2000), type="uri")
    add(made, "identifier", cited.permalink, type="uri")
    add(add(made, "location"), "url", cited.permalink, usage="primary display")
    add(made, "accessCondition", LICENCE, type="use and reproduction")
    add(add(made, "recordInfo"), "recordIdentifier", cited.id, source="union-archive")
    return made


def _host(made: etree._Element, cited: Cited) -> None:
    """Name the site that it was on, and the section."""
    if not cited.site:
        return
    host = add(made, "relatedItem", type="host")
    add(add(host, "titleInfo"), "title", plain(cited.site))
    if cited.section:
        detail = add(add(host, "part"), "detail", type="section")
        add(detail, "title", plain(cited.section))


FORMATS: Mapping[str, Metadata] = {
    "oai_dc": Metadata(_OAI_DC, "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", oai_dc),
    "mods": Metadata(_MODS, "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd", mods),
}
"""By their prefix."""
