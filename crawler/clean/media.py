"""Names of those who publish: papers, agencies, stations, sites, unions."""

import re

from archive.hanzi import fold

MEDIUM = re.compile(
    r"[\u3400-\u9fff]{1,8}(?:网|网站|报|社|电?台|新闻|在线|频道|周刊|杂志|通讯|时报|工会|客户端|日报|晚报|"
    r"网|報|雜誌|融媒体?|要闻|发布|发佈)"
)
"""What beside a date is the name of who published: 2021-03-05 沙洲日报."""
LATIN_MEDIUM = re.compile(
    r"(?:[A-Z][\w.&'’-]*\s+){0,4}(?:Daily|Times|News|Post|Herald|Tribune|Journal|Review|Weekly|"
    r"Online|Press|Agency|Xinhua|Net|Union|Workers?)"
)
NAME_OF_SECTION = re.compile(
    r"(?:时政|国内|国际|社会|财经|经济|体育|娱乐|综合|本地|图片|滚动|热点|最新|今日|企业|公司|行业|基层|工会|"
    r"学院|校园|民生|文化|法治|教育|头条)+(?:新闻|要闻|频道|通讯|在线|发布)"
)
PAGE_OF_PAPER = re.compile(r"\s*第?\s*[A-Z\d]+\s*版.{0,6}$")


def medium(text: str) -> str | None:
    """The name of a paper, an agency or a site, where a text is nothing else but its page."""
    name = PAGE_OF_PAPER.sub("", text)
    if NAME_OF_SECTION.fullmatch(fold(name)):
        return None
    return name if MEDIUM.fullmatch(name) or LATIN_MEDIUM.fullmatch(name) else None
