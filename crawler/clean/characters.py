"""What was strewn between the characters: pinyin, invisible characters, stray spaces."""

import re
from collections.abc import Iterator, Sequence

from archive.hanzi import TRADITIONAL
from archive.records import Flag
from crawler.clean.decode import common_share
from crawler.clean.page import Block, Cut
from crawler.clean.repair import unscramble

HAN = r"\u3400-\u9fff\uf900-\ufaff"
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
HAN_TEXT = re.compile(f"[{HAN}]")
PINYIN = re.compile(
    rf"(?<=[{HAN}])(?:(?:[(（][a-zü{TONED}]{{1,7}}[)）])+|[a-zü]{{0,5}}[{TONED}][a-zü]{{0,4}}(?![a-zü])"
    r"|(?:de|le|men|zhe|zi|me|ma|ne|ba)(?![a-z]))"
)
TONE = re.compile(rf"[{TONED}]")
INVISIBLE = re.compile(
    "[\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u00ad\ue000-\uf8ff]"
)
# What is looked for comes first and the look behind after it: so the search skips all other text.
STREWN = re.compile(rf"{INVISIBLE.pattern}(?<=[{HAN}].){INVISIBLE.pattern}*(?=[{HAN}])", re.DOTALL)
PICTURES, MARKS = r"\u2600-\u27bf\U0001f300-\U0001faff\ufe0f", r"\u203b\u25a0-\u25ff"
EMOJI = re.compile(rf"[{PICTURES}](?<=[{HAN}].)[{PICTURES}]*(?=[{HAN}])")
SIGN = re.compile(rf"[{PICTURES}{MARKS}](?<=[{HAN}].)[{PICTURES}{MARKS}]*(?=[{HAN}])")
STRAY = re.compile(rf"(?<=[，、。])[{PICTURES}{MARKS}]+(?=[{HAN}])")  # of a text full of them
SPACE_BEFORE_STOP = re.compile(rf" (?<=[{HAN}”》）] ) *(?=[,，。；;、：！？])")
LOST = re.compile(
    rf"\ufffd|(?<=[{HAN}])\?{{2,}}(?=[{HAN}])|[{HAN}]\?[！!，,。]\?|\?[^\s。]{{0,2}}[a-z]{{0,6}}[{TONED}][a-z]{{0,6}}[)）]|\?[a-z{TONED}]{{0,7}}[{TONED}][a-z{TONED}]{{0,7}}[)）]|锟斤拷|烫烫烫|ï»¿"
)
JAMMER_LONGEST = 20  # characters that a forum hides between the words against copying
MIN_GLOSSES = 6
MIN_STREWN, MIN_STREWN_THICK = 10, 5
"""From one in a hundred characters, and from one in 25."""
MIN_EMOJI = 3
MIN_SPACES = 5


def clean_characters(blocks: Sequence[Block]) -> Iterator[Flag]:
    """Cut what was strewn into the blocks; give the flags this raises."""
    yield from pinyin(blocks)
    if found := [*mojibake(blocks), *damage(blocks)]:
        grounds = "; ".join(flag.evidence for flag in found)
        yield Flag("encoding_damage", max(flag.score for flag in found), grounds)
    cut_each(blocks, INVISIBLE, "invisible-character")
    strewn = sum(len(STREWN.findall(block.text)) for block in blocks) + cut_jammers(blocks)
    prose = [block for block in blocks if "。" in block.text]
    others = [block for block in blocks if "。" not in block.text]  # marks part names of a list
    emoji = cut_each(prose, SIGN, "emoji-in-text", least=MIN_EMOJI)
    emoji += cut_each(others, EMOJI, "emoji-in-text", least=MIN_EMOJI)
    cut_each(blocks, SPACE_BEFORE_STOP, "space-before-punctuation", least=MIN_SPACES)
    size = sum(len(block.text) for block in blocks)
    if strewn + emoji >= min(max(MIN_STREWN, size / 100), max(MIN_STREWN_THICK, size / 25)):
        yield Flag(
            "char_noise", 80, f"{strewn} invisible characters and {emoji} emoji within words"
        )
        cut_each(prose if emoji else (), STRAY, "emoji-in-text")


