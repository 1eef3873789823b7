"""The spider of pages that somebody asked for by name, instead of a site's sources."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.fetch.agenda import ARTICLES
from crawler.fetch.failure import in_words
from crawler.fetch.frontier import ARTICLE, Entry
from crawler.spiders.site import SiteSpider

if TYPE_CHECKING:
    from twisted.python.failure import Failure


class PageSpider(SiteSpider):
    """Asks for `pages` and for nothing else; `missed` says why one of them did not come."""

    def __init__(self, *, pages: Sequence[str], **bounds: Any) -> None:  # noqa: ANN401
        super().__init__(**bounds)
        self._pages = pages
        self.missed: dict[str, str] = {}

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the pages, in their order."""
        for page in self._pages:
            request = self.request(Entry(page, ARTICLE, ARTICLES))
            if request is not None:
                yield request

    def failed(self, failure: "Failure") -> None:
        """Note a request that brought no page, and why."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self.missed[request.meta["entry"].url] = in_words(failure.value)
        super().failed(failure)
