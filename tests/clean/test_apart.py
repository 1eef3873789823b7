"""A field to fill in and the words about it are no part of an article."""

from crawler.clean import clean_page

PARAGRAPHS = [
    "The depot voted on Tuesday night to refuse overtime until the broken lifts are mended.",
    "Stewards had asked for repairs in March, and again in May, and were told to wait.",
    "By Thursday the company had sent three fitters, and the first lift was working again.",
    "Members will meet on Monday, when they will decide whether the ban is to go on.",
]
BOX = (
    "<div><h4>The depot letter</h4><p>Every Friday in your inbox, free, and easy to leave</p>"
    "<form><input type=email><button>Go</button></form></div>"
)


def read(html: str) -> str:
    page = f"<html><body><h1>Depot refuses overtime</h1>{html}</body></html>"
    return clean_page(page.encode(), "http://union.example.org/news/1").text


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_a_box_with_a_field_in_the_middle_of_an_article_goes() -> None:
    html = f"<div>{paragraphs(*PARAGRAPHS[:2])}{BOX}{paragraphs(*PARAGRAPHS[2:])}</div>"
    assert read(html).splitlines() == PARAGRAPHS


def test_a_form_around_the_whole_page_takes_nothing() -> None:
    html = f"<form><input type=text name=q><div>{paragraphs(*PARAGRAPHS)}</div></form>"
    assert read(html).splitlines() == PARAGRAPHS


def test_a_short_notice_beside_a_field_stays() -> None:
    page = (
        "<html><body><table><tr><td><input type=text name=q></td></tr><tr><td><h1>停水通知</h1>"
        "<p>因水管检修，本周六上午九时至十二时厂区停水，请各车间提前储水。</p></td></tr></table></body></html>"
    )
    article = clean_page(page.encode(), "http://gh.example.cn/1.html", "text/html; charset=utf-8")
    assert article.text == "因水管检修，本周六上午九时至十二时厂区停水，请各车间提前储水。"


def test_teasers_of_other_articles_are_none_of_this_one() -> None:
    teaser = (
        "<h3><a href=/2>{0}</a></h3><p>{0}: the crew had waited for an hour, and nobody came.</p>"
        "<p><a href=/2>Read more</a></p>"
    )
    others = "".join(teaser.format(title) for title in ("Night ferry late", "Bakers win a break"))
    assert read(f"<div>{paragraphs(*PARAGRAPHS)}{others}</div>").splitlines() == PARAGRAPHS
