"""Our pages speak the reader's language, and no template has words that a catalogue lacks.

UNION_ARCHIVE_HANT=1 writes the Traditional catalogue anew.
"""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import opencc
import pytest
from jinja2 import nodes
from loopback import ROOT
from markupsafe import Markup

from archive.web import words
from archive.web.translation import catalogue, preferred, translate, translate_number

WEB = ROOT / "archive" / "web"
TEMPLATES = sorted((WEB / "templates" / "union_archive").glob("*.html"))
OWN_WORDS = {"Union Archive", "Datasette", "GB/T 7714—2015", "Chicago", "JSON"} | {
    *("勞工 OR 职工", "/sites/", "/a/", "YYYY-MM")
}
"""Names, which are the same in every language."""


def test_words_and_values_are_escaped_but_for_markup() -> None:
    said = translate("en", "A & %(x)s %(y)s", x="<b>", y=Markup("<i>z</i>"))
    assert said == "A &amp; &lt;b&gt; <i>z</i>"
    assert translate("zh-Hans", "<script>%(no") == "&lt;script&gt;%(no"


def test_numbers_choose_the_words() -> None:
    said = [translate_number("en", "one x", "%(number)s xs", number) for number in (1, 2, 3000)]
    assert said == ["one x", "2 xs", "3,000 xs"]


@pytest.mark.parametrize(
    ("accept", "tag"),
    [
        *(("", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"), ("zh", "zh-Hans")),
        *(("zh-TW", "zh-Hant"), ("zh-HK;q=0.7,en;q=0.3", "zh-Hant"), ("zh-Hans-HK", "zh-Hans")),
        *(("de,en;q=0.5,zh;q=0.4", "en"), ("de", "en"), ("*", "en"), ("zh;q=0", "en")),
        *((";;;,q=,\x00" * 99, "en"), ("zh;q=2", "en")),
    ],
)
def test_the_browsers_choice_is_understood(accept: str, tag: str) -> None:
    assert preferred(accept) == tag


def calls(path: Path) -> Iterator[nodes.Call]:
    tree = jinja2.Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "_n"):
            yield call


def asked(path: Path) -> Iterator[str]:
    """The English that a template has put into the reader's language."""
    for call in calls(path):
        if isinstance(call.args[0], nodes.Const):
            yield call.args[0 if call.node.name == "_" else 1].value


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_catalogue_has_every_word_of_a_template(path: Path) -> None:
    assert set(asked(path)) - set(catalogue("zh-Hans")) == set()


def test_the_catalogue_has_every_word_of_the_code() -> None:
    flags = [part for f in words.FLAGS.values() for part in (f.label, f.meaning, f.advice) if part]
    said = {
        *flags,
        *words.LANGUAGE_NAMES.values(),
        *words.LOST.values(),
        *words.KINDS.values(),
    } | set(words.REMOVED.values())
    assert said - set(catalogue("zh-Hans")) == set()


def test_the_catalogue_has_every_ready_made_question() -> None:
    archive = json.loads((ROOT / "datasette_metadata.json").read_text("utf-8"))["databases"]
    queries = archive["archive"]["queries"].values()
    said = {query[part] for query in queries for part in ("title", "description")}
    assert said - set(catalogue("zh-Hans")) == set()


class Written(HTMLParser):
    """The words that readers see or hear of a template, without what is put in."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.code = False
        self.feed(re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", source, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.code = tag == "code"
        told = [v for n, v in attrs if n in ("aria-label", "title", "alt", "placeholder") and v]
        self.words += told

    def handle_endtag(self, _tag: str) -> None:
        self.code = False

    def handle_data(self, text: str) -> None:
        self.words += [] if self.code else [text]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_no_words_outside_of_the_catalogue(path: Path) -> None:
    if path.stem == "tables":
        pytest.skip("of Datasette's own pages the masthead alone is ours")
    written = {" ".join(text.split()) for text in Written(path.read_text(encoding="utf-8")).words}
    left = {text for text in written if re.search("[A-Za-z]{2}", text)} - OWN_WORDS
    assert left == set()


@pytest.mark.parametrize("name", sorted(path.name for path in WEB.glob("zh*.toml")))
def test_what_is_put_in_is_the_same_in_every_language(name: str) -> None:
    for english, chinese in tomllib.loads((WEB / name).read_text(encoding="utf-8")).items():
        places = [sorted(re.findall(r"%\(\w+\)s", text)) for text in (english, chinese)]
        assert places[0] == places[1], english


def test_the_traditional_catalogue_is_what_opencc_makes_of_the_simplified() -> None:
    convert = opencc.OpenCC("s2tw").convert
    made = {english: convert(chinese) for english, chinese in catalogue("zh-Hans").items()}
    if os.environ.get("UNION_ARCHIVE_HANT"):
        head = "# Made from the Simplified ones by tests/web/test_translation.py; do not edit.\n"
        quoted = (f"{_quoted(english)} = {_quoted(text)}\n" for english, text in made.items())
        (WEB / "zh_hant.toml").write_text(head + "".join(quoted), encoding="utf-8")
        catalogue.cache_clear()
    assert catalogue("zh-Hant") == made


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
