from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from scrapy import Request
from twisted.internet.error import DNSLookupError

from crawler.fetch.guard import Guard, _checked, refusal
from crawler.site import Site

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

HERE = Site(id="x", name="x", home="http://127.0.0.1:8000/")
THERE = Site(id="x", name="x", home="http://www.example.org/")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "10.0.0.5",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00::1]",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
    ],
)
def test_private_addresses_are_refused_in_every_notation(host: str) -> None:
    assert "private address" in refusal(f"http://{host}/a", THERE)
    if host != "127.0.0.1":
        assert refusal(f"http://{host}:8000/a", HERE)


def test_a_home_may_be_on_this_machine() -> None:
    assert refusal("http://127.0.0.1:8000/a", HERE) is None
    assert "another host" in refusal("http://127.0.0.1:9/a", HERE)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://www.example.org/", "data:text/html,x", "http://[x/"]
)
def test_nothing_but_the_web_is_fetched(url: str) -> None:
    assert refusal(url, THERE)


def test_only_the_sites_own_host_is_fetched() -> None:
    assert refusal("https://example.org/a", THERE) is None
    assert "another host" in refusal("http://casino.example/", THERE)


@pytest.mark.parametrize("answer", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "0.0.0.0"])
def test_a_name_that_leads_inside_is_not_resolved(answer: str) -> None:
    with pytest.raises(DNSLookupError, match="private address"):
        _checked(answer, "www.example.org")
    with pytest.raises(DNSLookupError):
        _checked(answer, "2130706433")


def test_public_answers_and_literal_addresses_stand() -> None:
    assert _checked("93.184.215.14", "www.example.org") == "93.184.215.14"
    assert _checked("127.0.0.1", "127.0.0.1") == "127.0.0.1"
    assert _checked("127.0.0.1", "localhost") == "127.0.0.1"
    with pytest.raises(DNSLookupError):
        _checked("10.0.0.1", "localhost")


def test_a_site_is_one_visitors_with_www_and_without() -> None:
    guard = Guard(cast("Crawler", SimpleNamespace(spider=SimpleNamespace(site=THERE))))
    requests = [Request("http://www.example.org/a"), Request("https://example.org/b")]
    for request in requests:
        guard.process_request(request)
    assert [request.meta["download_slot"] for request in requests] == ["example.org"] * 2
