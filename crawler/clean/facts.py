"""What a page says about its article, as it is being found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.hanzi import fold
from archive.records import Credit
from crawler.clean.labels import HANDS, Pair

ORGAN = re.compile(
    r"[\W采写文撰]{0,6}((?!本)[\u3400-\u9fff]{1,7}(?:报|報|社|网|網|台|新闻|客户端))"
    r"(?:全媒体|融媒体|见习|特约|实习|首席)?[记記]者"
)


@dataclass(slots=True)
class Facts:
    """What has been found so far; the first finding of each stays."""

    published: str | None = None
    published_rule: str | None = None
    source: str | None = None
    authors: list[str] = field(default_factory=list)
    claimed: list[str] = field(default_factory=list)
    """Who the metas say is the author: often the editor, so the page's own byline goes before."""
    organ: str | None = None
    """The paper whose reporter signs: the source, where no other is named."""
    editors: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    """Who else looked over it: 审核, 校对."""
    credits: list[Credit] = field(default_factory=list)
    unedited: bool = False
    """Whether a label for the editor stands there without a name."""
    section: str | None = None

    @property
    def editor(self) -> str | None:
        """Who edited it; where no label asks for an editor, who else looked over it."""
        return "、".join(self.editors or (() if self.unedited else self.reviewers)) or None

    def date(self, value: str | None, rule: str) -> None:
        """Note a date; a time is added to the same day known without one."""
        if value and (self.published is None or (value[:10] == self.published and len(value) > 10)):
            self.published_rule = self.published_rule if self.published else rule
            self.published = value

    def take(self, pairs: Sequence[Pair]) -> None:
        """Note what a line of labels says."""
        for pair in pairs:
            if pair.kind == "source" and not self.source and is_source(pair.value):
                self.source = pair.value
            elif pair.kind in ("author", "photo"):
                if organ := ORGAN.match(pair.value):
                    self.organ = self.organ or organ[1]
                self.authors += [name for name in pair.names if name not in self.authors]
            if pair.kind in HANDS:
                said = [Credit(pair.label, name) for name in pair.names if pair.label]
                self.credits += [credit for credit in said if credit not in self.credits]
            if pair.kind in ("editor", "review"):
                self.unedited = self.unedited or (pair.kind == "editor" and not pair.value)
                known = self.editors if pair.kind == "editor" else self.reviewers
                known += [name for name in pair.names if name not in known]


def is_source(value: str) -> bool:
    """Whether a value names somebody: not an address of a page, not a placeholder."""
    return len(value) > 1 and not re.search(
        r"^(?:未知|网络|转载|互联网|admin|null|无|https?:/|[\d\W]+$)", fold(value)
    )
