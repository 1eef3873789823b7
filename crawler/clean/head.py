"""What the head of a page says its title is: metas, and <title> with the names about it."""

import re
from functools import cache

from archive.hanzi import fold
from crawler.clean.page import Page
from crawler.clean.weights import is_hacked
from crawler.clean.words import any_of, table

CLAIMS = (
    "epaper:title",
    "articletitle",
    "og:title",
    "twitter:title",
    "dc.title",
    "title",
    "headline",
    "article:title",
)
SEPARATOR = re.compile(r"\s*[|｜_]+\s*|\s+[-–—·»«:：]+\s+|\s*(?:--+|——)\s*|[-–—](?=[^-–—]{2,24}$)")
SITE_LIKE = re.compile(
    r"(?:网|网站|在线|官网|官方网站|频道|新闻|日报|晚报|时报|总工会|工会|门户|首页|中心|委员会|栏目|动态|资讯|主页|集团|公司|协会|之窗|信息港|欢迎您?|"
    r"union|news|online|daily|times|workers|home)$|^(?:首页|正文|新闻|home|news)$"
)


def head_title(page: Page) -> str:
    """The page's <title>; empty where it advertises, or is the site's name on every page."""
    text = page.head_title
    return "" if is_hacked(text) or sells(text) or names_site_only(text) else text


def claimed_title(page: Page) -> str:
    """What the metas say is the title: the first that does not advertise, or nothing."""
    claims = (page.metas[name] for name in CLAIMS if name in page.metas)
    return next((claim for claim in claims if not is_hacked(claim)), "")


def sells(text: str) -> bool:
    """Whether a <title> asks readers to register, download or bet."""
    folded = fold(text)
    return all(pattern.search(folded) for pattern in selling())


@cache
def selling() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give patterns of the trades that take sites over, and of what they ask readers to do."""
    lists = table("brands")
    return any_of(lists["trade"]), any_of(lists["advertised"])


def names_site_only(text: str) -> bool:
    """Whether a <title> is the site's name and nothing else, the same on every page."""
    return len(SEPARATOR.split(text)) == 1 and len(text) < 20 and bool(SITE_LIKE.search(fold(text)))


def without_site(text: str) -> str:
    """Take the names of section and site off a <title>."""
    parts = [part.strip() for part in SEPARATOR.split(text) if part and part.strip()]
    own = [part for part in parts if not SITE_LIKE.search(fold(part))] or parts[:1]
    first = own[0] if own else text
    longest = max(own, key=len, default=text)
    if len(longest) > 2 * len(first):  # a section stands first
        return longest
    last = own[-1] if own and len(own[-1]) >= len(first) else first
    return text[text.find(first) : text.rfind(last) + len(last)].strip() if own else text.strip()
