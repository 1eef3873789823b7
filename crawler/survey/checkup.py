"""Whether a live site is as its file says: sources answer, patterns match, articles read."""

from dataclasses import asdict, dataclass, field

from crawler.clean.decode import decode
from crawler.site import Site
from crawler.spiders.look import LookSpider
from crawler.survey.looking import Looked, follow, read
from crawler.tree import select, tree_of


@dataclass(slots=True)
class Checkup:
    """What was found of one site."""

    site: str
    sources: int = 0
    """How many of its sources answered and led somewhere."""
    articles: int = 0
    """How many articles they led to."""
    read: list[dict[str, object]] = field(default_factory=list)
    """Address, title, date and length of those that were read."""
    problems: list[str] = field(default_factory=list)

    def record(self) -> dict[str, object]:
        """Give it for JSON."""
        return asdict(self)


async def check(spider: LookSpider) -> Checkup:
    """Ask every source, and read the first few articles that they lead to."""
    site, found = spider.site, Checkup(spider.site.id)
    articles: dict[str, str | None] = {}
    for source in site.sources:
        links = await follow(spider, site, source)
        said = f"{source.kind} {source.address}"
        if links is None:
            found.problems.append(f"{said}: {spider.missed[site.source_url(source)]}")
        elif not links.articles and not links.lists:
            found.problems.append(f"{said}: leads to no address that `article` matches")
        else:
            found.sources += 1
            articles |= dict(links.articles)
    found.articles = len(articles)
    pages = await read(spider, site, articles)
    found.problems += [f"{url}: {spider.missed[url]}" for url in articles if url in spider.missed]
    _judge(site, pages, found)
    return found


def _judge(site: Site, pages: list[Looked], found: Checkup) -> None:
    """Note what is wrong with the articles that were read."""
    for article, *_ in pages:
        found.read.append(
            {
                "url": article.url,
                "title": article.title,
                "published": article.published,
                "characters": len(article.text),
            }
        )
        lacks = [name for name in ("title", "text", "published") if not getattr(article, name)]
        if article.no_article is not None:
            found.problems.append(f"{article.url}: is no article ({article.no_article})")
        elif lacks:
            found.problems.append(f"{article.url}: no {', no '.join(lacks)} was read")
    bodies = [layout.body for layout in site.layouts if layout.body is not None]
    if pages and bodies and not any(_has(page.body, css) for page in pages for css in bodies):
        found.problems.append(f"layouts: none of {'; '.join(bodies)} is on a page that was read")


def _has(body: bytes, css: str) -> bool:
    """Whether a page has an element."""
    root = tree_of(decode(body).text)
    return root is not None and bool(select(root, css))
