"""Chinese text made comparable and searchable: one character for one, whatever the script.

Fold: compatibility forms (NFKC, where one character stays one), lower case, Traditional to
Simplified a character at a time. The length never changes, so a place found in folded text is the
same place in the text itself.

Segment: each character of a script written without spaces is a token; a break (punctuation about
such characters, a new line) becomes BREAK, itself a token, so that no phrase matches across it; a
pinyin gloss after a character, 會(huì), is left out. SQLite's unicode61 does the rest.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
"""A Hanzi, in either script."""

SEGMENTER_VERSION = 4
"""Raised whenever `fold`, `segment`, `marks` or keys are other ones: the index is built anew."""

BREAK = "\ue000"
"""The token that stands for punctuation and new lines."""


class Token(NamedTuple):
    """A token and where it stood."""

    text: str
    """One folded character, a folded word, or BREAK."""
    start: int
    """Code points from the start of the text."""
    end: int


_COMMON = (*range(0x3000, 0x3020), *range(0x4E00, 0xA000))


def _load() -> tuple[dict[str, str], dict[int, int]]:
    """Give the pairs of scripts, and the whole table; tests/hanzi_table.py writes the file."""
    path = Path(__file__).with_name("hanzi_table.txt")
    _, *lines = path.read_text(encoding="utf-8").split("\n")
    whole = str.maketrans(lines[0] + lines[2], lines[1] + lines[3])
    for code in _COMMON:  # str.translate is slow on what a table has not
        whole.setdefault(code, code)
    return dict(zip(lines[0], lines[1], strict=True)), whole


def _lacking(characters: set[str], encoding: str) -> frozenset[str]:
    """Give those of the characters that the legacy encoding of the other script has not."""
    return frozenset(c for c in characters if not c.encode(encoding, "ignore"))


_SCRIPT, _FOLD = _load()

TRADITIONAL = _lacking(set(_SCRIPT), "gb2312")
"""Characters of Traditional text only: 乾 and 著, in use in either script, are not here."""

SIMPLIFIED = _lacking(set(_SCRIPT.values()) - set(_SCRIPT), "big5")
"""Characters of Simplified text only: 后 and 里, in use in either script, are not here."""

_HANZI = (
    "\u2e80-\u2fd5\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U000323af"
)
# Beside Hanzi: kana, bopomofo, hangul, private use.
_ALONE = (
    f"{_HANZI}\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u318e\u31a0-\u31bf\u31f0-\u31ff"
    "\uac00-\ud7a3\ue001-\uf8ff"
)
# These break wherever they stand …
_STOP = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029\u3001-\u3004\u3008-\u3020\u3030\u303d\ue000\ufe10-\ufe4f"
# … and these beside a character that is a token by itself.
_MARK = r"!-,\-./:;<=>?@\[\\\]^`{|}~\u2010-\u201f\u2026\u203b"
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜăĕĭŏŭ"
_SYLLABLE = (
    rf"(?:[zcs]h|[b-df-hj-np-tw-z])?(?=[aeiouü]*[{_TONED}])[aeiouü{_TONED}]{{1,4}}(?:ng|n|r)?"
)
_NO_LETTERS = re.compile(r"[\W_]+")
_RUN = re.compile(f"[{_ALONE}]+")
_GLOSS = re.compile(rf"(?<=[{_HANZI}]) ?\( ?{_SYLLABLE} ?\)")
_GLOSSED = rf"(?:(?<=[{_HANZI}]) ?\( ?{_SYLLABLE} ?\))?"
_WORD = rf"(?:[^\W_{_ALONE}][\u0300-\u036f]*)+"
_BREAK = rf"(?:[{_STOP}]|(?<=[{_ALONE}])[{_MARK}]|[{_MARK}]\s*(?=[{_ALONE}]))[{_STOP}{_MARK}\s]*"
# A token and a pinyin gloss after it, or a break; and the same with characters in a row as one.
_TOKEN = re.compile(f"([{_ALONE}]|{_WORD}){_GLOSSED}|{_BREAK}")
_PIECE = re.compile(f"([{_ALONE}]+){_GLOSSED}|({_WORD})|{_BREAK}")


def fold(text: str) -> str:
    """Give the text in plain width, lower case and Simplified characters, of the same length."""
    return text.lower() if text.isascii() else text.translate(_FOLD)


def letters(text: str) -> str:
    """Give a text's letters and digits alone, folded, so that two that say the same are equal."""
    return _NO_LETTERS.sub("", fold(text))


def alone(text: str) -> bool:
    """Tell whether every character of a folded text is a token by itself."""
    return _RUN.fullmatch(text) is not None


@lru_cache(maxsize=256)
def loosely(characters: str) -> re.Pattern[str]:
    """Give a pattern that fits wherever such characters are tokens in a row, and elsewhere."""
    return re.compile(f"[^{_ALONE}]*".join(map(re.escape, characters)))


def drop_glosses(text: str) -> str:
    """Give the text without pinyin in (plain) brackets after a character."""
    return _GLOSS.sub("", text)


def tokens(text: str) -> Iterator[Token]:
    """Give the tokens of a text in order, each with its place."""
    for match in _TOKEN.finditer(fold(text)):
        token = match[1]
        start, end = match.span(1 if token else 0)
        yield Token(token or BREAK, start, end)


def segment(text: str) -> str:
    """Give the tokens of a text with spaces between, as the index keeps them."""
    pieces = _PIECE.findall(fold(text))
    return " ".join([" ".join(row) if row else word or BREAK for row, word in pieces])
