"""Each preset reads a sample site in the manner of its content management system.

The samples are our own: addresses, lists and the places of title, date and body are the system's.
"""

import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import pytest
from loopback import Answer, LoopbackSite, put_site, union_archive

from crawler.presets import PRESETS, load_preset, recognise

TITLES = ("纺织三厂女工办起夜校", "码头班组提出合理化建议", "环卫工人有了歇脚的屋子")
TEXT = (
    "入秋以后,厂里的工会把旧仓库收拾出来,添了桌椅和灯,请退休的老师傅来讲课。",
    "头一晚来了四十多人,坐不下的就站在门边听,下课以后还有人围着老师傅问图纸上的尺寸。",
    "工会主席说,课要一直办下去,想学什么由大家来定,下个月先开电工和会计两门。",
)


@dataclass(frozen=True)
class Sample:
    """A site on some system: three articles on two list pages."""

    articles: tuple[str, str, str]
    """Their addresses."""
    lists: tuple[str, str]
    head: str
    """What stands in the head of its pages."""
    page: str
    """An article, with {title}, {date} and {body}."""
    following: str
    """The link to the next list page, with {0} for its address."""


def bodied(html: str) -> str:
    return html.replace("{body}", "".join(f"<p>{line}</p>" for line in TEXT))


SAMPLES = {
    "trs": Sample(
        tuple(f"./202403/t20240305_{n}.html" for n in (81, 82, 83)),
        ("/xwzx/", "/xwzx/index_1.html"),
        "<meta name='ArticleTitle' content='{title}'><meta name='PubDate' content='{date} 09:30'>",
        "<div class='xl_title'>{title}</div><div>{date}</div>"
        "<div class='TRS_Editor'>{body}</div><div>扫一扫在手机打开</div>",
        '<a href="{0}">下一页</a>',
    ),
    "dedecms": Sample(
        tuple(f"/a/gonghui/2024/0305/{n}.html" for n in (81, 82, 83)),
        ("/a/gonghui/", "/a/gonghui/list_2_2.html"),
        "<link href='/templets/default/style/dedecms.css' rel='stylesheet'>",
        "<div class='viewbox'><div class='title'><h2>{title}</h2></div><div class='info'>"
        "<small>时间:</small>{date} 09:30<small>作者:</small>admin<small>点击:</small>12次</div>"
        "<div class='content'>{body}</div></div>",
        "<ul class='dede_pages'><li><a href='{0}'>下一页</a></li></ul>",
    ),
    "phpcms": Sample(
        tuple(f"/index.php?m=content&c=index&a=show&catid=6&id={n}" for n in (81, 82, 83)),
        (
            "/index.php?m=content&c=index&a=lists&catid=6",
            "/index.php?m=content&c=index&a=lists&catid=6&page=2",
        ),
        "<script src='/statics/js/jquery.min.js'></script>",
        "<div id='Article'><h1>{title}<br><span>{date} 09:30:00&nbsp;&nbsp;来源:</span></h1>"
        "<div class='content'>{body}</div></div>",
        "<div id='pages'><a class='a1' href='{0}'>下一页</a></div>",
    ),
    "xunrui": Sample(
        tuple(f"/index.php?c=show&id={n}" for n in (81, 82, 83)),
        ("/index.php?c=category&id=2", "/index.php?c=category&id=2&page=2"),
        "<script>var is_mobile_cms = '0';</script>",
        "<h1>{title}</h1><p>发布日期: {date} 09:30:00 浏览次数:0</p><div class='cont'>{body}</div>",
        "<ul class='pagination'><li><a href='{0}'>下一页</a></li></ul>",
    ),
    "vsb": Sample(
        tuple(f"info/1003/{n}.htm" for n in (81, 82, 83)),
        ("/xwdt.htm", "/xwdt/1.htm"),
        "<script src='/system/resource/js/counter.js'></script>",
        "<form name='_newscontent_fromname'><h1>{title}</h1><div>{date} 09:30</div>"
        "<div id='vsb_content'><div class='v_news_content'>{body}</div></div></form>",
        "<span class='p_next p_fun'><a href='{0}'>下页</a></span>",
    ),
    "webplus": Sample(
        tuple(f"/2024/0305/c12a{n}/page.htm" for n in (81, 82, 83)),
        ("/xwdt/list.htm", "/xwdt/list2.htm"),
        "<link href='/_upload/tpl/00/1f/31/template31/style.css' rel='stylesheet'>",
        "<h1 class='arti_title'>{title}</h1><p class='arti_metas'><span class='arti_update'>"
        "发布时间:{date}</span></p><div class='wp_articlecontent'>{body}</div>",
        "<ul class='wp_paging'><li><a class='next' href='{0}'>下一页&gt;&gt;</a></li></ul>",
    ),
    "fangzheng": Sample(
        tuple(f"content_{n}.htm" for n in (81, 82, 83)),
        ("/html/2024-03/05/node_2.htm", "/html/2024-03/05/node_3.htm"),
        "<meta name='author' content='founder'>",
        "<table><tr><td><founder-title>{title}</founder-title></td></tr><tr><td>{date}</td></tr>"
        "<tr><td><div id='ozoom'><founder-content>{body}</founder-content></div></td></tr></table>",
        "<a class='preart' href='{0}'>下一版<img src='/d2.gif'></a>",
    ),
    "xpaper": Sample(
        tuple(f"/xpaper/news/142/679/60{n}-1.shtml" for n in (81, 82, 83)),
        ("/xpaper/appear/142/679/1.shtml", "/xpaper/appear/142/679/2.shtml"),
        "<script src='/xpaper/js/paper.js'></script>",
        "<div>第01版 首版 本期出版日期:{date}</div><h1>{title}</h1><div class='txt'>{body}</div>",
        "<a href='{0}'>下一版</a>",
    ),
    "spip": Sample(
        tuple(f"spip.php?article{n}" for n in (81, 82, 83)),
        ("/spip.php?rubrique2", "/spip.php?rubrique2&debut=10"),
        "<meta name='generator' content='SPIP 3.2.7'>",
        "<div class='article'><div class='cartouche'><h1 class='crayon'>{title}</h1>"
        "<p class='info-publi'><abbr class='published' title='{date}T09:30:00Z'>{date}</abbr></p>"
        "</div><div class='texte'>{body}</div></div>",
        "<p class='pagination'><span class='next'><a href='{0}'>&gt;</a></span></p>",
    ),
    "wordpress": Sample(
        tuple(f"/2024/03/bandui-{n}/" for n in (81, 82, 83)),
        ("/", "/page/2/"),
        "<meta name='generator' content='WordPress 6.5'>",
        "<article><h1 class='entry-title'>{title}</h1><time class='entry-date published' "
        "datetime='{date}T09:30:00+08:00'>{date}</time><div class='entry-content'>{body}</div>"
        "</article>",
        "<a class='next page-numbers' href='{0}'>Next</a>",
    ),
    "drupal": Sample(
        tuple(f"/node/{n}" for n in (81, 82, 83)),
        ("/story", "/story?page=1"),
        "<meta name='Generator' content='Drupal 7 (http://drupal.org)'>",
        "<h1>{title}</h1><span>{date}</span><div class='field field-name-body'>{body}</div>",
        "<li class='pager-next'><a href='{0}'>下一頁 ›</a></li>",
    ),
    "people": Sample(
        tuple(f"/n1/2024/0305/c67502-407314{n}.html" for n in (81, 82, 83)),
        ("/GB/67502/index.html", "/GB/67502/index2.html"),
        "<meta name='publishdate' content='{date}'>",
        "<h1>{title}</h1><div class='channel'>{date} 09:30 | 来源:松原工人报</div>"
        "<div class='rm_txt_con cf'>{body}</div>",
        "<a href='{0}'>下一页</a>",
    ),
}


