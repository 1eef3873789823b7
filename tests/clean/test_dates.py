from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.clean.dates import date_in_url, find_date, find_dates, tens

ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("发布时间：2020-03-11 05:51", "2020-03-11T05:51+08:00"),
        ("2020-03-11 05:51:07", "2020-03-11T05:51:07+08:00"),
        ("2020年3月1日", "2020-03-01"),
        ("202003/1105:51:07", "2020-03-11T05:51:07+08:00"),
        ("2020 03/11 05:51 来源：新闻社", "2020-03-11T05:51+08:00"),
        ("202013/1105:51", None),
        ("2020年3月11日 下午5:51", "2020-03-11T17:51+08:00"),
        ("2020.3.11", "2020-03-11"),
        ("中華民國112年5月3日", "2023-05-03"),
        ("2020/03/11 星期三 8时05分", "2020-03-11T08:05+08:00"),
        ("2020-03-11T05:51:00Z", "2020-03-11T05:51:00+00:00"),
        ("2020-03-11T05:51:00+0900", "2020-03-11T05:51:00+09:00"),
        ("2020-03-11T05:51:00-05:00", "2020-03-11T05:51:00-05:00"),
        ("2021-03-05 10:00-11:30", "2021-03-05T10:00+08:00"),
        ("2021-03-05 10:00+99:99", "2021-03-05T10:00+08:00"),
        ("2021-03-05 10:2\u0663", "2021-03-05"),
        ("二〇二〇年三月十一日", "2020-03-11"),
        ("二○一九年十二月三十一日", "2019-12-31"),
        ("11 March 2020", "2020-03-11"),
        ("Posted March 11th, 2020", "2020-03-11"),
        ("1 \u017fep 2020", None),
        ("2020-02-30", None),
        ("1987-05-01", None),
        ("2999-01-01", None),
        ("电话 2020-3111", None),
        ("12020-03-11", None),
        ("", None),
    ],
)
def test_forms(text: str, iso: str | None) -> None:
    assert find_date(text, ZONE) == iso


def test_a_time_without_a_zone_is_left_out() -> None:
    assert find_date("2020-03-11 05:51", None) == "2020-03-11"
    assert find_date("2020-07-01 12:00", "Europe/London") == "2020-07-01T12:00+01:00"


def test_where_each_date_stands() -> None:
    text = "从2020-03-11到二〇二〇年四月二日"
    found = find_dates(text, ZONE)
    assert [text[m.start : m.end] for m in found] == ["2020-03-11", "二〇二〇年四月二日"]


@pytest.mark.parametrize(
    ("url", "iso"),
    [
        ("http://a.example/2020/0311/1.html", "2020-03-11"),
        ("http://a.example/2020-03/11/c_1.htm", "2020-03-11"),
        ("http://a.example/202003/t20200311_5.html", "2020-03-11"),
        ("http://a.example/2020/3/9/1.html", "2020-03-09"),
        ("http://a.example/news?id=20991301", None),
        ("http://a.example/news/18820311.html", None),
        ("http://a.example/", None),
    ],
)
def test_addresses(url: str, iso: str | None) -> None:
    assert date_in_url(url) == iso


def test_chinese_numbers() -> None:
    said = ["一", "九", "十", "十一", "二十", "二十一", "三十一"]
    assert [tens(text) for text in said] == [1, 9, 10, 11, 20, 21, 31]


@given(st.text(alphabet="一二三十〇年月日0129-/.: T+:Z午上下Marſepı,", max_size=40))
def test_any_text_gives_days_that_exist(text: str) -> None:
    for moment in find_dates(text, ZONE):
        assert moment.iso.isascii()
        assert date.fromisoformat(moment.iso[:10]).year >= 1990
        assert 0 <= moment.start < moment.end <= len(text)
