"""How an element is kept from readers' eyes: by attribute, style, class rule or script."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

END = r"\s*(?:;|!|$)"
NOUGHT = rf"[01](?:\.\d+)?(?:px|pt|em|%)?{END}"
SLIVER = rf"[0-3](?:px|pt)?{END}"
FAR_OUT = r"-\s*\d{3,}"
HIDING = (
    ("display:none", "display", "none"),
    ("visibility:hidden", "visibility", "hidden"),
    *(("no size", name, NOUGHT) for name in ("font-size", "line-height")),
    *(("no size", name, SLIVER) for name in ("height", "width", "max-height", "max-width")),
    ("transparent", "opacity", rf"0(?:\.0\d*)?{END}"),
    *(("off screen", name, rf"{FAR_OUT}|\d{{4,}}px") for name in ("left", "top")),
    *(("off screen", f"margin-{side}", FAR_OUT) for side in ("left", "top")),
    *(("off screen", name, FAR_OUT) for name in ("right", "text-indent")),
    ("clipped", "clip", r"rect\(\s*[01](?:px)?\b"),
)
"""How a style hides: (how, property, value)."""
INVISIBLE = tuple(
    # The property comes first, so that the search is one for a plain string.
    (how, re.compile(rf"{name}(?<![\w-]{name})\s*:\s*(?:{value})"))
    for how, name, value in HIDING
)
SIMPLE_SELECTOR = re.compile(r"^[a-z0-9]*([.#])([\w-]+)$", re.IGNORECASE)
HIDDEN_BY_SCRIPT = re.compile(
    r"getElementById\(\s*[\"']([\w-]+)[\"']\s*\)\s*\.\s*style\s*\.\s*(?:display|visibility)\s*=\s*[\"'](?:none|hidden)"
)
TINY = 5  # pixels


@lru_cache(maxsize=4096)
def how_by_style(style: str) -> str:
    """How a style declaration hides what it applies to; an empty string where it does not."""
    style = style.lower()
    return next((how for how, pattern in INVISIBLE if pattern.search(style)), "")


class HiddenRules:
    """The hiding rules of one page."""

    def __init__(self, tree: "HtmlElement") -> None:
        self.classes: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        for sheet in tree.iter("style"):
            self.read_sheet(sheet.text_content())
        for script in tree.iter("script"):
            code = script.text or ""
            for name in HIDDEN_BY_SCRIPT.findall(code) if "getElementById" in code else ():
                self.ids[name.lower()] = "by script"

    def read_sheet(self, sheet: str) -> None:
        """Note the classes and ids that a style sheet hides; only one-step selectors count.

        Their names are compared in lower case, as a browser does in old pages.
        """
        sheet = sheet.lower()
        for how, pattern in reversed(INVISIBLE):
            for found in pattern.finditer(sheet):
                opening = sheet.rfind("{", 0, found.start())
                begin = sheet.rfind("}", 0, max(opening, 0)) + 1
                if opening < begin or sheet.find("}", opening, found.start()) >= 0:
                    continue
                for selector in sheet[begin:opening].split(","):
                    if match := SIMPLE_SELECTOR.match(selector.strip()):
                        (self.classes if match[1] == "." else self.ids)[match[2]] = how

    def how(self, node: "HtmlElement") -> str:
        """How this element itself is hidden; an empty string where it is not."""
        given = node.keys()
        if "hidden" in given:
            return "hidden attribute"
        if "style" in given and (how := how_by_style(node.get("style") or "")):
            return how
        if self.ids and "id" in given and (name := (node.get("id") or "").lower()) in self.ids:
            return self.ids[name]
        if self.classes and "class" in given:
            for name in (node.get("class") or "").lower().split():
                if name in self.classes:
                    return self.classes[name]
        if node.tag == "marquee" and any(is_tiny(node.get(side)) for side in ("width", "height")):
            return "tiny marquee"
        return ""


def is_tiny(size: str | None) -> bool:
    """A size attribute of a few pixels."""
    match = re.match(r"\s*(\d+)\s*(?:px)?\s*$", size or "")
    return bool(match) and int(match[1]) <= TINY  # type: ignore[index]
