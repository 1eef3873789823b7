"""An archive of articles that no page should be made for: hostile ones, and very large ones."""

from pathlib import Path

from web_archive import capture

from archive.records import Article, Flag, Removal, SiteRecord
from archive.store import Store

NAMES = ("title", "text", "removals", "versions", "strange", "names")

_TEXT = "工会走访工地，为职工送去防暑用品。"
_BIDI = "\u202e\u2066倒写的字\u2069\u202c\u200f"
_TITLE = Article(
    url="http://strange.example/1", title="长" * 350_000, text=_TEXT, language="zh-Hans"
)
_LONG = Article(
    url="http://strange.example/2",
    title="很长的一篇",
    text="\n".join([_TEXT * 4] * 3000 + ["一" * 200_000]),
    language="zh-Hans",
)
_STRANGE = Article(
    url="javascript:window.bad=1//<b>",
    title=f'{_BIDI}"><script>window.bad=1</script>&lt;img src=x onerror=window.bad=1&gt;',
    text=f"{_BIDI}</p><script>window.bad=1</script>\n&amp;<svg onload=window.bad=1>\n\u200b\u0007",
    authors=("<i>名</i>", _BIDI),
    source="data:text/html,<script>window.bad=1</script>",
    section="{{ 7*7 }}{% raw %}",
    editor="';window.bad=1//",
    published_rule="</code><script>window.bad=1</script>",
    language='zh-Hans"><script>window.bad=1</script>',
    flags=(Flag("no_such_flag", 50, "<script>window.bad=1</script>" * 400),),
)
_NAMES = Article(
    url="http://strange.example/6?" + "x" * 20_000,
    title="很多人写的",
    text=_TEXT,
    authors=tuple(f"作者{number}" for number in range(5000)),
    source="源" * 50_000,
    section="栏" * 50_000,
    editor="编" * 50_000,
    language="zh-Hans",
)


def _removals() -> Article:
    """An article of which five thousand pieces were taken out."""
    cuts, position = [], 0
    for number in range(5000):
        piece = f"某{number}<script>window.bad=1</script>{'字' * (number % 90)}\n"
        cuts.append(Removal("injected", f"farm-{number % 7}", piece, position))
        position += len(piece)
    return Article(
        url="http://strange.example/3", title="删去很多", text=_TEXT, removals=tuple(cuts)
    )


def build(holdings: Path) -> dict[str, str]:
    """Make HOLDINGS/archive.db; give the ids of the articles by NAMES."""
    holdings.mkdir(parents=True, exist_ok=True)
    site = SiteRecord("strange", "怪" * 5000, "javascript:window.bad=1", "union", "zh-Hans")
    articles = {
        "title": _TITLE,
        "text": _LONG,
        "removals": _removals(),
        "versions": Article(url="http://strange.example/4", title="改了又改", text=_TEXT),
        "strange": _STRANGE,
        "names": _NAMES,
    }
    with Store(holdings / "archive.db") as store:
        store.put_site(site)
        ids = {}
        for number, (name, article) in enumerate(articles.items()):
            taken = capture(number, article.url, "2026-08-20T05:02:44Z")
            saved = store.save(taken, article, "strange")
            assert saved.article is not None
            ids[name] = saved.article
        for number in range(60):
            url = "http://strange.example/4"
            page = Article(url=url, title=f"改了又改{number}", text=f"{number}版{_TEXT * 300}")
            at = f"2026-09-01T00:{number:02}:00Z"
            store.save(capture(100 + number, url, at), page, "strange")
    return ids