def furnish(sample: Sample, site: LoopbackSite) -> None:
    """Serve a sample: two articles on its first list page, one on its second."""
    first, second = sample.lists
    rows = [
        f"<li><a href='{urljoin(f'{site.url}{first}', address).replace('&', '&amp;')}'>{title}</a>"
        "<span>2024-03-05</span></li>"
        for address, title in zip(sample.articles, TITLES, strict=True)
    ]
    head = f"<meta charset='utf-8'>{sample.head.replace('{date}', '2024-03-05')}"
    for path, entries, link in (
        (first, rows[:2], sample.following.format(second.replace("&", "&amp;"))),
        (second, rows[2:], ""),
    ):
        shown = head.replace("{title}", "新闻")
        site.pages[path] = (
            f"<html><head>{shown}<title>新闻</title></head><body><a href='/'>首页</a>"
            f"<ul>{''.join(entries)}</ul>{link}</body></html>"
        )
    for address, title in zip(sample.articles, TITLES, strict=True):
        page = bodied(sample.page).replace("{title}", title).replace("{date}", "2024-03-05")
        path = urljoin(f"{site.url}{first}", address).removeprefix(site.url)
        site.pages[path] = (
            f"<html><head>{head.replace('{title}', title)}<title>{title}-总工会</title></head>"
            f"<body><div class='nav'><a href='/'>首页</a> <a href='/2'>通知公告</a></div>{page}"
            "<div class='foot'>版权所有 松原省总工会</div></body></html>"
        )


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    holdings = tmp_path_factory.mktemp("holdings")
    with ExitStack() as open_:
        for name, sample in SAMPLES.items():
            site = open_.enter_context(LoopbackSite())
            furnish(sample, site)
            keys = f"preset = '{name}'\nsources = [{{list = '{sample.lists[0]}'}}]\ndelay = 0"
            put_site(holdings, site, keys, name)
        done = union_archive(holdings, "crawl")
    assert done.returncode == 0, done.stdout + done.stderr
    return holdings


