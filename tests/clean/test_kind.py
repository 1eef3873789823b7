import pytest

from archive.records import Article
from crawler.clean import clean_page

# ruff: noqa: E501 - markup and Chinese lines are kept whole

PROSE = "临湖县总工会昨天在河东码头慰问了值夜班的搬运工人，送去了热水和棉衣。"


def read(body: str, title: str = "") -> Article:
    page = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    return clean_page(page.encode(), "http://gh.example.org/news/")


ENTRY = "<li><a href=/news/{0}.html>第{0}班组的工友领到了过冬的棉衣</a> <span>2021-03-{0:02}</span></li>"
LIST = "".join(ENTRY.format(n) for n in range(1, 16))
MENU = "<ul><li><a href=/>首页</a><li><a href=/a>要闻</a><li><a href=/b>通知</a></ul>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<h1>访问被拦截</h1><p>您的请求存在安全风险，已被网站防火墙拦截。</p>", "block_page"),
        ("<p>Access Denied</p><p>You have been blocked.</p>", "block_page"),
        ("<p>Checking your browser before accessing the site.</p>", "block_page"),
        ("<p>请开启JavaScript并刷新页面</p>", "block_page"),
        ("<p>您访问的页面不存在，5秒后跳转到首页。</p>", "soft_404"),
        ("<h1>Page not found</h1>", "soft_404"),
        (f"{MENU}<p>该文章已删除</p>", "soft_404"),
        ("<p>该域名正在出售，有意者请联系。</p>", "parked_domain"),
        ("<p>This domain is for sale.</p>", "parked_domain"),
        (f"{MENU}<ul>{LIST}</ul>", "list_page"),
        (f"<table>{LIST.replace('li>', 'tr>')}</table>", "list_page"),
        ("<p>Server Error in '/' Application.</p>", "soft_404"),
        ("<h2>系统维护中</h2><p>给您带来不便敬请谅解！</p>", "block_page"),
        ("", "soft_404"),
        ("<div id=app></div>", "soft_404"),
    ],
)
def test_pages_that_are_no_article(body: str, kind: str) -> None:
    article = read(body)
    assert article.no_article == kind
    assert article.text == ""
    assert [flag.name for flag in article.flags] == [kind]


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>夜班有热水</h1><p>{PROSE}</p>",
        "<h1>关于五一放假的通知</h1><p>发布时间：2021-04-28</p><p>五一期间放假五天，特此通知。</p>",
        f"<h1>夜班有热水</h1><p>{PROSE}</p><p>{PROSE}</p><p>{PROSE}</p><h3>相关新闻</h3><ul>{LIST[:600]}</ul>",
        f"<h1>网站被拦截怎么办</h1><p>{PROSE}</p><p>有工友问，访问被防火墙拦截、页面不存在怎么办。{PROSE * 8}</p>",
        "<h1>关于印发办法的通知</h1><p>现将有关办法印发给你们，请遵照执行。</p>"
        + "".join(f"<p><a href=/f/{n}.doc>附件{n}：第{n}号登记表的样式</a></p>" for n in range(1, 8)),
    ],
)  # fmt: skip
def test_articles_are_articles(body: str) -> None:
    article = read(body)
    assert article.no_article is None
    assert article.text
