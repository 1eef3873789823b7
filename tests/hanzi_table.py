"""Write archive/hanzi_table.txt anew: `python tests/hanzi_table.py`.

The table is checked in, so that an index built under one Python or OpenCC is searched alike under
another. Raise archive.hanzi.SEGMENTER_VERSION whenever it changes.
"""

import sys
import unicodedata
from importlib.metadata import version
from pathlib import Path

import opencc

TABLE = Path(__file__).parents[1] / "archive" / "hanzi_table.txt"
HANZI = ((0x2E80, 0xA000), (0xF900, 0xFB00), (0x20000, 0x33480))
MADE_OF_MARKS = range(0xD800, 0xE000)  # lone surrogates are no characters


def script_pairs() -> dict[str, str]:
    """Map characters to Simplified ones, after OpenCC; Taiwan and Hong Kong fill gaps only."""
    characters = [chr(point) for low, high in HANZI for point in range(low, high)]
    pairs: dict[str, str] = {}
    for config in ("t2s", "tw2s", "hk2s"):
        convert = opencc.OpenCC(config).convert
        simplified = set(pairs.values())  # 么 is what 麼 becomes: tw2s must not make 幺 of it
        for character in characters:
            target = convert(character)
            if target != character and len(target) == 1 and character not in simplified:
                pairs.setdefault(character, target)
    return pairs


def plain(character: str) -> str:
    """Give the compatibility form in lower case, where either is one character."""
    for change in (lambda c: unicodedata.normalize("NFKC", c), str.lower):
        changed = change(character)
        if len(changed) == 1:
            character = changed
    return character


def all_pairs() -> tuple[dict[str, str], dict[str, str]]:
    """Give the pairs of scripts, and those of width, case and compatibility, each settled."""
    scripts = script_pairs()

    def settle(character: str) -> str:
        seen = set()
        while character not in seen:
            seen.add(character)
            character = scripts.get(plain(character), plain(character))
        return character

    every = {
        chr(point): settle(chr(point))
        for point in range(sys.maxunicode + 1)
        if point not in MADE_OF_MARKS
    }
    changed = {character: target for character, target in every.items() if character != target}
    script = {c: t for c, t in changed.items() if plain(c) == c}
    return script, {c: t for c, t in changed.items() if c not in script}


def main() -> None:
    """Write the file: a heading, then keys and targets of either table, a line each."""
    heading = f"OpenCC {version('opencc')}, Unicode {unicodedata.unidata_version}"
    lines = [heading]
    for pairs in all_pairs():
        lines += ["".join(pairs), "".join(pairs.values())]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
