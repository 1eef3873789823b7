import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.clean.decode import decode

# ruff: noqa: E501 - markup and Chinese lines are kept whole

HANS = "<html><body><p>　　临湖县总工会昨天发布消息，今年的职工活动将在三月开始，大家都可以参加。</p></body></html>"
HANT = "<html><body><p>　　海角碼頭工會昨日發出通告，今年的會員大會將於三月舉行，歡迎各位會員出席。</p></body></html>"
MIXED = HANS * 6  # long enough to be sure of


def with_meta(text: str, label: str) -> str:
    return text.replace("<html>", f'<html><head><meta charset="{label}"></head>')


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_a_byte_order_mark_is_believed_before_any_label(mark: bytes, encoding: str) -> None:
    found = decode(mark + with_meta(HANS, "big5").encode(encoding), "text/html; charset=gbk")
    assert found.text == with_meta(HANS, "big5")
    assert (found.encoding, found.evidence) == (encoding, "byte order mark")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(encoding: str) -> None:
    page = "<!DOCTYPE html><html><head><title>Union</title><link rel=stylesheet href=/a.css></head>"
    found = decode((page + HANS).encode(encoding))
    assert found.text == page + HANS
    assert found.encoding == encoding


@pytest.mark.parametrize("label", ["", "gb2312", "big5", "iso-8859-1", "no-such-thing", "utf-16"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_wrong_label_in_page_or_header_harms_nothing(label: str, encoding: str) -> None:
    page = with_meta(MIXED, label) if label else MIXED
    header = f"text/html; charset={label}" if label else "text/html"
    for found in (decode(page.encode(encoding)), decode(page.encode(encoding), header)):
        assert found.text == page
        assert found.encoding == encoding
        assert found.evidence


def test_words_that_are_utf8_by_chance_are_no_second_encoding() -> None:
    # 一 in GBK is ғ in UTF-8, and so on: a menu is full of such words.
    chance = [chr(c) for c in range(0x4E00, 0x9FA6) if is_utf8(chr(c).encode("gbk", "ignore"))]
    assert "一" in chance
    menu = "".join(f"<li>{word}</li>\n" for word in chance[:400])
    page = with_meta(MIXED.replace("<body>", f"<body><ul>{menu}</ul>", 1), "utf-8")
    for header in ("", "text/html; charset=utf-8"):
        found = decode(page.encode("gbk"), header)
        assert found.text == page
        assert found.encoding == "gb18030"


def is_utf8(raw: bytes) -> bool:
    try:
        return len(raw.decode("utf-8")) == 1
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize("cut", [1, 2, 3])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs"])
def test_a_page_cut_within_its_last_character(encoding: str, cut: int) -> None:
    whole = (HANT if encoding == "big5hkscs" else HANS)[: -len("。</p></body></html>")] * 4
    found = decode(whole.encode(encoding)[:-cut])
    assert found.encoding in (encoding, "big5")
    assert found.text.startswith(whole[:-2])
    assert "\ufffd" not in found.text


def test_a_gb2312_label_on_characters_that_only_gbk_has() -> None:
    page = with_meta(HANS.replace("总", "總鎔瞭"), "gb2312")
    found = decode(page.encode("gbk"))
    assert found.text == page
    assert found.encoding == "gb18030"
    assert "page says gb2312" in found.evidence


def test_big5_of_hong_kong_and_of_taiwan() -> None:
    hong_kong = with_meta(HANT.replace("各位", "喺嗰度嘅"), "big5")
    found = decode(hong_kong.encode("big5hkscs"))
    assert found.text == hong_kong
    taiwan = with_meta(HANT.replace("歡迎", "の歡迎カメラ"), "big5")
    assert decode(taiwan.encode("big5")).text == taiwan


def test_japanese_by_its_label() -> None:
    page = with_meta("<html><p>ろうどうくみあいのおしらせ、カタカナ。</p></html>", "shift_jis")
    found = decode(page.encode("shift_jis"))
    assert found.text == page
    assert found.encoding in ("shift_jis", "cp932")


def test_western_letters() -> None:
    page = with_meta("<html><p>La grève des dockers est terminée à Dinard.</p></html>", "latin-1")
    assert decode(page.encode("latin-1")).text == page


def test_a_few_damaged_bytes_do_not_change_the_encoding() -> None:
    body = with_meta(MIXED, "utf-8").encode()
    found = decode(body[:200] + b"\xff\xfe\xfd" + body[200:])
    assert found.encoding == "utf-8"
    assert MIXED[400:] in found.text


@pytest.mark.parametrize(
    "label",
    [
        "idna",
        "punycode",
        "undefined",
        "unicode_escape",
        "raw_unicode_escape",
        "rot13",
        "hex",
        "zip",
    ],
)
def test_what_is_no_encoding_of_pages_is_not_asked(label: str) -> None:
    body = with_meta(HANS, label).encode("gb18030") + rb"\ud800"
    assert decode(body).encoding == "gb18030"
    assert decode(body, f"text/html; charset={label}").encoding == "gb18030"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_and_header_give_text_with_evidence(body: bytes, header: str) -> None:
    found = decode(body, f"text/html; charset={header}")
    found.text.encode("utf-8")
    codecs.lookup(found.encoding)
    assert found.evidence
    assert decode(body, header) == decode(body, header)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_utf8_comes_back(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(text.encode()).text == text


def test_nothing() -> None:
    assert decode(b"").text == ""
    assert decode(b"").evidence


@pytest.mark.parametrize(("was_in", "read_as"), [("utf-8", "latin-1"), ("gb18030", "latin-1")])
def test_a_page_misread_as_a_whole_before_it_came_to_us(was_in: str, read_as: str) -> None:
    text = "临湖县总工会昨天在河东码头慰问了值夜班的搬运工人，送去了热水和棉衣。" * 2
    found = decode(text.encode(was_in).decode(read_as).encode())
    assert found.text == text
    assert "before" in found.evidence
    french = "L’été dernier, les délégués ont déposé à l’École un préavis de grève étendu. " * 4
    assert decode(french.encode()).text == french