def test_every_preset_has_a_sample() -> None:
    assert SAMPLES.keys() == PRESETS.keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_preset_reads_a_site_in_the_manner_of_its_system(crawled: Path, name: str) -> None:
    query = "SELECT title, substr(published, 1, 10), text FROM articles WHERE site = ? ORDER BY url"
    with closing(sqlite3.connect(crawled / "archive.db")) as db:
        got = db.execute(query, [name]).fetchall()
    assert got == [(title, "2024-03-05", "\n".join(TEXT)) for title in TITLES]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_system_is_recognised_by_its_list_and_by_its_articles(name: str) -> None:
    site = LoopbackSite()
    furnish(SAMPLES[name], site)
    site.server.server_close()
    for path in (SAMPLES[name].lists[0], list(site.pages)[-1]):
        page = site.pages[path]
        assert isinstance(page, str)
        assert recognise(page) == name


@pytest.mark.parametrize("name", PRESETS)
def test_a_layout_of_a_preset_is_one_of_today(name: str) -> None:
    assert all(layout.until is None for layout in load_preset(name).layouts)


def test_a_page_without_marks_is_on_no_system_we_know() -> None:
    assert recognise("<html><body><a href='/news/1.html'>新闻</a></body></html>") is None
    assert recognise("") is None


@pytest.mark.parametrize("name", ["spip", "wordpress", "drupal"])
def test_a_system_with_a_feed_has_it_as_a_source(tmp_path: Path, name: str) -> None:
    sample = SAMPLES[name]
    with LoopbackSite() as site:
        furnish(sample, site)
        items = "".join(
            f"<item><title>{title}</title><link>{site.url}/{address.removeprefix('/')}</link></item>"
            for address, title in zip(sample.articles, TITLES, strict=True)
        )
        (source,) = load_preset(name).sources
        feed = f"<?xml version='1.0'?><rss version='2.0'><channel>{items}</channel></rss>"
        site.pages[source.address] = Answer(
            feed.encode(), headers={"Content-Type": "application/rss+xml"}
        )
        put_site(tmp_path, site, f"preset = '{name}'\ndelay = 0")
        assert union_archive(tmp_path, "crawl").returncode == 0
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (3,)
