"""HTML as a tree to look for links in, however broken it is; `crawler.clean` reads for itself."""

from cssselect import HTMLTranslator
from lxml import etree


def tree_of(text: str) -> etree._Element | None:
    """Give the root element of a page; None where there is none."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, recover=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def select(root: etree._Element, css: str) -> list[etree._Element]:
    """Give the elements that a selector finds, which site files have been checked to be one."""
    return list(etree.ETXPath(HTMLTranslator().css_to_xpath(css))(root))  # type: ignore[arg-type]
