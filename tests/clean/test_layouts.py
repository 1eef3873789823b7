"""A site's layouts say where things stand on its pages, each until the day it was redesigned."""

from pathlib import Path

import pytest

from crawler.clean import clean_page
from crawler.site import Site
from crawler.sitefile.loading import load_sites

PAGE = """<html><head><title>铁桥镇工会网</title></head><body>
<div class="old"><p>
旧版位置上的一段话，说的是码头工人夜班的热水，有整整三十个字以上，读来像一篇文章。</p></div>
<div class="new"><p>
新版位置上的一段话，说的是食堂延长开放的时间，也有整整三十个字以上，读来像文章。</p>
<p class="ad">请各位工友订阅本镇的手机报。</p></div>
<b class="date">2015年6月1日</b></body></html>"""
SITE = """
name = "铁桥镇工会"
home = "http://tieqiao.example/"
[[layouts]]
until = 2019-01-01
body = ".old"
[[layouts]]
body = ".new"
date = ".date"
remove = ".ad"
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "tieqiao.toml").write_text(SITE, encoding="utf-8")
    return load_sites(tmp_path)["tieqiao"]


def test_the_layout_of_the_pages_day_is_used(site: Site) -> None:
    old = clean_page(PAGE.encode(), "http://tieqiao.example/2015/0601/1.html", site=site)
    new = clean_page(PAGE.encode(), "http://tieqiao.example/2021/0601/1.html", site=site)
    assert old.text.startswith("旧版")
    assert new.text.startswith("新版")


def test_a_layout_names_the_date_and_what_to_remove(site: Site) -> None:
    article = clean_page(PAGE.encode(), "http://tieqiao.example/news/1.html", site=site)
    assert (article.published, article.published_rule) == ("2015-06-01", "layout")
    assert "手机报" not in article.text
    assert any(removal.rule == "layout" for removal in article.removals)


def test_without_its_site_the_page_is_read_all_the_same() -> None:
    assert clean_page(PAGE.encode(), "http://tieqiao.example/news/1.html").text
