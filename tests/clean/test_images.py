"""Captions stand apart from the prose, and each picture has its own."""

import pytest

from crawler.clean import clean_page

PROSE = (
    "<p>　　六月的第一个星期，县里三十家工厂的职工代表坐到一起，商量高温天怎么上班。</p>"
    "<p>　　会上定下三件事：早出工、多歇晌、把水送到机台边。各厂工会当天就把办法贴上了墙。</p>"
)


def read(middle: str) -> tuple[str, dict[str, str]]:
    body = f"<h1>高温天怎么上班</h1><div id=zoom>{PROSE}{middle}{PROSE}</div>"
    html = f"<html><body>{body}</body></html>"
    article = clean_page(html.encode(), "http://gh.example.cn/a/1.html", "text/html; charset=utf-8")
    assert article.extracted
    return article.text, {image.url.rpartition("/")[2]: image.caption for image in article.images}


@pytest.mark.parametrize(
    "middle",
    [
        "<figure><img src=1.jpg><figcaption>代表们在算一笔账</figcaption></figure>",
        "<div class=pic><img src=1.jpg><div class=pic-desc>代表们在算一笔账</div></div>",
        "<p><img src=1.jpg></p><p align=center>▲代表们在算一笔账</p>",
        "<p><img src=1.jpg></p><p>代表们在算一笔账。（全小满 摄）</p>",
        "<center><img src=1.jpg><br>图为代表们在算一笔账</center>",
    ],
)
def test_a_caption_is_its_pictures_and_no_prose(middle: str) -> None:
    text, captions = read(middle)
    assert "算一笔账" not in text
    assert "代表们在算一笔账" in captions["1.jpg"]


def test_a_line_that_only_stands_like_a_caption_is_kept_in_both_places() -> None:
    text, captions = read("<p align=center><img src=1.jpg></p><p align=center>代表们在算一笔账</p>")
    assert "代表们在算一笔账" in text
    assert captions["1.jpg"] == "代表们在算一笔账"


@pytest.mark.parametrize(
    "middle",
    [
        "<p><img src=1.jpg></p><p>　　会后，代表们到车间里量了温度，把最热的机台一一记下。</p>",
        "<p align=center><img src=1.jpg></p><h2>把水送到机台边</h2>",
    ],
)
def test_prose_and_subheads_below_a_picture_are_no_captions(middle: str) -> None:
    _, captions = read(middle)
    assert captions == {"1.jpg": ""}


def test_a_story_in_pictures_keeps_its_words() -> None:
    words = [f"图为第{n}车间的老师傅在交班前把工具一件件擦干净。" for n in "一二三四五六"]
    body = "".join(f"<p><img src={n}.jpg></p><p>{line}</p>" for n, line in enumerate(words))
    html = f"<html><body><h1>交班之前</h1><div id=zoom>{body}</div></body></html>"
    article = clean_page(html.encode(), "http://gh.example.cn/a/2.html", "text/html; charset=utf-8")
    assert article.text.splitlines() == words
