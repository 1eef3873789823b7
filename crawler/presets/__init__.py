"""What sites on the same content management system have in common, one TOML file a system."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import regex
from pydantic import Field

from crawler.sitefile.tables import Css, Layout, Pattern, Source, Strict, Text

PRESETS = {path.stem: path for path in Path(__file__).parent.glob("*.toml")}
"""The file of each preset, by the name that a site file calls it by."""
MARKED = 400_000
"""Characters of a page in which marks are looked for."""


class Preset(Strict):
    """What a site file may leave out, since its content management system says it."""

    name: Text
    """What the system is called by those who sell it."""
    article: Pattern
    """As in a site file."""
    next: Css
    """CSS of the link to a list's next page, for the site's lists that name none."""
    sources: Annotated[tuple[Source, ...], Field(strict=False)] = ()
    """Where every site on it announces its articles."""
    layouts: Annotated[tuple[Layout, ...], Field(strict=False)] = ()
    marks: Annotated[tuple[Pattern, ...], Field(strict=False)]
    """Patterns that give the system away in the source of a page."""

    def fill(self, keys: dict[str, Any]) -> dict[str, Any]:
        """Give a site file's keys with the preset's beside them; those of the file win."""
        own: dict[str, Any] = {"article": self.article, "layouts": self.layouts}
        filled = own | {"sources": self.sources} | keys
        if isinstance(keys.get("sources"), list):
            filled["sources"] = [self._with_next(source) for source in keys["sources"]]
        return filled

    def _with_next(self, source: Any) -> Any:  # noqa: ANN401 - not yet checked to be a table
        listed = isinstance(source, dict) and "list" in source
        return {"next": self.next, **source} if listed else source


@cache
def load_preset(name: str) -> Preset:
    """Read a preset. Raises KeyError for a name that is not one of PRESETS."""
    return Preset.model_validate(tomllib.loads(PRESETS[name].read_text(encoding="utf-8")))


def recognise(page: str) -> str | None:
    """Name the preset whose marks a page bears, the most of them; None where it bears none."""
    text = page[:MARKED]
    marked = {
        name: sum(regex.search(mark, text) is not None for mark in load_preset(name).marks)
        for name in sorted(PRESETS)
    }
    best = max(marked, key=lambda name: marked[name])
    return best if marked[best] else None
