"""Pages that are no article: a firewall's answer, a missing page, a parked domain, a list.

Each needs little visible text, or none that is prose, and words that say so.
"""

import re
from collections.abc import Sequence

from archive.hanzi import fold
from archive.records import Flag
from crawler.clean.body import STOPS, worth
from crawler.clean.labels import read_line
from crawler.clean.page import Block, Page

SHORT = 700  # visible characters of a page that may be a notice of one of these kinds
FEW = 3  # dated headlines that make a short list
REMARK = 30  # characters of prose that a list may have beside them
ARTICLE = 100  # characters in sentences that no list page has in one place
PROSE = 160  # characters in sentences from which a page has something else to say

NOTICES = (
    ("block_page", re.compile(
        r"(?:访问|请求|行为|操作|ip|地址).{0,24}(?:被(?:.{0,12})?(?:拦截|阻断|拒绝|封禁|禁止|屏蔽|限制)|存在(?:安全)?(?:威胁|风险)|疑似(?:黑客|攻击))|"
        r"(?:拦截|阻断)(?:了|提示|页面|原因)|网站防火墙|web应用防火墙|应用防火墙|云防[御护]|安全(?:狗|宝|联盟|卫士)|waf|云锁|护卫神|"
        r"(?:人机|安全|滑动|滑块)(?:验证|校验|检测)|请(?:输入|完成)验证(?:码)?|验证您?是(?:否)?(?:真)?人|访问(?:过于|太)频繁|"
        r"请(?:开启|启用|打开).{0,6}(?:javascript|cookie)|浏览器(?:安全)?检查|正在(?:检查|验证).{0,10}浏览器|"
        r"access denied|request blocked|attention required|checking your browser|verify(?:ing)? you are (?:a )?human|just a moment|"
        r"you have been blocked|forbidden|captcha|ddos protection|unusual traffic|(?:事件|请求|拦截)\s*id\s*[:：]|"
        r"enable javascript(?: and cookies)? to continue")),
    ("parked_domain", re.compile(
        r"(?:域名|网址|网站域名).{0,20}(?:出售|转让|待售|可售|交易|过期|到期|停放|已被注册|竞价|拍卖)|(?:购买|出售|转让)(?:此|该|本)域名|"
        r"(?:this )?domain (?:name )?(?:is|may be) (?:for sale|parked|available)|buy this domain|domain (?:has )?expired|"
        r"域名(?:停放|抢注|经纪)|make an offer|网站(?:已|暂时)?(?:关闭|停用|欠费)|主机(?:已)?(?:到期|过期)|空间(?:已)?(?:到期|过期)|未备案")),
    ("soft_404", re.compile(
        r"(?:页面|网页|文章|内容|信息|链接|地址|文件|新闻|资源|您?(?:要)?(?:访问|查找|查看|浏览|请求)的(?:\S{0,8}))\s*(?:已(?:经)?)?(?:被)?(?:不存在|未找到|找不到|"
        r"已?删除|移除|移走|下线|失效|丢失|走丢|过期|撤稿|无法(?:访问|显示|找到))|(?:没有|未能?|无法)(?:找到|发现)(?:.{0,16})(?:页面|网页|文章|内容|资源|信息)|"
        r"(?:错误|error)\s*(?:代码|code)?\s*[:：]?\s*404|404\s*(?:错误|not found|error|页面)|(?:page|file|article|document) (?:was |is |could )?(?:not|n't) (?:be )?found|"
        r"参数错误|非法(?:参数|访问|操作)|无此(?:文章|信息|记录|新闻)|\d+\s*秒(?:钟)?后.{0,10}(?:跳转|返回|转到)|页面(?:正在)?(?:自动)?跳转|"
        r"(?:doesn.t|does not|no longer) exist|that page can.t be found|systemerror|service unavailable|无权(?:限)?(?:查看|访问)|请先?登[录陆]后?(?:查看|访问)")),
)  # fmt: skip
DATED = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|(?<!\d)\d{2}[-/]\d{2}(?!\d)")
FILES = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|zip|rar|wps|et|ofd)$", re.I)


def notice(page: Page) -> Flag | None:
    """The flag of a page whose little text says that it is no article; None otherwise."""
    seen = [block for block in page.blocks if block.dropped is None and not block.hidden]
    texts = [block.text for block in seen if block.linked < 0.9]  # noqa: PLR2004 - menus say nothing
    size = sum(map(len, texts))
    if size > SHORT or sum(worth(block) for block in seen if worth(block) > 0) > PROSE + size / 3:
        return None
    for where, text in (("title", page.head_title), *(("text", text) for text in texts)):
        folded = fold(text)
        for name, pattern in NOTICES:
            if (match := pattern.search(folded)) and (where == "title" or size <= SHORT):
                if where == "title" and len(texts) > 1 and size > SHORT / 2:
                    continue
                return Flag(name, 90, f"{where} says “{match[0]}”, {size} characters on the page")
    return None


def list_page(page: Page, body: Sequence[Block]) -> Flag | None:
    """The flag of an index of articles; None otherwise. A notice with a list of files is none."""
    if page.tree is None:
        return None
    prose = sum(len(b.text) for b in body if worth(b) > 0 and STOPS.search(b.text) and b.linked < 0.3)  # noqa: PLR2004
    entries = [
        block
        for block in page.blocks
        if block.dropped is None
        and (block.linked > 0.5 or (block.links and DATED.search(block.text) and not STOPS.search(block.text)))  # noqa: PLR2004
        and sum(link.end - link.start for link in block.links) >= 8  # noqa: PLR2004 - menus are shorter
        and not any(link.foreign or FILES.search(link.href) for link in block.links)
    ]
    after = dict(zip(page.blocks, [*page.blocks[1:], None], strict=True))
    dated = sum(1 for block in entries if DATED.search(block.text) or is_date(after[block]))
    if dated >= FEW and prose < REMARK:
        return Flag("list_page", 80, f"{len(entries)} linked headlines, {dated} with a date, {prose} characters of prose")
    if prose >= ARTICLE or (prose and says_when(page)):
        return None
    if dated >= 5 and prose < 40 * dated and dated >= len(entries) / 3:  # noqa: PLR2004
        return Flag("list_page", 90, f"{len(entries)} linked headlines, {dated} with a date, {prose} characters of prose")
    if len(entries) >= 12 and prose < 12 * len(entries):  # noqa: PLR2004
        return Flag("list_page", 80, f"{len(entries)} linked headlines, {prose} characters of prose")
    return None


def is_date(block: Block | None) -> bool:
    """Whether a line is a date and nothing else, as lists have it in a cell of its own."""
    return block is not None and len(block.text) < 20 and bool(DATED.search(block.text))  # noqa: PLR2004


def nothing(page: Page) -> Flag:
    """The flag of a page without a line of prose: a list if it links to anything, else an empty shell."""
    headlines = sum(block.linked > 0.5 and len(block.text) >= 8 for block in page.blocks)  # noqa: PLR2004
    if headlines > 1:
        return Flag("list_page", 60, f"{headlines} linked headlines and no sentence")
    return Flag("soft_404", 60, "no sentence on the page")


def says_when(page: Page) -> bool:
    """Whether a line of labels outside any link gives a date: 发布时间：2021-03-05."""
    for block in page.blocks:
        if block.links or len(block.text) > 200 or not DATED.search(block.text):  # noqa: PLR2004
            continue
        line = read_line(block.text, None)
        if line.dates and any(pair.kind in ("date", "source", "author") for pair in line.pairs):
            return True
    return False