def plain_title(title: str, flags: Sequence[Flag]) -> str:
    """The title put right, without what was strewn into it; pinyin only where the text had it."""
    if any(flag.name == "pinyin_noise" for flag in flags):
        title = PINYIN.sub("", title)
    if not is_plain(title) and (found := unscramble(title, common_share)):
        title = found[0]
    return INVISIBLE.sub("", title)


def cut_each(blocks: Sequence[Block], pattern: re.Pattern[str], rule: str, least: int = 1) -> int:
    """Cut every match, if there are at least so many; give their number."""
    found = [(block, match) for block in blocks for match in pattern.finditer(block.text)]
    if len(found) >= least:
        for block, match in found:
            block.cuts.append(Cut(match.start(), match.end(), "characters", rule))
    return len(found)


def cut_jammers(blocks: Sequence[Block]) -> int:
    """Cut the letters hidden between Chinese words, and their like on lines of their own.

    Give their number. Hidden words are shown: a reader may unfold them.
    """
    found = 0
    for block in (block for block in blocks if block.spans):
        spans = [span for span in block.spans if is_jammer(block.text[span.start : span.end])]
        if HAN_TEXT.search(block.text):
            block.cuts += [Cut(s.start, s.end, "characters", "hidden-letters") for s in spans]
            found += len(spans)
    for block in blocks if found else ():
        if block.hidden and is_jammer(block.text):
            block.drop("characters", "hidden-letters")
            found += 1
    return found


def is_jammer(text: str) -> bool:
    """Whether hidden text is a few letters and marks that say nothing in Chinese."""
    return len(text) <= JAMMER_LONGEST and not HAN_TEXT.search(text)


def mojibake(blocks: Sequence[Block]) -> Iterator[Flag]:
    """Put lines right that were read in a wrong encoding; each change can be undone."""
    repaired: list[str] = []
    for block in blocks:
        if is_plain(block.text):
            continue
        if found := unscramble(block.text, common_share):
            meant, how = found
            block.cuts = [Cut(0, len(block.text), "characters", "mojibake", meant)]
            repaired.append(how)
    if repaired:
        yield Flag("encoding_damage", 90, f"{len(repaired)} lines repaired: {repaired[0]}")


def is_plain(line: str) -> bool:
    """Whether a line has common characters only, and so was not misread: a cheap first look."""
    try:
        line.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def pinyin(blocks: Sequence[Block]) -> Iterator[Flag]:
    """Cut readings strewn by machine: many of them, and after characters that a converter changed.

    A lesson or a rare name has few, and after characters that are the same in both scripts.
    """
    toned = [block for block in blocks if TONE.search(block.text)]
    glosses = [(b, m) for b in toned for m in PINYIN.finditer(b.text) if TONE.search(m[0])]
    if len(glosses) < MIN_GLOSSES:
        return
    converted = sum(block.text[match.start() - 1] in TRADITIONAL for block, match in glosses)
    size = sum(len(block.text) for block in blocks)
    length = sum(len(match[0]) for _, match in glosses)
    if converted / len(glosses) < 0.7 or length < size / 100:
        return
    for block, match in ((b, m) for b in blocks for m in PINYIN.finditer(b.text)):
        block.cuts.append(Cut(match.start(), match.end(), "characters", "pinyin"))
    yield Flag(
        "pinyin_noise",
        95,
        f"{len(glosses)} readings in brackets, {converted} after converted characters",
    )


def damage(blocks: Sequence[Block]) -> Iterator[Flag]:
    """Flag characters that were lost before the page came to us."""
    lost = [match[0] for block in blocks for match in LOST.finditer(block.text)]
    if lost:
        yield Flag(
            "encoding_damage",
            min(95, 60 + 5 * len(lost)),
            f"{len(lost)} places with lost characters: {lost[0]}",
        )
