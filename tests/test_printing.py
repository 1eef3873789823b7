import pytest

from crawler.printing import echo_marked, one_line, printable


def test_nothing_steers_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec\x9bd\re") == "a\ufffd[2Jb\ufffdc\ufffdd\ufffde"
    assert printable("工会\n\t法") == "工会\n\t法"
    assert one_line(" 甲\n\n乙 ") == "甲 乙"


def test_marks_are_dropped_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    echo_marked("中国\ue001工会\ue002法", "  ")
    assert capsys.readouterr().out == "  中国工会法\n"
