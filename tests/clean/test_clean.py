"""clean_page: any bytes give an Article that keeps its promises."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quality import gate

from archive.records import Article, Image, restore
from crawler.clean import clean_page
from crawler.demo.content import EDITIONS, sample_sites
from crawler.demo.pages import answer

# ruff: noqa: E501, SIM905 - tables of odd pieces

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "corpus"
URL = "http://gh.example.org/news/2021/0305/17.html"
SOME = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PROSE = (
    "临湖县总工会昨天在河东码头慰问了值夜班的搬运工人，送去了热水和棉衣。",
    "工会主席说，今年冬天要把每一个班组都走到，不落下一个人。",
    "搬运工人们说，热水壶放在休息室里，谁渴了都能喝上一口。",
)
PAGE = (
    "<html><head><title>夜班码头有热水_临湖县总工会</title></head><body><div class=nav>"
    "<a href=/>首页</a> <a href=/news/>要闻</a></div><div id=main><h1>夜班码头有热水</h1>"
    "<p>发布时间：2021-03-05 09:20　来源：临湖工人报</p>"
    f"<p>{PROSE[0]}</p><p>{PROSE[1]}</p><p>{PROSE[2]}</p><p>（责任编辑：钱小满）</p></div>"
    "<div class=foot>版权所有：临湖县总工会 湖ICP备00000001号</div></body></html>"
)


def texts(article: Article) -> list[str]:
    """Every text of an article but its address, which is as it was given."""
    images = [part for image in article.images for part in (image.url, image.caption)]
    removals = [part for r in article.removals for part in (r.kind, r.rule, r.text, r.replacement)]
    flags = [part for flag in article.flags for part in (flag.name, flag.evidence)]
    single = [
        article.title, article.text, article.published, article.published_rule, article.source,
        article.editor, article.section, article.language, article.script, article.encoding,
        article.encoding_evidence,
    ]  # fmt: skip
    return [*filter(None, single), *article.authors, *images, *removals, *flags]


def check(article: Article) -> None:
    """Hold an article to the contract."""
    assert isinstance(article.title, str)
    assert isinstance(article.text, str)
    assert all(isinstance(name, str) and name for name in article.authors)
    assert all(isinstance(image, Image) for image in article.images)
    for text in texts(article):
        assert isinstance(text, str)
        assert "\0" not in text
        text.encode("utf-8")
    assert all(0 <= flag.score <= 100 and flag.evidence for flag in article.flags)
    assert len({flag.name for flag in article.flags}) == len(article.flags)
    assert article.encoding
    assert article.encoding_evidence
    if article.no_article:
        assert article.text == ""
    else:
        assert article.text.strip()
    assert (article.published is None) == (article.published_rule is None)
    check_removals(article)


def check_removals(article: Article) -> None:
    extracted = article.extracted
    assert restore(article.text, article.removals) == extracted
    reached, applied = 0, []
    for removal in article.removals:
        assert removal.position >= reached, "sorted, none overlaps another"
        assert removal.text != removal.replacement
        upto = removal.position + len(removal.text)
        assert extracted[removal.position : upto] == removal.text
        applied += [extracted[reached : removal.position], removal.replacement]
        reached = upto
    assert "".join([*applied, extracted[reached:]]) == article.text


def test_an_article_is_read() -> None:
    article = clean_page(PAGE.encode(), URL)
    check(article)
    assert article.title == "夜班码头有热水"
    assert article.text.split("\n") == list(PROSE)
    assert article.published == "2021-03-05T09:20+08:00"
    assert (article.source, article.editor) == ("临湖工人报", "钱小满")
    assert (article.language, article.script) == ("zh-Hans", "Hans")
    assert article.encoding == "utf-8"
    assert not article.flags
    assert article.url == URL
    assert {r.kind for r in article.removals} >= {"title", "byline"}


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_every_kind(kind: type) -> None:
    assert clean_page(kind(PAGE.encode()), URL) == clean_page(PAGE.encode(), URL)


@pytest.mark.parametrize(
    "arguments",
    [
        (PAGE, URL),
        (None, URL),
        (1, URL),
        (PAGE.encode(), None),
        (PAGE.encode(), URL.encode()),
        (PAGE.encode(), URL, None),
        (PAGE.encode(), URL, b"text/html"),
    ],
    ids=lambda given: "-".join(type(one).__name__ for one in given),
)
def test_only_a_wrong_type_raises(arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        clean_page(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\0", b" \r\n", b"<", b"<html>", b"<!doctype html>", b"<!-- -->", b"<![CDATA[x]]><p>",
        b"<?php echo 1 ?>", b"<frameset><frame src=x></frameset>", b"&#xD800;", b"<p>&#xD800;&#0;",
        b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff\x00", b"<title>", b"<p>", b"<table><tr><td>",
        b'<script type="application/ld+json">{"@graph": null}</script><p>a',
        b'<script type="application/ld+json">[[1], {"author": [null, 5, []]}]</script><p>a',
    ],
)  # fmt: skip
def test_next_to_nothing_is_no_article(body: bytes) -> None:
    check(clean_page(body, URL))


@pytest.mark.parametrize(
    "line",
    [
        "一九九九年十十月一日", "二〇二〇年十十月十十十日", "1 \u017fep 2020", "Ma\u0131 1, 2020",
        "发布时间：2021-03-05 10:2\u0663", "2021-02-31", "2021-3-5 24:61:61 +99:99",
        "记者", "来源：", "（责任编辑：）", "记者 通讯员", "文/", "【", "（", "摄", "：：：", "来源：来源：来源：",
    ],
)  # fmt: skip
def test_odd_lines_of_an_article(line: str) -> None:
    for page in (
        PAGE.replace(PROSE[0], f"{PROSE[0]}</p><p>{line}"),
        PAGE.replace("发布时间", line),
    ):
        check(clean_page(page.encode(), URL))
        check(clean_page(f"{line}\n{PROSE[0]}\n{line}".encode(), URL, "text/plain"))


def test_what_a_reference_names_that_is_no_character() -> None:
    bad = "&#xD800;&#0;&#xDFFF;&#x110000;&#xFFFF;&#1;"
    page = PAGE.replace("工会", f"工{bad}会").replace(
        "<p>", f"<p><img src='/a{bad}.jpg' alt='图{bad}'>"
    )
    check(clean_page(page.encode(), URL))


SCRIPT = """
import json, sys
from dataclasses import asdict
from crawler.clean import clean_page
bodies = json.load(sys.stdin)
print(json.dumps([asdict(clean_page(b.encode("latin-1"), "http://a.example/")) for b in bodies]))
"""


def test_the_same_in_any_process() -> None:
    farm = "".join(f"<a href=http://h{n}.example.net/>澳门娱乐 彩票 {n}</a>" for n in range(9))
    bodies = [PAGE, PAGE.replace("<body>", f"<body><div style='display:none'>{farm}</div>")]
    raw = [body.encode().decode("latin-1") for body in bodies] + [b"\xff\x80ab".decode("latin-1")]
    raw += [body.decode("latin-1") for body in real_pages()[:6]]
    raw += [page.body.decode("latin-1") for page in gate.load("seen") if "spun" in page.name]
    said = set()
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=json.dumps(raw),
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        said.add(done.stdout)
    assert len(said) == 1
    here = [asdict(clean_page(body.encode("latin-1"), "http://a.example/")) for body in raw]
    assert json.loads(said.pop()) == json.loads(json.dumps(here))


@SOME
@given(st.binary(max_size=400), st.text(max_size=60), st.text(max_size=60))
def test_any_bytes_type_and_address(body: bytes, url: str, content_type: str) -> None:
    check(clean_page(body, url, content_type))


CHARSETS = st.sampled_from(
    "utf-8 gb2312 gbk big5 utf-16 utf-32 idna punycode undefined unicode_escape raw_unicode_escape "
    "utf-7 rot13 hex zlib hz iso-2022-jp shift_jis euc-kr latin-1 cp037 mbcs x-user-defined".split()
)


@SOME
@given(body=st.binary(max_size=300), charset=CHARSETS, in_header=st.booleans())
def test_any_label(body: bytes, charset: str, in_header: bool) -> None:  # noqa: FBT001
    header = f"text/html; charset={charset}" if in_header else ""
    meta = b"" if in_header else f"<meta charset={charset}>".encode()
    check(clean_page(meta + "<p>工会".encode("gbk") + body, URL, header))


TAGS = (
    "html head body title meta link style script noscript div p br span a b i font center h1 h2 h5 "
    "table tbody tr td th ul ol li dl dt dd form select option input textarea button iframe object "
    "svg math template marquee pre blockquote img figure figcaption nav header footer article "
    "section frameset frame plaintext xmp listing base o:p founder-content"
).split()
STYLES = (
    "display:none", "font-size:0", "text-indent:-9999px", "position:absolute;left:-2000px",
    "color:red", "width:1px;height:1px", "opacity:0", "display : none !important;", ":", ";;",
)  # fmt: skip
PIECES = (
    *PROSE, "來源：臨湖工人報", "责任编辑：", "（记者 张三 通讯员 李四）", "2021-03-05 09:20", "會(huì)員",
    "澳门娱乐城 彩票 投注", "首页 > 要闻 > 正文", "\u3000\u3000", "\u200f\u202e", "\u200b", "&nbsp;", "&#12345;",
    "&#xD800;", "&#0;", "&#x202E;", "&amp;lt;", "&bogus;", "&#99999999;", "&", "<", ">", '"', "<!--",
    "-->", "]]>", "<![CDATA[", "<?xml version='1.0'?>", "\0", "\x1b", "\x85", "\u2028", "😀", "𠮷", "\ufffd",
    "</html>", "</body>", "<body>", "一九九九年十十月一日", "相关新闻", "点赞", "高兴", "震惊", "无聊", "404",
    "版权声明", "图片", "|", "上一篇：没有了", "{}", ".a{display:none}", '{"@graph":null}', "\n", "\t",
)  # fmt: skip
ATTRIBUTES = st.sampled_from(
    [
        *(f' style="{style}"' for style in STYLES),
        ' class="a title content"', " id=zoom", ' href="http://h.example.net/"', " href=/news/1.html",
        ' href="http://[::1"', ' src="http://[/x.jpg"', " src=data:x", ' name=author content="&#xD800;张三"',
        " name=PubDate content=2021-03-05", ' property="og:title" content="夜班"', " hidden", " width=1",
        ' name="keywords" content="甲体育,乙体育"', ' type="application/ld+json"', " a=\0", ' "', " =", " /",
        ' http-equiv=Content-Type content="text/html; charset=big5"', " lang=zh-HK", " style", " href",
    ]
)  # fmt: skip
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.tuples(st.sampled_from(TAGS), st.lists(ATTRIBUTES, max_size=3)).map(
            lambda tag: f"<{tag[0]}{''.join(tag[1])}>"
        ),
        st.sampled_from(TAGS).map(lambda tag: f"</{tag}>"),
        st.text(max_size=8),
    ),
    max_size=60,
).map("".join)


@settings(SOME, max_examples=250)
@given(
    MARKUP,
    st.sampled_from(["utf-8", "gb18030", "utf-16", "big5hkscs"]),
    st.sampled_from(["", "text/html", "text/html; charset=gb2312", "text/plain"]),
)
def test_any_markup(markup: str, encoding: str, content_type: str) -> None:
    check(clean_page(markup.encode(encoding, "ignore"), URL, content_type))


@settings(SOME, max_examples=120)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=25))
def test_any_article(pieces: list[str]) -> None:
    page = PAGE.replace(f"<p>{PROSE[1]}</p>", "".join(f"<p>{piece}</p>" for piece in pieces))
    check(clean_page(page.encode(), URL))


@cache
def real_pages() -> list[bytes]:
    """Every page of the sample sites, as it is sent."""
    found = []
    for site in sample_sites().values():
        for page in site.edition(EDITIONS[-1]):
            sent = answer(site, page.path, EDITIONS[-1], "http://127.0.0.1:8000").body
            found += [sent] if sent else []
        found.append(answer(site, "/", EDITIONS[-1], "http://127.0.0.1:8000").body)
    return found


@cache
def corpus_pages() -> list[bytes]:
    return [path.read_bytes()[:60000] for path in sorted(SHARED.glob("*/html/*.html"))[::7]]


@st.composite
def mutated(draw: st.DrawFn, pages: list[bytes]) -> bytes:
    """A page of which parts were lost, doubled, moved or overwritten."""
    body = draw(st.sampled_from(pages))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.sampled_from([1, 2, 3, 17, 256, 3000, 10**6])))
        how = draw(st.sampled_from(["lose", "double", "cut", "move", "noise"]))
        part = body[start:end]
        if how == "lose":
            body = body[:start] + body[end:]
        elif how == "double":
            body = body[:end] + part[:20000] + body[end:]
        elif how == "cut":
            body = body[:start] if start > len(body) // 4 else body[start:]
        elif how == "move":
            body = body[:start] + body[end:] + part
        else:
            body = body[:start] + draw(st.binary(max_size=8)) + body[start:]
    return body


def test_every_sample_page() -> None:
    assert len(real_pages()) > 60
    for body in real_pages():
        check(clean_page(body, URL))


@settings(SOME, max_examples=150)
@given(st.data())
def test_mutated_pages(data: st.DataObject) -> None:
    check(clean_page(data.draw(mutated(real_pages())), URL))


@pytest.mark.skipif(not SHARED.exists(), reason="the pages of ../shared are not here")
@settings(SOME, max_examples=40)
@given(st.data())
def test_mutated_pages_of_the_world(data: st.DataObject) -> None:
    check(clean_page(data.draw(mutated(corpus_pages())), URL))
