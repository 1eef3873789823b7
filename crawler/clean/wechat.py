"""Pages of WeChat accounts, whose scripts hold what the page shows only when they run."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from crawler.clean.page import Page

SCRIPT = 200_000  # characters of a script that are looked at
HOME = "Asia/Shanghai"  # what the page itself shows times in
# ct is in seconds since 1970.
MOMENT = re.compile(r"(?:\bvar\s+|\bwindow\.|,\s*)(?:ct|oriCreateTime)\s*=\s*[\"'](\d{10})[\"']")
ACCOUNT = re.compile(
    r"(?:\bvar\s+|\bwindow\.)nick_?name\s*=\s*(?:htmlDecode\(\s*)?[\"']([^\"'<>\\]{1,60})[\"']"
)


def wechat_date(page: Page) -> str | None:
    """When the page was published, to the minute; None for a page that is none of WeChat's."""
    if not (found := _said(page, MOMENT)):
        return None
    moment = datetime.fromtimestamp(int(found), UTC)
    if not datetime(2011, 1, 1, tzinfo=UTC) <= moment <= datetime.now(UTC):  # its first year
        return None
    return moment.astimezone(ZoneInfo(HOME)).isoformat(timespec="minutes")


def wechat_account(page: Page) -> str | None:
    """The name of the account, or None."""
    return (_said(page, ACCOUNT) or "").strip() or None


def _said(page: Page, pattern: re.Pattern[str]) -> str | None:
    """What a script of a WeChat page says; None for other pages."""
    if page.tree is None or not page.tree.xpath("boolean(id('js_content'))"):
        return None
    for script in page.tree.iter("script"):
        if found := pattern.search((script.text or "")[:SCRIPT]):
            return found[1]
    return None
