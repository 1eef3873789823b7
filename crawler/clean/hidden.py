"""How an element is kept from readers' eyes: by attribute, style, class rule or script."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

END = r"\s*(?:;|!|$)"
INVISIBLE = tuple(
    (how, re.compile(pattern, re.IGNORECASE))
    for how, pattern in (
        ("display:none", r"display\s*:\s*none"),
        ("visibility:hidden", r"visibility\s*:\s*hidden"),
        (
            "no size",
            rf"(?<![\w-])(?:font-size|line-height)\s*:\s*[01](?:\.\d+)?(?:px|pt|em|%)?{END}",
        ),
        ("no size", rf"(?<![\w-])(?:max-)?(?:height|width)\s*:\s*[0-3](?:px|pt)?{END}"),
        ("transparent", rf"(?<![\w-])opacity\s*:\s*0(?:\.0\d*)?{END}"),
        ("off screen", r"(?:text-indent|left|top|right|margin-left|margin-top)\s*:\s*-\s*\d{3,}"),
        ("off screen", r"(?:left|top)\s*:\s*\d{4,}px"),
        ("clipped", r"clip\s*:\s*rect\(\s*[01](?:px)?\b"),
    )
)
SIMPLE_SELECTOR = re.compile(r"^[a-z0-9]*([.#])([\w-]+)$", re.IGNORECASE)
HIDDEN_BY_SCRIPT = re.compile(
    r"getElementById\(\s*[\"']([\w-]+)[\"']\s*\)\s*\.\s*style\s*\.\s*(?:display|visibility)\s*=\s*[\"'](?:none|hidden)"
)
TINY = 5  # pixels


def how_by_style(style: str) -> str:
    """How a style declaration hides what it applies to; an empty string where it does not."""
    return next((how for how, pattern in INVISIBLE if pattern.search(style)), "")


class HiddenRules:
    """The hiding rules of one page."""

    def __init__(self, tree: "HtmlElement") -> None:
        self.classes: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        for sheet in tree.iter("style"):
            self.read_sheet(sheet.text_content())
        for script in tree.iter("script"):
            for name in HIDDEN_BY_SCRIPT.findall(script.text or ""):
                self.ids[name] = "by script"

    def read_sheet(self, sheet: str) -> None:
        """Note the classes and ids that a style sheet hides; only one-step selectors count."""
        for rule in sheet.split("}"):
            selectors, _, style = rule.rpartition("{")
            how = how_by_style(style)
            if not how:
                continue
            for selector in selectors.split(","):
                if match := SIMPLE_SELECTOR.match(selector.strip()):
                    (self.classes if match[1] == "." else self.ids)[match[2]] = how

    def how(self, node: "HtmlElement") -> str:
        """How this element itself is hidden; an empty string where it is not."""
        if node.get("hidden") is not None:
            return "hidden attribute"
        if (style := node.get("style")) and (how := how_by_style(style)):
            return how
        if self.ids and (name := node.get("id")) and name in self.ids:
            return self.ids[name]
        if self.classes and (names := node.get("class")):
            for name in names.split():
                if name in self.classes:
                    return self.classes[name]
        if node.tag == "marquee" and any(is_tiny(node.get(side)) for side in ("width", "height")):
            return "tiny marquee"
        return ""


def is_tiny(size: str | None) -> bool:
    """A size attribute of a few pixels."""
    match = re.match(r"\s*(\d+)\s*(?:px)?\s*$", size or "")
    return bool(match) and int(match[1]) <= TINY  # type: ignore[index]
