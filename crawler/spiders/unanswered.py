"""Requests that brought no page: what is noted of them, and whether they are made once more."""

import logging
import time
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archive.health import REFUSALS
from crawler.accession import Accession
from crawler.crawls.plan import HOUR, REST
from crawler.fetch.failure import in_words
from crawler.fetch.frontier import ARTICLE, ATTACHMENT, LIST
from crawler.fetch.patience import retry_after
from crawler.fetch.robots import NotAllowed

if TYPE_CHECKING:
    from archive.records import Capture
    from crawler.spiders.site import SiteSpider

NOT_MODIFIED = 304
REFUSED = tuple(int(answer) for answer in REFUSALS if answer.isdigit())
OVERLOADED = (502, 503, 504)
SILENCE = (DownloadTimeoutError, DownloadConnectionRefusedError, CannotResolveHostError)
"""Failures by which a site is not there, or does not answer."""
SETTLED = (NOT_MODIFIED, 404, 410)
"""Answers that will not be another soon; others that are no page are tried again some time."""

log = logging.getLogger(__name__)


def note(spider: "SiteSpider", failure: Failure) -> None:
    """Note why a request of a spider brought no page. What was answered is in its WARC file."""
    request: Request = failure.request  # type: ignore[attr-defined]
    error = failure.value
    if request.meta["role"] == LIST:
        spider.unread = f"{request.meta['entry'].source}: {in_words(error)}"
    if isinstance(error, HttpError):
        _answered(spider, request, error.response)
    elif isinstance(error, NotAllowed):
        spider.scheduler.failed(request.url)
        log.info("%s: %s", request.url, error)
    elif isinstance(error, IgnoreRequest):
        _record(spider, request)
        spider.scheduler.done(request.url)
        log.info("%s: %s", request.url, error)
    elif not (_record(spider, request) | spider.scheduler.failed(request.url, again=True)):
        spider.crawler.stats.inc_value("archive/errors")
        log.warning("%s: %s", request.url, in_words(error))
    if isinstance(error, SILENCE):
        spider.scheduler.in_vain(HOUR)


def _record(spider: "SiteSpider", request: Request) -> bool:
    """Record an article's page that came and could not be unpacked; say whether it was one."""
    capture: Capture | None = request.meta.get("capture")
    if capture is None or capture.truncated or request.meta["role"] == LIST:
        return False
    if capture.status // 100 != 2:  # noqa: PLR2004 - of a redirect to what did not come
        return False
    with Accession.of(spider.settings) as accession:
        accession.keep(capture, None, spider.site, "error")
    spider.crawler.stats.inc_value("archive/errors")
    return True


def _answered(spider: "SiteSpider", request: Request, response: Response) -> None:
    status = response.status
    if status in SETTLED:
        if status == NOT_MODIFIED and request.meta["role"] == ARTICLE:
            with Accession.of(spider.settings) as accession:
                spider.queue(ATTACHMENT, accession.uncaptured(request.url))
        spider.scheduler.done(request.url)
        again = False
    else:
        codes = {int(code) for code in spider.settings.getlist("RETRY_HTTP_CODES")}
        again = spider.scheduler.failed(request.url, again=status in codes)
        if status in (*REFUSED, *OVERLOADED):
            spider.scheduler.in_vain(REST if status in REFUSED else HOUR)
            spider.scheduler.wait(retry_after(response.headers.get("Retry-After"), time.time()))
    if request.meta["role"] == LIST and not again:
        log.warning("%s: answered %s", request.url, status)
